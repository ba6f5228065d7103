"""Prints made-up reports as PDF: the same tables, drawn in the ways that publishers' programs draw them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pylopdf_fonts_zh_cn
from fpdf import FPDF

from form.grid import Cell, Document, Grid, Paragraph

SIZE = 8.0
LEADING = 10.0
#: room between a rule and the text, in points
PAD = 3.0
LEFT, TOP, RIGHT, BOTTOM = 50.0, 60.0, 545.0, 790.0

#: x0, y0, x1, y1, y downwards
Edge = tuple[float, float, float, float]
#: draws one rule
Pen = Callable[[FPDF, Edge], None]


def line(pdf: FPDF, edge: Edge) -> None:
    pdf.line(*edge)


def thick(pdf: FPDF, edge: Edge) -> None:
    pdf.set_line_width(3)
    pdf.line(*edge)


def fill(pdf: FPDF, edge: Edge) -> None:
    """Rules as filled boxes 0.5 points thick."""
    x0, y0, x1, y1 = edge
    pdf.set_fill_color(0, 0, 0)
    pdf.rect(x0 - 0.25, y0 - 0.25, x1 - x0 + 0.5, y1 - y0 + 0.5, style="F")


def dashed(pdf: FPDF, edge: Edge) -> None:
    pdf.set_dash_pattern(dash=3, gap=2)
    pdf.line(*edge)
    pdf.set_dash_pattern()


def dashes(pdf: FPDF, edge: Edge) -> None:
    """Each dash is a line of its own."""
    x0, y0, x1, y1 = edge
    length = max(x1 - x0, y1 - y0)
    for at in [i * 5.0 for i in range(int(length / 5) + 1)]:
        to = min(at + 3.0, length)
        pdf.line(*((x0 + at, y0, x0 + to, y0) if y0 == y1 else (x0, y0 + at, x0, y0 + to)))


def dots(pdf: FPDF, edge: Edge) -> None:
    x0, y0, x1, y1 = edge
    for at in range(0, int(max(x1 - x0, y1 - y0)) + 1, 3):
        x, y = (x0 + at, y0) if y0 == y1 else (x0, y0 + at)
        pdf.rect(x - 0.4, y - 0.4, 0.8, 0.8, style="F")


def double(pdf: FPDF, edge: Edge) -> None:
    x0, y0, x1, y1 = edge
    for by in (-0.9, 0.9):
        pdf.line(*((x0, y0 + by, x1, y1 + by) if y0 == y1 else (x0 + by, y0, x1 + by, y1)))


@dataclass(frozen=True)
class Look:
    """How tables are drawn and text is set."""

    pen: Pen = line
    #: 'long' rules across the table, 'unit' one a cell's side, 'boxes' each cell its own rectangle
    pieces: str = "long"
    #: white between neighbouring cells' boxes, in points; needs 'boxes'
    gap: float = 0.0
    #: which rules are left out: any of left, right, top, bottom, verticals, horizontals, or a test of an edge
    without: tuple[str, ...] = ()
    #: cells drawn by their background alone, in these greys in turn
    shades: tuple[int, ...] = ()
    align: str = "C"
    #: points between the characters
    spacing: float = 0.0
    #: rows of each table printed again at the top of each page
    repeat: int = 0
    #: the height of the page's body; less makes more page breaks
    bottom: float = BOTTOM
    size: float = SIZE


def widths_of(grid: Grid) -> list[float]:
    """Column widths: labels need room, figures little."""
    known = {4: (1.4, 1.0, 1.0, 1.2), 10: (0.5, 1.3, 3.2, *(1.0,) * 7), 15: (1.0,) * 15}
    shares = known.get(grid.columns, (2.5, *(1.0,) * (grid.columns - 1)))
    return [(RIGHT - LEFT) * share / sum(shares) for share in shares]


class Press:
    """Sets paragraphs and tables from the top down, page by page."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.pdf = FPDF(unit="pt", format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.add_font("han", fname=pylopdf_fonts_zh_cn.sans_path())
        self.pdf.set_font("han", size=look.size)
        if look.spacing:
            self.pdf.set_char_spacing(look.spacing)
        self.y = 0.0
        self.page()

    def page(self) -> None:
        self.pdf.add_page()
        self.y = TOP

    def paragraph(self, text: str) -> None:
        for row in self._wrapped(text, RIGHT - LEFT):
            if self.y + LEADING > self.look.bottom:
                self.page()
            self.y += LEADING * 1.4
            self.pdf.text(LEFT, self.y, row)
        self.y += 6

    def table(self, grid: Grid) -> None:
        """The grid, cut where a row does not fit the page."""
        widths = widths_of(grid)
        heights = self._heights(grid, widths)
        start = 0
        while start < grid.rows:
            head = self.look.repeat if start else 0
            room = self.look.bottom - self.y - sum(heights[:head])
            stop = start
            while stop < grid.rows and sum(heights[start : stop + 1]) <= room:
                stop += 1
            if stop > start:
                rows = [*range(head), *range(start, stop)]
                self._piece(_part(grid, rows), widths, [heights[r] for r in rows])
            if stop < grid.rows:
                self.page()
            start = stop
        self.y += 12

    def _heights(self, grid: Grid, widths: Sequence[float]) -> list[float]:
        heights = [LEADING + 2 * PAD] * grid.rows
        for cell in sorted(grid.cells, key=lambda c: c.row_span):
            wide = sum(widths[cell.column : cell.column + cell.column_span])
            need = LEADING * len(self._wrapped(cell.text, wide - 2 * PAD)) + 2 * PAD
            have = sum(heights[cell.row : cell.row + cell.row_span])
            heights[cell.row + cell.row_span - 1] += max(0.0, need - have)
        return heights

    def _wrapped(self, text: str, width: float) -> list[str]:
        rows = []
        for part in text.split("\n"):
            row = ""
            for character in part:
                if row and self.pdf.get_string_width(row + character) > width:
                    rows.append(row)
                    row = ""
                row += character
            rows.append(row)
        return rows

    def _piece(self, grid: Grid, widths: Sequence[float], heights: Sequence[float]) -> None:
        xs = [LEFT + sum(widths[:i]) for i in range(len(widths) + 1)]
        ys = [self.y + sum(heights[:i]) for i in range(len(heights) + 1)]
        boxes = [
            (cell, (xs[c.column], ys[c.row], xs[c.column + c.column_span], ys[c.row + c.row_span]))
            for cell in grid.cells
            for c in [cell]
        ]
        self._backgrounds([box for _, box in boxes])
        if not self.look.shades:
            self._rules([box for _, box in boxes], xs, ys)
        for cell, box in boxes:
            self._cell(cell, box)
        self.y = ys[-1]

    def _backgrounds(self, boxes: Sequence[Edge]) -> None:
        gap = self.look.gap / 2
        for number, (x0, y0, x1, y1) in enumerate(boxes):
            if self.look.shades:
                grey = self.look.shades[number % len(self.look.shades)]
                self.pdf.set_fill_color(grey, grey, grey)
                self.pdf.rect(x0 + gap, y0 + gap, x1 - x0 - 2 * gap, y1 - y0 - 2 * gap, style="F")

    def _rules(self, boxes: Sequence[Edge], xs: Sequence[float], ys: Sequence[float]) -> None:
        gap = self.look.gap / 2
        edges: set[Edge] = set()
        for x0, y0, x1, y1 in boxes:
            a, b, c, d = x0 + gap, y0 + gap, x1 - gap, y1 - gap
            if self.look.pieces == "boxes":
                for edge in ((a, b, c, b), (a, d, c, d), (a, b, a, d), (c, b, c, d)):
                    self._draw(edge, xs, ys)
            else:
                edges |= {(p, y, q, y) for y in (y0, y1) for p, q in pairwise(x for x in xs if x0 <= x <= x1)}
                edges |= {(x, p, x, q) for x in (x0, x1) for p, q in pairwise(y for y in ys if y0 <= y <= y1)}
        for edge in _joined(edges) if self.look.pieces == "long" else sorted(edges):
            self._draw(edge, xs, ys)

    def _draw(self, edge: Edge, xs: Sequence[float], ys: Sequence[float]) -> None:
        x0, y0, x1, _ = edge
        upright, gap = x0 == x1, self.look.gap / 2
        names = {
            "left": upright and x0 <= xs[0] + gap,
            "right": upright and x0 >= xs[-1] - gap,
            "top": not upright and y0 <= ys[0] + gap,
            "bottom": not upright and y0 >= ys[-1] - gap,
            "verticals": upright and xs[0] < x0 < xs[-1],
            "horizontals": not upright and ys[0] < y0 < ys[-1],
        }
        if not any(names[name] for name in self.look.without):
            self.look.pen(self.pdf, edge)

    def _cell(self, cell: Cell, box: Edge) -> None:
        x0, y0, x1, y1 = box
        rows = self._wrapped(cell.text, x1 - x0 - 2 * PAD)
        y = (y0 + y1) / 2 - LEADING * len(rows) / 2 + self.look.size
        for row in rows:
            spare = x1 - x0 - self.pdf.get_string_width(row)
            indent = {"C": spare / 2, "L": PAD, "R": spare - PAD}[self.look.align]
            if row:
                self.pdf.text(x0 + max(indent, 0.5), y, row)
            y += LEADING


