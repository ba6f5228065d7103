"""Releases in a real object store: the server killed at every kind of moment, writers that die, writers that race."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from s3_server import S3Server

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "warehouse"))

from killed import first, second  # noqa: E402
from made_province import contents, night  # noqa: E402

from store import lease  # noqa: E402
from store.remote import Remote, Seen  # noqa: E402
from warehouse import deltas, record  # noqa: E402
from warehouse.chosen import newest  # noqa: E402
from warehouse.errors import QueryError, StagingError, WarehouseBusyError, WarehouseError  # noqa: E402
from warehouse.package import write_package  # noqa: E402
from warehouse.query import query  # noqa: E402
from warehouse.release import publish  # noqa: E402
from warehouse.staging import find_part, old_parts, read_parts, remove_parts, sweep, write_part  # noqa: E402
from warehouse.status import current, known_documents, releases  # noqa: E402


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What two releases hold, made in a folder."""
    home = tmp_path_factory.mktemp("undisturbed")
    publish(home, first(), night(0))
    publish(home, second(), night(1))
    return {name: contents(home, name) for name in ("r0001", "r0002")}


def test_the_same_as_in_a_folder(bucket: Remote, undisturbed: dict[str, Any], tmp_path: Path) -> None:
    assert (current(bucket), releases(bucket), known_documents(bucket)) == (None, [], frozenset())
    with pytest.raises(QueryError, match="nothing has been released"):
        query(bucket, "SELECT 1")
    assert publish(bucket, first(), night(0))
    assert publish(bucket, first(), night(0)) is None
    assert contents(bucket) == undisturbed["r0001"]
    assert publish(bucket, second(), night(1))
    assert contents(bucket) == undisturbed["r0002"]
    assert contents(bucket, "r0001") == undisturbed["r0001"]
    assert [(one.release_id, one.parent) for one in releases(bucket)] == [("r0001", None), ("r0002", "r0001")]
    sql = "SELECT count(*) AS n, sum(value) AS s FROM cells"
    now, then = query(bucket, sql).to_pylist(), query(bucket, sql, "r0001").to_pylist()
    assert now != then
    assert now[0]["n"] == len(undisturbed["r0002"]["cells"])
    assert then[0]["n"] == len(undisturbed["r0001"]["cells"])
    for closed in (
        f"SELECT * FROM read_text('{bucket}/warehouse/RELEASE')",
        "SELECT * FROM read_text('/etc/passwd')",
    ):
        with pytest.raises(QueryError, match=r"(?i)permission|disabled"):
            query(bucket, closed)
    chosen = newest(bucket, ["620001-2022", "620002-2022", "620777-2022"])
    assert sorted(chosen.reports["report_id"].to_pylist()) == ["620001-2022", "620002-2022"]
    assert write_package(bucket, tmp_path / "package").release_id == "r0002"


