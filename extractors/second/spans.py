"""Rows of spanning cells -> a grid, by a map of the positions that are taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

from extractors.limits import Limits
from form.errors import DocumentError
from form.grid import Cell, Grid


@dataclass(frozen=True, slots=True)
class Spanning:
    """One cell as marked up; `high` 0 reaches to the end of the table."""

    text: str
    wide: int = 1
    high: int = 1


def spread(rows: Sequence[Iterable[Spanning]], limits: Limits) -> Grid:
    """The grid that the rows form. Raises `DocumentError` (too_complex) when over the limits."""
    if len(rows) > limits.max_rows:
        raise DocumentError("too_complex", f"{len(rows)} rows")
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    columns = 0
    for row, items in enumerate(rows):
        column = 0
        for item in items:
            while (row, column) in taken:
                column += 1
            high = min(item.high or len(rows), len(rows) - row)
            end = column + item.wide
            if end > limits.max_columns or len(taken) + high * item.wide > limits.max_cells:
                raise DocumentError("too_complex", f"a cell of {high} × {item.wide}")
            taken.update(product(range(row, row + high), range(column, end)))
            cells.append(Cell(row, column, item.text, high, item.wide))
            column, columns = end, max(columns, end)
    return Grid(tuple(cells), len(rows), columns)
