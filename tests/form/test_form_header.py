"""Headers of table two that only resemble the form's."""

from __future__ import annotations

import paper
import pytest
from checks import codes, figures, only, wrong
from hypothesis import given
from hypothesis import strategies as st
from paper import Item, Style

from form import vocabulary as words
from form.catalogue import EDITIONS, column_labels, row_labels

FEE = "本年收费金额（单位：万元）"
LABELS = [c.label for e in EDITIONS for c in column_labels(e) if c.table == "proactive" and c.column]
ROWS = [r.label for e in EDITIONS for r in row_labels(e) if r.table == "proactive" and r.row]


@pytest.mark.parametrize(
    ("edition", "label", "printed", "keys"),
    [
        ("2021", FEE, "上年收费金额（单位：万元）", ["fees.amount"]),
        ("2021", FEE, "本年减免收费金额", ["fees.amount"]),
        ("2021", "现行有效件数", "年初现行有效件数", ["regulations.in_force", "normative_documents.in_force"]),
        ("2021", "本年制发件数", "上年制发件数", ["regulations.issued", "normative_documents.issued"]),
        *[
            ("2021", "本年处理决定数量", f"{word}处理决定数量",
             ["licensing.decisions", "penalties.decisions", "coercive_measures.decisions"])
            for word in ("上年", "去年", "不予", "撤销")
        ],
        ("2019", "上一年项目数量", "本年项目数量",
         [f"{r}.items_previous"
          for r in ("licensing", "other_services", "penalties", "coercive_measures", "fees")]),
    ],
)  # fmt: skip
def test_a_column_of_another_thing_is_left_over(edition: str, label: str, printed: str, keys: list[str]) -> None:
    values = figures(edition)
    report = only(paper.report(values, Style(edition, renamed={label: printed})))
    assert wrong(report, values) == {f"proactive.{k}": (values[f"proactive.{k}"], None) for k in keys}
    left = [x.printed.split(" | ") for x in report.leftovers]
    assert [(x[1], x[2]) for x in left] == [(printed, values[f"proactive.{k}"]) for k in keys]


def test_a_header_of_another_thing_alone_takes_no_figures_by_the_form() -> None:
    """No cell of the header is the form's: neither is it missing, nor is the header before it the row's."""
    values = figures("2021")
    tables = paper.proactive(values, Style(renamed={FEE: "上年收费金额（单位：万元）"}))
    tables[0] = [[Item("项目", i.wide) if i.text == "信息内容" else i for i in row] for row in tables[0]]
    tables[0] = [row for row in tables[0] if "第二十条第（八）项" not in row[0].text]
    report = only(paper.document(*tables, paper.applications(values, Style()), paper.disputes(values, Style())))
    assert list(wrong(report, values)) == ["proactive.fees.amount"]
    assert [x.printed for x in report.leftovers] == [
        f"行政事业性收费 | 上年收费金额（单位：万元） | {values['proactive.fees.amount']}"
    ]


@pytest.mark.parametrize(
    ("label", "printed", "column"),
    [
        (FEE, "本年收费总金额（单位：万元）", "amount"),
        ("本年制发件数", "本年发布件数", "issued"),
        ("现行有效件数", "年末现行有效件数", "in_force"),
    ],
)
def test_a_column_by_likeness_has_a_remark_and_less_confidence(label: str, printed: str, column: str) -> None:
    values = figures("2021")
    report = only(paper.report(values, Style(renamed={label: printed})))
    assert not wrong(report, values)
    assert codes(report) == {"label_fuzzy"}
    assert all(printed[:6] in r.text for r in report.remarks)
    assert all(r.confidence == (0.8 if r.key.endswith(f".{column}") else 1.0) for r in report.readings)


