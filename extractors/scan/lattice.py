"""Grids: Camelot's raster engine on the upright canvas; their cells are empty still."""

# Camelot is typed in part only.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from camelot.parsers.lattice import Lattice

from extractors.limits import Limits
from extractors.scan.canvas import Canvas, Gray
from form.errors import DocumentError

#: A rule is at least one part in so many of the page's side: 5 mm across, 7 mm upright on A4.
_LINE_SCALE: Final = 42
#: Crossings closer than this (points) are one.
_TOLERANCE: Final = 3
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
    """Lattice that keeps nearly blank grids and makes no data frames."""

    def __init__(self, gray: Gray) -> None:
        super().__init__(engine="raster", line_scale=_LINE_SCALE, line_tol=_TOLERANCE, joint_tol=_TOLERANCE)
        self.icb: Any = _Shown(np.asarray(cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), np.uint8))

    def _reject_table(self, table: object) -> bool:
        return False

    def _document_has_no_text(self) -> bool:
        return False

    def record_parse_metadata(self, table: object) -> None:
        return

    def _detect_line_masks(self, regions: Any, image_scalers: Any, engine: str) -> Any:
        found = super()._detect_line_masks(regions, image_scalers, engine)
        if max(len(found[2]), len(found[3])) > _MAX_SEGMENTS:
            raise DocumentError("too_complex", f"page {self.page}: {len(found[2])} × {len(found[3])} rules")
        return found


def find_grids(canvas: Canvas, number: int, limits: Limits) -> list[Ruled]:
    """The ruled grids of page `number` from the top down. Raises `DocumentError` (too_complex)."""
    parser = _Raster(canvas.gray)
    parser.prepare_page_parse("", [], canvas.size, number, [], [], [], "", {})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tables = parser.extract_tables()
    grids = [_ruled(table, number, canvas, limits) for table in tables]
    return sorted(grids, key=lambda grid: grid.box[1])


def _ruled(table: Any, number: int, canvas: Canvas, limits: Limits) -> Ruled:
    rows, columns = len(table.rows), len(table.cols)
    if rows > limits.max_rows or columns > limits.max_columns or rows * columns > limits.max_cells:
        raise DocumentError("too_complex", f"page {number}: a grid of {rows} × {columns}")
    taken = [[False] * columns for _ in range(rows)]
    height = canvas.size[1]
    places = tuple(
        _place(table.cells, row, column, taken, (canvas.scale, height))
        for row in range(rows)
        for column in range(columns)
        if not taken[row][column]
    )
    x0, y0, x1, y1 = table._bbox
    scale = canvas.scale
    return Ruled(places, rows, columns, (x0 * scale, (height - y1) * scale, x1 * scale, (height - y0) * scale))


def _place(
    cells: list[list[Any]], row: int, column: int, taken: list[list[bool]], sheet: tuple[float, float]
) -> Place:
    """The cell that starts here: to the next rule on the right, then down as far as it is open."""
    right = column
    while right + 1 < len(taken[row]) and not cells[row][right].right and not taken[row][right + 1]:
        right += 1
    below = row
    while below + 1 < len(cells) and _open_below(cells, below, column, right, taken):
        below += 1
    for r in range(row, below + 1):
        taken[r][column : right + 1] = [True] * (right + 1 - column)
    first, last = cells[row][column], cells[below][right]
    scale, height = sheet
    box = (first.x1 * scale, (height - first.y2) * scale, last.x2 * scale, (height - last.y1) * scale)
    return Place(row, column, below + 1 - row, right + 1 - column, box)


def _open_below(cells: list[list[Any]], row: int, left: int, right: int, taken: list[list[bool]]) -> bool:
    if cells[row][left].bottom or any(cell.bottom for cell in cells[row][left + 1 : right + 1]):
        return False
    under = cells[row + 1]
    if any(taken[row + 1][left : right + 1]) or any(cell.right for cell in under[left:right]):
        return False
    return bool(under[left].left and under[right].right)
