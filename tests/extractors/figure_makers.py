"""Pictures of single figures as they stand on the canvas of a scan, in many fonts, spoilt in many ways."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import cv2
import numpy as np
import pylopdf_fonts_zh_cn as fonts
from PIL import Image, ImageDraw, ImageFont

from extractors.scan.canvas import Gray

#: Fonts by name: the sample province's, the one in Pillow, and OpenCV's, drawn with a pen.
FONTS = ("noto", "pillow", "simplex", "duplex", "complex", "triplex")
_PENS = {
    "simplex": cv2.FONT_HERSHEY_SIMPLEX,
    "duplex": cv2.FONT_HERSHEY_DUPLEX,
    "complex": cv2.FONT_HERSHEY_COMPLEX,
    "triplex": cv2.FONT_HERSHEY_TRIPLEX,
}
_FINE = 1_200
_CANVAS = 200


@dataclass(frozen=True)
class Taken:
    """How a picture was taken: dots to the inch, noise (gray levels), blur (dots), JPEG quality (0: none), offset."""

    dpi: int = 200
    noise: float = 0.0
    blur: float = 0.0
    jpeg: int = 0
    right: float = 0.0
    down: float = 0.0


@cache
def _font(name: str, points: float) -> Any:
    size = points * _FINE / 72
    return ImageFont.truetype(str(fonts.sans_path()), size) if name == "noto" else ImageFont.load_default(size)


@cache
def drawn(figure: str, font: str, points: float) -> Gray:
    """A figure in black on white at 1200 dots to the inch, with room around it."""
    em = round(points * _FINE / 72)
    image = Image.new("L", (em * (len(figure) + 2), 2 * em), 255)
    if font in _PENS:
        page = np.asarray(image).copy()
        pen = max(round(em / 12), 1)
        cv2.putText(page, figure, (em // 2, round(1.4 * em)), _PENS[font], em / 33, 0, pen, cv2.LINE_AA)
        return page
    ImageDraw.Draw(image).text((em // 2, em // 4), figure, fill=0, font=_font(font, points))
    return np.asarray(image)


def picture(figure: str, font: str, points: float, taken: Taken, seed: int = 0) -> Gray:
    """The crop of a figure as the reader of cells cuts it out of its canvas of 200 dots to the inch."""
    fine = drawn(figure, font, points)
    share = taken.dpi / _FINE
    shift = np.array([[1, 0, taken.right / share], [0, 1, taken.down / share]])
    moved = np.asarray(cv2.warpAffine(fine, shift, fine.shape[::-1], borderValue=(255,)), np.uint8)
    small = cv2.resize(moved, None, fx=share, fy=share, interpolation=cv2.INTER_AREA).astype(np.float64)
    if taken.blur:
        small = np.asarray(cv2.GaussianBlur(small, (0, 0), taken.blur), np.float64)
    small += np.random.default_rng(seed).normal(0, taken.noise, small.shape) if taken.noise else 0
    page = np.clip(small, 0, 255).astype(np.uint8)
    if taken.jpeg:
        _, data = cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, taken.jpeg])
        page = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    ratio = _CANVAS / taken.dpi
    way = cv2.INTER_AREA if ratio < 1 else cv2.INTER_LINEAR
    canvas = cv2.resize(page, None, fx=ratio, fy=ratio, interpolation=way)
    return _cut(np.asarray(canvas, np.uint8), moved)


def _cut(canvas: Gray, fine: Gray) -> Gray:
    """The place of the figure with the reader's margin."""
    rows, columns = np.nonzero(fine < 128)
    edges = (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1)
    y0, y1, x0, x1 = (round(edge * _CANVAS / _FINE) for edge in edges)
    margin = max(2, round(0.08 * (y1 - y0)))
    return canvas[max(y0 - margin, 0) : y1 + margin, max(x0 - margin, 0) : x1 + margin]
