"""Grids: Camelot's raster engine on the upright canvas; their cells are empty still."""

# Camelot is typed in part only.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from camelot.image_processing import extract_lines_from_contours
from camelot.parsers.lattice import Lattice

from extractors.limits import Limits
from extractors.scan.canvas import Canvas, Floats, Gray, turned
from extractors.scan.rules import rules_of
from form.errors import DocumentError

#: Rules are looked for on a smaller sheet: it takes a third of the time.
_COARSE: Final = 0.8
#: Crossings closer than this (points) are one.
_TOLERANCE: Final = 3
#: A rule parts two cells if it covers so much of the border between them.
_PARTED: Final = 0.5
#: Segments in each direction; Camelot tries all pairs. Real pages have some 700 pairs.
_MAX_SEGMENTS: Final = 1_500

#: x0, y0, x1, y1 in pixels of the canvas, origin at the top left
PixelBox = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """One cell of a grid without its text."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: PixelBox


@dataclass(frozen=True, slots=True)
class Ruled:
    """A grid as ruled."""

    places: tuple[Place, ...]
    rows: int
    columns: int
    box: PixelBox


@dataclass(frozen=True, slots=True)
class _Shown:
    """What Camelot takes for its converter from PDF pages to images."""

    image: npt.NDArray[np.uint8]

    def to_array(self, file: str, page: int) -> npt.NDArray[np.uint8]:
        return self.image


class _Raster(Lattice):
    """Lattice that takes its rules from `rules_of`, keeps nearly blank grids and makes no data frames."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(engine="raster", threshold_blocksize=3, line_tol=_TOLERANCE, joint_tol=_TOLERANCE)
        gray = cv2.resize(canvas.gray, None, fx=_COARSE, fy=_COARSE, interpolation=cv2.INTER_AREA)
        self.scale = canvas.scale * _COARSE
        self.masks = rules_of(np.asarray(gray, np.uint8), self.scale)
        self.icb: Any = _Shown(np.full((*gray.shape, 3), 255, np.uint8))

    def _reject_table(self, table: object) -> bool:
        return False

    def _document_has_no_text(self) -> bool:
        return False

    def record_parse_metadata(self, table: object) -> None:
        return

    def _detect_line_masks(self, regions: Any, image_scalers: Any, engine: str) -> Any:
        across, upright = self.masks
        rows, columns = _segments(across, "horizontal"), _segments(upright, "vertical")
        if max(len(rows), len(columns)) > _MAX_SEGMENTS:
            raise DocumentError("too_complex", f"page {self.page}: {len(rows)} × {len(columns)} rules")
        return upright, across, columns, rows


def _segments(mask: Gray, direction: str) -> Any:
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return extract_lines_from_contours(contours, direction)


def find_grids(canvas: Canvas, number: int, limits: Limits) -> list[Ruled]:
    """The ruled grids of page `number` from the top down. Raises `DocumentError` (too_complex)."""
    parser = _Raster(canvas)
    parser.prepare_page_parse("", [], canvas.size, number, [], [], [], "", {})
    tables = parser.extract_tables()
    grids = [_ruled(t, number, canvas, parser, limits) for t in tables if t.rows and t.cols]
    return sorted(grids, key=lambda grid: grid.box[1])


def _ruled(table: Any, number: int, canvas: Canvas, parser: _Raster, limits: Limits) -> Ruled:
    rows, columns = len(table.rows), len(table.cols)
    if rows > limits.max_rows or columns > limits.max_columns or rows * columns > limits.max_cells:
        raise DocumentError("too_complex", f"page {number}: a grid of {rows} × {columns}")
    height = canvas.size[1]
    ys = np.array([height - y for y in (table.rows[0][0], *(row[1] for row in table.rows))])
    xs = np.array([table.cols[0][0], *(column[1] for column in table.cols)])
    across, upright = parser.masks
    scale = parser.scale
    below = _walls(across, ys * scale, xs * scale, round(_TOLERANCE * scale))
    right = _walls(turned(upright), xs * scale, ys * scale, round(_TOLERANCE * scale)).T
    # A rule's place is the middle of its pixels, not their first edge.
    half = 0.5 / scale
    edges = ((ys + half) * canvas.scale).tolist(), ((xs + half) * canvas.scale).tolist()
    box = (edges[1][0], edges[0][0], edges[1][-1], edges[0][-1])
    return Ruled(tuple(_places(below, right, *edges)), rows, columns, box)


def _walls(mask: Gray, lines: Floats, ends: Floats, reach: int) -> npt.NDArray[np.bool_]:
    """Whether a rule parts a cell from the next one: `[i, j]` on line i + 1, between ends j and j + 1."""
    walls = np.zeros((len(lines) - 1, len(ends) - 1), np.bool_)
    for i, line in enumerate(lines[1:].tolist()):
        inked = mask[max(round(line) - reach, 0) : round(line) + reach + 1].max(axis=0) > 0
        for j, (start, end) in enumerate(pairwise(ends.tolist())):
            part = inked[max(round(start), 0) : max(round(end), 0)]
            walls[i, j] = len(part) > 0 and part.mean() >= _PARTED
    return walls


def _places(
    below: npt.NDArray[np.bool_], right: npt.NDArray[np.bool_], ys: list[float], xs: list[float]
) -> Iterator[Place]:
    """The cells: each goes to the next rule on its right, then down as far as it is open."""
    rows, columns = below.shape
    taken = np.zeros((rows, columns), np.bool_)
    for row, first in np.ndindex(rows, columns):
        if taken[row, first]:
            continue
        last = first
        while last + 1 < columns and not right[row, last] and not taken[row, last + 1]:
            last += 1
        wide = slice(first, last + 1)
        end = row
        while end + 1 < rows and not below[end, wide].any() and not taken[end + 1, wide].any():
            closed = (first == 0 or right[end + 1, first - 1]) and (last + 1 == columns or right[end + 1, last])
            if right[end + 1, first:last].any() or not closed:
                break
            end += 1
        taken[row : end + 1, wide] = True
        box = (xs[first], ys[row], xs[last + 1], ys[end + 1])
        yield Place(row, first, end + 1 - row, last + 1 - first, box)
