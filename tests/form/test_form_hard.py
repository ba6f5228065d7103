"""Forms printed unusually: cut figures, marks beside figures, columns of the publisher's own, reports in a row."""

from __future__ import annotations

from dataclasses import replace

import paper
import pytest
from checks import codes, figures, only, wrong
from paper import Item, Rows, Style

from form.catalogue import DISPUTE_BLOCKS, DISPUTE_COLUMNS
from form.grid import Grid
from form.numbers import read_figure
from form.recognise import read_reports

TITLE = "某县某局2023年政府信息公开工作年度报告"


def tables(edition: str = "2021") -> tuple[list[Rows], Rows, Rows]:
    values, style = figures(edition), Style(edition)
    return paper.proactive(values, style), paper.applications(values, style), paper.disputes(values, style)


def cut_inside(rows: Rows, at: int, halves: slice) -> tuple[Rows, Rows]:
    """A table broken within row `at`: of the figures in `halves` two digits stand on the next page."""
    before, after = paper.cut(rows, at + 1)
    row = before[-1]
    values = [n for n, item in enumerate(row) if item.text.isdigit()]
    chosen = values[halves]
    before[-1] = [replace(i, text=i.text[:2]) if n in chosen else i for n, i in enumerate(row)]
    rest = [Item(row[n].text[2:] if n in chosen else "") for n in values]
    labels = [i for i in after[0] if not i.text]
    grown = [replace(i, high=i.high + 1) for i in labels]
    return before, [[*grown, Item("", 3 - len(grown)), *rest], after[0][len(labels) :], *after[1:]]


@pytest.mark.parametrize("at", range(6, 20))
@pytest.mark.parametrize("halves", [slice(None), slice(0, 2), slice(6, 7)], ids=["all", "two", "one"])
def test_digits_on_two_pages_are_never_two_figures_read_for_sure(at: int, halves: slice) -> None:
    two, three, four = tables()
    before, after = cut_inside(three, at, halves)
    report = only(paper.document(TITLE, *two, paper.to_grid(before, 1), paper.to_grid(after, 2), four))
    values = figures("2021")
    assert not wrong(report, values)
    cut = [r for r in report.readings if r.confidence < 0.9]
    assert len(cut) == len(range(7)[halves])
    assert "row_joined" in codes(report)


def test_figures_without_label_after_a_break_put_the_row_before_in_doubt() -> None:
    two, three, four = tables()
    before, after = paper.cut(three, 15)
    after.insert(0, [Item(""), Item(""), Item("4"), Item("5")])
    report = only(paper.document(TITLE, *two, paper.to_grid(before, 1), paper.to_grid(after, 2), four))
    doubted = {r.key.split(".")[1] for r in report.readings if r.confidence < 0.9}
    assert len(doubted) == 1
    assert [x.printed for x in report.leftovers] == ["4 | 5"]


@pytest.mark.parametrize("mark", ["①", "*", "※", "³", " ②"])
def test_a_mark_of_a_note_is_no_digit(mark: str) -> None:
    figure = read_figure(f"12{mark}")
    assert (figure.state, figure.value, figure.certain) == ("printed", 12, False)
    assert figure.note and mark.strip() in figure.note


def test_the_blank_form_is_a_report_of_blank_cells() -> None:
    for edition in ("2019", "2021"):
        report = only(paper.report({}, Style(edition), title="政府信息公开工作年度报告格式"))
        assert {r.state for r in report.readings} == {"blank"}
        assert len(report.readings) == len(figures(edition))
        assert (report.unit, report.year, report.edition) == (None, None, edition)


