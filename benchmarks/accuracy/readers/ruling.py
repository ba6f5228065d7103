"""The help that whole-page recognition gets: the page is made straight and its ruled cells are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.accuracy.readers.grids import Placed

Picture = npt.NDArray[np.uint8]
#: left, top, right, bottom, text
Word = tuple[float, float, float, float, str]
_LEAST_CELLS: Final = 6


def tables_of(page: Picture, recognise: Callable[[Picture], list[Word]]) -> Iterator[list[Placed]]:
    """The ruled tables of a page, each word in the cell that holds its middle."""
    page = straight(page)
    tables = [boxes for boxes in ruled(page) if len(boxes) >= _LEAST_CELLS]
    words = recognise(page) if tables else []
    for boxes in tables:
        yield [(*box, _text(box, words)) for box in boxes]


def straight(page: Picture) -> Picture:
    """The page turned so that its long rules lie level, by the median angle of lines found."""
    dark = _dark(page)
    least = page.shape[1] // 4
    lines = cv2.HoughLinesP(dark, 1, np.pi / 1800, 200, minLineLength=least, maxLineGap=10)
    if lines is None:
        return page
    spans = lines.reshape(-1, 4).astype(np.float64)
    angles = np.degrees(np.arctan2(spans[:, 3] - spans[:, 1], spans[:, 2] - spans[:, 0]))
    level = angles[np.abs(angles) < 5]
    if not level.size or abs(np.median(level)) < 0.03:
        return page
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), float(np.median(level)), 1)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=(255, 255, 255)), np.uint8)


def ruled(page: Picture) -> Iterator[list[tuple[float, float, float, float]]]:
    """The cells of each ruled table as boxes: the white patches that rules enclose."""
    dark = _dark(page)
    length = max(page.shape[1] // 45, 15)
    across = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    upright = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((length, 1), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(across, upright), np.ones((3, 3), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(rules, connectivity=8)
    for index in range(1, count):
        x, y, width, height, _ = (int(v) for v in stats[index])
        if width > page.shape[1] // 3 and height > length:
            inside = (labels[y : y + height, x : x + width] != index).astype(np.uint8)
            yield [(x + a, y + b, x + c, y + d) for a, b, c, d in _patches(inside)]


def _patches(inside: Any) -> Iterator[tuple[float, float, float, float]]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=4)
    for index in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[index])
        if width > 8 and height > 8 and area > 0.5 * width * height:
            yield x - 2.0, y - 2.0, x + width + 2.0, y + height + 2.0


def _dark(page: Picture) -> Any:
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY)
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 15)


def _text(box: tuple[float, float, float, float], words: list[Word]) -> str:
    x0, y0, x1, y1 = box
    inside = [w for w in words if x0 <= (w[0] + w[2]) / 2 < x1 and y0 <= (w[1] + w[3]) / 2 < y1]
    height = min((w[3] - w[1] for w in inside), default=1.0)
    inside.sort(key=lambda w: (round((w[1] + w[3]) / 2 / max(height, 1)), w[0]))
    return "".join(w[4] for w in inside)
