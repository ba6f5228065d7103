"""Across levels: what is compared with the aggregate above, what is not, and what is said of the coverage."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from made_reports import Made, application
from made_world import arrow, judged, outcomes
from naive_around import Shelf, Unit

from expectations import evaluate

KEY, OTHER = application("received", "total"), application("received", "business")
CITY, OFFICE, HEALTH, DISTRICT = "620100", "620100-bgs", "620100-wjj", "620102"
UNITS = {
    CITY: Unit(CITY, complete=True),
    OFFICE: Unit(OFFICE, "office", CITY),
    HEALTH: Unit(HEALTH, "department", CITY),
    DISTRICT: Unit(DISTRICT, "aggregate", CITY),
}


def shelf(city: int | None, bgs: int | None, health: int | None, district: int | None, **facts: Any) -> Shelf:
    figures = {CITY: city, OFFICE: bgs, HEALTH: health, DISTRICT: district}
    reports = {
        (unit, 2023): Made({KEY: number, OTHER: 0}, facts=facts.get(UNITS[unit].kind, {}))
        for unit, number in figures.items()
        if number != -1
    }
    return Shelf(UNITS, reports)


def total(made: Shelf) -> dict[str, Any]:
    rows = judged(made)
    return rows.get((f"{CITY}-2023", "R-SUM", KEY)) or rows[f"{CITY}-2023", "R-SUM", "cells"]


def test_complete_children_add_up() -> None:
    row = total(shelf(10, 2, 3, 5))
    assert row["outcome"] == "pass" and "3 个单位中有 3 个的报告，核对合计相等" in row["message"]
    row = total(shelf(11, 2, 3, 5))
    assert (row["outcome"], row["severity"], row["equation"]) == ("fail", "warning", "2 + 3 + 5 ≠ 11")
    assert row["cells"] == [KEY, *(f"{KEY}@{unit}-2023" for unit in (OFFICE, HEALTH, DISTRICT))]
    assert "3 个单位中有 3 个的报告" in row["message"]


def test_with_gaps_only_the_bound_is_asked() -> None:
    row = total(shelf(11, 2, -1, 5))
    assert row["outcome"] == "pass" and "3 个单位中有 2 个的报告，只核对已知下级之和不大于汇总" in row["message"]
    row = total(shelf(6, 2, -1, 5))
    assert row["outcome"] == "fail" and row["equation"] == "2 + 5 ＞ 6" and row["expected"] == "≥ 7"


def test_a_registry_that_is_not_complete_asks_only_for_the_bound() -> None:
    made = shelf(11, 2, 3, 5)
    loose = Shelf({**UNITS, CITY: replace(UNITS[CITY], complete=False)}, made.reports)
    row = total(loose)
    assert row["outcome"] == "pass" and "名录未必齐全" in row["message"]
    rows = evaluate(*arrow(made)).to_pylist()
    (alone,) = [row for row in rows if row["report_id"] == f"{CITY}-2023" and row["rule"] == "R-SUM"]
    assert alone["outcome"] == "pass" and "已有下级报告 3 份" in alone["message"]


def test_a_unit_that_no_longer_exists_leaves_no_gap() -> None:
    made = shelf(7, 2, -1, 5)
    units = {**UNITS, HEALTH: replace(UNITS[HEALTH], last=2022)}
    assert "2 个单位中有 2 个" in total(Shelf(units, made.reports))["message"]


def test_blank_figures() -> None:
    assert total(shelf(7, 2, None, 5))["outcome"] == "pass"  # its row is filled: 0
    assert total(shelf(6, 2, None, 5))["outcome"] == "fail"
    row = total(shelf(None, 2, 3, 5))
    assert row["outcome"] == "not_evaluable" and "空白" in row["message"]


def test_scopes_that_forbid_a_comparison() -> None:
    own = judged(shelf(1, 2, 3, 5, aggregate={"scope": "own"}))
    assert own[f"{CITY}-2023", "R-SUM", "cells"]["outcome"] == "not_applicable"
    assert "统计范围" in own[f"{HEALTH}-2023", "R-PART", "cells"]["message"]
    office = shelf(10, 10, 3, 5, office={"scope": "aggregate"})
    assert total(office)["outcome"] == "pass"  # the office reports for the government: no sum of it and the others
    assert "统计范围" in judged(office)[f"{OFFICE}-2023", "R-PART", "cells"]["message"]


def test_no_part_is_more_than_the_whole() -> None:
    rows = judged(shelf(4, 2, 3, 5))
    row = rows[f"{DISTRICT}-2023", "R-PART", KEY]
    assert (row["outcome"], row["severity"], row["equation"]) == ("fail", "warning", "5 ＞ 4")
    assert row["cells"] == [KEY, f"{KEY}@{CITY}-2023"]
    assert rows[f"{HEALTH}-2023", "R-PART", "cells"]["outcome"] == "pass"
    assert rows[f"{CITY}-2023", "R-PART", "cells"]["outcome"] == "not_evaluable"


def test_stocks_and_table_four() -> None:
    stock, case = "proactive.normative_documents.in_force", "disputes.reconsideration.total"
    child, city = Made({stock: 9, case: 3, KEY: 1}), Made({stock: 1, case: 3, KEY: 2})
    reports = {(CITY, 2023): city, (HEALTH, 2023): child, (OFFICE, 2023): child, (DISTRICT, 2023): Made({KEY: 0})}
    rows = judged(Shelf(UNITS, reports))
    assert not [key for key, row in rows.items() if key[1] in ("R-SUM", "R-PART") and row["outcome"] == "fail"]
    reports[HEALTH, 2023] = Made({case: 4})
    rows = judged(Shelf(UNITS, reports))
    assert rows[f"{HEALTH}-2023", "R-PART", case]["outcome"] == "fail"


@pytest.mark.parametrize(("city", "outcome"), [(10, "pass"), (17, "pass"), (16, "fail"), (9, "fail")])
def test_a_new_area_may_be_counted_or_not(city: int, outcome: str) -> None:
    area = Unit("620171", "aggregate", CITY)
    made = shelf(city, 2, 3, 5)
    whole = Shelf({**UNITS, area.id: area}, {**made.reports, (area.id, 2023): Made({KEY: 7, OTHER: 0})})
    assert total(whole)["outcome"] == outcome
    assert "功能区" in judged(whole)["620171-2023", "R-PART", "cells"]["message"]
    missing = Shelf(whole.units, made.reports)
    assert total(missing)["outcome"] == ("pass" if city >= 10 else "fail")


def test_two_reports_of_one_unit_are_compared_with_nobody_else() -> None:
    reports, cells = arrow(shelf(10, 2, 3, 5))
    twin = reports.slice(0, 1).set_column(0, "report_id", pa.array([f"{CITY}-2023#2"]))
    more = cells.filter(pc.equal(cells["report_id"], f"{CITY}-2023"))
    more = more.set_column(0, "report_id", pa.array([f"{CITY}-2023#2"] * more.num_rows))
    rows = evaluate(pa.concat_tables([reports, twin]), pa.concat_tables([cells, more])).to_pylist()
    part = {row["report_id"]: row for row in rows if row["rule"] == "R-PART"}
    assert "多份报告" in part[f"{HEALTH}-2023"]["message"]


def test_amounts_are_compared_exactly() -> None:
    key = "proactive.fees.amount"
    parts = {OFFICE: Decimal("0.1"), HEALTH: Decimal("0.2"), DISTRICT: Decimal(0)}
    reports = {(unit, 2023): Made({key: amount}) for unit, amount in parts.items()}
    for city, outcome in ((Decimal("0.3"), None), (Decimal("0.3000000001"), "fail")):
        rows = judged(Shelf(UNITS, {**reports, (CITY, 2023): Made({key: city})}))
        assert outcomes(rows, "R-SUM").get((f"{CITY}-2023", key)) == outcome
