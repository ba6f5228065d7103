"""The rules of a page on a sheet of their own: mended where a copier has broken them, without the text."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from extractors.scan.canvas import Gray, turned
from extractors.scan.components import AREA, H, W, chosen, components

#: Sizes in points. What is darker than both its sides is looked at so wide: thicker than half of it is no rule.
_WIDE: Final = 6.4
#: Along a rule, its print is spread over so much; noise is not as long.
_SPREAD: Final = 1.8
#: Cracks so long are closed at once; what then stands alone and is shorter than a figure is high, is one;
#: what is left is joined over gaps so long; and nothing shorter is a rule (across the page, and upright).
_CRACK: Final = 1.1
_STROKE: Final = 9.5
_GAP: Final = 5.5
_SHORTEST: Final = (13.0, 8.0)
#: Between pieces as long as this, a gap may be wider; it is still narrower than a cell.
_SOLID: Final = 30.0
_WIDE_GAP: Final = 9.0
#: Print that hides so much of a rule may be looked through.
_TANGLE: Final = 34.0
#: Shorter than this, a rule must end on another at both ends; otherwise it is a stroke of a character.
_FREE: Final = 60.0
#: An end is on another rule within this reach; and so much is added to it, that they meet.
_REACH: Final = 1.8
_MEET: Final = 2.6
#: A rule that goes on by no more than this after the last rule it meets, ends there.
_OVER: Final = 8.0
#: Beside a rule, from here to there, there is paper; at most so much of it is ink.
_CLEAR: Final = (0.9, 2.3)
_CROWDED: Final = 0.2
#: Least contrast of a rule, of 255 (spread along it).
_CONTRAST: Final = 22
#: Noise is smoothed by so many pixels; darker than this is ink then.
_SMOOTH: Final = 0.5
_INK: Final = 200
#: Characters, or some that run together, are at most so high, thicker than a rule, and fill so much of the box around
#: them.
_CHARACTER: Final = 16.0
_THICK: Final = 1.9
_RULE: Final = 3.4
_FILLED: Final = 0.26
#: No single character is larger.
_SINGLE: Final = 11.5


def rules_of(gray: Gray, scale: float) -> tuple[Gray, Gray]:
    """The rules across and the upright ones of a page, 255 on 0, as large as it; `scale` is in pixels a point."""
    ink = np.asarray(cv2.GaussianBlur(gray, (0, 0), _SMOOTH) < _INK, np.uint8)
    text = _text(ink, scale)
    ink_turned = turned(ink)
    across = _mask(gray, text, scale, _SHORTEST[0])
    upright = _mask(turned(gray), turned(text), scale, _SHORTEST[1])
    across, upright = _anchored(_Pieces(across, ink, scale), _Pieces(upright, ink_turned, scale))
    return _ended(across, upright, scale), turned(_ended(upright, across, scale))


def _text(ink: Gray, scale: float) -> Gray:
    """255 where characters stand that touch no rule."""
    labels, stats = components(ink)
    least, most = np.minimum(stats[:, W], stats[:, H]), np.maximum(stats[:, W], stats[:, H])
    # 十 fills less of its box than two characters that run together, or a piece of a grid.
    share = np.where(most <= _SINGLE * scale, _FILLED / 2, _FILLED)
    filled = stats[:, AREA] >= share * stats[:, W] * stats[:, H]
    bar = (least <= _RULE * scale) & (most >= 2 * _CHARACTER * scale)
    found = (least >= _THICK * scale) & (least <= _CHARACTER * scale) & filled & ~bar
    found[0] = False
    return np.asarray(cv2.dilate(chosen(labels, found, 255), np.ones((3, 3), np.uint8)), np.uint8)


def _mask(gray: Gray, text: Gray, scale: float, shortest: float) -> Gray:
    """255 where a rule across the page runs, a pixel or a few thick."""
    along = cv2.blur(gray, (_odd(_SPREAD * scale), 1))
    thin = cv2.morphologyEx(along, cv2.MORPH_BLACKHAT, np.ones((_odd(_WIDE * scale), 1), np.uint8))
    dark = np.asarray(thin >= _CONTRAST, np.uint8) * np.uint8(255)
    dark[text > 0] = 0
    pieces = _long(_along(dark, cv2.MORPH_CLOSE, _CRACK * scale), scale)
    # A pixel thicker on both sides, pieces of one rule overlap though the rule sinks a little.
    pieces = np.asarray(cv2.dilate(pieces, np.ones((3, 1), np.uint8)), np.uint8)
    whole = _along(pieces, cv2.MORPH_CLOSE, _GAP * scale)
    whole = _along(_untangled(whole, scale), cv2.MORPH_OPEN, shortest * scale)
    far = _along(_along(whole, cv2.MORPH_OPEN, _SOLID * scale), cv2.MORPH_CLOSE, _WIDE_GAP * scale)
    return np.asarray(cv2.bitwise_or(whole, far), np.uint8)


def _untangled(mask: Gray, scale: float) -> Gray:
    """The mask without print whose strokes run into one another, but with the rules that pass through it."""
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((_odd(_RULE * scale) + 2, 1), np.uint8))
    clear = np.asarray(cv2.subtract(mask, thick), np.uint8)
    through = _along(clear, cv2.MORPH_CLOSE, _TANGLE * scale)
    return np.asarray(cv2.bitwise_or(clear, cv2.bitwise_and(through, thick)), np.uint8)


def _along(mask: Gray, operation: int, length: float) -> Gray:
    return np.asarray(cv2.morphologyEx(mask, operation, np.ones((1, _odd(length)), np.uint8)), np.uint8)


def _long(mask: Gray, scale: float) -> Gray:
    """The mask without pieces as short as a figure's stroke."""
    labels, stats = components(mask)
    keep = stats[:, W] > _STROKE * scale
    keep[0] = False
    return chosen(labels, keep, 255)


