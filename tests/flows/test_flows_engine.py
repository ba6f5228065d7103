"""The same night on threads, on a Dask cluster of its own, and on a running one that loses a worker: one release."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import dask
import pytest
from commandline import environment
from distributed import Client, LocalCluster
from prefect import flow
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import dask_engine, steps
from flows.batches import batches
from flows.dask_engine import DeskPlugin, UnfitError
from flows.desk import Desk
from flows.engine import Engine, chosen_engine
from flows.exits import UnusableError
from flows.home import Home
from flows.nightly import nightly
from flows.plan import make_plan
from flows.run import started
from flows.server import Server
from portals.archive import Archive
from portals.registry import load
from warehouse.spec import TABLES
from warehouse.staging import read_parts
from warehouse.status import read_table

SPY = Path(__file__).with_name("dask_spy.py")
DASK = Path(sys.executable).with_name("dask")


@dataclass
class Spied:
    """What workers noted: (process, captures read), (process, part staged), in the order of their notes."""

    notes: list[tuple[int, str, str]]

    @classmethod
    def of(cls, path: Path) -> Spied:
        lines = (line.split() for line in path.read_text("ascii").splitlines())
        return cls([(int(process), what, which) for process, what, which in lines])

    @property
    def read(self) -> Counter[str]:
        return Counter(which for _, what, which in self.notes if what == "read")

    @property
    def staged(self) -> Counter[str]:
        return Counter(which for _, what, which in self.notes if what == "staged")

    def unfinished(self, process: int) -> Counter[str]:
        """What a process had read when it ended, since its last staged part."""
        own = [(what, which) for by, what, which in self.notes if by == process]
        last = max((place for place, (what, _) in enumerate(own) if what == "staged"), default=-1)
        return Counter(which for _, which in own[last + 1 :])


@dataclass
class Nights:
    """A province whose pages are captured; nights over them that differ in their engine alone."""

    folder: Path
    sources: Path

    def home(self, name: str) -> Path:
        """A home in which the first night's captures are, and that night is still to be ended."""
        home = self.folder / name
        shutil.copytree(self.folder / "threads" / "archive", home / "archive")
        (home / "runs").mkdir()
        shutil.copy(self.folder / "begun", home / "runs" / "nightly.unfinished")
        return home

    def run(self, home: Path, engine: str, **env: str) -> dict[str, Any]:
        with pytest.MonkeyPatch.context() as patch:
            # So that a small province is several batches.
            patch.setattr(steps, "batches", partial(batches, seconds=0.15))
            patch.setattr(steps, "mail", lambda *_: None)
            for name, value in {"GOUJI_ENGINE": engine, "GOUJI_WORKERS": "2", **env}.items():
                patch.setenv(name, value)
            return nightly(home=str(home), sources=[str(self.sources)])


@pytest.fixture(scope="module", autouse=True)
def api(server: dict[str, str]) -> Iterator[None]:
    with temporary_settings({PREFECT_API_URL: server["PREFECT_API_URL"]}):
        yield