def _joined(edges: set[Edge]) -> Iterator[Edge]:
    """Edges that follow one another as one."""
    for upright in (False, True):
        at, a, b = (0, 1, 3) if upright else (1, 0, 2)
        current: Edge | None = None
        for edge in sorted((e for e in edges if (e[0] == e[2]) is upright), key=lambda e: (e[at], e[a])):
            if current and current[at] == edge[at] and current[b] == edge[a]:
                current = (current[0], current[1], edge[2], edge[3])
            else:
                if current:
                    yield current
                current = edge
        if current:
            yield current


def _part(grid: Grid, rows: Sequence[int]) -> Grid:
    """Some rows of a grid; a cell cut by a page prints its text on the first piece alone."""
    place = {row: index for index, row in reversed(list(enumerate(rows)))}
    cells = []
    for cell in grid.cells:
        inside = [place[r] for r in range(cell.row, cell.row + cell.row_span) if r in place]
        if inside:
            text = cell.text if cell.row in place else ""
            cells.append(cell._replace(row=min(inside), row_span=len(inside), text=text))
    return Grid(tuple(cells), len(rows), grid.columns)


def press(document: Document, look: Look | None = None) -> bytes:
    """A document of paragraphs and grids as PDF."""
    made = Press(look or Look())
    for block in document.blocks:
        if isinstance(block, Paragraph):
            made.paragraph(block.text)
        else:
            made.table(block)
    return bytes(made.pdf.output())
