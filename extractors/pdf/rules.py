"""Ruled lines of a page: strokes and thin fills of its paths, inside form XObjects too, dashes merged."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pypdfium2.raw as pdfium

from extractors.pdf import native
from extractors.pdf.frame import Frame, Matrix, multiply
from extractors.pdf.mending import mended
from extractors.pdf.native import Floats, Integers
from extractors.pdf.painted import Painted
from form.errors import DocumentError
from form.grid import BBox

#: Objects and path segments of a whole document; real reports stay below 10,000.
MAX_OBJECTS = 500_000
#: PDFium itself stops somewhat deeper.
MAX_DEPTH = 16
#: A filled box up to this thick (points) is a rule; a thicker one is a background.
_THICK = 5.0
#: A line off the axis by more than this (points) is no rule.
_SLANT = 0.5
#: Pieces this close (points) are one rule, and dashes (pieces up to `_DASH` long) this close.
_TOUCH, _GAP, _DASH = 2.0, 6.0, 9.0
#: A filled box of this size is a dot of a rule in either direction.
_DOT = 2.0
#: Rules this close side by side are a double rule; no cell is that narrow.
_DOUBLE = 3.5
#: What is shorter after merging bounds no cell.
_SHORT = 5.0

_SAME: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

#: x0, y0, x1, y1 and the thickness of a fill; strokes meet at their middle, whatever their width
Segment = tuple[float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Rules:
    """Rows of x0, y0, x1, y1 in points; the constant coordinate is the same at both ends.

    `across` are the pieces that horizontal rules were made of, as drawn: segments, those too short for a rule too.
    `slanted` are those along neither axis, which are no rules.
    """

    horizontal: Floats
    vertical: Floats
    across: Floats
    slanted: Floats

    @property
    def may_cross(self) -> bool:
        """Whether a grid is possible: a row of two cells takes two rules one way and three the other."""
        fewer, more = sorted((len(self.horizontal), len(self.vertical)))
        return fewer >= 2 and more >= 3


@dataclass(frozen=True, slots=True)
class Drawing:
    """The rules of a page, the pieces they were made of, filled boxes too large for rules, and pictures.

    `unseen` are the handles of text objects that are not painted, as recognition puts them over a scan. `texts` are
    all of them in the order of painting, and `painted` what may hide them.
    """

    rules: Rules
    pieces: list[Segment]
    areas: list[BBox]
    pictures: list[BBox]
    frame: Frame
    unseen: frozenset[int] = frozenset()
    texts: Sequence[int] = ()
    painted: Sequence[Painted] = ()

    @property
    def pictured(self) -> float:
        """The share of the page that its largest picture covers."""
        width, height = self.frame.size
        sizes = [max(0.0, min(x1, width) - max(x0, 0)) * max(0.0, min(y1, height) - max(y0, 0))
                 for x0, y0, x1, y1 in self.pictures]  # fmt: skip
        return max(sizes, default=0.0) / (width * height)

    def with_areas(self, covered: Sequence[BBox]) -> Rules:
        """Rules as the edges of backgrounds have them too, outside the parts that are `covered`."""
        width, height = self.frame.size
        areas = [a for a in self.areas if a[2] - a[0] < 0.9 * width or a[3] - a[1] < 0.9 * height]
        edges = [
            (*ends, 0.0)
            for x0, y0, x1, y1 in areas
            for ends in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))
        ]
        return merge([s for s in (*self.pieces, *edges) if not _within(s, covered)], self.frame)


@dataclass(slots=True)
class RuleReader:
    """Reads the rules of a document's pages and counts what that costs."""

    spent: int = 0
    images: int = 0
    _areas: list[BBox] = field(default_factory=list)
    _pictures: list[BBox] = field(default_factory=list)
    _texts: list[int] = field(default_factory=list)
    _painted: list[Painted] = field(default_factory=list)
    _matrix: pdfium.FS_MATRIX = field(default_factory=pdfium.FS_MATRIX)
    _floats: ctypes.Array[ctypes.c_float] = field(default_factory=ctypes.c_float * 4)
    _ints: ctypes.Array[ctypes.c_int] = field(default_factory=ctypes.c_int * 2)

    def read(self, page: int, upright: Frame) -> Drawing:
        """What is drawn on a page, in the frame `upright`. Raises `DocumentError` (too_complex)."""
        self._areas, self._pictures, self._texts, self._painted = [], [], [], []
        segments = list(self._objects(native.page_objects(page), upright.matrix, 0))
        rules = merge(segments, upright)
        seen = self._unseen(), self._texts, self._painted
        return Drawing(rules, segments, self._areas, self._pictures, upright, *seen)

    def _unseen(self) -> frozenset[int]:
        modes = list(map(native.text_mode, self._texts))
        if pdfium.FPDF_TEXTRENDERMODE_INVISIBLE not in modes:
            return frozenset()
        unseen = pdfium.FPDF_TEXTRENDERMODE_INVISIBLE
        return frozenset(text for text, mode in zip(self._texts, modes, strict=True) if mode == unseen)

    def _objects(self, objects: native.Objects, outer: Matrix, depth: int) -> Iterator[Segment]:
        count, listed = objects
        self._spend(count)
        if depth > MAX_DEPTH:
            raise DocumentError("too_complex", f"form objects nested deeper than {MAX_DEPTH}")
        handles = listed()
        for handle, kind in zip(handles, map(native.object_type, handles), strict=True):
            if kind == pdfium.FPDF_PAGEOBJ_TEXT:
                self._texts.append(handle)
            elif kind == pdfium.FPDF_PAGEOBJ_PATH:
                yield from self._path(handle, outer)
            elif kind == pdfium.FPDF_PAGEOBJ_FORM:
                inner = multiply(self._object_matrix(handle), outer)
                yield from self._objects(native.form_objects(handle), inner, depth + 1)
            elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
                self.images += 1
                self._pictures.append(_turned(self._bounds(handle), outer))
                self._painted.append(Painted(handle, len(self._texts), self._pictures[-1], outer, picture=True))

    def _spend(self, count: int) -> None:
        self.spent += count
        if self.spent > MAX_OBJECTS:
            raise DocumentError("too_complex", f"more than {MAX_OBJECTS} drawn objects")

    def _object_matrix(self, handle: int) -> Matrix:
        matrix = self._matrix
        if not native.object_matrix(handle, ctypes.addressof(matrix)):
            return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
        return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)

    def _path(self, handle: int, outer: Matrix) -> Iterator[Segment]:
        modes = ctypes.addressof(self._ints)
        if not native.path_mode(handle, modes, modes + 4):
            return
        filled, stroked = self._ints
        count = native.path_count(handle)
        self._spend(count)
        known = len(self._areas)
        yield from self._drawn(handle, count, bool(filled), bool(stroked), outer)
        boxes = self._areas[known:]
        if filled and stroked:
            # Its edges are rules; its inside hides what was painted before, all the same.
            boxes = [_turned(self._bounds(handle), outer)]
        self._painted += [Painted(handle, len(self._texts), box, outer) for box in boxes]

    def _drawn(self, handle: int, count: int, filled: bool, stroked: bool, outer: Matrix) -> Iterator[Segment]:
        if stroked:
            matrix = multiply(self._object_matrix(handle), outer)
            for outline in self._outlines(handle, count, matrix):
                for (x0, y0), (x1, y1) in pairwise(outline):
                    yield x0, y0, x1, y1, 0.0
        elif filled and count <= 6:
            # One box: its bounds tell as much as its points, in one call.
            yield from self._box(*self._bounds(handle), outer)
        elif filled:
            matrix = multiply(self._object_matrix(handle), outer)
            for outline in self._outlines(handle, count, matrix):
                xs, ys = zip(*outline, strict=True)
                yield from self._box(min(xs), min(ys), max(xs), max(ys), _SAME)

    def _box(self, x0: float, y0: float, x1: float, y1: float, matrix: Matrix) -> Iterator[Segment]:
        """A filled box: the rule it draws if it is thin, else a background to keep in mind."""
        left, low, right, high = _turned((x0, y0, x1, y1), matrix)
        width, height = right - left, high - low
        dot = max(width, height) <= _DOT
        if height <= _THICK and (dot or height <= width):
            yield left, (low + high) / 2, right, (low + high) / 2, height
        if width <= _THICK and (dot or width <= height):
            yield (left + right) / 2, low, (left + right) / 2, high, width
        if min(width, height) > _THICK:
            self._areas.append((left, low, right, high))

    def _bounds(self, handle: int) -> tuple[float, float, float, float]:
        at = ctypes.addressof(self._floats)
        if not native.object_bounds(handle, at, at + 4, at + 8, at + 12):
            return (0.0, 0.0, 0.0, 0.0)
        x0, y0, x1, y1 = self._floats
        return x0, y0, x1, y1

    def _outlines(self, handle: int, count: int, matrix: Matrix) -> Iterator[list[tuple[float, float]]]:
        """The straight stretches of a path, each as its points; a curve ends one and starts the next."""
        a, b, c, d, e, f = matrix
        at, floats = ctypes.addressof(self._floats), self._floats
        points: list[tuple[float, float]] = []
        first = (0.0, 0.0)
        for i in range(count):
            segment = native.path_segment(handle, i)
            kind = native.segment_type(segment)
            native.segment_point(segment, at, at + 4)
            x, y = floats[0], floats[1]
            point = (a * x + c * y + e, b * x + d * y + f)
            if kind != pdfium.FPDF_SEGMENT_LINETO:
                if points:
                    yield points
                points = []
                first = point if kind == pdfium.FPDF_SEGMENT_MOVETO else first
            points.append(point)
            if native.segment_close(segment):
                points.append(first)
        if points:
            yield points


