"""The gate, strictly: who is held by what, over runs; the life of findings; waivers that hold and that do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from made_shelf import AT, Doc, Shelf, registry, unit

from expectations.findings import finding_id
from expectations.waivers import Waiver, cited_printed, waiver_of
from flows.kin import key_of
from flows.standing import standing
from warehouse.status import read_table

CITY = unit("620100", level="prefecture", kind="aggregate")
ONE, TWO = unit("620102", "620100"), unit("620103", "620100")
CARRY = "X-CARRY"


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path, registry(CITY, ONE, TWO))


def events(shelf: Shelf, rule: str) -> list[tuple[str, str]]:
    """Events and releases of one rule's findings, as they came."""
    rows = [row for row in shelf.rows("finding_events") if row["rule"] == rule]
    return [(row["release_id"], row["event"]) for row in sorted(rows, key=lambda row: (row["at"], row["event"]))]


def critical(shelf: Shelf, rule: str) -> list[dict[str, Any]]:
    return [row for row in shelf.rows("findings") if row["rule"] == rule and row["severity"] == "critical"]


def waive(shelf: Shelf, rule: str, **other: Any) -> Waiver:
    """A waiver of the one critical finding of a rule, as `gouji waive` makes it."""
    (finding,) = critical(shelf, rule)
    rows = read_table(shelf.home, "held_reports").to_pylist() + read_table(shelf.home, "reports").to_pylist()
    sha256 = next(row["sha256"] for row in rows if row["report_id"] == finding["report_id"])
    printed = {}
    for name in ("cells", "held_cells"):
        printed |= cited_printed([finding], read_table(shelf.home, name))
    days = (date(2026, 5, 1), date(2026, 12, 31))
    return replace(waiver_of(finding, sha256, printed, ("张三", "已核实"), days), **other)


BEFORE, AFTER = Doc("620102", 2022, carried_out=5), Doc("620102", 2023, carried_in=7)


def test_a_break_between_two_years_holds_the_later_report_only(shelf: Shelf) -> None:
    shelf.run(BEFORE, AFTER)
    assert (shelf.released(), shelf.held()) == (["620102-2022"], ["620102-2023"])


def test_the_earlier_report_comes_late_and_takes_the_later_one_back(shelf: Shelf) -> None:
    shelf.run(AFTER)
    assert (shelf.released(), shelf.held()) == (["620102-2023"], [])
    shelf.run(BEFORE)
    assert (shelf.released(), shelf.held()) == (["620102-2022"], ["620102-2023"])
    assert {row["report_id"] for row in shelf.rows("held_cells")} == {"620102-2023"}
    gates = dict(zip(shelf.rows("coverage", "report_id"), shelf.rows("coverage", "gate"), strict=True))
    assert (gates["620102-2022"], gates["620102-2023"]) == ("released", "held")
    assert events(shelf, CARRY) == [("r0002", "opened")] * 2  # the total, critical, and 自然人, a warning


def test_a_corrected_earlier_report_lets_the_later_one_go(shelf: Shelf) -> None:
    shelf.run(BEFORE, AFTER)
    mended = replace(BEFORE, carried_out=7)
    shelf.archive([mended], AT + timedelta(hours=1))
    shelf.run(mended)
    assert (shelf.released(), shelf.held()) == (["620102-2022", "620102-2023"], [])
    assert events(shelf, CARRY) == [("r0001", "opened")] * 2 + [("r0002", "fixed")] * 2
    worse = replace(BEFORE, carried_out=8)
    shelf.archive([worse], AT + timedelta(hours=2))
    shelf.run(worse)
    assert shelf.held() == ["620102-2023"]
    assert events(shelf, CARRY)[-2:] == [("r0003", "reopened")] * 2
    assert {row["opened_in"] for row in critical(shelf, CARRY)} == {"r0001"}


def test_a_warning_takes_nothing_back(shelf: Shelf) -> None:
    """A part above the whole is a warning of the part, whichever comes first."""
    part, whole = Doc("620102", 2023, received=90), Doc("620100", 2023, received=60)
    shelf.run(part)
    shelf.run(whole)
    assert "R-PART" in shelf.rows("findings", "rule")
    assert (shelf.released(), shelf.held()) == (["620100-2023", "620102-2023"], [])
    assert set(shelf.rows("findings", "gate")) == {"released", None}