@pytest.fixture(scope="module")
def nights(small_province: Path, tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """A first night, on threads."""
    folder = tmp_path_factory.mktemp("engines")
    made = Nights(folder, small_province)
    summary = made.run(folder / "threads", "threads")
    (folder / "begun").write_text(json.dumps({"started": summary["started"]}), "utf-8")
    assert summary["released"] and summary["held"], summary
    return made


def whole(home: Path) -> dict[str, Any]:
    """Everything a release holds: its record and the staged parts byte for byte, the rows of every table.

    (Delta writes the rows of `cells` in another order each time; every other data file is the same, too.)
    """
    warehouse = home / "warehouse"
    found: dict[str, Any] = {
        path.name: path.read_bytes() for path in [warehouse / "RELEASE", *(warehouse / "releases").iterdir()]
    }
    tables = [name for name in TABLES if (warehouse / name).is_dir()]
    found |= {name: sorted(read_table(home, name).to_pylist(), key=repr) for name in tables}
    staged = sorted((home / "staging").glob("[0-9a-f]*/SHA256SUMS"))
    return found | {"staged": {path.parent.name: path.read_text("ascii") for path in staged}}


def differing(one: Path, other: Path) -> list[str]:
    left, right = whole(one), whole(other)
    assert left.keys() == right.keys()
    return [name for name in left if left[name] != right[name]]


@dataclass
class Cluster:
    """A scheduler and two workers, real processes on loopback."""

    address: str
    start: Callable[..., None]


@pytest.fixture(scope="module")
def spied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spied")


@contextmanager
def process(log: Path, *words: str | Path, **env: str) -> Iterator[None]:
    with log.open("a") as out:
        begun = subprocess.Popen([DASK, *map(str, words)], env=environment(**env), stdout=out, stderr=out)
    try:
        yield
    finally:
        begun.terminate()
        begun.wait(30)


@pytest.fixture(scope="module")
def running(spied: Path) -> Iterator[Cluster]:
    found, notes = spied / "scheduler.json", {"SPY_NOTES": str(spied / "notes"), "SPY_KILLS": str(spied / "killed")}
    loopback = ["--host", "127.0.0.1"]
    with ExitStack() as stack:
        words = ["--port", "0", "--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", found]
        stack.enter_context(process(spied / "scheduler.log", "scheduler", *loopback, *words))

        def worker(daemon: str = "False") -> None:
            env = {"DASK_DISTRIBUTED__WORKER__DAEMON": daemon, **notes}
            options = ["--nthreads", "1", "--no-dashboard", "--scheduler-file", found, "--preload", SPY]
            stack.enter_context(process(spied / "workers.log", "worker", *loopback, *options, **env))

        for _ in range(600):
            if found.exists() and found.read_text("utf-8").endswith("}"):
                break
            time.sleep(0.1)
        worker()
        worker()
        yield Cluster(json.loads(found.read_text("utf-8"))["address"], worker)


@pytest.fixture(scope="module")
def local(nights: Nights, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Spied]:
    """The night on a cluster of two workers that is made for it."""
    notes = tmp_path_factory.mktemp("local") / "notes"
    home = nights.home("local")
    with dask.config.set({"distributed.worker.preload": [str(SPY)]}):
        summary = nights.run(home, "dask", SPY_NOTES=str(notes))
    assert "batch" not in {problem["code"] for problem in summary["problems"]}
    return home, Spied.of(notes)


def test_a_cluster_of_its_own_gives_the_same_release(nights: Nights, local: tuple[Path, Spied]) -> None:
    home, spied = local
    assert differing(nights.folder / "threads", home) == []
    assert len({process for process, *_ in spied.notes}) == 2
    assert len(spied.staged) >= 4
    assert set(spied.staged.values()) == {1}


def test_a_killed_worker_loses_nothing_and_repeats_nothing(
    nights: Nights, local: tuple[Path, Spied], running: Cluster, spied: Path
) -> None:
    home = nights.home("killed")
    summary = nights.run(home, running.address)
    assert "batch" not in {problem["code"] for problem in summary["problems"]}
    assert differing(nights.folder / "threads", home) == []
    found, killed = Spied.of(spied / "notes"), int((spied / "killed").read_text("ascii"))
    again = found.unfinished(killed)
    assert again, "the worker died over a batch"
    assert found.read - local[1].read == again
    assert found.staged == local[1].staged


@flow
def reading(home: Path, sources: Path) -> tuple[list[Path], list[dict[str, Any]]]:
    plan = make_plan("backfill", Home(home), [str(sources)], date(2024, 3, 1), from_archive=True)
    with started(plan) as run:
        return steps.read_documents(run), run.summary.problems


@pytest.mark.parametrize("engine", ["threads", "dask"])
def test_a_damaged_capture_is_recorded_and_takes_no_other_with_it(
    nights: Nights, running: Cluster, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "batches", partial(batches, seconds=0.15))
    monkeypatch.setenv("GOUJI_ENGINE", running.address if engine == "dask" else engine)
    shutil.copytree(nights.folder / "threads" / "archive", tmp_path / "archive")
    with Archive(tmp_path / "archive") as archive:
        capture = next(one for one in archive.captures() if one.media_type == "text/html")
        with (tmp_path / "archive" / capture.warc).open("r+b") as file:
            file.seek(capture.offset)
            file.write(bytes(64))
    parts, problems = reading(tmp_path, nights.sources)
    (problem,) = problems
    assert problem["code"] == "batch"
    assert problem["address"] == capture.address
    assert problem["detail"].startswith(f"DamagedError: {capture.warc}@{capture.offset}: ")
    whole = sorted((nights.folder / "threads" / "staging").iterdir())
    assert len(whole) > 2
    assert staged(parts) == staged(whole) - {capture.capture_id}


def staged(parts: list[Path]) -> set[str]:
    """The captures of which something stands in these parts."""
    tables = [table for part in parts for table in (read_parts([part])[0], read_parts([part])[2])]
    return {one for table in tables for one in table["capture_id"].to_pylist()}


def test_a_worker_with_other_readers_or_without_children_is_refused(
    small_province: Path, running: Cluster, tmp_path: Path
) -> None:
    desk = Desk(tmp_path, tmp_path, load(small_province))
    with Client(running.address, set_as_default=False) as client:
        other = DeskPlugin(desk)
        client.wait_for_workers(2, timeout=60)
        other._version = "00000000"
        with pytest.raises(UnfitError, match=r"has readers [0-9a-f]{8}, this run 00000000"):
            client.register_plugin(other)
        client.unregister_worker_plugin(other.name)
        running.start(daemon="True")
        client.wait_for_workers(3, timeout=60)
        with pytest.raises(UnfitError, match="DASK_DISTRIBUTED__WORKER__DAEMON=False"):
            client.register_plugin(DeskPlugin(desk))
        client.unregister_worker_plugin(other.name)


def test_a_scheduler_without_workers_is_not_waited_for_for_ever(
    small_province: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_engine, "PATIENCE", 0.1)
    desk = Desk(tmp_path, tmp_path, load(small_province))
    with LocalCluster(n_workers=0, protocol="tcp", dashboard_address="127.0.0.1:0") as empty:
        address = empty.scheduler_address
        with pytest.raises(ConnectionError, match=f"no Dask worker has come to {address} within"):
            dask_engine.cluster(desk, address).__enter__()


@pytest.mark.parametrize(
    ("said", "engine"),
    [
        (None, Engine("threads")),
        ("threads", Engine("threads")),
        ("dask", Engine("dask")),
        ("tcp://127.0.0.1:8786", Engine("dask", "tcp://127.0.0.1:8786")),
        ("tls://scheduler.example:8786", Engine("dask", "tls://scheduler.example:8786")),
    ],
)
def test_the_setting(said: str | None, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOUJI_ENGINE", raising=False)
    if said is not None:
        monkeypatch.setenv("GOUJI_ENGINE", said)
    assert chosen_engine() == engine


@pytest.mark.parametrize(
    "said", ["ray", "http://127.0.0.1:1", "tcp://127.0.0.1", "tcp://:8786", "tcp://a:b", "tcp://[x"]
)
def test_a_setting_that_says_nothing_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_ENGINE", said)
    with pytest.raises(UnusableError, match=r"GOUJI_ENGINE: .* is neither threads nor dask"):
        chosen_engine()


def test_workers_elsewhere_need_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_ENGINE", "tcp://10.0.0.9:8786")
    with temporary_settings({PREFECT_API_URL: None}), pytest.raises(UnusableError, match="set PREFECT_API_URL"):
        chosen_engine()


def test_the_server_of_this_run_is_none_for_workers_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOUJI_ENGINE", "tcp://10.0.0.9:8786")
    address = "http://127.0.0.1:4200/api"
    with temporary_settings({PREFECT_API_URL: address}):
        assert chosen_engine().address == "tcp://10.0.0.9:8786"
        monkeypatch.setattr(Server, "own", SimpleNamespace(url=address))
        with pytest.raises(UnusableError, match="set PREFECT_API_URL"):
            chosen_engine()
