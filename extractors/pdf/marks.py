"""Digits that may be none of the figure's: off the line, as marks of notes are; over one another; struck; hidden."""

from __future__ import annotations

from typing import Final

import numpy as np

from extractors.marks import RAISED
from extractors.pdf.glyphs import Bools, Glyphs
from extractors.pdf.hidden import hidden_digits
from extractors.pdf.native import Floats, Integers
from extractors.pdf.rules import Drawing, Rules
from extractors.pdf.tracking import HIDDEN, OVERPRINTED, STRUCK, UNEVEN

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
#: a line this far from both edges of a digit (share of its height) strikes it out
_MIDDLE: Final = 0.25
#: a digit that small beside a figure is at most so much higher or lower, as shares of the figure's height
_AROUND: Final = 0.5
#: pairs of a small digit and another one on a page
_PAIRS: Final = 1_000_000
#: lines beside digits on a page; real pages have some hundred
_MANY: Final = 100_000


def mark_digits(glyphs: Glyphs, drawn: Drawing) -> None:
    """Raise digits off the line of their figure; doubt those over one another, struck out, small or hidden."""
    digit = (glyphs.codes >= ord("0")) & (glyphs.codes <= ord("9"))
    wide = (glyphs.codes >= ord("０")) & (glyphs.codes <= ord("９"))
    if digit.any():
        _raise_off_line(glyphs, digit)
        digits = np.flatnonzero(digit)
        _doubt_overprinted(glyphs, digits)
        _doubt_struck(glyphs, digits, drawn.rules)
        _doubt_uneven(glyphs, digits, drawn.rules.vertical)
    digits = np.flatnonzero(digit | wide)
    glyphs.doubt[digits[hidden_digits(glyphs, digits, drawn)]] = ord(HIDDEN)


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
        glyphs.doubt[digits[order[at : at + 2]]] = ord(OVERPRINTED)


def _doubt_struck(glyphs: Glyphs, digits: Integers, rules: Rules) -> None:
    boxes = glyphs.boxes[digits]
    x, low, high = (boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 1], boxes[:, 3]
    lines = rules.across[np.argsort(rules.across[:, 1])]
    edge = _MIDDLE * (high - low)
    first, stop = np.searchsorted(lines[:, 1], low + edge), np.searchsorted(lines[:, 1], high - edge)
    beside = np.flatnonzero(stop > first)
    if (stop - first)[beside].sum() + len(rules.slanted) * len(digits) > _MANY:
        glyphs.doubt[digits] = ord(STRUCK)
        return
    for at in beside.tolist():
        near = lines[first[at] : stop[at]]
        left, right = np.minimum(near[:, 0], near[:, 2]), np.maximum(near[:, 0], near[:, 2])
        if ((left <= x[at]) & (x[at] <= right)).any():
            glyphs.doubt[digits[at]] = ord(STRUCK)
    for x0, y0, x1, y1, _ in rules.slanted.tolist():
        crossed = y0 + (x - x0) * (y1 - y0) / (x1 - x0)
        within = (min(x0, x1) <= x) & (x <= max(x0, x1)) & (low < crossed) & (crossed < high)
        glyphs.doubt[digits[within]] = ord(STRUCK)


def _doubt_uneven(glyphs: Glyphs, digits: Integers, verticals: Floats) -> None:
    """Doubt small digits beside larger ones, be they written one after the other or not: they may mark a note."""
    boxes = glyphs.boxes[digits]
    heights = boxes[:, 3] - boxes[:, 1]
    plain = (glyphs.codes[digits] >= ord("0")) & (glyphs.codes[digits] <= ord("9"))
    small = np.flatnonzero(plain & (heights < _SMALL * heights.max()))
    if len(small) * len(digits) > _PAIRS:
        glyphs.doubt[digits[small]] = ord(UNEVEN)
        return
    # Rows of small digits, columns of all.
    near, reach = boxes[small][:, :, None], boxes.T
    larger = plain & (heights[small][:, None] < _SMALL * heights)
    gap = np.maximum(reach[0] - near[:, 2], near[:, 0] - reach[2])
    middle = (near[:, 1] + near[:, 3]) / 2
    away = np.maximum(reach[1] - middle, middle - reach[3])
    beside = larger & (gap < _NEAR * heights) & (gap > -_BACK * heights) & (away < _AROUND * heights)
    if beside.any():
        column = _columns(boxes, verticals)
        one, other = np.nonzero(beside)
        glyphs.doubt[digits[small[one[column[small[one]] == column[other]]]]] = ord(UNEVEN)


def _columns(boxes: Floats, verticals: Floats) -> Integers:
    """How many of the vertical rules at the height of each box stand to the left of it."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    left = (verticals[:, 0] < x[:, None]) & (verticals[:, 1] <= y[:, None]) & (y[:, None] <= verticals[:, 3])
    count: Integers = np.count_nonzero(left, axis=1)
    return count
