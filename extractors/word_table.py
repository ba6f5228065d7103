"""A Word table -> a grid: `gridSpan`, `vMerge`, `hMerge`, `gridBefore` and hidden rows resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from extractors.limits import Limits
from extractors.office_xml import Element, child, count, local, switched, value
from extractors.word_text import inside
from form.errors import DocumentError
from form.grid import Cell, Grid

#: cell -> its printed text, how sure it is that the text belongs to the cell, and why not wholly
Text = Callable[[Element], tuple[str, float, str]]
_LAYOUT_COLUMNS: Final = 2


@dataclass(slots=True)
class _Slot:
    """A cell as it grows: its place, its spans, and the element that holds its text."""

    row: int
    column: int
    wide: int
    node: Element
    tall: int = 1


def rows_of(table: Element) -> list[Element]:
    """The printed rows of a table."""
    return [row for row in inside(table) if local(row) == "tr" and not _unprinted(row)]


def cells_of(row: Element) -> Iterator[Element]:
    """The printed cells of a row."""
    for cell in inside(row):
        if local(cell) == "tc":
            properties = child(cell, "tcPr")
            if properties is None or child(properties, "cellDel") is None:
                yield cell


def is_layout(table: Element) -> bool:
    """Whether a table only arranges others on the page: it holds tables, and has one row or two columns at most."""
    if next(table.iterdescendants("{*}tbl"), None) is None:
        return False
    rows = rows_of(table)
    return len(rows) <= 1 or max(sum(1 for _ in cells_of(row)) for row in rows) <= _LAYOUT_COLUMNS


def grid_of(table: Element, text: Text, limits: Limits) -> Grid:
    """The grid of a table. Raises `DocumentError('too_complex')`."""
    rows = rows_of(table)
    if len(rows) > limits.max_rows:
        raise DocumentError("too_complex", f"表格超过 {limits.max_rows} 行")
    slots: list[_Slot] = []
    above: dict[int, _Slot] = {}
    width = 0
    for number, row in enumerate(rows):
        current, end = _row(row, number, above, slots, limits)
        above, width = current, max(width, end)
    cells = []
    for slot in slots:
        printed, sure, why = text(slot.node)
        cell = Cell(slot.row, slot.column, printed, slot.tall, slot.wide)
        cells.append(cell.doubted(sure, why) if why else cell)
    return Grid(tuple(cells), len(rows), width)


def _row(
    row: Element, number: int, above: dict[int, _Slot], slots: list[_Slot], limits: Limits
) -> tuple[dict[int, _Slot], int]:
    """Take in one row; `above` are the cells of the row before by their first column."""
    properties = child(row, "trPr")
    column = count(child(properties, "gridBefore"), 0) if properties is not None else 0
    current: dict[int, _Slot] = {}
    last: _Slot | None = None
    for node in cells_of(row):
        cell = child(node, "tcPr")
        wide = max(1, count(child(cell, "gridSpan"), 1)) if cell is not None else 1
        if column + wide > limits.max_columns:
            raise DocumentError("too_complex", f"表格超过 {limits.max_columns} 列")
        over = above.get(column)
        if last is not None and _continues(cell, "hMerge"):
            last.wide += wide
        elif over is not None and over.wide == wide and (_continues(cell, "vMerge") or _continues(cell, "vmerge")):
            over.tall += 1
            last = current[column] = over
        else:
            last = current[column] = _Slot(number, column, wide, node)
            slots.append(last)
        column += wide
    return current, column


def _continues(properties: Element | None, merge: str) -> bool:
    node = child(properties, merge) if properties is not None else None
    return node is not None and value(node) != "restart"


def _unprinted(row: Element) -> bool:
    """Whether a row is hidden, or deleted in a tracked change."""
    properties = child(row, "trPr")
    return bool(switched(properties, "hidden")) or (properties is not None and child(properties, "del") is not None)
