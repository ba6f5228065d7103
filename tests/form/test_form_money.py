"""The unit of money that a line beside table two states: in whatever words, never another one in silence."""

from __future__ import annotations

import paper
import pytest
from checks import figures, only
from hypothesis import given
from hypothesis import strategies as st
from paper import Item, Style

from form.reading import Reading

TITLE = "某县某局2023年政府信息公开工作年度报告"
KEY = "proactive.fees.amount"
WORDINGS = (
    "单位：{}",
    "（单位：{}）",
    "（单位：件、{}）",
    "金额单位：{}",
    "表中金额单位：{}",
    "表中金额单位为{}。",
    "收费金额单位：{}",
    "货币单位：{}",
    "人民币单位：{}",
    "注：本表金额单位为{}",
    "单位：人民币{}",
    "单位：{}（人民币）",
    "单位（{}）",
    "金额：{}",
    "（金额：{}）",
    "注：金额以{}计",
    "以下金额均以{}为单位",
    "金额按{}计算",
    "单位：件，金额单位：{}",
    "单位：{}  币种：人民币",
    "编制单位：某县某局    金额单位：{}",
    "单位 {}",
    "金额（{}）",
)
UNITS = {"元": 1, "百元": 100, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}


def fee(*before: str, behind: tuple[str, ...] = (), row: str | None = None) -> Reading:
    """The fee 12.5 as read from a table whose header names no unit, with lines around it, or a row in it."""
    values = figures("2021") | {KEY: "12.5"}
    style = Style("2021", renamed={"本年收费金额（单位：万元）": "本年收费金额"})
    two = paper.proactive(values, style)
    if row:
        two[-1].append([Item(row, 4)])
    rest = paper.applications(values, style), paper.disputes(values, style)
    report = only(paper.document(TITLE, *before, *two, *behind, *rest))
    (found,) = (reading for reading in report.readings if reading.key == KEY)
    return found


@pytest.mark.parametrize("wording", WORDINGS)
@given(st.sampled_from(sorted(UNITS)))
def test_a_unit_is_read_in_any_words(wording: str, unit: str) -> None:
    found = fee(wording.format(unit))
    assert (found.value, found.confidence) == (UNITS[unit] * 12.5, 1.0)


def test_a_unit_below_the_table_or_in_its_last_row_counts() -> None:
    assert fee(behind=("注：表中金额单位为百万元。",)).value == 12_500_000
    assert fee(row="注：表中金额单位为百万元。").value == 12_500_000


@pytest.mark.parametrize("line", ["单位：件", "填报单位：某县某局", "编制单位：万元乡人民政府", "全年收费金额为零元"])
def test_what_states_no_unit_of_money_leaves_the_forms_own_in_doubt(line: str) -> None:
    found = fee(line)
    assert (found.value, found.confidence) == (125_000, 0.85)
    # Nor does it stand in the way of a line that does.
    assert fee(line, "金额单位：百万元").value == 12_500_000


def test_two_units_leave_the_figure_unreadable() -> None:
    found = fee("单位：元", "金额单位：百万元")
    assert (found.state, found.note) == ("unreadable", "金额单位“元或百万元”无法识别")
