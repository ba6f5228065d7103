"""Grids by stock Camelot: which rules form a table, and which of its cells are open to each other."""

# Camelot is typed in part only.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

from camelot.image_processing import find_lines_from_layout
from camelot.parsers.lattice import Lattice

from extractors.limits import Limits
from extractors.second.glyphs import Word, text_of
from form.errors import DocumentError
from form.grid import Cell, Grid

#: pairs of rules on a page, which Camelot tries all; real pages have some 700
MAX_CROSSINGS: Final = 20_000

#: in points: rules closer than this are one
_DOUBLE: Final = 4

Place = tuple[int, int]


class _Stock(Lattice):
    """Stock `vector`, asked for the grids alone: text is assigned here, and blank grids are kept."""

    def __init__(self) -> None:
        super().__init__(engine="vector", line_tol=_DOUBLE)

    def _document_has_no_text(self) -> bool:
        return False

    def _reject_table(self, table: object) -> bool:
        return False

    def record_parse_metadata(self, table: object) -> None:
        return


@dataclass(slots=True)
class Ruled:
    """One ruled table and the words that stand in it."""

    table: Any
    #: upper edges from the top down and left edges from the left, with the last edge, as rising numbers
    _downs: list[float] = field(init=False)
    _rights: list[float] = field(init=False)
    _words: dict[Place, list[Word]] = field(init=False)

    def __post_init__(self) -> None:
        rows, columns = self.table.rows, self.table.cols
        self._downs = [-rows[0][0], *(-bottom for _, bottom in rows)]
        self._rights = [columns[0][0], *(right for _, right in columns)]
        self._words = defaultdict(list)

    @property
    def top(self) -> float:
        """The upper edge in points."""
        return -self._downs[0]

    def take(self, word: Word) -> bool:
        """Take in a word whose middle lies in the table."""
        row, column = bisect_left(self._downs, -word.y) - 1, bisect_left(self._rights, word.x) - 1
        if not (0 <= row < len(self._downs) - 1 and 0 <= column < len(self._rights) - 1):
            return False
        self._words[row, column].append(word)
        return True

    def grid(self, page: int) -> Grid:
        """The table as a grid; open cells are joined where they form a rectangle."""
        cells = []
        for places in self._areas():
            (row, column), (last_row, last_column) = min(places), max(places)
            words = [word for place in places for word in self._words.get(place, ())]
            high, wide = last_row - row + 1, last_column - column + 1
            cells.append(Cell(row, column, text_of(words), high, wide, page))
        cells.sort(key=lambda cell: (cell.row, cell.column))
        return Grid(tuple(cells), len(self.table.rows), len(self.table.cols), page)

    def _areas(self) -> Iterable[list[Place]]:
        """The positions by area without a rule inside; an area that is no rectangle falls into its positions."""
        flags = self.table.cells
        height, width = len(self.table.rows), len(self.table.cols)
        root: dict[Place, Place] = {place: place for place in product(range(height), range(width))}

        def top_of(place: Place) -> Place:
            while root[place] != place:
                root[place] = root[root[place]]
                place = root[place]
            return place

        for row, column in list(root):
            here = flags[row][column]
            if column + 1 < width and not (here.right or flags[row][column + 1].left):
                root[top_of((row, column + 1))] = top_of((row, column))
            if row + 1 < height and not (here.bottom or flags[row + 1][column].top):
                root[top_of((row + 1, column))] = top_of((row, column))
        areas: dict[Place, list[Place]] = defaultdict(list)
        for place in list(root):
            areas[top_of(place)].append(place)
        for places in areas.values():
            (row, column), (last_row, last_column) = min(places), max(places)
            if len(places) == (last_row - row + 1) * (last_column - column + 1):
                yield places
            else:
                yield from ([place] for place in places)


def ruled_tables(drawn: Sequence[object], size: tuple[float, float], number: int, limits: Limits) -> list[Ruled]:
    """The tables that the drawn lines of page `number` form. Raises `DocumentError` (too_complex)."""
    across, up = (find_lines_from_layout(drawn, direction) for direction in ("horizontal", "vertical"))
    if len(across) * len(up) > MAX_CROSSINGS:
        raise DocumentError("too_complex", f"page {number}: {len(across)} × {len(up)} rules")
    if min(len(across), len(up)) < 2:
        return []
    parser = _Stock()
    parser.prepare_page_parse("", drawn, size, number, [], [], [], "", {})
    tables = parser.extract_tables()
    if sum(len(table.rows) * len(table.cols) for table in tables) > limits.max_cells:
        raise DocumentError("too_complex", f"page {number}: more than {limits.max_cells} cells")
    return [Ruled(table) for table in tables if table.rows and table.cols]
