"""The scheduler after a thousand nights: `python benchmarks/scheduler.py --out benchmarks/scheduler.md`.

`--quick` takes 100 nights. What is measured, and how, stands at the top of `benchmarks/scheduler.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "flows")]

from commandline import GOUJI, PREFECT, environment  # noqa: E402
from postgres import cluster, copied, programs  # noqa: E402
from prefect_server import prefect_server, production  # noqa: E402

from benchmarks.noted import machine, write  # noqa: E402
from benchmarks.scheduler_history import Night, fill, grown, night_of  # noqa: E402
from samples.province import write_province  # noqa: E402

Figures = dict[str, float]

#: nights that Prefect's retention leaves (docs/production/server.env)
KEPT: Final = 90
_DEPLOYMENT: Final = """
deployments:
  - name: idle
    entrypoint: benchmarks/scheduler_flow.py:idle
    work_pool: {name: gouji}
    schedules: [{cron: "30 1 * * *", timezone: Asia/Shanghai}]
"""
REPORT: Final = "`gouji report`, start to end, s"
FOREVER: Final = str(100 * 365 * 86400)


@dataclass(frozen=True)
class Size:
    """How much is simulated, and how often each thing is measured."""

    nights: int
    tasks: int
    rounds: int


@dataclass(frozen=True)
class Part:
    """One kind of database: figures after the first night, after all nights, and after all with retention on."""

    name: str
    columns: tuple[Figures, Figures, Figures]


def on_postgresql(folder: Path, size: Size) -> Part:
    """Three servers, each with a database in one PostgreSQL, a work pool and a deployment."""
    installed = programs()
    if installed is None:
        raise SystemExit("PostgreSQL is not installed: apt-get install postgresql")
    with cluster(installed, production()["PREFECT_API_DATABASE_CONNECTION_URL"]) as first:
        log = folder / "server.log"
        keeping = {"PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events"}
        with prefect_server(settings(folder, first) | keeping, log) as server:
            one_night(folder, server)
            deploy(folder, server)
        night = grown(asyncio.run(night_of(first)), size.tasks)
        grew = copied(first, "grew")
        print(f"PostgreSQL: {written(grew, night, size)}", file=sys.stderr)
        kept = copied(grew, "kept")
        looks = {"PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "5"}
        with prefect_server(settings(folder, kept) | looks, log):
            until(lambda: asyncio.run(_nights(kept)) <= KEPT + 1)
        with ExitStack() as stack:
            plans: tuple[tuple[str, dict[str, str]], ...] = ((first, keeping), (grew, keeping), (kept, {}))
            servers = [stack.enter_context(prefect_server(settings(folder, url) | more, log)) for url, more in plans]
            return Part("Server on PostgreSQL", in_turn(size, [partial(called, server) for server in servers]))


def settings(folder: Path, url: str) -> dict[str, str]:
    """Those of production, with a database and a folder of our own."""
    name = url.partition("@/")[2].partition("?")[0]
    base: dict[str, str] = production()
    return base | {
        "PREFECT_API_DATABASE_CONNECTION_URL": url,
        "PREFECT_HOME": str(folder / f"server-{name}"),
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }


def embedded(folder: Path, size: Size) -> Part:
    """Three homes whose runs start their own server, on SQLite."""
    first, grew, kept = (folder / name for name in ("first", "grew", "kept"))
    one_night(folder, {}, first)
    shutil.copytree(first, grew)
    url = f"sqlite+aiosqlite:///{grew / 'prefect' / 'prefect.db'}"
    night = grown(asyncio.run(night_of(url)), size.tasks)
    print(f"SQLite: {written(url, night, size)}", file=sys.stderr)
    shutil.copytree(grew, kept)
    forgetting = reported(kept)[REPORT]
    forever = partial(reported, PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD=FOREVER)
    columns = in_turn(size, [partial(reported, first), partial(forever, grew), partial(reported, kept)])
    columns[2]["the one night that forgets all that is too old, s"] = forgetting
    return Part("Embedded, on SQLite", columns)


def in_turn(size: Size, ways: Sequence[Callable[[], Figures]]) -> tuple[Figures, Figures, Figures]:
    """Every way once a round, so that whatever else the machine does falls on all of them; the medians of each."""
    found: list[list[Figures]] = [[] for _ in ways]
    for number in range(size.rounds):
        for way, figures in zip(ways, found, strict=True):
            figures.append(way())
            print(f"round {number + 1} of {size.rounds}: {figures[-1]}", file=sys.stderr)
    first, grew, kept = ({key: median(it[key] for it in figures) for key in figures[0]} for figures in found)
    return first, grew, kept


def one_night(folder: Path, variables: dict[str, str], home: Path | None = None) -> None:
    """A real night on a small province."""
    write_province(folder / "province", units=12, years=(2019, 2024), seed=7)
    words = ["nightly", "--home", str(home or folder / "night"), "--sources", str(folder / "province/sources.toml")]
    done = subprocess.run([GOUJI, *words], env=environment(**variables), capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise SystemExit(f"the night failed: {done.stderr[-2000:]}")


def deploy(folder: Path, server: dict[str, str]) -> None:
    """A pool, and the idle flow as a deployment with a schedule."""
    plan = folder / "idle.yaml"
    plan.write_text(_DEPLOYMENT, "utf-8")
    for words in (
        ("work-pool", "create", "gouji", "--type", "process"),
        ("--no-prompt", "deploy", "--all", "--prefect-file", str(plan)),
    ):
        command = [PREFECT, *words]
        subprocess.run(command, env=environment(**server), cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def written(url: str, night: Night, size: Size) -> str:
    """Fill the database; gives what was done as text."""
    began = time.perf_counter()
    rows = asyncio.run(fill(url, night, size.nights))
    shape = ", ".join(f"{name} {count}" for name, count in night.size.items())
    return f"{size.nights} nights, {rows:,} rows in {time.perf_counter() - began:.0f} s; each: {shape}"


def called(server: dict[str, str]) -> Figures:
    """`benchmarks/scheduler_calls.py` in a process of its own."""
    command = [sys.executable, str(ROOT / "benchmarks" / "scheduler_calls.py")]
    done = subprocess.run(command, env=environment(**server), cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"not measured: {done.stderr[-3000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def reported(home: Path, **variables: str) -> Figures:
    """A run that hardly does more than start its Prefect and end, and the size of its Prefect's database."""
    home.mkdir(parents=True, exist_ok=True)
    command, began = [GOUJI, "report", "--home", home], time.perf_counter()
    subprocess.run(command, env=environment(**variables), check=True, stdout=subprocess.DEVNULL)
    spent = time.perf_counter() - began
    used = (home / "prefect" / "prefect.db").stat().st_size
    return {REPORT: spent, "its database, MB": used / 1e6}


