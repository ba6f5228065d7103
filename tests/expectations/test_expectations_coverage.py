"""Coverage and timeliness: every unit and year has a status, and a report has its day."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from made_reports import Cell, Made
from made_world import arrow, judged, world_of
from naive_around import Shelf, Unit

from expectations import evaluate, findings

CELL: dict[str, Cell] = {"applications.received.total": 1}
_TEXT = pa.string()
COVERAGE = pa.schema(
    [
        ("unit_id", _TEXT),
        ("year", pa.int16()),
        ("kind", _TEXT),
        ("status", _TEXT),
        ("report_id", _TEXT),
        ("late_days", pa.int32()),
    ]
)
DOCUMENTS = pa.schema([("unit_id", _TEXT), ("year", pa.int16()), ("outcome", _TEXT), ("address", _TEXT)])
HEALTH = Unit("620100-wjj", "department", "620100", first=2022)


def ledger(*rows: tuple[int, str | None, str | None]) -> pa.Table:
    names = ("unit_id", "kind", "year", "status", "report_id")
    return pa.Table.from_pylist(
        [dict(zip(names, (HEALTH.id, HEALTH.kind, *row), strict=True)) for row in rows], schema=COVERAGE
    )


def one(unit: Unit = HEALTH, **facts: Any) -> Shelf:
    return Shelf({unit.id: unit}, {(unit.id, 2023): Made(CELL, facts=facts)})


def test_without_a_world_coverage_is_silent() -> None:
    rows = evaluate(*arrow(one())).to_pylist()
    assert not [row for row in rows if row["rule"].startswith("COV-")]
    assert not [row for row in judged(one()).values() if row["rule"].startswith("COV-")]


def test_a_unit_and_year_without_a_status_is_a_silent_gap() -> None:
    rows = judged(one(), coverage=ledger((2022, "not_published", None), (2024, "published", None)))
    row = rows[f"{HEALTH.id}-2023", "COV-UNIT", "coverage"]
    assert (row["outcome"], row["severity"]) == ("fail", "critical") and "没有该单位该年度的记录" in row["message"]
    assert rows[f"{HEALTH.id}-2022", "COV-UNIT", "coverage"]["outcome"] == "pass"
    assert "没有对应的报告" in rows[f"{HEALTH.id}-2024", "COV-UNIT", "coverage"]["message"]
    other = judged(one(), coverage=ledger((2023, "gone", None)))[f"{HEALTH.id}-2023", "COV-UNIT", "coverage"]
    assert other["outcome"] == "fail" and "“gone”" in other["message"]


def test_a_year_in_which_the_unit_did_not_exist_needs_no_status() -> None:
    coverage = ledger((2023, "published", f"{HEALTH.id}-2023"))
    more = coverage.set_column(1, "year", pa.array([2021], pa.int16()))
    rows = judged(one(), coverage=pa.concat_tables([coverage, more.set_column(0, "unit_id", pa.array(["620100"]))]))
    assert not [key for key in rows if key[0] == f"{HEALTH.id}-2021"]
    assert rows[f"{HEALTH.id}-2022", "COV-UNIT", "coverage"]["outcome"] == "fail"  # between the ledger's years
    assert rows["620100-2021", "COV-UNIT", "coverage"]["outcome"] == "pass"


def test_subjects_without_a_report() -> None:
    coverage = ledger((2022, "not_published", None), (2023, "published", f"{HEALTH.id}-2023"))
    rows = judged(one(), {f"{HEALTH.id}-2022"}, coverage=coverage)
    assert {key[0] for key in rows} == {f"{HEALTH.id}-2022"}
    assert {key[1] for key in rows} == {"COV-UNIT", "TIME-DEPARTMENT"}
    assert not judged(one(), {"620100-2022"}, coverage=coverage)


def test_a_finding_without_a_report_has_no_gate_and_the_registrys_name() -> None:
    shelf, coverage = one(), ledger((2022, "not_published", None), (2023, "published", f"{HEALTH.id}-2023"))
    world = world_of(shelf, coverage=coverage)
    reports, cells = arrow(shelf)
    rows = findings(evaluate(reports, cells, world), reports, (), world=world).to_pylist()
    (row,) = [row for row in rows if row["year"] == 2022]
    assert (row["rule"], row["gate"], row["unit_name"]) == ("TIME-DEPARTMENT", None, f"单位{HEALTH.id}")


@pytest.mark.parametrize(
    ("kind", "rule", "severity", "last"),
    [
        ("department", "TIME-DEPARTMENT", "warning", date(2024, 1, 31)),
        ("aggregate", "TIME-GOVERNMENT", "warning", date(2024, 3, 31)),
        ("office", "TIME-GOVERNMENT", "warning", date(2024, 3, 31)),
        ("township", "TIME-TOWNSHIP", "info", date(2024, 1, 31)),
    ],
)
def test_the_last_day(kind: str, rule: str, severity: str, last: date) -> None:
    unit = Unit("620100", kind)
    for day, outcome in ((last, "pass"), (date(2024, last.month + 1, 1), "fail"), (None, "not_evaluable")):
        rows = judged(one(unit, published=day))
        row = rows["620100-2023", rule, "published"]
        assert (row["outcome"], row["severity"]) == (outcome, severity)
        assert {r["outcome"] for key, r in rows.items() if key[1].startswith("TIME") and key[1] != rule} == {
            "not_applicable"
        }
    assert "发布日期" in rows["620100-2023", rule, "published"]["message"]


@pytest.mark.parametrize(
    ("day", "late", "outcome", "said"),
    [
        (date(2025, 6, 1), 0, "pass", None),
        (date(2025, 6, 1), 5, "fail", "逾期 5 天"),
        (date(2025, 6, 1), None, "fail", "逾期 487 天"),
        (None, 0, "pass", None),
        (None, None, "not_evaluable", None),
    ],
)
def test_what_was_there_in_time_is_not_late_whatever_its_page_says_now(
    day: date | None, late: int | None, outcome: str, said: str | None
) -> None:
    coverage = ledger((2023, "published", f"{HEALTH.id}-2023"))
    at = coverage.schema.get_field_index("late_days")
    coverage = coverage.set_column(at, "late_days", pa.array([late], pa.int32()))
    row = judged(one(published=day), coverage=coverage)[f"{HEALTH.id}-2023", "TIME-DEPARTMENT", "published"]
    assert row["outcome"] == outcome
    assert said is None or said in row["message"]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("not_published", "fail"),
        ("not_due", "not_applicable"),
        ("merged", "not_applicable"),
        ("blocked", "not_evaluable"),
        ("image_only", "not_evaluable"),
    ],
)
def test_a_report_that_is_not_there(status: str, outcome: str) -> None:
    coverage = ledger((2022, status, None), (2023, "published", f"{HEALTH.id}-2023"))
    row = judged(one(), coverage=coverage)[f"{HEALTH.id}-2022", "TIME-DEPARTMENT", "published"]
    assert row["outcome"] == outcome
    assert outcome != "fail" or "期限 2023-01-31 已过，至今未见公开" in row["message"]


def test_other_documents_of_the_same_year() -> None:
    address = f"http://example.invalid/{HEALTH.id}-2023"
    found = {
        address: "report",
        f"{address}_ghb.html": "duplicate",
        "http://mirror.invalid/a": "report",
        "x": "no_table",
    }
    rows = [{"unit_id": HEALTH.id, "year": 2023, "outcome": outcome, "address": a} for a, outcome in found.items()]
    documents = pa.Table.from_pylist(rows, schema=DOCUMENTS)
    row = judged(one(), documents=documents)[f"{HEALTH.id}-2023", "COV-DUPLICATE", "documents"]
    assert (row["outcome"], row["severity"], row["actual"]) == ("fail", "info", "3")
    assert "_ghb.html" in row["message"] and "mirror" in row["message"] and "“x”" not in row["message"]
    alone = judged(one(), documents=documents.slice(0, 1))
    assert alone[f"{HEALTH.id}-2023", "COV-DUPLICATE", "documents"]["outcome"] == "pass"


@pytest.mark.parametrize(
    ("address", "outcome"),
    [
        ("http://www.gansu.gov.cn/a.html", "pass"),
        ("https://WWW.Gansu.gov.cn:8443/a", "pass"),
        ("http://www.gansu.gov.cn.example.com/", "fail"),
        ("http://gansu.gov.cn/", "fail"),
        ("http://user@evil.example/www.gansu.gov.cn", "fail"),
        ("file.pdf", "not_evaluable"),
        ("http://[", "not_evaluable"),
    ],
)
def test_only_hosts_of_the_registry_count(address: str, outcome: str) -> None:
    rows = judged(one(address=address), hosts=frozenset({"www.gansu.gov.cn"}))
    row = rows[f"{HEALTH.id}-2023", "COV-HOST", "address"]
    assert (row["outcome"], row["severity"]) == (outcome, "critical")
