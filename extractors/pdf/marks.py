"""Digits that may be none of the figure's: off the line, as marks of notes are; over one another; or struck out."""

from __future__ import annotations

from typing import Final

import numpy as np

from extractors.marks import RAISED
from extractors.pdf.glyphs import Bools, Glyphs
from extractors.pdf.native import Floats, Integers

#: A mark is smaller than the figure's digits by this factor, or as large,
_SMALL: Final = 0.8
#: and off their line by this share of their height.
_OFF: Final = 0.15
#: White before a mark, and how far it may reach back, as shares of that height.
_NEAR, _BACK = 0.6, 0.3
#: Baselines closer than this (points) are one.
_SAME: Final = 0.1
#: no figure is longer
_LONG: Final = 24
#: digits that cover so much of the narrower one are printed over one another
_OVER: Final = 0.25
#: a line this far from both edges of a digit (share of its height), and this thin (points), strikes it out
_MIDDLE, _THIN = 0.25, 1.5
#: lines beside digits on a page; real pages have some hundred
_MANY: Final = 100_000


def mark_digits(glyphs: Glyphs, across: Floats) -> None:
    """Raised digits for those off the line of their figure; doubt for those over one another or struck out.

    `across` are the horizontal lines of the page, as `Rules` has them.
    """
    digit = (glyphs.codes >= ord("0")) & (glyphs.codes <= ord("9"))
    if not digit.any():
        return
    _raise_off_line(glyphs, digit)
    digits = np.flatnonzero(digit)
    _doubt_overprinted(glyphs, digits)
    _doubt_struck(glyphs, digits, across)


def _raise_off_line(glyphs: Glyphs, digit: Bools) -> None:
    boxes, levels = glyphs.boxes, glyphs.origins[:, 1]
    heights = boxes[:, 3] - boxes[:, 1]
    gap = boxes[1:, 0] - boxes[:-1, 2]
    beside = digit[1:] & digit[:-1] & (np.diff(glyphs.line) == 0)
    beside &= (gap < _NEAR * heights[:-1]) & (gap > -_BACK * heights[:-1])
    rise = np.abs(np.diff(levels))
    off = beside & (rise > _OFF * np.minimum(heights[1:], heights[:-1])) & (rise < heights[:-1])
    done = -1
    for at in np.flatnonzero(off).tolist():
        if at < done:
            continue
        first, stop = at, at + 2
        while first > 0 and beside[first - 1] and at - first < _LONG:
            first -= 1
        while stop < len(digit) and beside[stop - 1] and stop - at < _LONG:
            stop += 1
        done = stop
        _raise_in(glyphs, first, levels[first:stop], heights[first:stop])


def _raise_in(glyphs: Glyphs, first: int, levels: Floats, heights: Floats) -> None:
    """Raise the digits of a figure that stand off its line: that of its large digits, or of most of them."""
    large = heights >= _SMALL * heights.max()
    places, counts = np.unique(np.round(levels[large] / _SAME), return_counts=True)
    most = places[counts == counts.max()]
    # Of two lines with as many digits, that of the first is the figure's.
    line = next(level for level in levels[large].tolist() if round(level / _SAME) in most)
    for at in np.flatnonzero(np.abs(levels - line) > _OFF * heights.max()).tolist():
        glyphs.codes[first + at] = ord(chr(glyphs.codes[first + at]).translate(RAISED))


def _doubt_overprinted(glyphs: Glyphs, digits: Integers) -> None:
    boxes = glyphs.boxes[digits]
    heights = boxes[:, 3] - boxes[:, 1]
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    rising = np.argsort(middles, kind="stable")
    rows = np.empty(len(digits), np.intp)
    rows[rising] = np.cumsum(np.diff(middles[rising], prepend=-np.inf) > 0.25 * heights[rising])
    order = np.lexsort((boxes[:, 0], rows))
    boxes, rows = boxes[order], rows[order]
    width = boxes[:, 2] - boxes[:, 0]
    over = (boxes[:-1, 2] - boxes[1:, 0] > _OVER * np.minimum(width[1:], width[:-1])) & (rows[1:] == rows[:-1])
    for at in np.flatnonzero(over).tolist():
        glyphs.doubtful[digits[order[at : at + 2]]] = True


def _doubt_struck(glyphs: Glyphs, digits: Integers, across: Floats) -> None:
    boxes = glyphs.boxes[digits]
    x, low, high = (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 1], boxes[:, 3]
    lines = across[np.argsort(across[:, 1])]
    edge = _MIDDLE * (high - low)
    first, stop = np.searchsorted(lines[:, 1], low + edge), np.searchsorted(lines[:, 1], high - edge)
    beside = np.flatnonzero(stop > first)
    if (stop - first)[beside].sum() > _MANY:
        glyphs.doubtful[digits[beside]] = True
        return
    for at in beside.tolist():
        near = lines[first[at] : stop[at]]
        left, right = np.minimum(near[:, 0], near[:, 2]), np.maximum(near[:, 0], near[:, 2])
        if ((left <= x[at]) & (x[at] <= right) & (near[:, 4] <= _THIN)).any():
            glyphs.doubtful[digits[at]] = True
