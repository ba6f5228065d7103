"""Digits that the text layer has and nobody sees: in the colour of what is under them, or under what came later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from extractors.pdf import native
from extractors.pdf.glyphs import Bools, Glyphs
from extractors.pdf.native import Floats, Integers
from extractors.pdf.painted import Colour, Painted, clipped, colour_of, hides
from extractors.pdf.rules import Drawing

#: colours that differ by less in each of red, green and blue (of 255) are one to the eye
_SAME: Final = 26
#: what is less opaque (of 255) is not seen
_FAINT: Final = 26
_PAPER: Final[Colour] = (255, 255, 255, 255)
#: a picture that covers more of the page is the page's scan: its text says the same (see `Text.painted`)
_SCAN: Final = 0.5
#: pairs of a digit and a box on a page; real pages have some 20,000
_MANY: Final = 4_000_000

_Colours = npt.NDArray[np.int64]


def hidden_digits(glyphs: Glyphs, digits: Integers, drawn: Drawing) -> Bools:
    """Which of the digits cannot be seen; all of them where a page has too many boxes to tell.

    A digit is judged by its middle: boxes and pictures painted later hide it, of those painted before it the last is
    its ground, else the paper.
    """
    if not len(digits):
        return np.zeros(0, bool)
    index = glyphs.index[digits].tolist()
    colours = native.char_colours(glyphs.text_page, index).astype(np.int64)
    hidden: Bools = (colours[:, 3] < _FAINT) | _like(colours, _PAPER)
    boxes = [one for one in drawn.painted if not (one.picture and _is_scan(one, drawn))]
    if len(boxes) * len(digits) > _MANY:
        return np.ones(len(digits), bool)
    middles = (glyphs.boxes[digits, :2] + glyphs.boxes[digits, 2:]) / 2
    inside = _inside(middles, boxes)
    if not inside.any():
        return hidden
    order = {text: place for place, text in enumerate(drawn.texts)}
    own = np.array([order.get(native.char_object(glyphs.text_page, at), len(order)) for at in index])
    look = _Look(boxes)
    # Most digits are dark on light ground that was painted before them: no need to look closely.
    for at in np.flatnonzero(_doubtful(inside, own, boxes, colours) | (hidden & inside.any(axis=0))).tolist():
        here = look.painted_at(np.flatnonzero(inside[:, at]).tolist(), middles[at])
        ground = look.ground([one for one in here if one.before <= own[at]])
        hidden[at] = colours[at, 3] < _FAINT or (ground is not None and _like(colours[at : at + 1], ground).any())
        hidden[at] |= any(map(hides, (one for one in here if one.before > own[at])))
    return hidden


def _is_scan(one: Painted, drawn: Drawing) -> bool:
    x0, y0, x1, y1 = one.box
    width, height = drawn.frame.size
    return (x1 - x0) * (y1 - y0) > _SCAN * width * height


def _inside(points: Floats, boxes: Sequence[Painted]) -> Bools:
    """Rows of boxes, columns of points: which lie in which."""
    x0, y0, x1, y1 = np.array([one.box for one in boxes]).reshape(-1, 4).T[:, :, None]
    x, y = points.T
    inside: Bools = (x0 < x) & (x < x1) & (y0 < y) & (y < y1)
    return inside


def _doubtful(inside: Bools, own: Integers, boxes: Sequence[Painted], colours: _Colours) -> Bools:
    """The digits with a box of their own colour under them, or any box over them."""
    boxed = np.flatnonzero(inside.any(axis=1))
    inside, several = inside[boxed], [boxes[at] for at in boxed.tolist()]
    before = np.array([one.before for one in several])
    doubtful: Bools = np.any(inside & (before[:, None] > own), axis=0)
    fills = native.fill_colours([one.handle for one in several]).astype(np.int64)
    codes = colours[:, :3] @ (1 << 16, 1 << 8, 1)
    for code in np.unique(codes).tolist():
        written = codes == code
        like = _like(fills, (code >> 16, code >> 8 & 255, code & 255, 255))
        doubtful[written] |= inside[like][:, written].any(axis=0)
    return doubtful


def _like(colours: _Colours, other: Colour) -> Bools:
    """Which of the colours are one with another to the eye, opacity aside."""
    red, green, blue = (np.abs(colours[:, part] - other[part]) < _SAME for part in range(3))
    like: Bools = red & green & blue
    return like


class _Look:
    """How the boxes of a page are painted, each asked once."""

    def __init__(self, boxes: Sequence[Painted]) -> None:
        self._boxes = boxes
        self._clipped: dict[int, tuple[float, float, float, float]] = {}

    def painted_at(self, places: Sequence[int], point: Floats) -> list[Painted]:
        """Those that are painted there: within their clips, and not where the boxes of one path leave a hole."""
        x, y = point.tolist()
        times = Counter(self._boxes[at].handle for at in places)
        return [self._boxes[at] for at in places if times[self._boxes[at].handle] % 2 and self._reaches(at, x, y)]

    def ground(self, boxes: Sequence[Painted]) -> Colour | None:
        """The colour of the uppermost; None for a picture, a pattern, or what is mixed with what lies under it."""
        if not boxes:
            return _PAPER
        last = boxes[-1]
        return colour_of(last.handle) if not last.picture and hides(last) else None

    def _reaches(self, at: int, x: float, y: float) -> bool:
        if at not in self._clipped:
            self._clipped[at] = clipped(self._boxes[at])
        x0, y0, x1, y1 = self._clipped[at]
        return x0 < x < x1 and y0 < y < y1
