"""合计 and 其他 in table three: rows of the form only where the form has them."""

from __future__ import annotations

import paper
import pytest
from checks import codes, figures, only, wrong
from hypothesis import given
from hypothesis import strategies as st
from paper import Item, Rows, Style

from form.grid import Document
from form.reading import Report

SUM = [Item(n) for n in ("8", "3", "0", "0", "0", "0", "11")]


def table(style: Style | None = None) -> Rows:
    style = style or Style()
    return paper.applications(figures(style.edition), style)


def document(rows: Rows, style: Style | None = None) -> Document:
    style = style or Style()
    values = figures(style.edition)
    return paper.document(*paper.proactive(values, style), rows, paper.disputes(values, style))


def at(rows: Rows, label: str) -> int:
    return next(n for n, row in enumerate(rows) if any(i.text.startswith(label) for i in row))


def printed(report: Report) -> list[str]:
    return [x.printed for x in report.leftovers]


@pytest.mark.parametrize("label", ["合计", "总计", "3.合计"])
@pytest.mark.parametrize(
    "behind",
    ["一、", "二、", "（一）", "2.其他法律", "8.属于", "3.补正", "5.要求行政", "（七）", "四、"],
)
def test_a_sum_of_the_publishers_own_is_left_over(behind: str, label: str) -> None:
    rows = table()
    rows.insert(at(rows, behind) + 1, [Item(label, 3 if behind[1] == "、" else 2), *SUM])
    report = only(document(rows))
    assert not wrong(report, figures("2021"))
    assert printed(report) == [f"{label} | 8 | 3 | 0 | 0 | 0 | 0 | 11"]


def test_a_sum_above_all_rows_is_left_over() -> None:
    rows = table()
    rows.insert(3, [Item("合计", 3), *SUM])
    report = only(document(rows))
    assert not wrong(report, figures("2021"))
    assert len(report.leftovers) == 1


@pytest.mark.parametrize("label", ["总计", "合计", "（七）合计", "（六）总计", "7.总计", "七、总计"])
@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_the_forms_own_total_needs_no_number_in_its_place(edition: str, label: str) -> None:
    style = Style(edition, renamed={"（七）总计": label})
    report = only(document(table(style), style))
    assert not wrong(report, figures(edition))
    assert not report.leftovers
    assert {r.confidence for r in report.readings} == {1.0}


def test_the_total_without_number_behind_rows_of_the_sixth_group_that_nothing_names() -> None:
    rows = table(Style(renamed={"（七）总计": "总计"}))
    first = at(rows, "1.申请人无正当")
    for n, row in enumerate(rows[first : first + 3]):
        row[-8] = Item(f"{n + 1}.某某情形的事项")
    report = only(document(rows))
    assert {k.split(".")[1] for k in wrong(report, figures("2021"))} == {
        "other_correction_overdue", "other_fee_overdue", "other_remaining"
    }  # fmt: skip
    assert len(report.leftovers) == 3


@pytest.mark.parametrize(
    ("behind", "label"),
    [("8.属于", "9.其他"), ("8.属于", "其他"), ("3.补正", "4.其他"), ("5.要求行政", "6.其他"), ("2.没有", "3.其他")],
)
def test_an_item_of_another_group_is_left_over(behind: str, label: str) -> None:
    rows = table()
    rows.insert(at(rows, behind) + 1, [Item(label), *SUM])
    report = only(document(rows))
    assert not wrong(report, figures("2021"))
    assert printed(report) == [f"{label} | 8 | 3 | 0 | 0 | 0 | 0 | 11"]


@pytest.mark.parametrize("label", ["其他", "3.其他", "1.其他", "2、其它"])
@pytest.mark.parametrize("alone", [False, True])
def test_the_rest_of_the_sixth_group_is_read_whatever_its_number(label: str, alone: bool) -> None:
    """Where the publisher left its other rows out too: the group's label stands beside it."""
    rows = table(Style(renamed={"3.其他": label}))
    values = figures("2021")
    if alone:
        first = at(rows, "1.申请人无正当")
        rows[first + 2].insert(0, Item("（六）其他处理"))
        del rows[first : first + 2]
    report = only(document(rows))
    lost = {k for k in wrong(report, values) if "overdue" not in k}
    assert not lost
    assert not report.leftovers
    assert "label_fuzzy" not in codes(report)


def test_the_total_on_a_page_of_its_own_below_a_repeated_header() -> None:
    rows = table(Style(renamed={"（七）总计": "总计"}))
    before, after = paper.cut(rows, len(rows) - 2)
    values, style = figures("2021"), Style()
    head = [list(row) for row in rows[:3]]
    report = only(
        paper.document(
            *paper.proactive(values, style),
            paper.to_grid(before, 1), paper.to_grid([*head, *after], 2), paper.disputes(values, style),
        )
    )  # fmt: skip
    assert not wrong(report, values)
    assert not report.leftovers


@given(st.integers(3, 27), st.sampled_from(["合计", "总计", "其他", "9.其他", "小计"]))
def test_a_row_put_in_anywhere_changes_no_other_cell(place: int, label: str) -> None:
    """It is left over, or in the place of the form's own (behind the rows of （六）) it makes that unreadable."""
    rows = table()
    rows.insert(min(place, len(rows)), [Item(label), *SUM])
    report = only(document(rows))
    bad = wrong(report, figures("2021"))
    assert {k.split(".")[1] for k in bad} <= {"other_remaining", "processed_total"}
    assert all(r.state == "unreadable" for r in report.readings if r.key in bad)
    assert report.leftovers or bad


def test_many_sums_neither_turn_the_table_nor_hold_it_up() -> None:
    rows = table()
    rows[5:5] = [[Item("合计"), *SUM] for _ in range(1_000)]
    assert len(only(document(rows)).leftovers) == 1_000
