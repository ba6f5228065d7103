"""`gouji check` of several documents: the gate's rules within each and between the years of a unit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flows.checking import check_extractions
from flows.extraction import Extraction
from form.catalogue import keys_of
from form.reading import Reading, Report


def report(unit: str | None, year: int | None, **figures: int) -> Report:
    """A report of zeros but for some totals of table three, and the one that makes its columns agree."""
    rows = {"carried_in": 0, "carried_out": 0, **figures}
    done = rows["carried_in"] - rows["carried_out"] + 60
    rows |= {"received": 60, "granted": done, "processed_total": done}
    values = dict.fromkeys(keys_of("2021"), 0)
    values |= {f"applications.{row}.{column}": n for row, n in rows.items() for column in ("natural_person", "total")}
    readings = tuple(Reading(key, str(n), Decimal(n), "printed", "html/1") for key, n in values.items())
    sections = ("overview", "proactive", "applications", "disputes", "problems", "other_matters")
    return Report(unit, year, "2021", "某报告", readings, sections=sections)


def check(*reports: Report) -> dict[str, Any]:
    results = [(f"{n}.html", Extraction(f"{n:064x}", "text/html", (one,), None)) for n, one in enumerate(reports)]
    return check_extractions(results)


def broken(*reports: Report) -> list[tuple[str, str, int, str]]:
    found = check(*reports)["findings"]
    return [(f["rule"], f["path"], f["year"], f["severity"]) for f in found if f["severity"] == "critical"]


BEFORE, AFTER = report("洪泽区人民政府", 2022, carried_out=5), report("洪泽区政府", 2023, carried_in=7)


def test_the_years_of_a_unit_are_compared_in_whatever_order_they_are_given() -> None:
    for pair in ((BEFORE, AFTER), (AFTER, BEFORE)):
        (finding,) = [f for f in check(*pair)["findings"] if f["severity"] == "critical"]
        assert (finding["rule"], finding["unit"], finding["year"]) == ("X-CARRY", "洪泽区政府", 2023)
        assert (finding["expected"], finding["actual"]) == ("5", "7")
        assert finding["cells"] == ["applications.carried_out.total@洪泽区政府-2022", "applications.carried_in.total"]
    assert broken(BEFORE, report("洪泽区人民政府", 2023, carried_in=5)) == []


def test_other_units_and_other_years_are_not() -> None:
    assert broken(BEFORE, report("洪泽区人民政府办公室", 2023, carried_in=7)) == []
    assert broken(BEFORE, replace(AFTER, year=2024)) == []
    assert broken(replace(BEFORE, unit=None), replace(AFTER, unit=None)) == []
    assert broken(replace(BEFORE, year=None), AFTER) == []


def test_two_of_the_same_year_are_compared_with_neither() -> None:
    outcome = check(BEFORE, replace(BEFORE, title="又一份"), AFTER)
    assert not [f for f in outcome["findings"] if f["rule"] == "X-CARRY"]
    assert outcome["evaluated"]["not_evaluable"] > check(BEFORE, AFTER)["evaluated"]["not_evaluable"]
    one = replace(BEFORE, readings=(*BEFORE.readings[:-1], BEFORE.readings[-1]._replace(value=Decimal(4))))
    assert broken(one, one) == [("T4-SUM", "0.html", 2022, "critical"), ("T4-SUM", "1.html", 2022, "critical")]


def test_no_reports_give_no_findings() -> None:
    assert check()["findings"] == []
    assert set(check()["evaluated"].values()) == {0}
