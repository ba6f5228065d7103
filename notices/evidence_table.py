"""Rows of a table that has no paper (HTML, Word, spreadsheets), drawn as the document lays them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from PIL import Image, ImageDraw

from form.grid import Cell, Grid
from notices.evidence_page import draw_mark
from notices.evidence_text import GREY, height, shown, width, wrapped, write

_SIZE: Final = 17
_PAD: Final = 10
#: pixels of text that a column asks for before it wraps, and the least it is given
_WIDEST, _NARROWEST = 230, 26
#: pixels a table may be wide; it is squeezed to that
_ROOM: Final = 1400
#: characters of one cell that are drawn
_CELL_TEXT: Final = 160
_GAP: Final = 26
_RULE: Final = (82, 82, 91)

#: left, top, right, bottom in pixels
Spot = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Tag:
    """How a cell is marked: see `evidence_page.Mark`."""

    number: int | None = None
    main: bool = True


@dataclass(frozen=True, slots=True)
class _Box:
    """A cell as drawn: slots of columns and rows (first, one after the last), its text, where the grid has it."""

    across: tuple[int, int]
    down: tuple[int, int]
    text: str
    at: tuple[int, int]


def draw_rows(grid: Grid, rows: Sequence[int], tags: Mapping[tuple[int, int], Tag]) -> Image.Image:
    """The given rows of a grid, with dots where rows between them are left out.

    `tags` marks cells by row and column of their top left corner. Columns are as wide as their text needs,
    within bounds; text wraps.
    """
    picture, spots = _drawn(grid, sorted({row for row in rows if 0 <= row < grid.rows}))
    for at, spot in spots:
        if tag := tags.get(at):
            draw_mark(picture, spot, tag.number, tag.main)
    return picture


def draw_grid(grid: Grid) -> tuple[Image.Image, dict[tuple[int, int], Spot]]:
    """All rows of a grid, and where each cell stands in the picture, by row and column of its top left corner."""
    picture, spots = _drawn(grid, range(grid.rows))
    return picture, dict(spots)


def _drawn(grid: Grid, kept: Sequence[int]) -> tuple[Image.Image, list[tuple[tuple[int, int], Spot]]]:
    boxes = _boxes(grid, kept)
    if not boxes:
        return Image.new("RGB", (1, 1), (255, 255, 255)), []
    xs = _edges(_widths(boxes))
    heights = _heights(boxes, xs, len(kept))
    gaps = [_GAP if after - before > 1 else 0 for before, after in pairwise(kept)]
    tops, y = [], 1
    for number, tall in enumerate(heights):
        tops.append(y)
        y += tall + (gaps[number] if number < len(gaps) else 0)
    picture = Image.new("RGB", (xs[-1] + 2, y + 2), (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    spots = [(box.at, _draw(draw, box, xs, tops, heights)) for box in boxes]
    for number, gap in enumerate(gaps):
        if gap:
            _dots(draw, xs[-1], tops[number] + heights[number], gap)
    return picture, spots


def _boxes(grid: Grid, rows: Sequence[int]) -> list[_Box]:
    """The cells in the rows; one that is cut by a gap stands on both sides of it."""
    place = {row: number for number, row in enumerate(rows)}
    parts: list[tuple[Cell, tuple[int, int]]] = []
    for cell in grid.cells:
        covered = [row for row in rows if cell.row <= row < cell.row + cell.row_span]
        start = 0
        for index in range(1, len(covered) + 1):
            if index == len(covered) or covered[index] - covered[index - 1] > 1:
                parts.append((cell, (place[covered[start]], place[covered[index - 1]] + 1)))
                start = index
    starts = sorted({edge for cell, _ in parts for edge in (cell.column, cell.column + cell.column_span)})
    slot = {edge: number for number, edge in enumerate(starts)}
    return [
        _Box(
            (slot[cell.column], slot[cell.column + cell.column_span]),
            down,
            _text(cell.text),
            (cell.row, cell.column),
        )
        for cell, down in parts
    ]


def _text(text: str) -> str:
    bare = shown(text)
    return bare if len(bare) <= _CELL_TEXT else f"{bare[: _CELL_TEXT - 1]}…"


def _widths(boxes: Sequence[_Box]) -> list[float]:
    """Pixels for each slot of columns: narrow cells first, then what spanning cells still need, shared out."""
    widths = [float(_NARROWEST)] * max(box.across[1] for box in boxes)
    for box in sorted(boxes, key=lambda b: (b.across[1] - b.across[0], b.across)):
        first, stop = box.across
        # A spanning cell may wrap; a cell of one column asks for its text on one line.
        share = 1 if stop - first == 1 else 2
        needed = min(width(box.text, _SIZE), _WIDEST) / share + 2 * _PAD
        lacking = needed - sum(widths[first:stop])
        if lacking > 0:
            for column in range(first, stop):
                widths[column] += lacking / (stop - first)
    squeeze = min(1.0, _ROOM / sum(widths))
    return [value * squeeze for value in widths]


def _edges(widths: Sequence[float]) -> list[int]:
    edges, x = [1], 1.0
    for value in widths:
        x += value
        edges.append(round(x))
    return edges


def _heights(boxes: Sequence[_Box], xs: Sequence[int], rows: int) -> list[int]:
    heights = [height(_SIZE) + 2 * _PAD] * rows
    for box in sorted(boxes, key=lambda b: (b.down[1] - b.down[0], b.down)):
        first, stop = box.down
        lacking = len(_lines(box, xs)) * height(_SIZE) + 2 * _PAD - sum(heights[first:stop])
        if lacking > 0:
            heights[stop - 1] += lacking
    return heights


def _lines(box: _Box, xs: Sequence[int]) -> list[str]:
    return wrapped(box.text, _SIZE, xs[box.across[1]] - xs[box.across[0]] - 2 * _PAD)


def _draw(
    draw: ImageDraw.ImageDraw, box: _Box, xs: Sequence[int], tops: Sequence[int], heights: Sequence[int]
) -> Spot:
    left, right = xs[box.across[0]], xs[box.across[1]]
    top, bottom = tops[box.down[0]], tops[box.down[1] - 1] + heights[box.down[1] - 1]
    draw.rectangle((left, top, right, bottom), outline=_RULE, width=1)
    lines = _lines(box, xs)
    y = (top + bottom - len(lines) * height(_SIZE)) // 2
    for line in lines:
        write(draw, ((left + right - width(line, _SIZE)) // 2, y), line, _SIZE)
        y += height(_SIZE)
    return left, top, right, bottom


def _dots(draw: ImageDraw.ImageDraw, right: int, top: int, gap: int) -> None:
    write(draw, (right // 2 - width("⋯", _SIZE) // 2, top + (gap - height(_SIZE)) // 2), "⋯", _SIZE, GREY)
