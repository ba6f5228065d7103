"""Ways to draw a table's borders, for any canvas: what producers of real reports do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final, Protocol

from samples.flow import Box

#: x0, y0, x1, y1 of a horizontal or upright rule, in points from the top left
Rule = tuple[float, float, float, float]


class Canvas(Protocol):
    """A page to draw on, in points from the top left."""

    def line(self, rule: Rule, width: float, dash: tuple[float, float] | None = None) -> None:
        """A stroke; `dash` is the length of dash and gap."""

    def fill(self, box: Box, grey: float) -> None:
        """A filled rectangle; grey 0 is black."""

    def text(self, x: float, y: float, size: float, text: str) -> None:
        """Text from the left end of its baseline."""


Pen = Callable[[Canvas, Sequence[Box]], None]


def rules_of(boxes: Sequence[Box]) -> list[Rule]:
    """The borders of all boxes, each stretch once, stretches in a row joined."""
    across: dict[float, set[tuple[float, float]]] = {}
    upright: dict[float, set[tuple[float, float]]] = {}
    for box in boxes:
        for y in (box.y0, box.y1):
            across.setdefault(round(y, 2), set()).add((round(box.x0, 2), round(box.x1, 2)))
        for x in (box.x0, box.x1):
            upright.setdefault(round(x, 2), set()).add((round(box.y0, 2), round(box.y1, 2)))
    joined = [(a, y, b, y) for y in sorted(across) for a, b in _joined(across[y])]
    return joined + [(x, a, x, b) for x in sorted(upright) for a, b in _joined(upright[x])]


def _joined(stretches: set[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    first, last = min(stretches)
    for a, b in sorted(stretches):
        if a > last + 0.05:
            yield first, last
            first, last = a, b
        last = max(last, b)
    yield first, last


def _stroke(width: float, dash: tuple[float, float] | None = None) -> Pen:
    def pen(canvas: Canvas, boxes: Sequence[Box]) -> None:
        for rule in rules_of(boxes):
            canvas.line(rule, width, dash)

    return pen


def _bars(canvas: Canvas, boxes: Sequence[Box]) -> None:
    for x0, y0, x1, y1 in rules_of(boxes):
        canvas.fill(Box(x0 - 0.25, y0 - 0.25, x1 + 0.25, y1 + 0.25), 0)


def _thick_bars(canvas: Canvas, boxes: Sequence[Box]) -> None:
    for x0, y0, x1, y1 in rules_of(boxes):
        canvas.fill(Box(x0 - 1, y0 - 1, x1 + 1, y1 + 1), 0)


def _double(canvas: Canvas, boxes: Sequence[Box]) -> None:
    for x0, y0, x1, y1 in rules_of(boxes):
        for shift in (-0.9, 0.9):
            dx, dy = (shift, 0.0) if x0 == x1 else (0.0, shift)
            canvas.line((x0 + dx, y0 + dy, x1 + dx, y1 + dy), 0.4)


def _cut(rule: Rule, length: float, step: float) -> Iterator[Rule]:
    x0, y0, x1, y1 = rule
    whole, at = max(x1 - x0, y1 - y0), 0.0
    while at < whole:
        end = min(at + length, whole)
        yield (x0 + at, y0, x0 + end, y1) if y0 == y1 else (x0, y0 + at, x1, y0 + end)
        at += step


def _dashes(canvas: Canvas, boxes: Sequence[Box]) -> None:
    for rule in rules_of(boxes):
        for piece in _cut(rule, 3, 5):
            canvas.line(piece, 0.5)


def _dots(canvas: Canvas, boxes: Sequence[Box]) -> None:
    for rule in rules_of(boxes):
        for x, y, _, _ in _cut(rule, 0.1, 2):
            canvas.fill(Box(x - 0.35, y - 0.35, x + 0.35, y + 0.35), 0)


def _separate(canvas: Canvas, boxes: Sequence[Box]) -> None:
    """A box a cell, apart from its neighbours, as HTML prints `border-collapse: separate`."""
    for box in boxes:
        x0, y0, x1, y1 = box.x0 + 0.8, box.y0 + 0.8, box.x1 - 0.8, box.y1 - 0.8
        corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0))
        for (ax, ay), (bx, by) in pairwise(corners):
            canvas.line((min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), 0.5)


def _per_cell(canvas: Canvas, boxes: Sequence[Box]) -> None:
    """Each cell draws its own four borders, so that inner ones lie twice."""
    for box in boxes:
        for rule in rules_of([box]):
            canvas.line(rule, 0.5)


def _open_sides(canvas: Canvas, boxes: Sequence[Box]) -> None:
    """No outer border on the left and right."""
    left, right = min(box.x0 for box in boxes), max(box.x1 for box in boxes)
    for rule in rules_of(boxes):
        if rule[0] != rule[2] or left + 1 < rule[0] < right - 1:
            canvas.line(rule, 0.5)


def _open_all(canvas: Canvas, boxes: Sequence[Box]) -> None:
    """No outer border at all: only rules between cells, table by table."""
    bands = _bands(boxes)
    for band in bands:
        left, right = min(box.x0 for box in band), max(box.x1 for box in band)
        top, bottom = min(box.y0 for box in band), max(box.y1 for box in band)
        for x0, y0, x1, y1 in rules_of(band):
            inside = left + 1 < x0 < right - 1 if x0 == x1 else top + 1 < y0 < bottom - 1
            if inside:
                canvas.line((x0, y0, x1, y1), 0.5)


def _bands(boxes: Sequence[Box]) -> list[list[Box]]:
    """The boxes of each table on a page: tables are apart by at least four points."""
    bands: list[list[Box]] = []
    low = -1e9
    for box in sorted(boxes, key=lambda box: box.y0):
        if box.y0 > low + 4:
            bands.append([])
        bands[-1].append(box)
        low = max(low, box.y1)
    return bands


def _shaded(canvas: Canvas, boxes: Sequence[Box]) -> None:
    """Every other row band on grey, the rules over it."""
    for number, y in enumerate(sorted({box.y0 for box in boxes})):
        for box in boxes:
            if box.y0 == y and number % 2 == 0:
                canvas.fill(box, 0.85)
    _stroke(0.5)(canvas, boxes)


def _dark_head(canvas: Canvas, boxes: Sequence[Box]) -> None:
    """Wide cells on grey, rules in white, as slides and some portals draw."""
    for box in boxes:
        canvas.fill(Box(box.x0 + 0.5, box.y0 + 0.5, box.x1 - 0.5, box.y1 - 0.5), 0.88)


def _none(_canvas: Canvas, _boxes: Sequence[Box]) -> None:
    """No border at all."""


PENS: Final[dict[str, Pen]] = {
    "ruled": _stroke(0.5),
    "hairline": _stroke(0.1),
    "thick": _stroke(2.5),
    "bars": _bars,
    "thick-bars": _thick_bars,
    "double": _double,
    "dash-pattern": _stroke(0.6, (3, 2)),
    "dash-pieces": _dashes,
    "dots": _dots,
    "separate": _separate,
    "per-cell": _per_cell,
    "open-sides": _open_sides,
    "open-all": _open_all,
    "shaded": _shaded,
    "gaps": _dark_head,
    "none": _none,
}