def _turned(box: BBox, matrix: Matrix) -> BBox:
    """A box in another space; matrices here turn by quarters only."""
    a, b, c, d, e, f = matrix
    x0, y0, x1, y1 = box
    left, right = sorted((a * x0 + c * y0 + e, a * x1 + c * y1 + e))
    low, high = sorted((b * x0 + d * y0 + f, b * x1 + d * y1 + f))
    return left, low, right, high


def _within(piece: Segment, boxes: Sequence[BBox]) -> bool:
    x, y = (piece[0] + piece[2]) / 2, (piece[1] + piece[3]) / 2
    return any(b[0] - 1 <= x <= b[2] + 1 and b[1] - 1 <= y <= b[3] + 1 for b in boxes)


def merge(segments: list[Segment], frame: Frame) -> Rules:
    """Rules out of pieces: those along an axis and on the page, dashes joined, ends drawn to thick rules."""
    if not segments:
        return Rules(np.empty((0, 4)), np.empty((0, 4)), np.empty((0, 5)), np.empty((0, 5)))
    pieces = np.array(segments)
    pieces = pieces[np.isfinite(pieces).all(axis=1)]
    run, rise = np.abs(pieces[:, 2] - pieces[:, 0]), np.abs(pieces[:, 3] - pieces[:, 1])
    width, height = frame.size
    across, up = pieces[(rise <= _SLANT)], pieces[(run <= _SLANT)]
    slanted = pieces[(rise > _SLANT) & (run > _SLANT)]
    horizontal = _join(across[:, 1], across[:, 0], across[:, 2], across[:, 4], height)
    vertical = _join(up[:, 0], up[:, 1], up[:, 3], up[:, 4], width)
    horizontal, vertical = _reach(horizontal, vertical), _reach(vertical, horizontal)
    return Rules(*mended(horizontal[:, [1, 0, 2, 0]], vertical[:, [0, 1, 0, 2]]), across, slanted)


