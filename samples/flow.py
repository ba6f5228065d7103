"""Tables and paragraphs over pages: where each line of text and each border goes, in points from the top left.

Like the office programs publishers use, it breaks a table between rows or within one, repeats no header,
and cuts the text of a cell that runs over the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from samples.tables import Slot, Table

PAGE_WIDTH: Final = 595.28
PAGE_HEIGHT: Final = 841.89
#: Marks that may stand beyond the end of a line rather than begin the next.
_HANGING: Final = "，。、；："


@dataclass(frozen=True, slots=True)
class Look:
    """Measures of a layout, in points; `cut_rows` lets a page end within a row."""

    margin: float
    body: float
    cell: float
    padding: float
    cut_rows: bool
    upright_results: bool
    bars: bool
    number: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text with its baseline's start."""

    x: float
    y: float
    size: float
    text: str


@dataclass(frozen=True, slots=True)
class Box:
    """The border of a cell, or of the part of it on one page."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(slots=True)
class Sheet:
    """One page's worth of lines and boxes."""

    lines: list[Line] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Placed:
    slot: Slot
    row: int
    x0: float
    x1: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A row, or the part of it on one page."""

    row: int
    sheet: int
    top: float
    bottom: float


class Flow:
    """Pages that fill from the top; `width` measures a character at size 1."""

    def __init__(self, look: Look, width: Callable[[str], float]) -> None:
        self.look = look
        self.sheets = [Sheet()]
        self._width = width
        self._y = look.margin

    def paragraph(self, text: str, size: float, indent: float = 2.0, align: float = 0.0) -> None:
        """Text over the whole width, `indent` in characters; `align` 0 left, 0.5 centre, 1 right."""
        room = PAGE_WIDTH - 2 * self.look.margin
        for number, line in enumerate(self._wrap(text, size, room, indent * size)):
            if self._y + size * 1.8 > self._bottom:
                self._turn()
            start = indent * size if number == 0 else 0.0
            slack = (room - start - self._measure(line, size)) * align
            baseline = self._y + size * 1.25
            self.sheets[-1].lines.append(Line(self.look.margin + start + slack, baseline, size, line))
            self._y += size * 1.8

    def table(self, table: Table) -> None:
        """A ruled table, broken over pages where it must."""
        placed = list(self._place(table))
        pieces = list(self._break(self._heights(table, placed), placed))
        for cell in placed:
            own = [piece for piece in pieces if cell.row <= piece.row < cell.row + cell.slot.rows]
            self._draw(cell, own)
        self._y += self.look.body

    def number_pages(self) -> None:
        """Prints the page number at the foot of each page."""
        for index, sheet in enumerate(self.sheets, start=1):
            text = self.look.number.format(index)
            x = (PAGE_WIDTH - self._measure(text, 9)) / 2
            sheet.lines.append(Line(x, PAGE_HEIGHT - self.look.margin / 2, 9, text))

    @property
    def _bottom(self) -> float:
        return PAGE_HEIGHT - self.look.margin

    def _turn(self) -> None:
        self.sheets.append(Sheet())
        self._y = self.look.margin

    def _measure(self, text: str, size: float) -> float:
        return sum(map(self._width, text)) * size

    def _wrap(self, text: str, size: float, room: float, indent: float = 0.0) -> Iterator[str]:
        line, used = "", indent
        for character in text:
            step = self._width(character) * size
            if line and used + step > room and character not in _HANGING:
                yield line
                line, used = "", 0.0
            line, used = line + character, used + step
        yield line

    def _place(self, table: Table) -> Iterator[_Placed]:
        room = PAGE_WIDTH - 2 * self.look.margin
        edges = [self.look.margin]
        for width in table.widths:
            edges.append(edges[-1] + room * width / sum(table.widths))
        taken: set[tuple[int, int]] = set()
        for row, slots in enumerate(table.rows):
            column = 0
            for slot in slots:
                while (row, column) in taken:
                    column += 1
                last = column + slot.columns
                taken |= {(row + down, c) for down in range(slot.rows) for c in range(column, last)}
                yield self._cell(slot, row, edges[column], edges[last])
                column = last

    def _cell(self, slot: Slot, row: int, x0: float, x1: float) -> _Placed:
        upright = self.look.upright_results and slot.rows > 10
        room = 0.0 if upright else x1 - x0 - 2 * self.look.padding
        return _Placed(slot, row, x0, x1, tuple(self._wrap(slot.text, self.look.cell, room)))

    @property
    def _leading(self) -> float:
        return self.look.cell * 1.35

    def _heights(self, table: Table, placed: list[_Placed]) -> list[float]:
        """Row heights: cells of one row first, then cells over several push their last row down."""
        heights = [0.0] * len(table.rows)
        for cell in sorted(placed, key=lambda cell: cell.slot.rows):
            rows = range(cell.row, cell.row + cell.slot.rows)
            need = len(cell.lines) * self._leading + 2 * self.look.padding
            heights[rows[-1]] += max(0.0, need - sum(heights[row] for row in rows))
        return heights

    def _break(self, heights: list[float], placed: list[_Placed]) -> Iterator[_Piece]:
        lines = [1] * len(heights)
        for cell in placed:
            if cell.slot.rows == 1:
                lines[cell.row] = max(lines[cell.row], len(cell.lines))
        for row, height in enumerate(heights):
            left = height
            if self._y + height > self._bottom:
                fitting = int((self._bottom - self._y - self.look.padding) / self._leading)
                if self.look.cut_rows and 0 < fitting < lines[row]:
                    part = self.look.padding + fitting * self._leading
                    yield _Piece(row, len(self.sheets) - 1, self._y, self._y + part)
                    left -= part
                self._turn()
            yield _Piece(row, len(self.sheets) - 1, self._y, self._y + left)
            self._y += left

    def _draw(self, cell: _Placed, pieces: list[_Piece]) -> None:
        """Centres the lines of a cell in its height over all pages; a line at an edge moves to the next page."""
        offset = (sum(p.bottom - p.top for p in pieces) - len(cell.lines) * self._leading) / 2
        spots: dict[int, tuple[float, float]] = {}
        for piece in pieces:
            top, _ = spots.get(piece.sheet, (piece.top, 0.0))
            spots[piece.sheet] = (top, piece.bottom)
        for sheet, (top, bottom) in spots.items():
            self.sheets[sheet].boxes.append(Box(cell.x0, top, cell.x1, bottom))
        parts = list(spots.items())
        for text in cell.lines:
            while len(parts) > 1 and offset + self._leading > parts[0][1][1] - parts[0][1][0] + 0.01:
                _, (top, bottom) = parts.pop(0)
                offset = max(0.0, offset - (bottom - top))
            sheet, (top, _) = parts[0]
            x = (cell.x0 + cell.x1 - self._measure(text, self.look.cell)) / 2
            baseline = top + offset + self.look.cell * 1.05
            self.sheets[sheet].lines.append(Line(x, baseline, self.look.cell, text))
            offset += self._leading
