"""What is kept in mind of a table's versions is what its log says, and never another table's."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_province import Doc, batch, night

from warehouse import deltas, looked_at
from warehouse.chosen import of_reports
from warehouse.looked_at import DataFile
from warehouse.record import current
from warehouse.release import publish
from warehouse.spec import TABLES

REPORTS = TABLES["reports"]
NAMES = st.text("ab-1", max_size=4)


@given(st.sets(NAMES, min_size=1), st.lists(NAMES))
def test_a_file_is_left_out_only_where_none_of_the_owners_is_in_it(held: set[str], asked: list[str]) -> None:
    file = DataFile("f", 2023, min(held), max(held))
    assert file.may_hold(sorted(asked)) or not held.intersection(asked)
    assert not file.may_hold([])
    assert DataFile("f", 2023, None, None).may_hold(sorted(asked))


def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The versions that are opened from now on."""
    real, found = deltas.open_at, list[int]()
    monkeypatch.setattr(deltas, "open_at", lambda path, at: found.append(at) or real(path, at))
    return found


def test_a_version_is_opened_once_and_one_of_our_own_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = opened(monkeypatch)
    docs = [Doc(number, 2023, 5) for number in (1, 2)]
    release = publish(tmp_path, batch(docs), night(0))
    assert release
    table = tmp_path / "warehouse" / "reports"
    at = release.tables["reports"]
    assert deltas.rows(table, REPORTS, at) == len(docs)
    assert len(deltas.files(table, REPORTS, at)[2023]) == 1
    assert asked == []
    monkeypatch.setattr(looked_at, "_kept", type(looked_at._kept)())
    for _ in range(3):
        assert len(deltas.files(table, REPORTS, at)[2023]) == 1
    assert asked == [at]


def test_another_table_in_its_place_is_looked_at_anew(tmp_path: Path) -> None:
    for docs in ([Doc(1, 2023, 5)], [Doc(1, 2023, 5), Doc(2, 2023, 5)]):
        shutil.rmtree(tmp_path / "warehouse", ignore_errors=True)
        release = publish(tmp_path, batch(docs), night(0))
        assert release
        assert deltas.rows(tmp_path / "warehouse" / "reports", REPORTS, release.tables["reports"]) == len(docs)


def test_what_has_no_commit_any_more_is_not_kept(tmp_path: Path) -> None:
    release = publish(tmp_path, batch([Doc(1, 2023, 5)]), night(0))
    assert release
    path, at = tmp_path / "warehouse" / "reports", release.tables["reports"]
    found = looked_at.recall(path, at)
    assert found
    (path / "_delta_log" / f"{at:020d}.json").unlink()
    assert looked_at.recall(path, at) is None
    looked_at.remember(path, at, found)
    assert looked_at.recall(path, at) is None


def test_files_that_cannot_hold_a_report_are_not_opened(tmp_path: Path) -> None:
    docs = [Doc(number, 2023, 5) for number in (1, 2, 3)]
    for number, doc in enumerate(docs):
        assert publish(tmp_path, batch([doc]), night(number))
    release = current(tmp_path)
    assert release
    path, at = tmp_path / "warehouse" / "reports", release.tables["reports"]
    (every,) = deltas.files(path, REPORTS, at).values()
    assert len(every) == len(docs)
    seen = set()
    for doc in docs:
        (mine,) = deltas.files(path, REPORTS, at, {2023}, [doc.report_id]).values()
        assert len(mine) == 1
        seen |= set(mine)
        (reports,) = of_reports(tmp_path, [doc.report_id], ("reports",))
        assert reports["report_id"].to_pylist() == [doc.report_id]
    assert seen == set(every)
    assert deltas.files(path, REPORTS, at, {2023}, ["0-2023"]) == {}
