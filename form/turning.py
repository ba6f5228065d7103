"""Tables printed the other way round: turned so that rows are rows again."""

from __future__ import annotations

from typing import Final

from form import vocabulary as words
from form.catalogue import DISPUTE_COLUMNS
from form.grid import Cell, Grid
from form.lines import COMMON, application_row, is_figure

#: labels that must stand as they do in a turned table
_ROWS: Final = 8


def upright(grid: Grid) -> Grid:
    """The grid, turned if table three's rows stand side by side, or table four's columns one under the other."""
    cells = [c for c in grid.cells if c.text.strip() and not is_figure(c.text)]
    names = {c.column: name for c in cells if (name := application_row(c.text)) and name not in COMMON}
    if len(set(names.values())) >= _ROWS:
        down = {c.row for c in cells if words.APPLICATION_COLUMNS.exact(c.text)}
        return _turned(grid) if len(down) >= 5 else grid
    # All five names, for 合计 may stand in many rows of any table.
    leaves = {c.row: name for c in cells if (name := words.DISPUTE_COLUMNS.exact(c.text))}
    # On the form the leaves stand in two rows, or one; turned, in as many as there are.
    if len(leaves) >= 10 and len(set(leaves.values())) == len(DISPUTE_COLUMNS):
        return _turned(grid)
    return grid


def _turned(grid: Grid) -> Grid:
    cells = [turned(cell) for cell in grid.cells]
    return Grid(tuple(sorted(cells, key=_place)), grid.columns, grid.rows, grid.page)


def turned(cell: Cell) -> Cell:
    """The cell where it stands in the turned grid."""
    return cell._replace(row=cell.column, column=cell.row, row_span=cell.column_span, column_span=cell.row_span)


def _place(cell: Cell) -> tuple[int, int]:
    return cell.row, cell.column
