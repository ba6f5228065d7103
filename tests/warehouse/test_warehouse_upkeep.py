"""Upkeep: what goes, what stays, and that contents never change."""

from __future__ import annotations

import shutil
import signal
from datetime import timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable
from dying import Publisher
from hypothesis import given, settings
from hypothesis import strategies as st
from made_province import Doc, batch, contents, night

from warehouse.batch import ReleaseBatch
from warehouse.errors import QueryError
from warehouse.keeping import Policy, unbroken
from warehouse.query import query
from warehouse.record import Release, current, releases, removed
from warehouse.release import publish
from warehouse.status import release_as_of
from warehouse.upkeep import planned, upkeep

NONE = Policy(days=0, least=2)
NIGHTS = 6


def _few(full: ReleaseBatch) -> ReleaseBatch:
    """Two tables with partitions, one without; the others go the same way."""
    return ReleaseBatch(reports=full.reports, cells=full.cells, documents=full.documents)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("nights")
    publish(home, _few(batch([Doc(u, y, u) for u in range(1, 4) for y in (2022, 2023)])), night(0))
    for n in range(1, NIGHTS):
        publish(home, _few(batch([Doc(1, 2022, 100 + n), Doc(50 + n, 2023, n)])), night(n))
    return home


@pytest.fixture
def home(nights: Path, tmp_path: Path) -> Path:
    return shutil.copytree(nights, tmp_path / "home")


def _files(home: Path) -> dict[str, int]:
    return {str(p.relative_to(home)): p.stat().st_size for p in (home / "warehouse").rglob("*") if p.is_file()}


def test_contents_of_kept_releases_stay_and_the_rest_says_so(home: Path) -> None:
    before = {f"r{n:04d}": contents(home, f"r{n:04d}") for n in range(1, NIGHTS + 1)}
    files = _files(home)
    policy = Policy(days=0, least=2, named=frozenset({"r0002"}))
    plan = planned(home, policy, night(9))
    done = upkeep(home, policy, night(9))
    # Six nights of one month: the last two, and the named one.
    assert done.kept == plan.kept == ("r0002", "r0005", "r0006")
    assert done.removed == plan.removed == ("r0001", "r0003", "r0004")
    assert done.versions.keys() == {"reports", "cells", "documents"}
    for name in done.kept:
        assert contents(home, name) == before[name]
    assert contents(home) == before["r0006"]
    assert [it.release_id for it in releases(home)] == list(before)
    line = "^release r0004 was removed by upkeep on 2026-03-11; kept beside it: r0002 and r0005$"
    with pytest.raises(QueryError, match=line):
        release_as_of(home, "r0004")
    with pytest.raises(QueryError, match="release r0004 was removed"):
        query(home, "SELECT 1", as_of=night(3).isoformat())
    assert release_as_of(home, night(4).isoformat()).release_id == "r0005"
    rows = query(home, "SELECT release_id, removed FROM releases WHERE removed IS NOT NULL").to_pylist()
    assert [row["release_id"] for row in rows] == list(done.removed)
    data = [[size for name, size in some.items() if "part-" in name] for some in (files, _files(home))]
    assert sum(data[1]) < sum(data[0])


def test_what_was_planned_goes_and_a_second_time_nothing(home: Path) -> None:
    # No file is small enough to be put together after the first.
    upkeep(home, Policy(), night(9))
    before = _files(home)
    plan = planned(home, NONE, night(9))
    assert _files(home) == before
    doomed = {str(path.relative_to(home)): size for it in plan.waste.values() for path, size in (*it.data, *it.log)}
    assert doomed
    done = upkeep(home, NONE, night(9))
    assert done.versions == {}
    assert done.waste == plan.waste
    after = _files(home)
    assert before.keys() - after.keys() == doomed.keys()
    assert all(before[name] == size for name, size in doomed.items())
    again = upkeep(home, NONE, night(9))
    assert (again.removed, again.versions) == ((), {})
    assert not any(it.data or it.log for it in again.waste.values())
    assert _files(home) == after


def test_a_gap_of_removed_releases_stays_a_gap(home: Path) -> None:
    """With nothing newer to remove the releases there are look unbroken; the commits in the gap are gone."""
    before = {name: contents(home, name) for name in ("r0002", "r0005", "r0006")}
    named = Policy(days=0, least=2, named=frozenset({"r0002"}))
    assert upkeep(home, named, night(9)).removed == ("r0001", "r0003", "r0004")
    for _ in range(2):
        assert planned(home, named, night(9)).removed == ()
        assert upkeep(home, named, night(9)).kept == tuple(before)
        assert {name: contents(home, name) for name in before} == before
    # The gap grows, and goes with the release before it.
    assert publish(home, _few(batch([Doc(1, 2022, 9)])), night(10))
    assert upkeep(home, named, night(11)).removed == ("r0005",)
    assert {name: contents(home, name) for name in ("r0002", "r0006")} == {n: before[n] for n in ("r0002", "r0006")}
    assert upkeep(home, NONE, night(12)).removed == ("r0002",)
    assert not any(it.data or it.log for it in upkeep(home, NONE, night(12)).waste.values())
    assert contents(home, "r0006") == before["r0006"]


