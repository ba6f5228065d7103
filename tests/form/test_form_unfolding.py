"""Table two with labels and figures side by side, and rows as columns: read, or left over, never dropped."""

from __future__ import annotations

import paper
import pytest
from checks import codes, figures, only, wrong
from hypothesis import given
from hypothesis import strategies as st
from paper import Item, Rows, Style

from form.catalogue import EDITIONS, column_labels, row_labels
from form.reading import Report

VALUES = figures("2021")
HEAD = [Item("信息内容"), Item("本年处理决定数量", 3)]
LABELS = [r.label for e in EDITIONS for r in row_labels(e) if r.table == "proactive"]
LABELS += [c.label for e in EDITIONS for c in column_labels(e) if c.table == "proactive"]
DOCUMENTS = ("regulations", "normative_documents")
COLUMNS = {"本年制发件数": "issued", "本年废止件数": "repealed", "现行有效件数": "in_force"}


def value(key: str) -> Item:
    return Item(VALUES[f"proactive.{key}"])


def table(first: Rows, licensing: Rows) -> Rows:
    """Table two with other rows for its blocks （一） and （五）, as （五） with （六）."""
    fees = paper.proactive(VALUES, Style())[0][-3:]
    return [*first, *licensing, *fees]


def read(rows: Rows) -> Report:
    blocks = [rows, paper.applications(VALUES, Style()), paper.disputes(VALUES, Style())]
    return only(paper.document("某县某局2023年政府信息公开工作年度报告", *blocks))


FIRST = paper.proactive(VALUES, Style())[0][:4]
REST = paper.proactive(VALUES, Style())[0][4:-3]
TURNED = [
    [Item("第二十条第（一）项", 4)],
    [Item("信息内容"), Item("规章"), Item("行政规范性文件", 2)],
    *([Item(label), value(f"regulations.{c}"), Item(value(f"normative_documents.{c}").text, 2)]
      for label, c in COLUMNS.items()),
]  # fmt: skip
BESIDE = [
    [Item("信息内容"), Item("本年处理决定数量"), Item("信息内容"), Item("本年处理决定数量")],
    [Item("行政许可"), value("licensing.decisions"), Item("行政处罚"), value("penalties.decisions")],
    HEAD,
    [Item("行政强制"), Item(value("coercive_measures.decisions").text, 3)],
]
INLINE = [
    [Item("第二十条第（五）项", 4)],
    *([Item(label), Item("本年处理决定数量", 2), value(f"{row}.decisions")]
      for label, row in (("行政许可", "licensing"), ("行政处罚", "penalties"), ("行政强制", "coercive_measures"))),
]  # fmt: skip
PAIRS = [
    [Item(label), *(i for c, key in COLUMNS.items() for i in (Item(c), value(f"{row}.{key}")))]
    for label, row in (("规章", "regulations"), ("行政规范性文件", "normative_documents"))
]


@pytest.mark.parametrize(
    "rows",
    [table(TURNED, REST), table(FIRST, BESIDE), table(FIRST, INLINE), table(PAIRS, INLINE), table(TURNED, BESIDE)],
    ids=["turned", "side by side", "inline", "pairs", "two of them"],
)
def test_tables_printed_otherwise_are_read(rows: Rows) -> None:
    report = read(rows)
    assert not wrong(report, VALUES)
    assert not report.leftovers
    assert not codes(report)
    assert {r.confidence for r in report.readings} == {1.0}


def test_rows_side_by_side_under_one_header_are_not_all_read() -> None:
    report = read(table(FIRST, [HEAD, *BESIDE[1:]]))
    assert list(wrong(report, VALUES)) == ["proactive.licensing.decisions"]
    assert [x.printed for x in report.leftovers] == [f"行政许可 | {value('licensing.decisions').text}"]


@pytest.mark.parametrize("change", ["行政规范性文件（份）数", "规章和规范性文件"])
def test_a_turned_block_with_a_row_that_nothing_names_is_left_over(change: str) -> None:
    rows = [[Item(change if i.text == "行政规范性文件" else i.text, i.wide) for i in row] for row in TURNED]
    report = read(table(rows, REST))
    assert {k.split(".")[1] for k in wrong(report, VALUES)} == set(DOCUMENTS)
    assert not any(r.key.split(".")[1] in DOCUMENTS for r in report.readings)
    left = " ".join(x.printed for x in report.leftovers)
    assert all(value(f"{row}.{c}").text in left for row in DOCUMENTS for c in COLUMNS.values())


def test_running_numbers_before_the_rows_are_no_figures() -> None:
    rows = [
        [Item("序号" if row[0].text == "信息内容" else str(n)), *row] if len(row) > 1 else row
        for n, row in enumerate(table(FIRST, REST))
    ]
    report = read(rows)
    assert not wrong(report, VALUES)
    assert not report.leftovers


def test_years_and_articles_in_headers_are_no_figures() -> None:
    rows = table(FIRST, REST)
    rows = [
        [Item(f"20条（{n}）项"), *row[:1], *row[1:]] if row[0] == Item("信息内容") else row
        for n, row in enumerate(rows)
    ]
    assert not read(rows).leftovers


@given(st.lists(st.lists(st.sampled_from(LABELS) | st.just("") | st.none(), min_size=1, max_size=5), max_size=8))
def test_no_figure_of_table_two_is_dropped(drawn: list[list[str | None]]) -> None:
    """Whatever stands where: a figure is read under some key or left over."""
    count = iter(range(70_001, 80_000))
    rows = [[Item(str(next(count)) if text is None else text) for text in row] for row in drawn]
    report = read([*FIRST, *rows])
    told = " ".join([*(r.printed for r in report.readings), *(x.printed for x in report.leftovers)])
    assert [i.text for row in rows for i in row if i.text.isdigit() and i.text not in told] == []