@pytest.mark.parametrize("printed", ["本年收费总金额（单位：万元）", "上年收费金额（单位：万元）"])
def test_beside_the_columns_own_label_a_like_one_is_left_over(printed: str) -> None:
    values = figures("2021")
    tables = paper.proactive(values, Style())
    head = next(row for row in tables[0] if row[1:] and row[1].text == FEE)
    row = next(row for row in tables[0] if row[0].text == "行政事业性收费")
    head[1:], row[1:] = [Item(FEE), Item(printed, 2)], [Item(row[1].text), Item("77", 2)]
    report = only(paper.document(*tables, paper.applications(values, Style()), paper.disputes(values, Style())))
    assert not wrong(report, values)
    assert {r.confidence for r in report.readings} == {1.0}
    assert [x.printed for x in report.leftovers] == [f"行政事业性收费 | {printed} | 77"]


@pytest.mark.parametrize("printed", ["不予行政许可", "撤销行政许可", "上年行政许可"])
def test_a_row_of_another_thing_is_left_over(printed: str) -> None:
    values = figures("2021")
    report = only(paper.report(values, Style(renamed={"行政许可": printed})))
    assert list(wrong(report, values)) == ["proactive.licensing.decisions"]
    assert [x.printed for x in report.leftovers] == [f"{printed} | {values['proactive.licensing.decisions']}"]


@given(st.sampled_from(LABELS + ROWS), st.sampled_from(["去年", "年初", "不予", "减免", "撤销", "累计"]))
def test_no_word_that_turns_a_label_is_taken_for_a_slip(label: str, word: str) -> None:
    """上一年项目数量 is of 去年 by itself."""
    for known in (words.PROACTIVE_COLUMNS, words.PROACTIVE_ROWS):
        assert known.near(word + label) is None or (word == "去年" and "上一年" in label)


@pytest.mark.parametrize(
    ("renamed", "rows"),
    [
        (
            {"本年制发件数": "现有", "本年废止件数": "制发", "现行有效件数": "废止"},
            ["regulations", "normative_documents"],
        ),
        ({"本年处理决定数量": "受理数量"}, ["licensing", "penalties", "coercive_measures"]),
        ({"本年处理决定数量": "上年度办件"}, ["licensing", "penalties", "coercive_measures"]),
        ({FEE: "备注"}, ["fees"]),
    ],
)
def test_headings_unlike_the_forms_take_no_figures_by_their_order(renamed: dict[str, str], rows: list[str]) -> None:
    """They were read as the form's columns, whatever they say, with a remark that there was no header."""
    values = figures("2021")
    report = only(paper.report(values, Style(renamed=renamed)))
    assert wrong(report, values) == {
        key: (value, None) for key, value in values.items() if key.split(".")[1] in rows and key.startswith("pro")
    }
    assert [row.split(" | ")[1:] for row in (x.printed for x in report.leftovers)] == [
        [value for key, value in values.items() if key.startswith(f"proactive.{row}.")] for row in rows
    ]
    assert codes(report) == {"column_unknown"}


@pytest.mark.parametrize("printed", ["修订件数", "上年有效件数", "合计"])
def test_a_heading_unlike_the_missing_one_is_not_it(printed: str) -> None:
    values = figures("2021")
    report = only(paper.report(values, Style(renamed={"现行有效件数": printed})))
    lost = {f"proactive.{row}.in_force" for row in ("regulations", "normative_documents")}
    assert wrong(report, values) == {key: (values[key], None) for key in lost}
    assert codes(report) == {"column_unknown"}


@pytest.mark.parametrize(
    ("label", "printed", "rows"),
    [
        ("行政强制", "行政强制（撤销）", ["coercive_measures"]),
        ("行政许可", "行政许可（上年）", ["licensing"]),
        ("本年处理决定数量", "本年处理决定数量（不予许可）", ["licensing", "penalties", "coercive_measures"]),
        ("行政许可", "行政许可（含其他对外管理服务事项）", []),
        ("行政强制", "行政强制（不含已撤销的）", []),
        ("本年处理决定数量", "本年处理决定数量（本年）", []),
    ],
)
def test_brackets_that_make_another_thing_of_a_label_are_no_explanation(
    label: str, printed: str, rows: list[str]
) -> None:
    values = figures("2021")
    report = only(paper.report(values, Style(renamed={label: printed})))
    lost = [f"proactive.{row}.decisions" for row in rows]
    assert wrong(report, values) == {key: (values[key], None) for key in lost}
    assert len(report.leftovers) == len(lost)
