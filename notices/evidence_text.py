"""Text in evidence pictures: the one font, lines that fit, and what a line measures."""

from __future__ import annotations

from functools import cache
from typing import Final

import pylopdf_fonts_zh_cn as fonts
from PIL import ImageDraw, ImageFont

from notices.text import plain

Ink = tuple[int, int, int]

BLACK: Ink = (24, 24, 27)
GREY: Ink = (107, 114, 128)
#: longer text of one line or cell is cut, and says how long it was
MAX_TEXT: Final = 400
_CLOSING: Final = frozenset("，。；：、！？）》”’】,.;:!?)")


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Noto Sans SC at a size in pixels; laid out without Raqm, which is not installed everywhere."""
    return ImageFont.truetype(str(fonts.sans_path()), size, layout_engine=ImageFont.Layout.BASIC)


def shown(text: str) -> str:
    """Hostile text as one line: hidden characters named, cut at `MAX_TEXT`."""
    # The font lacks the brackets that `plain` puts around the name of a hidden character.
    return plain(text, MAX_TEXT).replace("⟨", "〈").replace("⟩", "〉")


def width(text: str, size: int) -> int:
    """Pixels that a line of shown text takes, rounded up."""
    return int(-(-font(size).getlength(text) // 1))


def height(size: int) -> int:
    """Pixels from one line to the next."""
    return round(size * 1.45)


def wrapped(text: str, size: int, room: int) -> list[str]:
    """Shown text in lines of at most `room` pixels, broken between any two characters; at least one line.

    One mark of punctuation that ends something may hang over rather than begin a line.
    """
    lines, line, used = [], "", 0.0
    for character in text:
        wide = font(size).getlength(character)
        if line and used + wide > room and (character not in _CLOSING or used > room):
            lines.append(line)
            line, used = "", 0.0
            if character == " ":
                continue
        line, used = line + character, used + wide
    return [*lines, line]


def write(draw: ImageDraw.ImageDraw, at: tuple[int, int], line: str, size: int, ink: Ink = BLACK) -> None:
    """Draw one line with its line box's top left corner at `at`."""
    x, y = at
    # Chinese characters reach some 0.88 of the size above the baseline and 0.12 below it.
    draw.text((x, y + height(size) // 2 + round(0.38 * size)), line, fill=ink, font=font(size), anchor="ls")
