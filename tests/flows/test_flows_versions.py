"""Reports that change after they were published: versions, what changed in them, and who said nothing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_shelf import AT, Doc, Shelf, registry, unit

from expectations.findings import finding_id
from expectations.waivers import cited_printed, waiver_of
from flows.versions import Version, chain
from warehouse.query import query
from warehouse.status import read_table

RULE = "VER-SILENT"
FIRST = Doc("620102", 2023, received=50)
#: another figure; the figures of the report still agree
SECOND = replace(FIRST, received=60)
THIRD = replace(FIRST, received=70)
#: the same report in other bytes
REDONE = replace(FIRST, template="浏览 17 次")
CORRECTED = replace(SECOND, text="因统计口径调整，现予更正：本报告表三数据以本次发布为准。")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, registry(unit("620102", kind="aggregate")))


def night(shelf: Shelf, doc: Doc, hours: int, *more: Doc) -> None:
    """A night `hours` after the first, which finds the document (new, or back), and reads it."""
    shelf.archive([doc], AT + timedelta(hours=hours))
    shelf.run(doc, *more)


def chains(shelf: Shelf) -> list[tuple[Any, ...]]:
    return shelf.rows("versions", "version", "sha256", "gate", "announced")


def silent(shelf: Shelf) -> list[dict[str, Any]]:
    return [row for row in shelf.rows("findings") if row["rule"] == RULE]


def events(shelf: Shelf) -> list[str]:
    rows = [row for row in shelf.rows("finding_events") if row["rule"] == RULE]
    return [row["event"] for row in sorted(rows, key=lambda row: (row["at"], row["event"]))]


def test_a_silent_change_is_a_version_a_difference_and_a_finding(shelf: Shelf) -> None:
    night(shelf, FIRST, 0)
    assert chains(shelf) == [(1, FIRST.sha256, "released", None)]
    assert not shelf.rows("past_reports")
    assert not shelf.rows("changes")
    assert not silent(shelf)
    night(shelf, SECOND, 24)
    assert chains(shelf) == [(1, FIRST.sha256, "released", None), (2, SECOND.sha256, "released", None)]
    first, second = shelf.rows("versions")
    assert (first["seen_from"], first["seen_to"]) == (AT, AT + timedelta(hours=24))
    assert (second["seen_from"], second["seen_to"]) == (AT + timedelta(hours=24), None)
    assert (first["release_id"], second["release_id"]) == ("r0001", "r0002")
    keys = {
        f"applications.{row}.{c}"
        for row in ("received", "granted", "processed_total")
        for c in ("natural_person", "total")
    }
    changes = {row["key"]: row for row in shelf.rows("changes")}
    assert changes.keys() == keys
    assert {(row["printed_before"], row["printed_after"], row["version"]) for row in changes.values()} == {
        ("50", "60", 2)
    }
    assert {(row["value_before"], row["state_after"], row["table"]) for row in changes.values()} == {
        (50, "printed", "applications")
    }
    assert shelf.rows("past_reports", "sha256") == [FIRST.sha256]
    assert len(shelf.rows("past_cells")) == len(FIRST.cells)
    (found,) = silent(shelf)
    assert found["finding_id"] == finding_id("620102-2023", RULE, "applications")
    assert (found["severity"], set(found["cells"])) == ("warning", keys)
    assert found["equation"].startswith("50 → 60；")
    assert "公开后有 6 处数字变动，未见更正说明" in found["message"]
    assert "由 50 改为 60（2026-06-03 起）" in found["message"]
    assert shelf.released() == ["620102-2023"]
    assert shelf.run(SECOND) is None


def test_other_bytes_of_the_same_report_are_no_version(shelf: Shelf) -> None:
    night(shelf, FIRST, 0)
    night(shelf, REDONE, 24)
    (version,) = shelf.rows("versions")
    assert (version["captures"], version["sha256"]) == ([FIRST.capture, REDONE.capture], REDONE.sha256)
    assert (version["seen_from"], version["release_id"]) == (AT, "r0001")
    night(shelf, SECOND, 48)
    assert chains(shelf) == [(1, REDONE.sha256, "released", None), (2, SECOND.sha256, "released", None)]


def test_a_change_that_is_announced_is_no_finding(shelf: Shelf) -> None:
    night(shelf, FIRST, 0)
    night(shelf, CORRECTED, 24)
    assert chains(shelf)[1] == (
        2,
        CORRECTED.sha256,
        "released",
        "因统计口径调整，现予更正：本报告表三数据以本次发布为准",
    )
    assert "overview" in shelf.rows("changes", "key")
    assert not silent(shelf)
    # The words of the last correction do not announce the next.
    night(shelf, replace(CORRECTED, received=80), 48)
    (found,) = silent(shelf)
    assert found["equation"].startswith("60 → 80")


def test_the_title_in_the_list_announces_too(shelf: Shelf) -> None:
    night(shelf, FIRST, 0)
    shelf.archive([SECOND], AT + timedelta(hours=24))
    shelf.captures[SECOND.capture] = replace(shelf.captures[SECOND.capture], title="2023年度报告（更正版）")
    shelf.run(SECOND)
    assert chains(shelf)[1][3] == "2023年度报告（更正版）"
    assert not silent(shelf)


def test_the_finding_lives_until_the_figure_goes_back(shelf: Shelf) -> None:
    night(shelf, FIRST, 0)
    night(shelf, SECOND, 24)
    night(shelf, THIRD, 48)
    assert [row["equation"].split("；")[0] for row in silent(shelf)] == ["50 → 70"]
    shelf.see(FIRST, AT + timedelta(hours=72))
    shelf.run(FIRST)
    assert [row[:2] for row in chains(shelf)] == [
        (1, FIRST.sha256),
        (2, SECOND.sha256),
        (3, THIRD.sha256),
        (4, FIRST.sha256),
    ]
    assert shelf.rows("versions")[3]["seen_from"] == AT + timedelta(hours=72)
    assert not silent(shelf)
    assert events(shelf) == ["opened", "fixed"]


def test_a_waiver_covers_it(shelf: Shelf) -> None:
    night(shelf, FIRST, 0)
    night(shelf, SECOND, 24)
    (found,) = silent(shelf)
    printed = cited_printed([found], read_table(shelf.home, "cells"))
    days = (date(2026, 5, 1), date(2026, 12, 31))
    shelf.waivers = (waiver_of(found, SECOND.sha256, printed, ("甲", "另有更正公告"), days),)
    shelf.run()
    assert [row["status"] for row in silent(shelf)] == ["waived"]
    night(shelf, THIRD, 48)  # it was another change that was accepted
    assert [row["status"] for row in silent(shelf)] == ["open"]
    assert len(shelf.judged.void) == 1


def test_an_older_capture_that_is_read_late_goes_to_its_place(shelf: Shelf) -> None:
    shelf.archive([FIRST], AT)
    night(shelf, SECOND, 24)
    assert [row[1] for row in chains(shelf)] == [SECOND.sha256]
    shelf.run(FIRST)
    assert chains(shelf) == [(1, FIRST.sha256, None, None), (2, SECOND.sha256, "released", None)]
    assert shelf.rows("versions", "release_id") == ["r0002", "r0001"]
    assert shelf.rows("reports", "sha256") == [SECOND.sha256]
    assert len(silent(shelf)) == 1
    outcomes = dict(shelf.rows("documents", "capture_id", "outcome"))
    assert outcomes == {FIRST.capture: "report", SECOND.capture: "report"}


def test_a_held_correction_is_a_version_beside_the_released_one(shelf: Shelf) -> None:
    night(shelf, FIRST, 0)
    false = replace(SECOND, off=2)
    night(shelf, false, 24)
    assert (shelf.rows("reports", "sha256"), shelf.rows("held_reports", "sha256")) == ([FIRST.sha256], [false.sha256])
    assert chains(shelf) == [(1, FIRST.sha256, "released", None), (2, false.sha256, "held", None)]
    assert {row["scope"] for row in silent(shelf)} == {"applications", "disputes"}
    night(shelf, SECOND, 48)
    assert [row[2] for row in chains(shelf)] == ["released", "held", "released"]
    assert {row["scope"] for row in silent(shelf)} == {"applications"}


def test_another_reader_is_no_republication(shelf: Shelf) -> None:
    night(shelf, replace(FIRST, reader="html@1"), 0)
    night(shelf, replace(REDONE, reader="html@1"), 24)
    better = replace(REDONE, reader="html@2", misread=3)
    shelf.run(better)
    (version,) = shelf.rows("versions")
    assert len(version["captures"]) == 2
    night(shelf, replace(SECOND, reader="html@3"), 48)
    assert not silent(shelf)
    told = [
        row["message"] for row in shelf.rows("verdicts") if row["rule"] == RULE and row["outcome"] == "not_evaluable"
    ]
    assert set(told) == {"前后两个版本由不同版本的程序读取，无法判断是否改动"}


def test_another_address_begins_anew(shelf: Shelf) -> None:
    night(shelf, replace(FIRST, name="b"), 0)
    night(shelf, replace(SECOND, name="b"), 24)
    assert len(shelf.rows("versions")) == 2
    night(shelf, THIRD, 48)  # its address stands before the other
    assert chains(shelf) == [(1, THIRD.sha256, "released", None)]
    assert not shelf.rows("past_reports")
    assert not shelf.rows("changes")
    assert not silent(shelf)


def test_the_ledger_says_since_when_and_why(shelf: Shelf) -> None:
    late = replace(FIRST, published=date(2024, 4, 5))
    night(shelf, late, 0)
    shelf.day += timedelta(days=1)
    night(shelf, replace(SECOND, published=date(2024, 4, 5), name="b"), 24)
    rows = {row["year"]: row for row in shelf.rows("coverage")}
    row = rows[2023]
    assert (row["status"], row["since"], row["late_days"], row["duplicates"]) == ("published", date(2026, 6, 1), 5, 1)
    assert row["reason"] == "发布日期 2024-04-05，晚于期限 2024-03-31，逾期 5 天；另有 1 个网址载有同一年度的报告"
    assert rows[2022]["reason"] == "期限 2023-03-31 已过，至今未见公开"
    assert (rows[2022]["since"], rows[2022]["late_days"], rows[2022]["duplicates"]) == (date(2026, 6, 1), None, 0)
    shelf.day += timedelta(days=1)
    shelf.run(replace(FIRST, year=2022))
    rows = {row["year"]: row for row in shelf.rows("coverage")}
    assert (rows[2022]["since"], rows[2022]["status"]) == (date(2026, 6, 3), "published")
    assert rows[2023]["since"] == date(2026, 6, 1)


def test_as_published_and_as_known(shelf: Shelf) -> None:
    night(shelf, FIRST, 0)  # 1 June 18:00 UTC is 2 June in China; the page says 20 January 2024
    night(shelf, replace(SECOND, off=2), 24)
    night(shelf, THIRD, 48)
    sql = "SELECT value::INTEGER AS n FROM cells SEMI JOIN reports USING (report_id) WHERE key LIKE '%received.total'"

    def asked(**how: str) -> list[int]:
        return [row["n"] for row in query(shelf.home, sql, **how).to_pylist()]

    assert asked(published="2024-01-19") == []
    assert asked(published="2024-01-20") == [50]
    assert asked(published="2026-06-02") == [50]
    assert asked(published="2026-06-03") == [60]  # held, and yet what the portal showed
    assert asked(published="2026-06-04") == asked() == [70]
    assert asked(as_of="r0002") == [50]
    assert asked(as_of="r0002", published="2026-06-04") == [60]


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, tuple[datetime, datetime]]]:
    """Captures of an address with what each says, when it first came and when it was last seen."""
    count = draw(st.integers(1, 6))
    said = {f"c{n}": draw(st.sampled_from("xyz")) for n in range(count)}
    order = draw(st.lists(st.sampled_from(sorted(said)), min_size=1, max_size=10))
    nights = [*said, *order]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    seen: dict[str, tuple[datetime, datetime]] = {}
    for number, capture in enumerate(nights):
        at = start + timedelta(days=number)
        seen[capture] = (seen.get(capture, (at, at))[0], at)
    return said, seen


def _newest(read: list[str], seen: dict[str, tuple[datetime, datetime]]) -> str:
    return max(read, key=lambda capture: seen[capture][1])


@given(histories(), st.randoms(use_true_random=False), st.data())
def test_the_order_of_reading_leaves_no_trace_in_the_versions(history: Any, rng: Any, data: st.DataObject) -> None:
    said, seen = history
    at_once = chain((), said, seen, _newest([*said], seen))
    order = [*said]
    rng.shuffle(order)
    known: tuple[Version, ...] = ()
    done: list[str] = []
    while order:
        size = data.draw(st.integers(1, len(order)))
        some, order = order[:size], order[size:]
        done += some
        known = chain(known, {capture: said[capture] for capture in some}, seen, _newest(done, seen))
    assert known == at_once
    assert chain(known, said, seen, _newest(done, seen)) == known
    assert all(one.content != two.content and one.seen_from < two.seen_from for one, two in pairwise(known))
    assert known[-1].content == said[_newest(done, seen)]
    assert {capture for version in known for capture in version.captures} == set(said)