def test_the_scene_is_what_is_near_and_nothing_else(shelf: Shelf) -> None:
    years = range(2019, 2025)
    shelf.run(*(Doc(u, year) for u in ("620100", "620102", "620103") for year in years))
    shelf.run(Doc("620103", 2022, name="A"))  # another address, which ranks before
    assert shelf.scene
    opened = {"620103-2021", "620103-2022", "620103-2023", "620100-2022"}
    assert shelf.scene.subjects == opened
    beside = {"620103-2020", "620103-2024", "620100-2021", "620100-2023", "620102-2022"}
    assert set(shelf.scene.near.reports["report_id"].to_pylist()) == opened | beside | {"620100-2021", "620100-2023"}
    assert shelf.run() is None
    assert shelf.scene.near.cells.num_rows == 0


def test_a_held_correction_leaves_what_was_released(shelf: Shelf) -> None:
    good = Doc("620102", 2023)
    shelf.run(good)
    bad = replace(good, off=1)
    shelf.archive([bad], AT + timedelta(hours=1))
    shelf.run(bad)
    assert (shelf.released(), shelf.held()) == (["620102-2023"], ["620102-2023"])
    assert shelf.rows("reports", "sha256") == [good.sha256]
    # What was released stands while it breaks nothing itself, whatever becomes of its neighbours.
    shelf.run(Doc("620102", 2022, carried_out=0))
    assert "620102-2023" in shelf.released()
    wrong = Doc("620102", 2022, carried_out=4)
    shelf.archive([wrong], AT + timedelta(hours=1))
    shelf.run(wrong)
    assert (shelf.released(), shelf.held()) == (["620102-2022"], ["620102-2023"])


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_documents_the_same_one_counts_whichever_comes_first(shelf: Shelf, first: int) -> None:
    """The one that counts is held, so nothing of the other is released, in either order."""
    docs = [Doc("620102", 2023, name="a", off=1), Doc("620102", 2023, name="b")]
    shelf.run(docs[first])
    shelf.run(docs[1 - first])
    assert (shelf.released(), shelf.held()) == ([], ["620102-2023"])
    outcomes = dict(zip(shelf.rows("documents", "address"), shelf.rows("documents", "outcome"), strict=True))
    assert outcomes == {docs[0].address: "report", docs[1].address: "duplicate"}
    assert "COV-DUPLICATE" in shelf.rows("findings", "rule")


def test_an_older_version_that_is_read_again_changes_nothing(shelf: Shelf) -> None:
    old, new = Doc("620102", 2023), Doc("620102", 2023, received=51)
    shelf.archive([old])
    shelf.archive([new], AT + timedelta(hours=1))
    shelf.run(old)
    shelf.run(new)
    assert shelf.run(old) is None
    shelf.archive([old], AT + timedelta(hours=2))  # the portal went back to it
    assert shelf.run(old)
    assert shelf.rows("reports", "sha256") == [old.sha256]


def test_a_waived_critical_lets_the_report_through_marked(shelf: Shelf) -> None:
    shelf.run(BEFORE, AFTER)
    waiver = waive(shelf, CARRY)
    assert waiver.finding_id == finding_id("620102-2023", CARRY, "total")
    shelf.waivers = (waiver,)
    shelf.run()
    assert (shelf.released(), shelf.held(), shelf.judged.void) == (["620102-2022", "620102-2023"], [], ())
    assert shelf.rows("reports", "waivers") == [[], [waiver.finding_id]]
    assert critical(shelf, CARRY)[0]["status"] == "waived"
    assert events(shelf, CARRY)[2:] == [("r0002", "waived")]
    assert shelf.run() is None
    shelf.waivers = ()  # taken back
    shelf.run()
    assert (shelf.held(), shelf.rows("held_reports", "waivers")) == (["620102-2023"], [[]])
    assert events(shelf, CARRY)[3:] == [("r0003", "waiver_ended")]


def test_a_waiver_ends_by_itself(shelf: Shelf) -> None:
    shelf.run(BEFORE, AFTER)
    shelf.waivers = (waive(shelf, CARRY),)
    shelf.run()
    shelf.day = date(2027, 1, 1)
    shelf.run()
    assert [void.code for void in shelf.judged.void] == ["expired"]
    assert shelf.held() == ["620102-2023"]


