"""Same picture, same text: crops that show the same figure within noise, so that one is recognised for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from extractors.scan.canvas import Gray

#: Pictures are compared on a sheet of so many rows and columns of pixels; what does not fit is like nothing.
_SHEET: Final = (40, 56)
_MARGIN: Final = 6
#: Nor is what is lower than this (pixels): in figures of 8 points the hole of a bold 0 is as small as noise.
_LEAST: Final = 20
#: Spread (pixels at 200 dpi) to which both are blurred: noise and ragged edges go, a stroke's difference stays.
_BLUR: Final = 1.0
#: Lighter than this is paper.
_PAPER: Final = 200
#: The greatest difference between pictures of one group, as a share of the ink's depth. Between two figures the
#: least was 0.2 (90 and 98, bold, 120 dpi, much blurred) of 250,000 pairs in 14 fonts; in bench scans it is 0.5.
_MOST: Final = 0.18
#: So many are compared with one another, 9 KB each.
_AT_ONCE: Final = 500

Sheets = npt.NDArray[np.float32]


def alike(crops: Sequence[Gray]) -> list[list[int]]:
    """Groups of the numbers of crops that show the same; in each the clearest first, the least like it last."""
    fitting = [i for i, crop in enumerate(crops) if _fits(crop)]
    groups = [[i] for i, crop in enumerate(crops) if not _fits(crop)]
    for start in range(0, len(fitting), _AT_ONCE):
        some = fitting[start : start + _AT_ONCE]
        groups += [[some[i] for i in group] for group in _grouped(sheets_of([crops[i] for i in some]))]
    return groups


def _grouped(sheets: Sheets) -> Iterator[list[int]]:
    # The clearest, whose ink is deepest, lead.
    left = np.argsort(-sheets.max(axis=(1, 2)), kind="stable")
    while len(left):
        leader, others = left[0], left[1:]
        away = distances(sheets[leader], sheets[others])
        near = away < _MOST
        order = np.argsort(away[near], kind="stable")
        yield [int(i) for i in (leader, *others[near][order])]
        left = others[~near]


def distances(one: Sheets, others: Sheets) -> Sheets:
    """The greatest local difference of each of `others` to `one`, as a share of the ink's depth."""
    if not len(others):
        return np.zeros(0, np.float32)
    depth = np.minimum(one.max(), others.max(axis=(1, 2)))
    found: Sheets = np.abs(others - one).max(axis=(1, 2)) / np.maximum(depth, 1.0)
    return found


def sheets_of(crops: Sequence[Gray]) -> Sheets:
    """Each crop's ink, blurred, its centre of gravity in the middle of a sheet."""
    out = np.zeros((len(crops), *_SHEET), np.float32)
    for sheet, crop in zip(out, crops, strict=True):
        ink = np.asarray(255 - crop, np.float32)
        weight = np.where(crop < _PAPER, ink, 0.0)
        total = max(float(weight.sum()), 1.0)
        x = float(weight.sum(axis=0) @ np.arange(crop.shape[1])) / total
        y = float(weight.sum(axis=1) @ np.arange(crop.shape[0])) / total
        move = np.array([[1, 0, (_SHEET[1] - 1) / 2 - x], [0, 1, (_SHEET[0] - 1) / 2 - y]])
        moved = cv2.warpAffine(ink, move, _SHEET[::-1], flags=cv2.INTER_LINEAR, borderValue=(0,))
        sheet[:] = cv2.GaussianBlur(moved, (0, 0), _BLUR)
    return out


def _fits(crop: Gray) -> bool:
    height, width = crop.shape
    return bool(_LEAST <= height <= _SHEET[0] - _MARGIN and width <= _SHEET[1] - _MARGIN)
