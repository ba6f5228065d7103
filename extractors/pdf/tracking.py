"""Figures whose digits are set apart (letter-spacing): one figure, though PDFium sees spaces in it."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from extractors.pdf import native
from extractors.pdf.glyphs import Bools, Glyphs

#: how sure a figure is that was put together from digits set apart
SURE: Final = 0.85
#: stands for the white between digits set apart, until the cell is known: a hair space, which no reader of text
#: layers gives (PDFium's own are blanks)
HAIR: Final = "\u200a"
#: stand before a digit that may not be read as printed, in the same way
OVERPRINTED, STRUCK, HIDDEN, UNEVEN = "\u2006", "\u2005", "\u2004", "\u2002"
#: why (Chinese, for auditors)
DOUBTS: Final = {
    OVERPRINTED: "数字互相重叠",
    STRUCK: "数字上有划线",
    HIDDEN: "数字被遮盖或与底色相同，页面上看不见",
    UNEVEN: "数字大小不一，可能带注释标记",
}
#: how sure a text with such a digit is
DOUBTED: Final = 0.6
#: all that stands between characters, and is none
UNPRINTED: Final = " \n" + HAIR + "".join(DOUBTS)
_DOUBTFUL: Final = re.compile("[" + "".join(DOUBTS) + "]")

_POINTS: Final = [ord(c) for c in ".,．，"]
#: share of the height of letters by which the steps between digits may differ; a blank makes a step 0.25 wider
_EVEN: Final = 0.1
#: no column is as narrow as this many heights of letters
_STEP: Final = 1.5


def set_apart(glyphs: Glyphs, spaced: Bools, parted: Bools) -> Bools:
    """Which of the spaces between each character and the next are white within one figure.

    `parted` are pairs of different lines or cells. At least three digits must follow one another in even steps
    narrower than any column, with nothing printed between them. A blank that stands in the text parts figures; so
    does a 0 in front, as in `0 0 0`.
    """
    codes = glyphs.codes
    digit = ((codes >= ord("0")) & (codes <= ord("9"))) | ((codes >= ord("０")) & (codes <= ord("９")))
    figure = digit | np.isin(codes, _POINTS)
    linked = figure[1:] & figure[:-1] & ~parted
    apart = np.zeros(len(spaced), dtype=bool)
    if not (linked & spaced).any():
        return apart
    edges = np.diff(np.concatenate(([False], linked, [False])).astype(np.int8))
    for first, stop in zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True):
        here = slice(first, stop)
        if spaced[here].any() and _is_one(glyphs, digit, first, stop):
            apart[here] = spaced[here]
    return apart


def joined(text: str) -> tuple[str, float, str | None]:
    """A cell's text with figures put together, how sure that is, and why not wholly."""
    doubts = _DOUBTFUL.findall(text)
    if not doubts and HAIR not in text:
        return text.strip(), 1.0, None
    reasons = "；".join(dict.fromkeys(DOUBTS[one] for one in doubts))
    bare = _DOUBTFUL.sub("", text.replace(HAIR, "")).strip()
    return bare, DOUBTED if doubts else SURE, reasons or "数字间距较大，按一个数读取"


def _is_one(glyphs: Glyphs, digit: Bools, first: int, last: int) -> bool:
    """Whether the characters from `first` to `last` are one figure set apart."""
    codes = glyphs.codes[first : last + 1]
    if codes[0] in (ord("0"), ord("０")) and digit[first + 1]:
        return False
    steps = np.diff(glyphs.origins[first : last + 1, 0])
    # A step is as wide as the character before it, so those after a point are narrower.
    full = steps[digit[first:last]]
    if len(full) < 2 or full.max() > _STEP * glyphs.em or full.max() - full.min() > _EVEN * glyphs.em:
        return False
    if (steps <= 0).any() or steps.max() > full.max() + _EVEN * glyphs.em:
        return False
    between = range(int(glyphs.index[first]), int(glyphs.index[last]))
    printed = set(glyphs.index[first : last + 1].tolist())
    return all(at in printed or native.char_generated(glyphs.text_page, at) == 1 for at in between)
