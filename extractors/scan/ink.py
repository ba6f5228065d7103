"""Where the ink of a cell or a page stands: printed lines, each a box, and what may be ink or may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from extractors.scan.canvas import CHARACTER, Canvas, Gray
from extractors.scan.components import AREA, H, Stats, W, X, Y, chosen, components

Box = tuple[int, int, int, int]

#: Blurred, darker than this is a trace of something.
_TRACE: Final = 232
#: The least side of a dot in points.
_DOT: Final = 0.6
#: Half of a rule's thickness and what blurs around it, in points.
_RULE: Final = 1.3


@dataclass(frozen=True, slots=True)
class Lines:
    """The printed lines of an area, from the top down, boxes in pixels of the canvas.

    `stacked` says that they are one line whose characters stand one below the other. `cut` says that ink
    touches the area's edge, `specks` that there is ink too small for a character.
    """

    boxes: tuple[Box, ...]
    stacked: bool = False
    cut: bool = False
    specks: bool = False


def is_clean(gray: Gray, box: tuple[float, float, float, float], scale: float) -> bool:
    """Whether a cell without lines is paper and nothing else: no trace as large as a character, however faint."""
    margin = 2 * _RULE * scale
    x0, y0, x1, y1 = (max(round(v), 0) for v in (box[0] + margin, box[1] + margin, box[2] - margin, box[3] - margin))
    part = gray[y0 : max(y1, y0), x0 : max(x1, x0)]
    if min(part.shape) < CHARACTER * scale:
        return True
    traces = np.asarray(cv2.GaussianBlur(part, (0, 0), 1.5) < _TRACE, np.uint8)
    _, stats = components(traces)
    return not bool((stats[1:, H] >= CHARACTER * scale).any())


def cell_lines(ink: Gray, box: tuple[float, float, float, float], scale: float) -> Lines:
    """The printed lines within a cell; its rules, as far as they reach into it, are left out."""
    margin = _RULE * scale
    x0, y0 = round(box[0] + margin), round(box[1] + margin)
    x1, y1 = round(box[2] - margin), round(box[3] - margin)
    x0, y0 = max(x0, 0), max(y0, 0)
    part = ink[y0 : max(y1, y0), x0 : max(x1, x0)]
    if min(part.shape) < CHARACTER * scale:
        return Lines(())
    _, stats = components(part)
    pieces, cut = _without_rules(stats[1:], part.shape, scale)
    large, small = _sorted_out(pieces, scale)
    if not len(large):
        return Lines((), cut=cut, specks=bool(len(small)))
    em = float(np.median(np.maximum(large[:, W], large[:, H])))
    bands = _bands(large, em)
    boxes = tuple(_around(large[band], small, em, (x0, y0)) for band in bands)
    return Lines(boxes, _is_stacked(boxes), cut, bool(len(small)))


def page_lines(ink: Gray, holes: Sequence[tuple[float, float, float, float]], scale: float) -> tuple[Box, ...]:
    """The printed lines outside of the holes, in no order; parts far from one another are lines of their own."""
    # Half the size is enough, and a quarter of the work.
    ink, scale, holes = _halved(ink), scale / 2, [(x0 / 2, y0 / 2, x1 / 2, y1 / 2) for x0, y0, x1, y1 in holes]
    free = ink.copy()
    for x0, y0, x1, y1 in holes:
        free[max(round(y0 - scale), 0) : round(y1 + scale), max(round(x0 - scale), 0) : round(x1 + scale)] = 0
    labels, stats = components(free)
    sizes = np.maximum(stats[:, W], stats[:, H])
    kept = (sizes >= CHARACTER * scale) & (sizes <= 45 * scale)
    kept[0] = False
    if not kept.any():
        return ()
    em = float(np.percentile(sizes[kept], 70))
    reach = max(round(1.3 * em), 3)
    joined = cv2.morphologyEx(chosen(labels, kept), cv2.MORPH_CLOSE, np.ones((3, reach), np.uint8))
    _, runs = components(np.asarray(joined, np.uint8))
    found = _merged([row[:4].tolist() for row in runs[1:] if row[H] >= 1], em, CHARACTER * scale)
    return tuple((2 * x0, 2 * y0, 2 * x1, 2 * y1) for x0, y0, x1, y1 in found)


def _halved(ink: Gray) -> Gray:
    """A pixel for every four, ink where one of them is."""
    height, width = (side // 2 * 2 for side in ink.shape)
    rows = ink[:height:2, :width] | ink[1:height:2, :width]
    return rows[:, ::2] | rows[:, 1::2]


def _without_rules(stats: Stats, shape: tuple[int, ...], scale: float) -> tuple[Stats, bool]:
    """The components but what is left of rules at the edges, and whether another one touches an edge."""
    height, width = shape
    left, top = stats[:, X] <= 0, stats[:, Y] <= 0
    right, bottom = stats[:, X] + stats[:, W] >= width, stats[:, Y] + stats[:, H] >= height
    thin = 1.6 * scale
    upright = (left | right) & (stats[:, W] <= thin) & (stats[:, H] > 2 * stats[:, W])
    across = (top | bottom) & (stats[:, H] <= thin) & (stats[:, W] > 2 * stats[:, H])
    corner = (left | right) & (top | bottom) & ((stats[:, W] > width * 0.8) | (stats[:, H] > height * 0.8))
    residue = upright | across | corner
    speck = np.maximum(stats[:, W], stats[:, H]) < CHARACTER * scale
    touching = (left | right | top | bottom) & ~residue & ~speck
    residue |= (left | right | top | bottom) & speck
    return stats[~residue], bool(touching.any())


def _sorted_out(stats: Stats, scale: float) -> tuple[Stats, Stats]:
    """Components as large as a character or its stroke, and those that may be dots."""
    largest = np.maximum(stats[:, W], stats[:, H])
    large = largest >= CHARACTER * scale
    dots = ~large & (largest >= _DOT * scale) & (stats[:, AREA] >= 3)
    return stats[large], stats[dots]


def _bands(large: Stats, em: float) -> list[npt.NDArray[np.intp]]:
    """Indices of the components of each printed line: those whose heights overlap, or nearly."""
    order = np.argsort(large[:, Y], kind="stable")
    bands: list[list[int]] = []
    end = -np.inf
    for i in order.tolist():
        low, high = float(large[i, Y]), float(large[i, Y] + large[i, H])
        if low > end - 0.1 * em:
            bands.append([])
        bands[-1].append(i)
        end = max(end, high)
    return [np.array(band) for band in _whole(bands, large, em)]


def _whole(bands: list[list[int]], large: Stats, em: float) -> list[list[int]]:
    """Bands put together where one is only a stroke of a character: 二, or the upper part of 六."""

    def extent(band: list[int]) -> tuple[int, int]:
        return int(large[band, Y].min()), int((large[band, Y] + large[band, H]).max())

    out: list[list[int]] = []
    for band in bands:
        if out:
            (low, high), (begin, end) = extent(out[-1]), extent(band)
            flat = min(high - low, end - begin) < 0.55 * em
            if flat and begin - high < 0.45 * em and end - low <= 1.35 * em:
                out[-1] = out[-1] + band
                continue
        out.append(band)
    return out


def _around(band: Stats, small: Stats, em: float, origin: tuple[int, int]) -> Box:
    """The box of a line, with the dots that stand in it or close beside it."""
    x0, y0 = int(band[:, X].min()), int(band[:, Y].min())
    x1, y1 = int((band[:, X] + band[:, W]).max()), int((band[:, Y] + band[:, H]).max())
    for x, y, w, h in small[:, :4].tolist():
        if y + h >= y0 - 0.2 * em and y <= y1 + 0.35 * em and x + w >= x0 - 0.6 * em and x <= x1 + 0.6 * em:
            x0, x1, y1 = min(x0, x), max(x1, x + w), max(y1, y + h)
    left, top = origin
    return (x0 + left, y0 + top, x1 + left, y1 + top)


def _is_stacked(boxes: Sequence[Box]) -> bool:
    if len(boxes) < 3:
        return False
    widths = np.array([x1 - x0 for x0, _, x1, _ in boxes])
    heights = np.array([y1 - y0 for _, y0, _, y1 in boxes])
    return bool(widths.max() <= 1.9 * max(np.median(heights), np.median(widths)))


def _merged(boxes: list[list[int]], em: float, least: float) -> tuple[Box, ...]:
    """Boxes of one line joined: they overlap in height and stand close together."""
    lines: list[list[float]] = []
    for x, y, w, h in sorted(boxes):
        for line in lines:
            if line[3] <= y or y + h <= line[1]:
                continue
            overlap = min(line[3], y + h) - max(line[1], y)
            if overlap > 0.5 * min(line[3] - line[1], h) and x - line[2] < 1.5 * em:
                line[:] = [min(line[0], x), min(line[1], y), max(line[2], x + w), max(line[3], y + h)]
                break
        else:
            lines.append([x, y, x + w, y + h])
    # What lies within another line is its accent, comma or the dot of an i.
    whole = [line for line, inner in zip(lines, _within(np.array(lines)), strict=True) if not inner]
    return tuple(
        (int(x0), int(y0), int(x1), int(y1)) for x0, y0, x1, y1 in whole if max(y1 - y0, (x1 - x0) / 2) >= least
    )


def _within(boxes: npt.NDArray[np.float64]) -> list[bool]:
    """Of each box, whether it lies within another."""
    low = (boxes[:, None, :2] >= boxes[None, :, :2]).all(axis=2)
    high = (boxes[:, None, 2:] <= boxes[None, :, 2:]).all(axis=2)
    same = (boxes[:, None] == boxes[None]).all(axis=2)
    inner: list[bool] = (low & high & ~same).any(axis=1).tolist()
    return inner


def crop(canvas: Canvas, boxes: Sequence[Box], *, stacked: bool, darkest: bool = False) -> list[Gray]:
    """The pixels of each line with a margin; of a stack, its characters side by side."""
    layer = canvas.darkest if darkest else canvas.gray
    if not stacked:
        return [_cut(layer, box) for box in boxes]
    parts = [_cut(layer, box) for box in boxes]
    height = max(part.shape[0] for part in parts)
    padded = [
        cv2.copyMakeBorder(
            part, (height - part.shape[0]) // 2, -(-(height - part.shape[0]) // 2), 0, 0,
            cv2.BORDER_CONSTANT, value=(255,),
        )
        for part in parts
    ]  # fmt: skip
    return [np.asarray(np.hstack(padded), np.uint8)]


def _cut(layer: Gray, box: Box) -> Gray:
    x0, y0, x1, y1 = box
    margin = max(2, round(0.08 * (y1 - y0)))
    return layer[max(y0 - margin, 0) : y1 + margin, max(x0 - margin, 0) : x1 + margin]
