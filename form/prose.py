"""The text of a report outside its statutory tables, line by line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from form.gathering import Gathered
from form.grid import Document, Grid
from form.lines import is_figure, lines_of

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
    rows = lines_of(grid, index) if statutory else None
    if rows is None:
        texts: dict[int, list[str]] = {}
        for cell in grid.cells:
            if cell.text.strip():
                texts.setdefault(cell.row, []).append(" ".join(cell.text.split()))
        return [Text(" ".join(parts), index, grid.page) for _, parts in sorted(texts.items())]
    found = []
    for line in rows:
        filled = [c.text for c in line.cells if c.text.strip()]
        if line.role in ("other", "noise") and len(filled) == 1 and not is_figure(filled[0]):
            found += [Text(t.strip(), index, grid.page) for t in filled[0].splitlines() if t.strip()]
        elif not found or not found[-1].table:
            found.append(Text("", index, grid.page, table=True))
    return found
