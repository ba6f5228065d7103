"""Grids: Camelot's Lattice parser, fed with the rules and runs that PDFium gave."""

# Camelot is typed in part only.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass
from typing import Any

from camelot.parsers.lattice import Lattice
from playa.miner import LTLine

from extractors.limits import Limits
from extractors.pdf.frame import Frame
from extractors.pdf.rules import Rules
from extractors.pdf.runs import Run, parted
from extractors.pdf.tracking import UNPRINTED, joined
from form.errors import DocumentError
from form.grid import Cell, Grid

#: Pairs of horizontal and vertical rules on a page; Camelot tries them all. Real pages have some 700.
MAX_CROSSINGS = 250_000

#: how sure a cell's text is that no rule parts from the next cell
LEAKING = 0.6
_OPEN = "与相邻单元格之间没有表格线"


class _Ruled(Lattice):
    """Lattice that keeps every ruled grid and takes no text from beside it.

    Stock Lattice drops grids that are nearly blank as noise; here a page of blank cells is a finding.
    It also takes in text up to two points outside a grid, which is then lost or in a wrong cell.
    """

    def __init__(self) -> None:
        super().__init__(engine="vector")
        self.outside: list[Run] = []

    def _reject_table(self, table: object) -> bool:
        return False

    def _document_has_no_text(self) -> bool:
        return False

    def record_parse_metadata(self, table: object) -> None:
        # Fills the cells. The scores and data frames that Camelot adds here are not used.
        self.compute_parse_errors(table)

    def _generate_table_bbox(self) -> None:
        super()._generate_table_bbox()
        self.horizontal_text, self.outside = parted(self.horizontal_text, list(self.table_bbox_parses))


@dataclass(frozen=True, slots=True)
class PageGrids:
    """The grids of a page from the top down, each with its upper edge, and what they left over."""

    grids: tuple[tuple[float, Grid], ...]
    outside: list[Run]
    lost: str


def lay_out(rules: Rules, runs: list[Run], number: int, frame: Frame, limits: Limits) -> PageGrids:
    """The grids that the rules of page `number` draw, filled with its runs; coordinates of `frame`.

    `lost` holds the characters inside a grid's frame that Camelot put into no cell (none, so far as
    is known). Raises `DocumentError` (too_complex).
    """
    if not rules.may_cross:
        return PageGrids((), runs, "")
    if len(rules.horizontal) * len(rules.vertical) > MAX_CROSSINGS:
        raise DocumentError("too_complex", f"page {number}: {len(rules.horizontal)} × {len(rules.vertical)} rules")
    parser = _Ruled()
    layout = [_line(*ends) for ends in (*rules.horizontal.tolist(), *rules.vertical.tolist())]
    parser.prepare_page_parse("", layout, frame.size, number, [], runs, [], "", {})
    with warnings.catch_warnings():
        # What does not lie in a column is found again by `_lost`.
        warnings.simplefilter("ignore")
        tables = parser.extract_tables()
    grids = tuple((table._bbox[3], _grid(table, number, limits)) for table in tables)
    return PageGrids(grids, parser.outside, _lost(parser.horizontal_text, grids))


def _line(x0: float, y0: float, x1: float, y1: float) -> LTLine:
    line = LTLine()
    line.set_bbox((x0, y0, x1, y1))
    line.stroke = True
    return line


def _grid(table: Any, number: int, limits: Limits) -> Grid:
    rows, columns = len(table.rows), len(table.cols)
    if rows > limits.max_rows or columns > limits.max_columns or rows * columns > limits.max_cells:
        raise DocumentError("too_complex", f"page {number}: a grid of {rows} × {columns}")
    taken = [[False] * columns for _ in range(rows)]
    cells = [
        _cell(table.cells, row, column, taken, number)
        for row in range(rows)
        for column in range(columns)
        if not taken[row][column]
    ]
    for index in _leaking(table.cells, cells):
        cells[index] = cells[index].doubted(LEAKING, _OPEN)
    return Grid(tuple(cells), rows, columns, number)


def _leaking(flags: list[list[Any]], cells: list[Cell]) -> set[int]:
    """The cells that no rule parts from the next: Camelot moves text through such gaps.

    Areas without a rule inside that are no rectangles fall into several cells here.
    """
    owner = {
        (row, column): index
        for index, cell in enumerate(cells)
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    }
    leaking: set[int] = set()
    for (row, column), index in owner.items():
        right, below = owner.get((row, column + 1), index), owner.get((row + 1, column), index)
        here = flags[row][column]
        if right != index and not (here.right or flags[row][column + 1].left):
            leaking |= {index, right}
        if below != index and not (here.bottom or flags[row + 1][column].top):
            leaking |= {index, below}
    return leaking


def _cell(cells: list[list[Any]], row: int, column: int, taken: list[list[bool]], number: int) -> Cell:
    """The cell that starts here: to the next rule on the right, then down as far as it is open."""
    right = column
    while right + 1 < len(taken[row]) and not cells[row][right].right and not taken[row][right + 1]:
        right += 1
    below = row
    while below + 1 < len(cells) and _open_below(cells, below, column, right, taken):
        below += 1
    parts = []
    for r in range(row, below + 1):
        parts += cells[r][column : right + 1]
        taken[r][column : right + 1] = [True] * (right + 1 - column)
    text, sure, doubt = joined("".join(part.text for part in parts))
    return Cell(
        row=row,
        column=column,
        text=text,
        row_span=below + 1 - row,
        column_span=right + 1 - column,
        page=number,
        bbox=(parts[0].x1, parts[-1].y1, parts[-1].x2, parts[0].y2),
        confidence=sure,
        doubt=doubt,
    )


def _open_below(cells: list[list[Any]], row: int, left: int, right: int, taken: list[list[bool]]) -> bool:
    if cells[row][left].bottom or any(cell.bottom for cell in cells[row][left + 1 : right + 1]):
        return False
    under = cells[row + 1]
    if any(taken[row + 1][left : right + 1]) or any(cell.right for cell in under[left:right]):
        return False
    return bool(under[left].left and under[right].right)


def _lost(held: list[Run], grids: tuple[tuple[float, Grid], ...]) -> str:
    read = Counter("".join(run.text for run in held))
    read.subtract("".join(cell.text for _, grid in grids for cell in grid.cells))
    return "".join(
        sorted(character * count for character, count in read.items() if count > 0 and character not in UNPRINTED)
    )
