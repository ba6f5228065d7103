"""An evidence picture: what a report prints in a cell, shown where it stands, with what is known of it.

Everything here is a function of its arguments: the same page and caption give the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageDraw

from notices.evidence_text import BLACK, GREY, Ink, height, shown, wrapped, write

_PAD: Final = 28
_SPACE: Final = 14
#: pixels: the caption needs some room even over a narrow table
_NARROWEST: Final = 900
_FRAME: Final = (212, 212, 216)
_TITLE, _TEXT, _SMALL = 26, 18, 14
#: rows of pixels in one picture; what goes beyond is cut off and said
_TALLEST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands over and under the pictures: a title, a line a cell, where it comes from."""

    title: str
    cells: Sequence[str]
    sources: Sequence[str]


@dataclass(frozen=True, slots=True)
class Strip:
    """A picture, the small line over it that says what it shows, and whether it needs a frame around it."""

    label: str
    picture: Image.Image
    framed: bool = True


def compose(caption: Caption, strips: Sequence[Strip]) -> bytes:
    """A PNG: title and cells, the strips one under another, the sources. Text may be hostile."""
    across = max([_NARROWEST, *(strip.picture.width + 2 for strip in strips)])
    heads = [_Block([caption.title], _TITLE, BLACK, across), _Block(caption.cells, _TEXT, BLACK, across)]
    labels = [_Block([strip.label], _SMALL, GREY, across) for strip in strips]
    foot = _Block(caption.sources, _SMALL, GREY, across)
    pictures = sum(strip.picture.height + 2 + _SPACE for strip in strips)
    tall = sum(block.height for block in [*heads, *labels, foot]) + pictures + 2 * _PAD + _SPACE
    canvas = Image.new("RGB", (across + 2 * _PAD, min(tall, _TALLEST)), (255, 255, 255))
    draw = ImageDraw.Draw(canvas)
    y = _PAD
    for block in heads:
        y = block.draw(draw, y) + _SPACE // 2
    for label, strip in zip(labels, strips, strict=True):
        y = label.draw(draw, y)
        if strip.framed:
            draw.rectangle((_PAD, y, _PAD + strip.picture.width + 1, y + strip.picture.height + 1), outline=_FRAME)
        canvas.paste(strip.picture, (_PAD + 1, y + 1))
        y += strip.picture.height + 2 + _SPACE
    foot.draw(draw, y)
    file = BytesIO()
    canvas.save(file, "PNG", compress_level=6)
    return file.getvalue()


def stacked(strips: Sequence[Strip]) -> bytes:
    """A PNG of the strips alone, one under another, in 32 colours: a mail carries several."""
    across = max(strip.picture.width for strip in strips) + 2
    tall = sum(strip.picture.height + 2 + _SPACE for strip in strips) - _SPACE
    canvas = Image.new("RGB", (across, min(tall, _TALLEST)), (255, 255, 255))
    draw = ImageDraw.Draw(canvas)
    y = 0
    for strip in strips:
        canvas.paste(strip.picture, (1, y + 1))
        draw.rectangle((0, y, strip.picture.width + 1, y + strip.picture.height + 1), outline=_FRAME)
        y += strip.picture.height + 2 + _SPACE
    file = BytesIO()
    canvas.quantize(32, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


class _Block:
    """Lines of text of one size, wrapped to the picture's width."""

    def __init__(self, texts: Sequence[str], size: int, ink: Ink, room: int) -> None:
        self._lines = [line for text in texts for line in wrapped(shown(text), size, room)]
        self._size, self._ink = size, ink

    @property
    def height(self) -> int:
        """Pixels that the lines take."""
        return len(self._lines) * height(self._size)

    def draw(self, draw: ImageDraw.ImageDraw, y: int) -> int:
        """Write the lines from `y` on; gives where the next thing goes."""
        for line in self._lines:
            write(draw, (_PAD, y), line, self._size, self._ink)
            y += height(self._size)
        return y