def _join(at: Floats, start: Floats, stop: Floats, thick: Floats, limit: float) -> Floats:
    """Rows of place, start, end, thickness of the rules that the pieces along one axis form."""
    low, high = np.minimum(start, stop), np.maximum(start, stop)
    row, places = _rows(at)
    on_page = (at >= -_TOUCH) & (at <= limit + _TOUCH)
    joined: list[list[float]] = []
    last_row, last_length = -1, 0.0
    order = np.lexsort((low, row))
    for i in order[on_page[order]].tolist():
        begin, end = float(low[i]), float(high[i])
        length = end - begin
        room = _GAP if max(last_length, length) <= _DASH else _TOUCH
        if row[i] == last_row and begin <= joined[-1][2] + room:
            joined[-1][2] = max(joined[-1][2], end)
            joined[-1][3] = max(joined[-1][3], float(thick[i]))
        else:
            joined.append([places[row[i]], begin, end, float(thick[i])])
        last_row, last_length = int(row[i]), length
    return np.array([rule for rule in joined if rule[2] - rule[1] >= _SHORT]).reshape(-1, 4)


def _rows(at: Floats) -> tuple[Integers, list[float]]:
    """For each piece the number of its row, and the place of each row; a double rule is one row."""
    row = np.empty(len(at), dtype=np.intp)
    places: list[float] = []
    first = -np.inf
    values = at.tolist()
    for i in np.argsort(at, kind="stable").tolist():
        if values[i] - first > _DOUBLE:
            first = values[i]
            places.append(first)
        places[-1] = (first + values[i]) / 2
        row[i] = len(places) - 1
    return row, places


def _reach(rules: Floats, others: Floats) -> Floats:
    """The rules, their ends drawn to the middle of a thick rule where they stop at its edge."""
    reached = rules.copy()
    for place, begin, end, thick in others[others[:, 3] > _TOUCH].tolist():
        beside = (rules[:, 0] >= begin - _TOUCH) & (rules[:, 0] <= end + _TOUCH)
        for column, outward in ((1, np.minimum), (2, np.maximum)):
            near = beside & (np.abs(rules[:, column] - place) <= thick / 2 + _TOUCH)
            reached[near, column] = outward(reached[near, column], place)
    return reached
