"""A page as a bitmap, and the canvas on which it is read: upright, flat, 200 dots to the inch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from extractors.scan.components import H, W, chosen, components
from form.grid import BBox

Gray = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

#: Pixels to a point on the canvas.
SCALE: Final = 200 / 72
#: A pixel whose red is lighter than its darkest colour by more than this is coloured.
_COLOURED: Final = 60
#: Red by more than this is a stamp's.
_REDDISH: Final = 40
#: How much of the red around is taken off a pixel: the stamp's edge goes, text on it stays.
_LIGHTER: Final = 0.7
#: The most pixels of a canvas, some four pages of A4; what is larger gets fewer pixels to a point.
_LARGEST: Final = 16_000_000
#: On paper made white, darker than this is ink if it hangs together with something darker than `_CORE`.
_INK: Final = 205
_CORE: Final = 165
#: The least height (or width of a dash) of a character in points.
CHARACTER: Final = 2.3


@dataclass(frozen=True)
class Bitmap:
    """A page as shown: `pixels` are rows of RGB or gray, `size` its width and height in points."""

    number: int
    pixels: npt.NDArray[np.uint8]
    size: tuple[float, float]

    @cached_property
    def layers(self) -> tuple[Gray, Gray]:
        """The page without its red (stamps are red where text is not), and the darkest of its colours."""
        return _flatten(self.pixels)


@dataclass(frozen=True)
class Canvas:
    """A page turned upright. `gray` is ink on white paper without coloured overprints, `darkest` with them.

    `back` is the affine matrix (2 x 3) from pixels of the canvas, origin at the top left, to points of
    the page as shown, origin at the bottom left. `scale` is in pixels a point.
    """

    gray: Gray
    darkest: Gray
    back: Floats
    scale: float

    @cached_property
    def ink(self) -> Gray:
        """1 where `gray` has ink."""
        return ink_of(self.gray, self.scale)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        height, width = self.gray.shape
        return width / self.scale, height / self.scale

    def on_page(self, box: tuple[float, float, float, float]) -> BBox:
        """The box (pixels, origin at the top left) around a place, in points of the page as shown."""
        x0, y0, x1, y1 = box
        corners = np.array([[x0, y0, 1.0], [x1, y0, 1.0], [x1, y1, 1.0], [x0, y1, 1.0]]) @ self.back.T
        (left, low), (right, high) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        return (left, low, right, high)


def spread(bitmap: Bitmap, turns: int, angle: float) -> Canvas:
    """The page turned clockwise by quarter turns, then by `angle` (degrees), on a canvas of its own."""
    flat, darkest = bitmap.layers
    height, width = flat.shape
    points = bitmap.size[::-1] if turns % 2 else bitmap.size
    scale = min(SCALE, (_LARGEST / (points[0] * points[1])) ** 0.5)
    out = (max(round(points[0] * scale), 1), max(round(points[1] * scale), 1))
    there = _matrix((width, height), out, turns, angle)
    gray = _whiten(_warp(flat, there, out))
    # Most scans are gray, whatever their file says: the second layer is the first.
    coloured = darkest is not flat and bool((cv2.absdiff(flat, darkest)[::4, ::4] > _COLOURED).any())
    dark = _whiten(_warp(darkest, there, out)) if coloured else gray
    per_point = np.array([[bitmap.size[0] / width, 0, 0], [0, -bitmap.size[1] / height, bitmap.size[1]], [0, 0, 1]])
    inverse = np.linalg.inv(np.vstack((there, [0.0, 0.0, 1.0])))
    return Canvas(gray, dark, (per_point @ inverse)[:2], scale)


def _flatten(pixels: npt.NDArray[np.uint8]) -> tuple[Gray, Gray]:
    if pixels.ndim == 2:
        return pixels, pixels
    red, green, blue = cv2.split(pixels)
    darkest = cv2.min(red, cv2.min(green, blue))
    # JPEG keeps colour coarser than light: the edge of a stamp is dark in every channel. The colour around is its.
    excess = cv2.dilate(cv2.subtract(red, cv2.max(green, blue)), np.ones((5, 5), np.uint8))
    lighter = cv2.add(red, cv2.convertScaleAbs(cv2.subtract(excess, np.full_like(excess, _REDDISH)), alpha=_LIGHTER))
    return np.asarray(lighter, np.uint8), np.asarray(darkest, np.uint8)


def _matrix(size: tuple[int, int], out: tuple[int, int], turns: int, angle: float) -> Floats:
    """From pixels of the bitmap to pixels of the canvas."""
    width, height = size
    turned = (height, width) if turns % 2 else (width, height)
    quarter = np.array(
        (
            ((1, 0, 0), (0, 1, 0)),
            ((0, -1, height), (1, 0, 0)),
            ((-1, 0, width), (0, -1, height)),
            ((0, 1, 0), (-1, 0, width)),
        )[turns % 4],
        dtype=float,
    )
    scaled = np.diag((out[0] / turned[0], out[1] / turned[1])) @ quarter
    rotation = cv2.getRotationMatrix2D((out[0] / 2, out[1] / 2), angle, 1.0)
    whole: Floats = (np.vstack((rotation, [0, 0, 1])) @ np.vstack((scaled, [0, 0, 1])))[:2]
    return whole


def _warp(layer: Gray, there: Floats, out: tuple[int, int]) -> Gray:
    shrink = 1 / max(float(np.sqrt(abs(np.linalg.det(there[:, :2])))), 1e-6)
    if shrink > 1.4:
        # Many pixels become one: take all of them into account, not just the nearest four.
        smaller = (max(round(layer.shape[1] / shrink), 1), max(round(layer.shape[0] / shrink), 1))
        ratios = np.diag((layer.shape[1] / smaller[0], layer.shape[0] / smaller[1], 1.0))
        layer = np.asarray(cv2.resize(layer, smaller, interpolation=cv2.INTER_AREA), np.uint8)
        there = there @ ratios
    way = cv2.INTER_LINEAR if shrink > 0.9 else cv2.INTER_CUBIC
    warped = cv2.warpAffine(layer, there, out, flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,))
    return np.asarray(warped, np.uint8)


def _whiten(gray: Gray) -> Gray:
    """Paper made white: shades, shadows and yellowed paper divided out."""
    height, width = gray.shape
    small = cv2.resize(gray, (max(width // 4, 1), max(height // 4, 1)), interpolation=cv2.INTER_AREA)
    paper = cv2.GaussianBlur(cv2.dilate(small, np.ones((9, 9), np.uint8)), (0, 0), 3)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(gray, np.maximum(paper, 64), scale=255), np.uint8)


def ink_of(gray: Gray, scale: float) -> Gray:
    """1 where there is ink; thin strokes are kept whole, and noise that no stroke is part of is left out."""
    smooth = cv2.GaussianBlur(gray, (0, 0), 0.8)
    labels, stats = components(np.asarray(smooth < _INK, np.uint8))
    real = np.maximum(stats[:, W], stats[:, H]) >= CHARACTER * scale
    real[labels[smooth < _CORE]] = True
    real[0] = False
    return chosen(labels, real)


def turned(layer: Gray) -> Gray:
    """The layer with rows for columns."""
    return np.asarray(cv2.transpose(layer), np.uint8)