@pytest.mark.parametrize(
    "titles", [("甲县人民政府2022年政府信息公开工作年度报告", "甲县人民政府2023年政府信息公开工作年度报告"), ("", "")]
)
@pytest.mark.parametrize("order", ["234", "423", "342", "432"])
def test_two_reports_whatever_table_comes_first(titles: tuple[str, str], order: str) -> None:
    one = figures("2021")
    two = {k: f"{int(v.removesuffix('万元')) + 5000}{'万元' * v.endswith('万元')}" for k, v in one.items()}
    blocks: list[str | Rows] = []
    for title, values in zip(titles, (one, two), strict=True):
        parts = {
            "2": paper.proactive(values, Style()), "3": [paper.applications(values, Style())],
            "4": [paper.disputes(values, Style())],
        }  # fmt: skip
        blocks += [title, *(table for number in order for table in parts[number])]
    first, second = read_reports(paper.document(*blocks))
    assert not wrong(first, one)
    assert not wrong(second, two)


def test_a_column_of_the_publishers_own_beside_the_total() -> None:
    two, three, four = tables()
    wide = [[*row] for row in three]
    wide[0].append(Item("合计", 1, 3))
    for row in wide[3:]:
        row.append(Item("9"))
    report = only(paper.document(TITLE, *two, wide, four))
    assert not wrong(report, figures("2021"))
    assert {x.printed for x in report.leftovers} == {"9"}


@pytest.mark.parametrize(
    "note", [[Item("注：本表数据截至12月31日。", 10)], [Item("备注", 3), Item("截至12月31日。", 7)]]
)
def test_a_note_under_table_three_is_left_over_alone(note: list[Item]) -> None:
    two, three, four = tables()
    report = only(paper.document(TITLE, *two, [*three, note], four))
    assert not wrong(report, figures("2021"))
    assert len(report.leftovers) == 1
    assert {r.confidence for r in report.readings} == {1.0}


def test_sections_numbered_anew_and_a_covering_letter() -> None:
    two, three, four = tables()
    report = only(
        paper.document(
            "某县某局关于报送2023年政府信息公开工作年度报告的函", "县政府办公室：", "现将年度报告报上。", TITLE,
            "一、总体情况", "工作有序。", "五、主动公开情况", *two, "六、申请情况", three, "七、诉讼情况", four,
        )
    )  # fmt: skip
    assert not wrong(report, figures("2021"))
    assert (report.unit, report.year) == ("某县某局", 2023)


def turned(rows: Rows) -> Grid:
    """Columns as rows."""
    grid = paper.to_grid(rows)
    cells = [
        c._replace(row=c.column, column=c.row, row_span=c.column_span, column_span=c.row_span) for c in grid.cells
    ]
    return Grid(tuple(sorted(cells, key=lambda c: (c.row, c.column))), grid.columns, grid.rows)


def test_tables_three_and_four_with_their_columns_as_rows() -> None:
    two, three, four = tables()
    report = only(paper.document(TITLE, *two, turned(three), turned(four)))
    assert not wrong(report, figures("2021"))
    assert not report.leftovers


def test_table_four_with_its_blocks_one_under_the_other() -> None:
    two, three, _ = tables()
    values = figures("2021")
    names = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
    rows = [[Item(""), *(Item(n) for n in names)]]
    for label, block in zip(("行政复议", "未经复议直接起诉", "复议后起诉"), DISPUTE_BLOCKS, strict=True):
        rows.append([Item(label), *(Item(values[f"disputes.{block}.{c}"]) for c in DISPUTE_COLUMNS)])
    report = only(paper.document(TITLE, *two, three, rows))
    assert not wrong(report, values)
    assert min(r.confidence for r in report.readings) == 1.0


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("单位：万元", 125_000), ("（单位：件、万元）", 125_000), ("计量单位：项、万元", 125_000),
        ("金额单位：百万元", 12_500_000), ("单位：W元", None),
    ],
)  # fmt: skip
def test_the_unit_of_money_above_table_two(line: str, value: int | None) -> None:
    values = figures("2019") | {"proactive.procurement.amount": "12.5"}
    style = Style("2019")
    two = paper.proactive(values, style)
    blocks = [paper.applications(values, style), paper.disputes(values, style)]
    got = {r.key: r for r in only(paper.document(TITLE, line, *two, *blocks)).readings}
    assert got["proactive.procurement.amount"].value == value
    without = {r.key: r for r in only(paper.document(TITLE, *two, *blocks)).readings}
    assert without["proactive.procurement.amount"].state == "unreadable"


