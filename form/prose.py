"""The text of a report outside its statutory tables, line by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from form.gathering import Gathered
from form.grid import Cell, Document, Grid
from form.lines import is_figure, line_of

_PAGE_NUMBER: Final = re.compile(r"^\s*[-—–·.]*\s*第?\s*\d{1,3}\s*页?\s*[-—–·.]*\s*$")


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: the index of its block, whether a statutory table, its page."""

    text: str
    block: int
    page: int | None = None
    table: bool = False


def prose(document: Document, gathered: Gathered) -> list[Text]:
    """The paragraphs of a report in order, with an empty line marked `table` where a statutory one stands.

    Other tables give one line a row; in the statutory ones only rows of one text cell count.
    """
    statutory = set(gathered.grids())
    found: list[Text] = []
    for index in range(gathered.first, gathered.stop):
        block = document.blocks[index]
        if isinstance(block, Grid):
            found += _of_grid(block, index, index in statutory)
            continue
        for line in block.text.splitlines():
            if line.strip() and not _PAGE_NUMBER.match(line):
                found.append(Text(line.strip(), index, block.page))
    return found


def _of_grid(grid: Grid, index: int, statutory: bool) -> list[Text]:
    rows: dict[int, list[Cell]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append(cell)
    if not statutory:
        texts = ([" ".join(c.text.split()) for c in cells if c.text.strip()] for _, cells in sorted(rows.items()))
        return [Text(" ".join(parts), index, grid.page) for parts in texts if parts]
    found: list[Text] = []
    for _, cells in sorted(rows.items()):
        alone = _alone(cells, index)
        if alone:
            found += [Text(t.strip(), index, grid.page) for t in alone.splitlines() if t.strip()]
        elif not found or not found[-1].table:
            found.append(Text("", index, grid.page, table=True))
    return found


def _alone(cells: Sequence[Cell], index: int) -> str | None:
    """The text of a row of one text cell that is no row of the form; None for any other row."""
    filled = [c.text for c in cells if c.text.strip()]
    if len(filled) != 1 or is_figure(filled[0]):
        return None
    row = sorted(cells, key=lambda cell: cell.column)
    return filled[0] if line_of(index, row).role in ("other", "noise") else None
