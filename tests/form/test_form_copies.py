"""Two copies of a table in one report: another year's, or another scope's, fills no cell; none is chosen unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import paper
import pytest
from checks import codes, figures, only, wrong
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import Item, Rows, Style

from form.captions import caption_of
from form.grid import Document, Grid, Paragraph
from form.reading import Report
from form.recognise import read_reports

TITLE = "某县某局2023年政府信息公开工作年度报告"
OTHER = {k: f"{int(v.removesuffix('万元')) + 5000}{'万元' * v.endswith('万元')}" for k, v in figures("2021").items()}
BLANK = dict.fromkeys(OTHER, "")
ENDING = ("五、存在的主要问题及改进情况", "存在不足。", "六、其他需要报告的事项", "无。")

Block = str | Rows | Grid


def three(values: Mapping[str, str]) -> Rows:
    return paper.applications(values, Style())


def four(values: Mapping[str, str]) -> Rows:
    return paper.disputes(values, Style())


def two(values: Mapping[str, str]) -> Rows:
    return paper.proactive(values, Style())[0]


def read(
    *, second: Sequence[Block] = (), third: Sequence[Block] = (), fourth: Sequence[Block] = (), title: str = TITLE
) -> tuple[Report, ...]:
    values = figures("2021")
    return read_reports(
        paper.document(
            title, "一、总体情况", "工作有序。", "二、主动公开政府信息情况", *(second or [two(values)]),
            "三、收到和处理政府信息公开申请情况", *(third or [three(values)]),
            "四、政府信息公开行政复议、行政诉讼情况", *(fourth or [four(values)]), *ENDING,
        )
    )  # fmt: skip


MAKERS = {"second": two, "third": three, "fourth": four}


@pytest.mark.parametrize(
    "captions", [("2022年", "2023年"), ("2023年", "2022年"), ("上年度", "2023年情况"), ("", "2022年数据")]
)
@pytest.mark.parametrize("where", MAKERS)
@pytest.mark.parametrize("blank", [False, True])
def test_another_years_table_fills_no_cell(captions: tuple[str, str], where: str, blank: bool) -> None:
    own = BLANK if blank else figures("2021")
    blocks: list[Block] = []
    for caption in captions:
        another = caption in ("2022年", "上年度", "2022年数据")
        blocks += [caption, MAKERS[where](OTHER if another else own)]
    (report,) = read(**{where: blocks})
    table = {"second": "proactive", "third": "applications", "fourth": "disputes"}[where]
    assert not wrong(report, {**figures("2021"), **{k: own[k] for k in own if k.startswith(table)}})
    assert codes(report) == {"foreign_table"}
    assert report.leftovers
    assert {x.table for x in report.leftovers} == {table}
    assert len(report.sections) == 6
    assert min(r.confidence for r in report.readings) == 1.0


def test_captions_within_the_grid() -> None:
    rows = [[Item("2022年", 15)], *four(OTHER), [Item("2023年", 15)], *four(figures("2021"))]
    (report,) = read(fourth=[rows])
    assert not wrong(report, figures("2021"))
    assert "foreign_table" in codes(report)


def test_the_bodys_own_figures_beside_those_of_its_area() -> None:
    values = figures("2021")
    blocks = ["（一）县本级", three(OTHER), "（二）全县汇总", three(values)]
    (report,) = read(third=blocks, title="某县人民政府2023年政府信息公开工作年度报告")
    assert not wrong(report, values)
    assert codes(report) == {"foreign_table"}


@pytest.mark.parametrize("where", MAKERS)
@pytest.mark.parametrize("first", [True, False])
def test_a_figure_is_not_taken_over_a_blank_of_another_copy(where: str, first: bool) -> None:
    """Nothing says which of the two is the report's: neither is."""
    copies: list[Block] = [MAKERS[where](BLANK), MAKERS[where](OTHER)]
    (report,) = read(**{where: copies if first else copies[::-1]})
    table = {"second": "proactive", "third": "applications", "fourth": "disputes"}[where]
    assert {r.state for r in report.readings if r.key.startswith(table)} == {"unreadable"}
    assert all(r.note for r in report.readings if r.key.startswith(table))
    assert "blank_and_filled" in codes(report)


