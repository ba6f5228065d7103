"""Rows of a scan that only their neighbours tell: named where there is one way to, and never with certainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import paper
import pytest
from checks import figures
from hypothesis import given, settings
from hypothesis import strategies as st
from paper import Rows, Style

from form.catalogue import EDITIONS, row_labels
from form.grid import Cell, Document, Grid
from form.lines import Line, line_of
from form.placing import placed
from form.reading import Reading
from form.recognise import read_reports

TITLE = "某县某局2023年政府信息公开工作年度报告"
#: the form's rows that hold figures, with a label each
ROWS = {
    (edition, table): [(r.row, r.label) for r in row_labels(edition) if r.table == table and r.row]
    for edition in EDITIONS
    for table in ("proactive", "applications")
}
VALUES = {"proactive": 3, "applications": 7}


def recognised(rows: Rows, labels: dict[str, str], confidence: float = 0.7) -> Grid:
    """The table as a scan's reader gives it, some labels otherwise."""
    grid = paper.to_grid(rows, page=1)
    cells = (c._replace(text=labels.get(c.text, c.text), confidence=confidence) for c in grid.cells)
    return replace(grid, cells=tuple(cells))


def read(*tables: Rows | Grid) -> dict[str, Reading]:
    (report,) = read_reports(paper.document(TITLE, *tables))
    return {r.key: r for r in report.readings}


def rows_read(found: dict[str, Reading], table: str) -> set[str]:
    return {key.split(".")[1] for key in found if key.startswith(table)}


def assert_true(found: dict[str, Reading], values: dict[str, str], rows: Sequence[str]) -> None:
    for row in rows:
        inside = {k: v for k, v in values.items() if k.split(".")[1] == row}
        assert inside
        assert {k: found[k].printed for k in inside} == inside
        assert all(found[k].confidence < 0.9 for k in inside)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(
    "labels",
    [
        {"5.属于三类内部事务信息": "口于三类务口"},
        {"4.保护第三方合法权益": "护第合法", "5.属于三类内部事务信息": "口于三类务口"},
        {"（一）予以公开": "一予公升", "1.属于国家秘密": "八国家口"},
        {"四、结转下年度继续办理": "结下年继理口口"},
    ],
)
def test_unreadable_labels_between_known_rows(edition: str, labels: dict[str, str]) -> None:
    style = Style(edition)
    values = {k: v for k, v in figures(edition).items() if k.startswith("applications")}
    found = read(recognised(paper.applications(values, style), labels))
    assert {k: r.printed for k, r in found.items()} == values
    lost = [row for row, label in ROWS[edition, "applications"] if label in labels]
    assert_true(found, values, lost)
    assert len(lost) == len(labels)


def test_unreadable_row_of_table_two() -> None:
    values = figures("2021")
    table = paper.proactive(values, Style())[0]
    found = read(
        recognised(table, {"行政处罚": "行口罚", "行政规范性文件": "行口规口性"}), paper.applications(values, Style())
    )
    assert_true(found, values, ["penalties", "normative_documents"])


def test_native_labels_are_never_guessed() -> None:
    values = figures("2021")
    odd = {"5.属于三类内部事务信息": "口于三类务口"}
    found = read(recognised(paper.applications(values, Style()), odd, confidence=1.0))
    assert "denied_internal_affairs" not in rows_read(found, "applications")


@pytest.mark.parametrize("text", ["本栏说明", "备注栏目甲乙", "全省平均"])
def test_a_row_unlike_the_forms_is_not_named(text: str) -> None:
    values = figures("2021")
    found = read(recognised(paper.applications(values, Style()), {"5.属于三类内部事务信息": text}))
    assert "denied_internal_affairs" not in rows_read(found, "applications")


def test_a_row_more_or_less_than_the_form_has_names_nothing() -> None:
    values = figures("2021")
    labels = {"4.保护第三方合法权益": "护第合法", "5.属于三类内部事务信息": "口于三类务口"}
    whole = paper.applications(values, Style())
    at = next(i for i, row in enumerate(whole) if row[0].text == "4.保护第三方合法权益")
    for rows in (whole[:at] + whole[at + 1 :], [*whole[: at + 1], whole[at], *whole[at + 1 :]]):
        found = read(recognised(rows, labels))
        assert not rows_read(found, "applications") & {"denied_third_party", "denied_internal_affairs"}


@pytest.mark.parametrize(("label", "sure"), [("", 0.7), ("小计一栏", 1.0)])
def test_a_row_between_that_cannot_be_one_of_the_forms_counts_all_the_same(label: str, sure: float) -> None:
    """Two rows of figures where the form has one: which of them is the form's is not known."""
    known, lost, after = ("4.保护第三方合法权益", "口于三类务口", "6.属于四类过程性信息")
    texts = [(known, 0.7), (lost, 0.7), (label, sure), (after, 0.7)]
    lines = [
        replace(line_of(0, (cell(text, p), *(cell(str(i), p) for i in range(7)))), table="applications")
        for text, p in texts
    ]
    assert [line.role for line in lines if line.role != "data"] == ["other", "other" if label else "figures"]
    assert placed(lines, "applications") == lines
    assert placed([*lines[:2], lines[3]], "applications")[1].row == "denied_internal_affairs"


