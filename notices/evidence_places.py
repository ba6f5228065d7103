"""Where a reading stands in its document: the grid, the cell, the row and the header above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from form.grid import BBox, Cell, Document, Grid
from form.lines import lines_of

_HEADS: Final = ("head", "block")
#: the share of a box that must coincide; stored boxes are float32
_SAME: Final = 0.9

#: first row and the one after the last
Rows = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A cell in the grid that is number `grid` (from 0) of its document's grids."""

    grid: int
    cell: Cell

    @property
    def rows(self) -> Rows:
        """The rows that the cell covers."""
        return self.cell.row, self.cell.row + self.cell.row_span


def traced(document: Document) -> Document:
    """The document with a place for every cell that has none: its grid as the page, its columns and rows as the box.

    Formats such as HTML have no geometry; a reading of the traced document says by its page and box which cell it was
    read from. `place_of` finds it in either document. The document itself where every cell has a box.
    """
    grids = iter(range(1, len(document.grids) + 1))
    blocks = tuple(_traced(block, next(grids)) if isinstance(block, Grid) else block for block in document.blocks)
    same = all(new is old for new, old in zip(blocks, document.blocks, strict=True))
    return document if same else replace(document, blocks=blocks)


def _traced(grid: Grid, number: int) -> Grid:
    if all(cell.bbox is not None for cell in grid.cells):
        return grid
    return replace(
        grid, cells=tuple(c._replace(page=number, bbox=_trace(c)) if c.bbox is None else c for c in grid.cells)
    )


def _trace(cell: Cell) -> BBox:
    """Columns from left to right, rows from top to bottom below zero: no place on paper looks like it."""
    row, column = float(cell.row), float(cell.column)
    return (column, -row - cell.row_span, column + cell.column_span, -row)


def place_of(grids: Sequence[Grid], page: int | None, box: BBox | None) -> Place | None:
    """The cell that a page and a box, or a trace, name; None where no cell has that box."""
    if page is None or box is None:
        return None
    best, found = _SAME, None
    for index, grid in enumerate(grids):
        for cell in grid.cells:
            here, where = (index + 1, _trace(cell)) if cell.bbox is None else (cell.page, cell.bbox)
            if here == page and (share := _common(where, box)) > best:
                best, found = share, Place(index, cell)
    return found


def _common(one: BBox, other: BBox) -> float:
    """What two boxes share, as a part of what they cover together."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = wide * high
    return both / (_area(one) + _area(other) - both)


def _area(box: BBox) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def header_of(grids: Sequence[Grid], index: int, row: int) -> tuple[int, Rows] | None:
    """The grid and rows of the nearest column header above a row; an earlier grid's where a page break cut it off."""
    for earlier in range(index, -1, -1):
        grid = grids[earlier]
        found = _last_header(grid, row if earlier == index else grid.rows)
        if found:
            return earlier, found
    return None


def _last_header(grid: Grid, before: int) -> Rows | None:
    """The last run of header rows that ends at or above row `before`."""
    lines = [line for line in lines_of(grid, 0) if line.cells[0].row < before]
    heads = [number for number, line in enumerate(lines) if line.role in _HEADS]
    if not heads:
        return None
    first = last = heads[-1]
    while first and lines[first - 1].role in _HEADS:
        first -= 1
    stop = lines[last + 1].cells[0].row if last + 1 < len(lines) else before
    return lines[first].cells[0].row, stop


def box_of(grid: Grid, rows: Rows | None = None) -> BBox | None:
    """The box around a grid's cells, or around those that lie in `rows` alone; None if they have no boxes."""
    boxes = [
        cell.bbox
        for cell in grid.cells
        if cell.bbox and (rows is None or (rows[0] <= cell.row and cell.row + cell.row_span <= rows[1]))
    ]
    if not boxes:
        return None
    return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)