def test_a_waiver_is_void_once_its_source_has_changed(shelf: Shelf) -> None:
    shelf.run(BEFORE, AFTER)
    shelf.waivers = (waive(shelf, CARRY),)
    shelf.run()
    other = replace(AFTER, received=60)
    shelf.archive([other], AT + timedelta(hours=1))
    shelf.run(other)
    assert [void.code for void in shelf.judged.void] == ["document_changed"]
    assert shelf.held() == ["620102-2023"]
    # The version that was waived stays: it is what was accepted, and nothing about it has changed.
    assert shelf.rows("reports", "sha256") == [BEFORE.sha256, AFTER.sha256]


def test_a_waiver_of_nothing_is_void_or_waits(shelf: Shelf) -> None:
    shelf.run(BEFORE, AFTER)
    waiver = waive(shelf, CARRY)
    shelf.waivers = (replace(waiver, finding_id="0" * 16), replace(waiver, report_id="nobody", finding_id="1" * 16))
    shelf.run()
    assert [(void.waiver.finding_id, void.code) for void in shelf.judged.void] == [("0" * 16, "gone")]
    shelf.day = date(2027, 1, 1)
    shelf.run()
    assert [void.code for void in shelf.judged.void] == ["gone", "expired"]


def test_a_missing_report_is_a_finding_until_it_comes(shelf: Shelf) -> None:
    shelf.run()
    late = [row for row in shelf.rows("findings") if row["report_id"] == "620102-2023"]
    assert [(row["rule"], row["gate"], row["unit_name"]) for row in late] == [("TIME-DEPARTMENT", None, ONE.name)]
    shelf.run(Doc("620102", 2023))
    row = next(row for row in shelf.rows("finding_events") if row["event"] == "fixed")
    assert (row["report_id"], row["rule"]) == ("620102-2023", "TIME-DEPARTMENT")


def test_the_ledger_knows_who_was_merged_and_what_is_not_due(tmp_path: Path) -> None:
    old = unit("620104", "620100", last_year=2021)
    new = unit("620105", "620100", first_year=2022, predecessors=("620104",))
    shelf = Shelf(tmp_path, registry(CITY, old, new), day=date(2025, 2, 1))
    shelf.run(Doc("620104", 2021, carried_out=4), Doc("620105", 2022, carried_in=6))
    ledger = {row[:2]: row[2:] for row in shelf.rows("coverage", "unit_id", "year", "status", "reason")}
    assert ledger["620104", 2020] == ("not_published", "期限 2021-01-31 已过，至今未见公开")
    assert [ledger["620104", year][0] for year in (2021, 2022, 2024)] == ["published", "merged", "merged"]
    assert ledger["620104", 2022][1] == f"自2022年度起由{new.name}承接"
    assert ("620105", 2021) not in ledger
    assert (ledger["620100", 2024][0], ledger["620105", 2024][0]) == ("not_due", "not_published")
    assert shelf.held() == ["620105-2022"], "the carry-over goes on through a merger"
    assert not [row for row in shelf.rows("findings") if row["report_id"] == "620104-2022"]
    shelf.day = date(2025, 4, 1)
    shelf.run()
    assert "620100-2024" in {row["report_id"] for row in shelf.rows("findings") if row["rule"] == "TIME-GOVERNMENT"}


def test_a_report_beyond_the_plan_is_in_the_ledger_all_the_same(shelf: Shelf) -> None:
    shelf.run(Doc("620102", 2018))
    assert ("620102-2018", "published", "released") in shelf.rows("coverage", "report_id", "status", "gate")
    assert shelf.released() == ["620102-2018"]


def test_what_stands_is_read_again_after_a_release(shelf: Shelf) -> None:
    shelf.run(Doc("620102", 2022))
    known = standing(shelf.home)
    assert standing(shelf.home, known) is known
    shelf.run(Doc("620102", 2023))
    assert standing(shelf.home, known).newest.keys() > known.newest.keys()


def test_names_of_reports() -> None:
    assert key_of("620102-bgs-2023") == ("620102-bgs", 2023)
    assert standing(Path("nowhere")).next_release == "r0001"
