"""The printed characters of a page, with tight boxes, in the frame where the text stands upright."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from extractors.pdf import native
from extractors.pdf.frame import Frame
from extractors.pdf.native import Floats, Integers
from form.errors import DocumentError

#: A dense page of text holds some 3,000.
MAX_CHARACTERS = 60_000
#: How many characters are asked for their direction.
_ASKED = 8

_UNREADABLE = 0xFFFD
NEWLINE = 0x0A
# What PDFium puts for a hyphen at the end of a line, and so for a figure's cell that holds `-`.
_HYPHENS_AT_END = (0x02, 0xFFFE)

# What some tools write for a glyph without Unicode.
_GLYPH_NUMBER = re.compile(r"\(cid:\d+\)")

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Text:
    """The text layer of a page: all code points (U+FFFD where unknown), and which are visible."""

    text_page: int
    codes: npt.NDArray[np.uint32]
    index: Integers

    @property
    def string(self) -> str:
        """The code points as text."""
        return self.codes.astype("<u4").tobytes().decode("utf-32-le")

    @property
    def meaningless(self) -> int:
        """How many visible characters say nothing: unknown, of the private use areas, or `(cid:12)`."""
        codes = self.codes
        private = ((codes >= 0xE000) & (codes <= 0xF8FF)) | (codes >= 0xF0000)
        named = sum(map(len, _GLYPH_NUMBER.findall(self.string)))
        return int(np.count_nonzero(private | (codes == _UNREADABLE))) + named

    def painted(self, unseen: frozenset[int]) -> Text:
        """Without the characters of text objects that are not painted, if those are the fewer.

        Where most of a page's text is unseen, a program put it over a scan that says the same.
        """
        seen = np.array([native.char_object(self.text_page, at) not in unseen for at in self.index.tolist()], bool)
        few = np.count_nonzero(seen) > len(seen) / 2
        return Text(self.text_page, self.codes, self.index[seen]) if few else self


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Visible characters in the order of the text layer; arrays of the same length, points.

    `boxes` are tight (x0, y0, x1, y1), `origins` (x, y) lie on the baseline. `spaced` says that white
    space stands before the character, `line` numbers PDFium's lines, `index` is PDFium's own number. `doubt` is
    the mark (see `tracking.DOUBTS`) of those of which it is not sure that they are read as printed, else 0.
    """

    codes: npt.NDArray[np.uint32]
    boxes: Floats
    origins: Floats
    spaced: Bools
    line: Integers
    index: Integers
    doubt: npt.NDArray[np.uint32]
    em: float
    text_page: int

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, chosen: Bools) -> Glyphs:
        """Those where `chosen` is true."""
        return Glyphs(
            self.codes[chosen],
            self.boxes[chosen],
            self.origins[chosen],
            self.spaced[chosen],
            self.line[chosen],
            self.index[chosen],
            self.doubt[chosen],
            self.em,
            self.text_page,
        )


def read_text(text_page: int) -> Text:
    """The characters of a page. Raises `DocumentError` (too_complex)."""
    count = native.char_count(text_page)
    if count > MAX_CHARACTERS:
        raise DocumentError("too_complex", f"{count} characters on a page")
    codes = _readable(native.char_codes(text_page, max(count, 0)))
    return Text(text_page, codes, np.flatnonzero(~_is_blank(codes)))


def text_turns(text: Text, shown: Frame) -> int:
    """Quarter turns clockwise that set most of the text upright; 0 for a page without text."""
    asked = text.index[:: max(1, len(text.index) // _ASKED)].tolist()
    # Both a character's angle and a page's rotation are clockwise; together they must come to nothing.
    angles = (native.char_angle(text.text_page, i) for i in asked)
    # A matrix of huge numbers gives no angle.
    quarters = Counter(round(angle / (math.pi / 2)) % 4 for angle in angles if math.isfinite(angle))
    if not quarters:
        return 0
    most: int = quarters.most_common(1)[0][0]
    return (-most - shown.turns) % 4


def read_glyphs(text: Text, upright: Frame) -> Glyphs:
    """The visible characters with their geometry, coordinates of `upright`.

    Characters off the page as shown are left out, and so are second prints of one character on the
    same spot (bold by overprinting).
    """
    geometry = native.char_geometry(text.text_page, text.index.tolist())
    boxes, origins = upright.boxes(geometry), upright.points(geometry[:, 4:])
    _give_extent(boxes, origins)
    heights = boxes[:, 3] - boxes[:, 1]
    upper = len(heights) * 3 // 4
    glyphs = Glyphs(
        codes=text.codes[text.index],
        boxes=boxes,
        origins=origins,
        spaced=np.diff(text.index, prepend=-1) > 1,
        line=np.cumsum(text.codes == NEWLINE)[text.index],
        index=text.index,
        doubt=np.zeros(len(text.index), np.uint32),
        em=max(float(np.partition(heights, upper)[upper]), 1.0) if len(heights) else 1.0,
        text_page=text.text_page,
    )
    return glyphs.take(_on_page(boxes, upright) & ~_overprinted(glyphs))


def _readable(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    for hyphen in _HYPHENS_AT_END:
        codes[codes == hyphen] = ord("-")
    control = (codes < 0x20) & (codes != NEWLINE) & (codes != 0x0D) & (codes != 0x09)
    codes[control | (codes > 0x10FFFF) | ((codes >= 0xD800) & (codes < 0xE000))] = _UNREADABLE
    return codes


def _is_blank(codes: npt.NDArray[np.uint32]) -> Bools:
    blank: Bools = (
        (codes <= 0x20)
        | (codes == 0xA0)
        | (codes == 0x3000)
        | ((codes >= 0x2000) & (codes <= 0x200F))
        | (codes == 0xFEFF)
    )
    return blank


def _give_extent(boxes: Floats, origins: Floats) -> None:
    """Glyphs without an outline get a small box on their origin, so that they fall into a cell."""
    flat = (boxes[:, 2] <= boxes[:, 0]) | (boxes[:, 3] <= boxes[:, 1])
    boxes[flat, :2] = origins[flat]
    boxes[flat, 2:] = origins[flat] + 1.0


def _on_page(boxes: Floats, frame: Frame) -> Bools:
    width, height = frame.size
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    return (x >= 0) & (x <= width) & (y >= 0) & (y <= height)


def _overprinted(glyphs: Glyphs) -> Bools:
    """Those printed again within a tenth of their size of an equal character before them."""
    # By line, too: in a column equal digits of other rows stand between the two.
    rows = np.round(glyphs.origins[:, 1] / glyphs.em)
    order = np.lexsort((glyphs.index, glyphs.origins[:, 0], rows, glyphs.codes))
    near = np.abs(np.diff(glyphs.origins[order], axis=0)).max(axis=1) < 0.1 * glyphs.em
    again = np.zeros(len(glyphs), dtype=bool)
    again[order[1:][near & (np.diff(glyphs.codes[order].astype(np.int64)) == 0)]] = True
    return again
