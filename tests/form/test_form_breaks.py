"""Tables cut by pages, split up, or run together; and any figures in any such layout."""

from __future__ import annotations

import paper
import pytest
from checks import codes, figures, only, wrong
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from paper import Item, Style

from form.catalogue import cell, keys_of


@pytest.mark.parametrize("at", range(1, 28))
def test_table_three_broken_at_any_row(at: int) -> None:
    values = figures("2021")
    style = Style()
    rows = paper.applications(values, style)
    before, after = paper.cut(rows, at)
    doc = paper.document(
        *paper.proactive(values, style),
        paper.to_grid(before, 1),
        paper.to_grid(after, 2),
        paper.to_grid(paper.disputes(values, style), 2),
    )
    report = only(doc)
    assert not wrong(report, values)
    assert not report.leftovers
    pages = {r.page for r in report.readings if r.key.startswith("applications")}
    assert pages == ({1, 2} if at > 3 else {2})
    assert all(r.bbox for r in report.readings if r.key.startswith("applications"))


def test_labels_cut_mid_word_by_the_page() -> None:
    """The group's label and the row's own label both run over the break; figures stand on one side."""
    values = figures("2021")
    style = Style()
    rows = paper.applications(values, style)
    at = next(i for i, row in enumerate(rows) if any("收费通知" in c.text for c in row))
    for side in (0, 1):
        before, after = paper.cut(rows, at)
        row = after.pop(0)
        label = next(i for i, c in enumerate(row) if "收费通知" in c.text)
        figures_, empty = row[label + 1 :], [Item("")] * 7
        first = [Item("2.申请人逾期未按收费通"), *(empty if side else figures_)]
        before.append(first)
        after.insert(
            0,
            [
                *row[:label],
                Item("知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
                *(figures_ if side else empty),
            ],
        )
        report = only(
            paper.document(*paper.proactive(values, style), paper.to_grid(before, 1), paper.to_grid(after, 2))
        )
        expected = {k: v for k, v in values.items() if not k.startswith("disputes")}
        assert not wrong(report, expected)
        assert codes(report) == {"row_joined"}
        assert not report.leftovers


def test_table_two_broken_between_header_and_rows() -> None:
    values = figures("2021")
    (table,) = paper.proactive(values, Style())
    for at in range(1, len(table)):
        report = only(
            paper.document(paper.to_grid(table[:at], 1), "- 3 -", paper.to_grid(table[at:], 2),
                           paper.applications(values, Style()))
        )  # fmt: skip
        assert not wrong(report, {k: v for k, v in values.items() if not k.startswith("disputes")})


def test_figures_of_table_four_alone_on_the_next_page() -> None:
    values = figures("2021")
    rows = paper.disputes(values, Style())
    report = only(
        paper.document(paper.applications(values, Style()), paper.to_grid(rows[:3], 4), paper.to_grid(rows[3:], 5))
    )
    assert not wrong(report, {k: v for k, v in values.items() if not k.startswith("proactive")})


def test_a_blank_last_row_does_not_take_the_figures_of_table_four() -> None:
    """Found by chance: the row without figures at the foot of table three was joined to table four's."""
    values = {k: "4" for k in figures("2021") if k.startswith(("proactive", "disputes"))}
    values |= {k: "4万元" for k in values if cell(k).unit == "元"}
    report = only(paper.report(values, Style()))
    blank = dict.fromkeys((k for k in figures("2021") if k.startswith("applications")), "")
    assert not wrong(report, values | blank)


def test_a_stray_border_in_the_header_of_table_four() -> None:
    values = figures("2021")
    doc = paper.document(paper.applications(values, Style()), paper.disputes(values, Style(), stray=True))
    report = only(doc)
    assert not wrong(report, {k: v for k, v in values.items() if not k.startswith("proactive")})
    assert min(r.confidence for r in report.readings) == 1.0


def test_table_four_in_three_tables() -> None:
    values = figures("2021")
    whole = paper.disputes(values, Style())
    names = ("行政复议", "未经复议直接起诉", "复议后起诉")
    parts = [[[Item(n, 5)], whole[2][:5], whole[3][5 * i : 5 * i + 5]] for i, n in enumerate(names)]
    report = only(paper.document(paper.applications(values, Style()), *parts))
    assert not wrong(report, {k: v for k, v in values.items() if not k.startswith("proactive")})


def test_a_header_of_table_four_repeated_on_the_next_page_and_a_damaged_label() -> None:
    values = figures("2021")
    rows = paper.disputes(values, Style(renamed={"结果纠正": "结果纠"}))
    three = paper.applications(values, Style())
    want = {k: v for k, v in values.items() if not k.startswith("proactive")}
    assert not wrong(only(paper.document(three, paper.to_grid(rows[:3], 1), paper.to_grid(rows, 2))), want)


def test_the_whole_report_in_one_table() -> None:
    values = figures("2021")
    style = Style()
    lines = ("某县某局2023年政府信息公开工作年度报告", "一、总体情况", "做了工作。", "二、主动公开政府信息情况")
    rows = [[Item(t, 16)] for t in lines]
    rows += paper.proactive(values, style)[0]
    rows += [[Item("三、收到和处理政府信息公开申请情况", 16)], *paper.applications(values, style)]
    rows += [[Item("四、政府信息公开行政复议、行政诉讼情况", 16)], *paper.disputes(values, style)]
    rows += [
        [Item(t, 16)] for t in ("五、存在的主要问题及改进情况", "有三个问题。", "六、其他需要报告的事项", "收取0元。")
    ]
    report = only(paper.document(rows))
    assert not wrong(report, values)
    assert not report.leftovers
    assert (report.unit, report.year) == ("某县某局", 2023)
    assert len(report.sections) == 6
    assert (report.narrative.problems, report.narrative.other_matters) == ("有三个问题。", "收取0元。")


def test_spans_lost_and_filler_cells_of_word() -> None:
    """A page whose spans were stripped is still read in order; empty cells at the ends change nothing."""
    values = figures("2021")
    made = paper.report(values, Style())
    tables = [*paper.proactive(values, Style()), paper.applications(values, Style()), paper.disputes(values, Style())]
    bare = [[[Item(i.text) for i in row] for row in rows] for rows in tables]
    filled = [[*([*row, Item("")] for row in rows), [Item("")] * 8] for rows in tables]
    for variant in (bare, filled):
        report = only(paper.document(made.blocks[0].text, *variant))  # type: ignore[union-attr]
        assert not wrong(report, values)
        assert not report.leftovers


def test_blocks_out_of_order_and_page_numbers_between_rows() -> None:
    values = figures("2021")
    three = paper.applications(values, Style())
    three.insert(12, [Item("— 4 —", 10)])
    # the group labels that span the inserted row
    three[5][0] = Item(three[5][0].text, 1, 23)
    doc = paper.document(three, paper.disputes(values, Style()), *paper.proactive(values, Style(apart=True)))
    report = only(doc)
    assert not wrong(report, values)
    assert not report.leftovers


STYLES = st.builds(
    Style,
    edition=st.sampled_from(["2019", "2021"]),
    apart=st.booleans(),
    merged=st.booleans(),
    one_other=st.sampled_from([None, True]),
    middle=st.booleans(),
    uneven=st.booleans(),
    spaced=st.sampled_from(["", " ", "\n", "\u3000"]),
    numbering=st.sampled_from(["{}.", "{}、", "{}．", "({})", ""]),
)
PRINTED = st.one_of(st.just(""), st.integers(0, 10**7).map(str))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), STYLES)
def test_random_figures_in_a_random_layout_come_back(data: st.DataObject, style: Style) -> None:
    one = style.edition == "2019" or bool(style.one_other)
    keys = [k for k in keys_of(style.edition) if not (one and k.split(".")[1].startswith("other_"))]
    if one and style.edition == "2021":
        keys += [k.replace(".granted.", ".other.") for k in keys if ".granted." in k]
    values = {k: data.draw(PRINTED) for k in keys}
    for key in keys:
        if cell(key).unit == "元" and values[key]:
            values[key] += "万元"
    rows = paper.applications(values, style)
    at = data.draw(st.integers(3, len(rows) - 1))
    before, after = paper.cut(rows, at)
    report = only(
        paper.document(
            "某县某局2023年政府信息公开工作年度报告",
            *paper.proactive(values, style),
            paper.to_grid(before, 1),
            paper.to_grid(after, 2),
            paper.disputes(values, style, stray=data.draw(st.booleans())),
        )
    )
    assert report.edition == style.edition
    assert not wrong(report, values)
    assert not report.leftovers


@pytest.mark.parametrize("figures_first", [True, False])
def test_the_second_half_of_a_cut_label_that_is_a_label_by_itself(figures_first: bool) -> None:
    """`8.属于` before the break, `行政查询事项` behind it: the empty half is no row of blanks."""
    values = figures("2021")
    rows = paper.applications(values, Style())
    at = next(i for i, row in enumerate(rows) if any("行政查询事项" in c.text for c in row))
    before, after = paper.cut(rows, at)
    row = after.pop(0)
    label = next(i for i, c in enumerate(row) if "行政查询事项" in c.text)
    printed, empty = row[label + 1 :], [Item("")] * 7
    before.append([Item("8.属于"), *(printed if figures_first else empty)])
    after.insert(0, [*row[:label], Item("行政查询事项"), *(empty if figures_first else printed)])
    report = only(
        paper.document(*paper.proactive(values, Style()), paper.to_grid(before, 1), paper.to_grid(after, 2))
    )
    assert not wrong(report, {k: v for k, v in values.items() if not k.startswith("disputes")})
    assert codes(report) == {"row_joined"}
