"""What a reader makes of a document: paragraphs and grids, the same for every format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

#: x0, y0, x1, y1 in PDF points, origin at the bottom left of the page as shown.
BBox = tuple[float, float, float, float]


class Cell(NamedTuple):
    """One cell of a grid, at its top-left position; spans count rows and columns (>= 1).

    A page has hundreds: named tuples are made four times as fast as frozen dataclasses.

    `confidence` is how sure the reader is of `text`, in 0..1; `alternatives` are other texts that recognition saw in
    the same place, with their confidence, best first. `doubt` says why the reader is not sure, for auditors (Chinese,
    without digits), where it can tell.
    """

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    page: int | None = None
    bbox: BBox | None = None
    confidence: float = 1.0
    alternatives: tuple[tuple[str, float], ...] = ()
    doubt: str | None = None

    def doubted(self, confidence: float, why: str) -> Cell:
        """The cell at most so sure, for a further reason."""
        doubt = f"{self.doubt}；{why}" if self.doubt else why
        return self._replace(confidence=min(self.confidence, confidence), doubt=doubt)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as laid out: cells in row-major order, none for positions that a span covers.

    `page` counts from 1; None for formats without pages. A table that runs over pages arrives as
    one grid a page; joining them is `form.recognise`'s business.
    """

    cells: tuple[Cell, ...]
    rows: int
    columns: int
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text outside grids, white space as read; one a block or printed line."""

    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The blocks of a document in reading order, and what its container says of it.

    `metadata` may hold `title`, `publisher`, `published` (ISO date), `site`: facts from the page's own
    marks (`<title>`, meta, `<publishtime>`, PDF info), never guesses.
    """

    blocks: tuple[Paragraph | Grid, ...]
    media_type: str
    reader: str
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def grids(self) -> tuple[Grid, ...]:
        """The grids alone, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Grid))

    def says_the_same(self, other: Document) -> bool:
        """Whether another reading has the same blocks with the same texts in the same places, edges of space aside.

        White space within a line of text is no matter either, nor is how sure the readers are.
        """
        return len(self.blocks) == len(other.blocks) and all(map(_alike, self.blocks, other.blocks))


def _alike(one: Paragraph | Grid, other: Paragraph | Grid) -> bool:
    if isinstance(one, Paragraph):
        return isinstance(other, Paragraph) and one.page == other.page and one.text.split() == other.text.split()
    return isinstance(other, Grid) and _outline(one) == _outline(other)


def _outline(grid: Grid) -> tuple[object, ...]:
    cells = [(c.row, c.column, c.text.strip(), c.row_span, c.column_span, c.page, c.bbox) for c in grid.cells]
    return grid.page, grid.rows, grid.columns, cells