def test_a_figure_whose_cell_covers_two_rows_is_in_doubt() -> None:
    """A rule is missing between two rows: the figure may be either row's."""
    two, three, four = tables()
    at = next(n for n, row in enumerate(three) if any("重复申请" in i.text for i in row))
    three[at][-1] = replace(three[at][-1], high=2)
    del three[at + 1][-1]
    report = only(paper.document(TITLE, *two, three, four))
    for reading in report.readings:
        doubted = reading.key.startswith("applications.declined_publication.") or reading.key == (
            "applications.declined_duplicate.total"
        )
        assert (reading.confidence < 0.9) is doubted, reading


def test_figures_of_several_columns_in_one_cell_where_nothing_shows_the_columns() -> None:
    """Behind a page break the rules between merged columns are gone: `0 0 0` stands in one cell of a row of five."""
    two, three, four = tables()
    before, after = paper.cut(three, 15)
    merged = []
    for row in after:
        labels, values = row[:-7], row[-7:]
        merged.append([*labels, *values[:2], Item(" ".join(v.text for v in values[2:5])), *values[5:]])
    report = only(paper.document(TITLE, *two, paper.to_grid(before, 1), paper.to_grid(merged, 2), four))
    assert not wrong(report, figures("2021"))
    assert {r.confidence for r in report.readings if r.page == 2 and r.key.startswith("applications")} == {0.85}


def test_a_row_blank_at_one_end_is_in_doubt_where_no_other_row_shows_the_columns() -> None:
    """（六）其他处理, an empty label cell, six cells of figures: seven cells, but not the seven columns."""
    two, three, four = tables()
    row = [Item("（六）其他处理"), Item(""), *(Item(n) for n in ("5", "0", "0", "0", "0")), Item("0 5", 2)]
    before, _ = paper.cut(three, len(three) - 2)
    before = [r for r in before if not any("逾期" in i.text or i.text.endswith("其他") for i in r[-8:-7])]
    report = only(paper.document(TITLE, *two, paper.to_grid(before, 1), paper.to_grid([row], 2), four))
    assert {r.confidence for r in report.readings if r.key.startswith("applications.other.")} == {0.6}


def test_a_blank_row_before_a_break_whose_figures_may_stand_behind_it() -> None:
    two, three, four = tables()
    before, after = paper.cut(three, 6)
    at = next(n for n, item in enumerate(before[-1]) if item.text.isdigit())
    kept, before[-1] = before[-1][at:], [*before[-1][:at], *(Item("") for _ in before[-1][at:])]
    after.insert(0, [Item("三、本年度办理结果"), Item(f"不计其他情形） {kept[0].text}", 2), *kept[1:]])
    report = only(paper.document(TITLE, *two, paper.to_grid(before, 1), paper.to_grid(after, 2), four))
    blanks = [r for r in report.readings if r.state == "blank"]
    assert len(blanks) == 7
    assert all(r.confidence < 0.9 for r in blanks)


def test_table_four_with_its_header_cut_by_the_page() -> None:
    """`结果` before the break, `维持` behind it, above the figures."""
    two, three, four = tables()
    *head, leaves, row = four
    upper = [replace(i, text=i.text[:2]) for i in leaves]
    lower = [Item("")] * 5 + [Item(i.text[2:]) for i in leaves]
    report = only(
        paper.document(TITLE, *two, three, paper.to_grid([*head, upper], 1), paper.to_grid([lower, row], 2))
    )
    assert not wrong(report, figures("2021"))
    assert {r.confidence for r in report.readings if r.key.startswith("disputes")} == {0.85}
