"""How far a page is askew: lines fitted to its long rules; without rules, the angle at which its lines part best."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from extractors.scan.canvas import Floats, Gray
from extractors.scan.components import W, components

#: Pages are askew by at most this much (degrees).
LIMIT: Final = 5.0
#: A rule is at least this share of the page's shorter side.
_LONG: Final = 0.12
#: The image is looked at in this size (pixels of its longer side).
_SIDE: Final = 1_200
_PROFILE_SIDE: Final = 400
#: At `LIMIT` a thin rule climbs a pixel in twelve: what is shorter is text.
_PIECE: Final = 11


def skew_of(gray: Gray) -> float:
    """Degrees by which to turn the image anticlockwise to set its rules (or lines of text) straight."""
    ratio = _SIDE / max(gray.shape)
    small = cv2.resize(gray, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA) if ratio < 1 else gray
    ink = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 15, 12)
    fitted = [*_rules(np.asarray(ink, np.uint8)), *((-a, n) for a, n in _rules(np.asarray(ink.T, np.uint8)))]
    if len(fitted) >= 4:
        angles, lengths = np.array(fitted).T
        near = np.abs(angles - _weighted_median(angles, lengths)) < 0.7
        if lengths[near].sum() >= 0.5 * lengths.sum():
            return _weighted_median(angles[near], lengths[near])
    return _by_profile(np.asarray(ink, np.uint8))


def _rules(ink: Gray) -> list[tuple[float, float]]:
    """Slope (degrees, downwards) and length of each long rule that runs across."""
    pieces = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, _PIECE), np.uint8))
    labels, stats = components(np.asarray(pieces, np.uint8))
    least = _LONG * min(ink.shape)
    rise = math.tan(math.radians(LIMIT))
    found = []
    for label in np.flatnonzero(stats[:, W] >= least).tolist():
        x, y, width, height = stats[label, :4].tolist()
        if label == 0 or height > width * rise + 6:
            continue
        ys, xs = np.nonzero(labels[y : y + height, x : x + width] == label)
        slope, start = np.polyfit(xs, ys, 1).tolist()
        if float(np.abs(ys - slope * xs - start).mean()) <= 2:
            found.append((math.degrees(math.atan(slope)), float(width)))
    return found


def _weighted_median(values: Floats, weights: Floats) -> float:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(total, total[-1] / 2)])


def _by_profile(ink: Gray) -> float:
    """The angle at which rows (or columns) of ink differ most from one another."""
    ratio = min(1.0, _PROFILE_SIDE / max(ink.shape))
    small = np.asarray(cv2.resize(ink, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA), np.uint8)
    if not small.any():
        return 0.0
    coarse = _sharpest(small, np.arange(-LIMIT, LIMIT + 0.1, 0.5).tolist())
    return _sharpest(small, np.arange(coarse - 0.4, coarse + 0.45, 0.1).tolist())


def _sharpest(ink: Gray, angles: list[float]) -> float:
    return max(angles, key=lambda angle: (_sharpness(ink, angle), -abs(angle)))


def _sharpness(ink: Gray, angle: float) -> float:
    height, width = ink.shape
    turned = cv2.warpAffine(ink, cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0), (width, height))
    return max(float(np.square(np.diff(turned.sum(axis=axis, dtype=np.float64))).sum()) for axis in (0, 1))