async def _nights(url: str) -> int:
    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine(url)
    async with engine.connect() as connection:
        sql = "SELECT count(*) FROM flow_run r JOIN flow f ON f.id = r.flow_id WHERE f.name = 'nightly'"
        found = (await connection.execute(text(sql))).scalar_one()
    await engine.dispose()
    return int(found)


def until(holds: Callable[[], bool], seconds: float = 900) -> None:
    """Wait for the server's own services."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            raise SystemExit("the server did not forget")
        time.sleep(2)


def table(part: Part, nights: int) -> str:
    """A part as Markdown; ratios to the first night."""
    first, grew, kept = part.columns
    many = f"{nights:,} nights"
    lines = [
        f"| {part.name} | after 1 night | {many}, all kept | ratio | {many}, retention on | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name in dict.fromkeys([*first, *grew, *kept]):
        values = [column.get(name) for column in part.columns]
        base = values[0]
        cells = ["" if value is None else f"{value:.1f}" for value in values]
        ratios = ["" if value is None or base is None else f"{value / base:.2f}" for value in values[1:]]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} | {ratios[0]} | {cells[2]} | {ratios[1]} |")
    return "\n".join(lines)


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="gouji-scheduler-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--nights", type=int, default=1000)
    parser.add_argument("--tasks", type=int, default=120, help="task runs of a night, at least")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="100 nights, 2 rounds")
    parser.add_argument("--only", choices=("postgresql", "embedded"))
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    size = Size(100, given.tasks, 2) if given.quick else Size(given.nights, given.tasks, given.rounds)
    parts = {"postgresql": on_postgresql, "embedded": embedded}
    found = []
    for name, part in parts.items():
        if given.only in (None, name):
            with scratch() as folder:
                found.append(table(part(folder, size), size.nights))
    text = "\n\n".join(found) + f"\n\nAt least {size.tasks} task runs a night; {size.rounds} rounds. {machine()}.\n"
    print(text)
    if given.out:
        write(given.out, text)


if __name__ == "__main__":
    main()