def test_two_copies_of_table_four_without_captions_are_one_report() -> None:
    (report,) = read(fourth=[four(figures("2021")), "又：", four(OTHER)])
    assert {r.state for r in report.readings if r.key.startswith("disputes")} == {"unreadable"}
    assert len(report.sections) == 6
    (same,) = read(fourth=[four(figures("2021")), "又：", four(figures("2021"))])
    assert not wrong(same, figures("2021"))


def test_a_second_table_four_before_the_next_reports_title() -> None:
    values = figures("2021")
    first = paper.report(values, Style(), title="甲县人民政府2022年政府信息公开工作年度报告")
    copy = paper.document("2021年", four(OTHER))
    second = paper.report(OTHER, Style(), title="甲县人民政府2023年政府信息公开工作年度报告")
    reports = read_reports(paper.document(*_blocks(first), *_blocks(copy), *_blocks(second)))
    assert [(r.unit, r.year) for r in reports] == [("甲县人民政府", 2022), ("甲县人民政府", 2023)]
    assert not wrong(reports[0], values)
    assert not wrong(reports[1], OTHER)


def _blocks(document: Document) -> list[Grid | str]:
    return [b.text if isinstance(b, Paragraph) else b for b in document.blocks]


@pytest.mark.parametrize("caption", ["2022年", "三、2022年收到和处理政府信息公开申请情况", "上年度"])
def test_a_slip_in_the_line_above_the_only_table_loses_nothing(caption: str) -> None:
    values = figures("2021")
    (report,) = read(third=[caption, three(values)])
    assert not wrong(report, values)


@pytest.mark.parametrize("at", range(4, 28, 3))
def test_a_running_head_of_another_year_between_the_pages_of_one_table(at: int) -> None:
    values = figures("2021")
    before, after = paper.cut(three(values), at)
    (report,) = read(third=[paper.to_grid(before, 1), "某局2022年年报", paper.to_grid(after, 2)])
    assert not wrong(report, values)
    assert "foreign_table" not in codes(report)


def test_a_row_of_table_four_cut_by_the_page_keeps_its_figures() -> None:
    """The upper half of the row is blank; the header is printed again on the next page."""
    values = figures("2021")
    rows = four(values)
    upper = [*rows[:3], [Item("")] * 15]
    (report,) = read(fourth=[paper.to_grid(upper, 3), paper.to_grid(rows, 4)])
    assert not wrong(report, values)
    assert {r.confidence for r in report.readings if r.key.startswith("disputes")} == {0.85}
    assert "blank_and_filled" in codes(report)


def test_rows_of_filling_below_table_four_change_nothing() -> None:
    values = figures("2021")
    report = only(paper.document(TITLE, two(values), three(values), [*four(values), [Item("")] * 15]))
    assert not wrong(report, values)
    assert not report.remarks


@settings(max_examples=60, deadline=None)
@given(
    st.permutations([("2023年", False), ("2022年", True), ("2021年度", True)]),
    st.sampled_from(sorted(MAKERS)),
    st.lists(st.sampled_from(["单位：件", "（续）"]), max_size=2),
)
def test_whatever_order_the_years_stand_in(years: list[tuple[str, bool]], where: str, between: list[str]) -> None:
    values = figures("2021")
    blocks: list[Block] = []
    for caption, another in years:
        blocks += [caption, *between, MAKERS[where](OTHER if another else values)]
    (report,) = read(**{where: blocks})
    assert not wrong(report, values)


@pytest.mark.parametrize(
    ("lines", "year", "scope"),
    [
        (["2022年"], 2022, None),
        (["单位：件", "（二）2022年度"], 2022, None),
        (["单位：件", "（二）2022年情况"], 2022, None),
        (["2022"], 2022, None),
        (["去年情况"], 0, None),
        (["县本级"], None, "own"),
        (["2022年全县汇总"], 2022, "aggregate"),
        (["2022年与2023年对比"], None, None),
        (["四、政府信息公开行政复议、行政诉讼情况", "2022年"], 2022, None),
        (["与2022年相比有所增加。", "2022年"], None, None),
        (["二、上年结转政府信息公开申请数量"], None, None),
    ],
)
def test_what_is_a_caption(lines: list[str], year: int | None, scope: str | None) -> None:
    found = caption_of(lines)
    assert (found and found.year, found and found.scope) == (year, scope)