def test_nights_go_on_after_upkeep(home: Path, tmp_path: Path) -> None:
    kept, plain = home, shutil.copytree(home, tmp_path / "plain")
    for n in (9, 10):
        upkeep(kept, NONE, night(n))
        more = _few(batch([Doc(1, 2022, n), Doc(90 + n, 2023, n)]))
        assert publish(kept, more, night(n)) == replaced(publish(plain, more, night(n)), kept)
        assert contents(kept) == contents(plain)
        assert publish(kept, more, night(n)) is None


def replaced(release: Release | None, home: Path) -> Release:
    """The release with the Delta versions of another home."""
    now = current(home)
    assert release
    assert now
    return Release(release.release_id, release.created_at, release.parent, now.tables, release.counts, release.note)


def test_files_become_few_and_a_reader_of_the_moment_goes_on(home: Path) -> None:
    was = current(home)
    assert was
    old = DeltaTable(home / "warehouse" / "cells", version=was.tables["cells"])
    rows = old.to_pyarrow_table().num_rows
    upkeep(home, NONE, night(9))
    now = current(home)
    assert now
    assert now.counts == was.counts
    assert now.tables["cells"] > was.tables["cells"]
    assert len(DeltaTable(home / "warehouse" / "cells", version=now.tables["cells"]).file_uris()) == 2
    # A query that began before may still open what it has not opened yet; by the next upkeep it is over.
    assert old.to_pyarrow_table().num_rows == rows
    assert DeltaTable(home / "warehouse" / "cells", version=was.tables["cells"]).to_pyarrow_table().num_rows == rows
    upkeep(home, NONE, night(10))
    with pytest.raises(FileNotFoundError):
        old.to_pyarrow_table()


def test_what_a_crash_or_a_stranger_left_goes(home: Path) -> None:
    before = contents(home)
    table = DeltaTable(home / "warehouse" / "cells")
    table.delete("year = 2023")
    stray = home / "warehouse" / "cells" / "year=2022" / "part-stray.parquet"
    stray.write_bytes(b"half a file")
    upkeep(home, Policy(), night(9))
    assert contents(home) == before
    assert not stray.exists()
    assert publish(home, _few(batch([Doc(1, 2022, 5)])), night(10))


def test_nothing_released_nothing_done(tmp_path: Path) -> None:
    assert upkeep(tmp_path, Policy(), night(1)).kept == ()
    assert planned(tmp_path / "none", Policy(), night(1)).removed == ()
    assert not (tmp_path / "none").exists()


def test_killed_after_every_step(publisher: Publisher, home: Path) -> None:
    known = {f"r{n:04d}": contents(home, f"r{n:04d}") for n in range(1, NIGHTS + 1)}
    codes: list[int] = []
    # One crash upon the other in the same home, each a step further.
    while not codes or codes[-1]:
        codes.append(publisher.run(home, len(codes) + 1, what="upkeep"))
        for name, rows in known.items():
            try:
                assert contents(home, name) == rows
            except QueryError as error:
                assert name < "r0005"
                assert "was removed by upkeep" in str(error)
    assert len(codes) > 10
    assert set(codes[:-1]) == {-signal.SIGKILL}
    assert set(removed(home)) == {"r0001", "r0002", "r0003", "r0004"}
    # One more takes what the last crashes left; then there is nothing to do, and nights go on.
    upkeep(home, NONE, night(9))
    assert not any(it.data or it.log for it in upkeep(home, NONE, night(9)).waste.values())
    assert publish(home, _few(batch([Doc(1, 2022, 7)])), night(10))
    assert contents(home, "r0006") == known["r0006"]


days = st.lists(st.integers(0, 400), min_size=1, max_size=40, unique=True).map(sorted)


@given(days, st.integers(0, 200), st.integers(0, 12), st.integers(0, 500))
@settings(deadline=None)
def test_policy(made: list[int], keep: int, least: int, today: int) -> None:
    known = [Release(f"r{n:04d}", night(day), None, {}, {}, "") for n, day in enumerate(made, 1)]
    now = night(made[-1] + today)
    kept = Policy(keep, least, frozenset({"r0001", "r9999"})).keeps(known, now)
    assert {it.release_id for it in known[-max(2, least) :]} <= kept
    assert "r0001" in kept
    assert "r9999" not in kept
    assert all(it.release_id in kept for it in known if now - it.created_at <= timedelta(days=keep))
    month = [(it.created_at + timedelta(hours=8)).strftime("%Y-%m") for it in known]
    lasts = {it.release_id for n, it in enumerate(known) if month[n] not in month[n + 1 :]}
    assert lasts <= kept
    young = {it.release_id for it in known if now - it.created_at <= timedelta(days=keep)}
    assert kept <= lasts | young | {"r0001"} | {it.release_id for it in known[-max(2, least) :]}
    tail = known[known.index(unbroken(known, kept)) :]
    assert all(it.release_id in kept for it in tail)
    before = known[: len(known) - len(tail)]
    assert not before or before[-1].release_id not in kept
