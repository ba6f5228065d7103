"""The three statutory tables of a draft as rows of slots; renderers only draw them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from samples import keys, labels
from samples.draft import Draft
from samples.habits import Habits


@dataclass(frozen=True, slots=True)
class Slot:
    """One cell as laid out; `figure` marks the cells that hold the report's own figures."""

    text: str
    columns: int = 1
    rows: int = 1
    figure: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of slots over a grid of `widths`, in thousandths of the table; spanned positions are left out."""

    rows: tuple[tuple[Slot, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """The tables of the sections two (one or several), three and four."""

    proactive: tuple[Table, ...]
    applications: Table
    disputes: Table


_PROACTIVE_WIDTHS = (280, 240, 240, 240)
_APPLICATION_WIDTHS = (70, 120, 285, 75, 75, 75, 75, 75, 75, 75)
_DISPUTE_WIDTHS = (66, 67, 67, 66, 67) * 3


def build_form(draft: Draft, habits: Habits) -> Form:
    """The tables of a draft as this publisher prints them."""
    return Form(_proactive(draft, habits), _applications(draft, habits), _disputes(draft, habits))


def skewed(table: Table) -> Table:
    """The same table with other column splits in rows of figures than in the header, as some editors leave it.

    The grid gets twice the columns; from the second figure of a row on, borders move by one.
    """
    widths = tuple(part for width in table.widths for part in (width // 2, width - width // 2))
    return Table(tuple(_skewed_row(row) for row in table.rows), widths)


def _skewed_row(row: tuple[Slot, ...]) -> tuple[Slot, ...]:
    wide = [replace(slot, columns=slot.columns * 2) for slot in row]
    figures = [index for index, slot in enumerate(wide) if slot.figure]
    if len(figures) >= 2:
        first, last = figures[0], figures[-1]
        wide[first] = replace(wide[first], columns=wide[first].columns + 1)
        wide[last] = replace(wide[last], columns=wide[last].columns - 1)
    return tuple(wide)


def _figures(draft: Draft, cells: tuple[str, ...], spans: tuple[int, ...] = ()) -> list[Slot]:
    spans = spans or (1,) * len(cells)
    return [Slot(draft.text(key), span, figure=True) for key, span in zip(cells, spans, strict=True)]


def _spans(count: int) -> tuple[int, ...]:
    """How `count` figures share the three columns beside the label."""
    return {1: (3,), 2: (1, 2), 3: (1, 1, 1)}[count]


def _proactive(draft: Draft, habits: Habits) -> tuple[Table, ...]:
    blocks: list[list[tuple[Slot, ...]]] = []
    for number, heads, lines in labels.BLOCKS[draft.edition]:
        spans = _spans(len(heads))
        rows: list[tuple[Slot, ...]] = [(Slot(habits.block(number), 4),)]
        head = [Slot(habits.label(text), span) for text, span in zip(heads, spans, strict=True)]
        rows.append((Slot(labels.CONTENT), *head))
        for label, cells in lines:
            name = "规范性文件" if habits.short_name and label == "行政规范性文件" else label
            rows.append((Slot(name), *_figures(draft, cells, spans)))
        if number == "一" and draft.extra_row:
            rows.append(tuple(Slot(text) for text in draft.extra_row))
        blocks.append(rows)
    if habits.split_tables:
        return tuple(Table(tuple(rows), _PROACTIVE_WIDTHS) for rows in blocks)
    return (Table(tuple(row for rows in blocks for row in rows), _PROACTIVE_WIDTHS),)


def _row_figures(draft: Draft, row: str) -> list[Slot]:
    return _figures(draft, tuple(keys.application(row, column) for column in (*keys.COLUMNS, keys.TOTAL)))


def _applications(draft: Draft, habits: Habits) -> Table:
    def label(text: str, columns: int = 1, rows: int = 1) -> Slot:
        return Slot(habits.label(text), columns, rows)

    head = [
        (Slot(labels.CORNER, 3, 3), Slot("申请人情况", 7)),
        (Slot("自然人", 1, 2), Slot("法人或其他组织", 5), Slot("总计", 1, 2)),
        tuple(label(text) for text in labels.COLUMNS),
        *((label(labels.ROWS[row], 3), *_row_figures(draft, row)) for row in ("received", "carried_in")),
    ]
    results: list[tuple[Slot, ...]] = []
    for group, lines in (*labels.GROUPS, (labels.OTHER, _other_rows(draft, habits))):
        for index, (row, text) in enumerate(lines.items()):
            if len(lines) == 1 and not text:
                front = [label(group, 2)]
            else:
                front = [label(group, 1, len(lines))] if index == 0 else []
                front.append(label(text.strip()))
            results.append((*front, *_row_figures(draft, row)))
    results.append((label(labels.PROCESSED, 2), *_row_figures(draft, "processed_total")))
    results[0] = (Slot(labels.RESULTS, 1, len(results)), *results[0])
    last = (label(labels.ROWS["carried_out"], 3), *_row_figures(draft, "carried_out"))
    return Table((*head, *results, last), _APPLICATION_WIDTHS)


def _other_rows(draft: Draft, habits: Habits) -> dict[str, str]:
    """（六）: three numbered rows, or one; the one may keep an empty cell beside the group's name."""
    if not draft.one_other:
        return labels.OTHER_ROWS
    return {"other": " " if habits.empty_middle else ""}


def _disputes(draft: Draft, habits: Habits) -> Table:
    outcomes = [Slot(text) for text in labels.OUTCOMES]
    cells = [f"disputes.{block}.{name}" for block in keys.BLOCKS for name in (*keys.OUTCOMES, keys.TOTAL)]
    rows = (
        (Slot("行政复议", 5), Slot("行政诉讼", 10)),
        (*(replace(slot, rows=2) for slot in outcomes), Slot("未经复议直接起诉", 5), Slot("复议后起诉", 5)),
        (*outcomes, *outcomes),
        tuple(_figures(draft, tuple(cells))),
    )
    return Table(rows, _DISPUTE_WIDTHS)