class _Pieces:
    """The pieces of a mask: the long ones are rules, the short ones if they stand alone and end on rules."""

    def __init__(self, mask: Gray, ink: Gray, scale: float) -> None:
        self._labels, stats = components(mask)
        self._scale, self._reach = scale, max(round(_REACH * scale), 1)
        #: 255 on the pieces that are rules
        self.mask = mask.copy()
        short = np.flatnonzero(stats[:, W] < _FREE * scale)
        boxes: list[tuple[int, list[int]]] = list(zip(short.tolist(), stats[short, :4].tolist(), strict=True))
        self._waiting = [(label, box) for label, box in boxes if label and self._is_alone(box, ink)]
        for label, box in boxes:
            if label:
                self._set(label, box, 0)

    def admit(self, others: Gray) -> bool:
        """Takes for rules the short pieces between `others`, the rules of the other direction (transposed)."""
        size = 2 * self._reach + 1
        near = cv2.dilate(turned(others), np.ones((size, size), np.uint8))
        left: list[tuple[int, list[int]]] = []
        for label, box in self._waiting:
            if self._is_anchored(box, np.asarray(near, np.uint8)):
                self._set(label, box, 255)
            else:
                left.append((label, box))
        admitted = len(left) < len(self._waiting)
        self._waiting = left
        return admitted

    def _set(self, label: int, box: list[int], value: int) -> None:
        x, y, width, height = box
        place = slice(y, y + height), slice(x, x + width)
        self.mask[place][self._labels[place] == label] = value

    def _is_anchored(self, box: list[int], near: Gray) -> bool:
        x, y, width, height = box
        rows = near[y : y + height]
        begins = rows[:, max(x - 1, 0) : x + self._reach].any()
        return bool(begins and rows[:, max(x + width - self._reach, 0) : x + width + 1].any())

    def _is_alone(self, box: list[int], ink: Gray) -> bool:
        """Whether there is paper on both sides of a piece: a stroke has other strokes of its character beside it."""
        x, y, width, height = box
        inner = slice(x + round(0.15 * width), x + round(0.85 * width) + 1)
        gap, deep = round(_CLEAR[0] * self._scale), round(_CLEAR[1] * self._scale)
        above = ink[max(y - deep, 0) : max(y - gap, 0), inner]
        below = ink[y + height + gap : y + height + deep, inner]
        return all(side.size == 0 or float(side.mean()) <= _CROWDED for side in (above, below))


def _anchored(across: _Pieces, upright: _Pieces) -> tuple[Gray, Gray]:
    """The rules: long ones, short ones between them, and short ones between these."""
    across.admit(upright.mask)
    if upright.admit(across.mask) and across.admit(upright.mask):
        upright.admit(across.mask)
    return across.mask, upright.mask


def _ended(mask: Gray, others: Gray, scale: float) -> Gray:
    """The rules, three pixels thick at least, each from the first rule that it meets to the last."""
    drawn = np.asarray(cv2.dilate(mask, np.ones((1, _odd(_MEET * scale)), np.uint8)), np.uint8)
    crossing = cv2.dilate(turned(others), np.ones((_odd(2 * _MEET * scale), 1), np.uint8))
    _, stats = components(drawn)
    over = round(_OVER * scale)
    for x, y, width, height in stats[1:, :4].tolist():
        met = np.flatnonzero(crossing[y : y + height, x : x + width].any(axis=0))
        if not len(met):
            continue
        first, last = int(met[0]), int(met[-1])
        if first <= over:
            drawn[y : y + height, x : x + first] = 0
        if width - 1 - last <= over:
            drawn[y : y + height, x + last + 1 : x + width] = 0
    return drawn


def _odd(size: float) -> int:
    return max(round(size), 1) | 1