def test_a_row_that_is_known_elsewhere_is_not_named_again() -> None:
    lost = (cell("口于三类务口", 0.7), *(cell(str(i), 0.7) for i in range(7)))
    before, after = (
        line_of(0, (cell(text, 0.7), *lost[1:])) for text in ("4.保护第三方合法权益", "6.属于四类过程性信息")
    )
    lines = [before, Line(0, lost, "other", table="applications"), after]
    rows = [line.row for line in placed(lines * 2, "applications")]
    assert rows.count("denied_internal_affairs") == 1


def test_figures_under_a_label_whose_rule_is_hidden() -> None:
    """The cell above covers this row too, so seven figures stand alone."""
    values = figures("2021")
    rows = paper.applications(values, Style())
    at = next(i for i, row in enumerate(rows) if row[0].text == "2.重复申请")
    rows[at - 1][1] = replace(rows[at - 1][1], high=2)
    rows[at] = rows[at][1:]
    found = read(recognised(rows, {}))
    assert_true(found, values, ["declined_duplicate"])
    assert "declined_duplicate" not in rows_read(read(paper.to_grid(rows, page=1)), "applications")


def test_another_form_altogether_is_not_named() -> None:
    """Without a row that is known there is nothing to count from but the whole table."""
    odd = [Line(0, (cell(f"某项第{i}类", 0.6), *(cell(str(i), 0.6) for _ in range(7))), "other") for i in range(9)]
    assert placed(odd, "applications") == odd


# What holds whatever the lines are.

CONFIDENCES = st.sampled_from([0.4, 0.89, 0.99, 1.0])
FIGURES = st.sampled_from(["0", "1", "27", "", "-", "口", "1O"])


def cell(text: str, confidence: float, column: int = 0) -> Cell:
    return Cell(0, column, text, confidence=confidence)


@st.composite
def labels_of(draw: st.DrawFn, label: str) -> str:
    """A label, the same with characters lost or wrong, or something else."""
    kind = draw(st.sampled_from(["same", "lost", "lost", "other"]))
    if kind == "same":
        return label
    if kind == "other":
        return draw(st.sampled_from(["", "小计", "备注栏目", "1", "A"]))
    keep = draw(st.lists(st.sampled_from([True, True, False]), min_size=len(label), max_size=len(label)))
    return "".join(c if k else "口" for c, k in zip(label, keep, strict=True))


@st.composite
def line_lists(draw: st.DrawFn) -> tuple[str, list[Line]]:
    """Rows of one table as the recogniser gives them: some lost, doubled, out of order, some from paper."""
    table = draw(st.sampled_from(["proactive", "applications"]))
    rows = ROWS[draw(st.sampled_from(EDITIONS)), table]
    start = draw(st.integers(0, len(rows) - 1))
    some = rows[start : start + draw(st.integers(1, 9))]
    order = draw(st.one_of(st.just(some), st.permutations(some), st.just(some * 2)))
    lines = []
    for _, label in order:
        sure, least = draw(CONFIDENCES), draw(st.sampled_from([VALUES[table], VALUES[table], 1]))
        texts = [draw(labels_of(label)), *draw(st.lists(FIGURES, min_size=least, max_size=VALUES[table]))]
        texts = texts[draw(st.sampled_from([0, 0, 0, 1])) :]
        cells = tuple(cell(text, sure, i) for i, text in enumerate(texts))
        line = line_of(0, cells)
        lines.append(line if line.role == "data" else replace(line, table=table))
    return table, [line for line in lines if line.table == table]


@settings(max_examples=300, deadline=None)
@given(line_lists())
def test_placed_names_rows_and_does_nothing_else(made: tuple[str, list[Line]]) -> None:
    table, lines = made
    out = placed(lines, table)
    assert [line.cells for line in out] == [line.cells for line in lines]
    for before, after in zip(lines, out, strict=True):
        if after != before:
            assert before.role in ("other", "group", "figures")
            assert (after.role, after.table, after.fuzzy) == ("data", table, "placed")
            assert after.values
            named = after.cells[max(after.label, 0)]
            assert named.confidence < 1


@settings(max_examples=300, deadline=None)
@given(line_lists())
def test_placed_gives_each_row_once_and_in_the_forms_order(made: tuple[str, list[Line]]) -> None:
    table, lines = made
    out = placed(lines, table)
    new = [after.row for before, after in zip(lines, out, strict=True) if after != before]
    assert len(set(new)) == len(new)
    assert not set(new) & {line.row for line in lines if line.role == "data"}
    assert placed(out, table) == out
    known = [line.row for line in out if line.role == "data"]
    for at, after in enumerate(out):
        if after == lines[at]:
            continue
        last = next((x.row for x in reversed(out[:at]) if x.role == "data"), None)
        assert any(_follows(last, after.row, table, edition) for edition in EDITIONS), known


def _follows(before: str | None, row: str, table: str, edition: str) -> bool:
    rows = [name for name, _ in ROWS[edition, table]]
    if row not in rows or (before is not None and before not in rows):
        return False
    return rows.index(row) == (0 if before is None else rows.index(before) + 1)


def test_documents_without_doubt_are_read_as_before() -> None:
    values = figures("2021")
    document: Document = paper.report(values, Style())
    (report,) = read_reports(document)
    assert {r.confidence for r in report.readings} == {1.0}
    assert not [r for r in report.remarks if r.code == "label_fuzzy"]