def test_a_version_of_a_table_is_opened_once(bucket: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real = deltas.open_at
    monkeypatch.setattr(deltas, "open_at", lambda path, at: asked.append(at) or real(path, at))
    release = publish(bucket, first(), night(0))
    assert release
    sql, count = "SELECT count(*) AS n FROM cells", release.counts["cells"]
    assert [query(bucket, sql).to_pylist()[0]["n"] for _ in range(2)] == [count, count]
    assert asked == [], "what it wrote itself it need not look at"
    commit = bucket / "warehouse" / "cells" / "_delta_log" / f"{release.tables['cells']:020d}.json"
    assert (commit.mark(), (bucket / "none").mark()) == (commit.look().tag, None)
    # Another commit of the same number, as of a table that took its place, is not taken for the one that was seen.
    commit.write_bytes(commit.read_bytes() + b"\n")
    assert query(bucket, sql).to_pylist()[0]["n"] == count
    assert asked == [release.tables["cells"]]


def test_a_folder_copied_into_a_store_goes_on_there(
    bucket: Remote, undisturbed: dict[str, Any], tmp_path: Path
) -> None:
    publish(tmp_path, first(), night(0))
    copied(tmp_path / "warehouse", bucket / "warehouse")
    assert contents(bucket) == undisturbed["r0001"]
    publish(bucket, second(), night(1))
    assert contents(bucket) == undisturbed["r0002"]
    assert [one.release_id for one in releases(bucket)] == ["r0001", "r0002"]


def copied(folder: Path, to: Remote) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            (to / path.relative_to(folder).as_posix()).upload(path)


#: moment -> owner and name of the first call made then
MOMENTS: dict[str, tuple[Any, str]] = {
    "before a table's commit": (deltas, "write_deltalake"),
    "between two tables": (deltas, "rows"),
    "before the record": (record, "write"),
    "before the pointer": (Remote, "swap"),
}


def _at(moment: str, patch: pytest.MonkeyPatch, act: Callable[[], None], tables: int = 2) -> None:
    """Have `act` called once, just before the call that begins the moment (of a table: of the second one)."""
    owner, name = MOMENTS[moment]
    real, left = getattr(owner, name), [tables if owner is deltas else 1]

    def call(*args: Any, **options: Any) -> Any:
        pointer = owner is not Remote or args[0].name == "RELEASE"
        left[0] -= pointer
        if pointer and left[0] == 0:
            act()
        return real(*args, **options)

    patch.setattr(owner, name, call)


@pytest.mark.parametrize("moment", MOMENTS)
def test_the_server_dies_and_comes_back_during_a_release(
    s3: S3Server, bucket: Remote, undisturbed: dict[str, Any], moment: str
) -> None:
    publish(bucket, first(), night(0))
    threads: list[threading.Thread] = []
    with pytest.MonkeyPatch.context() as patch:
        _at(moment, patch, lambda: threads.append(s3.outage(0.2)))
        # The clients wait for the store; what a client gives up, the next run does.
        with contextlib.suppress(OSError, WarehouseError, deltas.DeltaError):
            publish(bucket, second(), night(1))
    (thread,) = threads
    thread.join()
    release = current(bucket)
    assert release
    assert contents(bucket) == undisturbed[release.release_id]
    publish(bucket, second(), night(1))
    assert contents(bucket) == undisturbed["r0002"]
    assert [one.release_id for one in releases(bucket)] == ["r0001", "r0002"]


def _child(bucket: Remote, moment: str) -> int:
    """Publish in a process of its own, which kills itself at the moment."""
    program = f"""
import os, signal, sys
sys.path[:0] = [{str(HERE)!r}, {str(HERE.parent)!r}, {str(HERE.parent / "warehouse")!r}]
import pytest
from test_store_warehouse import _at, second, night, publish, Remote
patch = pytest.MonkeyPatch()
_at({moment!r}, patch, lambda: os.kill(os.getpid(), signal.SIGKILL))
publish(Remote({bucket.url!r}), second(), night(1))
"""
    return subprocess.run([sys.executable, "-c", program], env=dict(os.environ), check=False, timeout=120).returncode


def test_a_writer_dies_at_every_moment_and_the_next_one_finishes(bucket: Remote, undisturbed: dict[str, Any]) -> None:
    publish(bucket, first(), night(0))
    for moment in MOMENTS:
        assert _child(bucket, moment) == -signal.SIGKILL, moment
        assert contents(bucket) == undisturbed["r0001"]
        _end_lease(bucket)
    publish(bucket, second(), night(1))
    assert contents(bucket) == undisturbed["r0002"]


def test_a_living_writer_is_not_pushed_aside(bucket: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "LASTS", timedelta(seconds=1))
    with lease.held(bucket / "warehouse" / "writer.lease", "process 7 on another", 0):
        with pytest.raises(WarehouseBusyError, match="process 7 on another"):
            publish(bucket, first(), night(0), wait=0)
        assert current(bucket) is None
    assert publish(bucket, first(), night(0), wait=0)


def test_who_was_overtaken_releases_nothing(bucket: Remote, undisturbed: dict[str, Any]) -> None:
    """A writer that slept past its lease wakes right before the pointer, when another has released."""
    publish(bucket, first(), night(0))

    def other() -> None:
        patch.undo()
        _end_lease(bucket)
        publish(bucket, second(), night(1))

    with pytest.MonkeyPatch.context() as patch:
        _at("before the record", patch, other)
        with pytest.raises(WarehouseBusyError, match="somebody else has released since r0001"):
            publish(bucket, second(), night(5))
    assert contents(bucket) == undisturbed["r0002"]
    last = current(bucket)
    assert last
    assert last.created_at == night(1)
    assert publish(bucket, second(), night(6)) is None


def _end_lease(bucket: Remote) -> None:
    """The lease as if its time were over: its holder is dead, or sleeps."""
    place = bucket / "warehouse" / "writer.lease"
    standing = lease.decoded(place.look().data)
    assert standing
    place.write_bytes(lease.Lease(standing.holder, standing.token, night(-1000)).encoded())


def test_two_writers_at_once_release_one_after_the_other(bucket: Remote, undisturbed: dict[str, Any]) -> None:
    publish(bucket, first(), night(0))
    given: list[Any] = []

    def write(number: int) -> None:
        given.append(publish(bucket, second(), night(number)))

    threads = [threading.Thread(target=write, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one is None for one in given) == [False, True]
    assert contents(bucket) == undisturbed["r0002"]
    assert len(releases(bucket)) == 2


def test_a_record_may_be_written_anew_under_its_name(bucket: Remote) -> None:
    """What upkeep does: the same release, of other versions of the same rows."""
    publish(bucket, first(), night(0))
    publish(bucket, second(), night(1))
    release, seen = record.look(bucket)
    assert release
    record.write(bucket, replace(release, note="upkeep"), seen)
    with pytest.raises(WarehouseBusyError):
        record.write(bucket, release, seen)
    publish(bucket, first(), night(2))
    assert [(one.release_id, one.note) for one in releases(bucket)] == [
        ("r0001", ""),
        ("r0002", "upkeep"),
        ("r0003", ""),
    ]


def test_records_that_cannot_be_read_are_one_line(bucket: Remote) -> None:
    publish(bucket, first(), night(0))
    publish(bucket, second(), night(1))
    (bucket / "warehouse" / "releases" / "r0001.json").write_bytes(b"{")
    with pytest.raises(WarehouseError, match=r"^release record s3://\S+r0001.json cannot be read: [^\n]*$"):
        releases(bucket)
    (bucket / "warehouse" / "RELEASE").write_bytes(b"{")
    with pytest.raises(WarehouseError, match=r"RELEASE cannot be read"):
        current(bucket)
    (bucket / "warehouse" / "RELEASE").unlink()
    with pytest.raises(WarehouseError, match=r"RELEASE is missing, beside 1 release records up to r0001"):
        publish(bucket, second(), night(2))


def test_a_part_is_there_with_its_sums_or_not_at_all(bucket: Remote) -> None:
    full = first()
    empty = read_parts([])[2]
    staging = bucket / "staging"
    assert find_part(staging, "part") is None
    part = write_part(staging, "part", full.reports, full.cells, empty)
    assert part == staging / "part" == find_part(staging, "part")
    assert read_parts([part])[1] == full.cells
    assert sweep(staging) == 0
    now = datetime.now(UTC)
    assert old_parts(staging, now - timedelta(days=1)) == {}
    found = old_parts(staging, now + timedelta(days=1))
    assert found == {part: sum(size for size, _ in part.below().values())}
    remove_parts(found)
    assert staging.below() == {}
    assert find_part(staging, "part") is None
    write_part(staging, "part", full.reports, full.cells, empty)
    (part / "SHA256SUMS").unlink()
    assert find_part(staging, "part") is None
    with pytest.raises(StagingError, match="part"):
        read_parts([part])
    write_part(staging, "part", full.reports, full.cells, empty)
    (part / "cells.parquet").write_bytes(b"damaged")
    assert find_part(staging, "part") is None
    assert write_part(staging, "part", full.reports, full.cells, empty) == find_part(staging, "part")


def test_the_pointer_of_a_folder_needs_no_state(tmp_path: Path) -> None:
    publish(tmp_path, first(), night(0))
    release, seen = record.look(tmp_path)
    assert release
    assert seen == Seen(b"r0001\n", None)
    assert (tmp_path / "warehouse" / "releases" / "r0001.json").is_file()
