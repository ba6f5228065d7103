"""Peers' tables as `form.grid` grids, recognised by gouji's own recogniser: only the reading differs.

No peer knows the statutory form. Each is given this help: spans are worked out from the cells' places, and
gouji finds rows and columns by their labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.accuracy.answers import Answer, found
from benchmarks.accuracy.readers.base import Breaks
from form.errors import DocumentError
from form.grid import Cell, Document, Grid
from form.recognise import read_reports

#: left, top, right, bottom (downwards) and text of a cell
Placed = tuple[float, float, float, float, str]
#: page number from 1 and the cells of one table on it
Table = tuple[int, Sequence[Placed]]


class Peer:
    """A reader made of a function from a file to tables."""

    def __init__(self, tables: Callable[[Path], Iterable[Table]]) -> None:
        self._tables = tables

    def read(self, path: Path) -> Answer:
        """The reports that gouji recognises in the peer's tables."""
        grids = tuple(grid_of(cells, page) for page, cells in self._tables(path) if cells)
        try:
            reports = read_reports(Document(grids, "application/pdf", "peer"))
        except DocumentError as error:
            return Answer(error=str(error))
        return Answer(tuple(found(report, stated=False) for report in reports))

    def breaks(self) -> Breaks | None:
        """Peers know no rules."""
        return None


def grid_of(cells: Sequence[Placed], page: int, tolerance: float = 3.0) -> Grid:
    """Cells by their places -> rows, columns and spans; edges within `tolerance` are one."""
    columns = _edges([c[0] for c in cells] + [c[2] for c in cells], tolerance)
    rows = _edges([c[1] for c in cells] + [c[3] for c in cells], tolerance)
    placed: dict[tuple[int, int], Cell] = {}
    for x0, y0, x1, y1, text in cells:
        left, right = _at(columns, x0), _at(columns, x1)
        top, bottom = _at(rows, y0), _at(rows, y1)
        cell = Cell(top, left, text, max(1, bottom - top), max(1, right - left), page=page)
        placed.setdefault((top, left), cell)
    ordered = tuple(placed[place] for place in sorted(placed))
    return Grid(ordered, max(len(rows) - 1, 1), max(len(columns) - 1, 1), page)


def _edges(values: Iterable[float], tolerance: float) -> list[float]:
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > tolerance:
            edges.append(value)
    return edges


def _at(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - value))
