"""A cell in the making: where it is, what stands in it, and what was read there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from extractors.scan.canvas import Gray
from extractors.scan.ctc import Guess
from extractors.scan.ink import Lines
from extractors.scan.lattice import Place

_LOOKALIKES: Final = str.maketrans(
    "OoＯ〇○lI|丨（），．／＋－—–−一０１２３４５６７８９",
    "000001111(),./+-----0123456789",
)
_FIGURE: Final = re.compile(r"[\d.,/()+\-]+", re.ASCII)
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")
#: What holds no figure: no digit but one that numbers it.
_LABEL: Final = re.compile(r"(?:[（(]?\d\s*[)）.、．]|\D)\D*")
#: A text read less surely than this is read again, larger; and one with a Latin letter: 七 is taken for a t.
_SURE: Final = 0.8
#: The ways to read a figure have at least this probability together: a 0 may read as O, Q or 0, each with less.
_LIKELY: Final = 0.5
_LATIN: Final = re.compile(r"[A-Za-z]")


@dataclass(slots=True)
class Seen:
    """Lines of a cell with their crops and texts; of one that may hold a figure, the best readings of each pass.

    `red` says that only coloured ink stands in the cell, `stained` that such ink stands over its text.
    """

    place: Place
    lines: Lines
    crops: list[Gray] = field(default_factory=list)
    texts: list[Guess] = field(default_factory=list)
    figures: list[Guess] = field(default_factory=list)
    second: list[Guess] = field(default_factory=list)
    third: list[Guess] = field(default_factory=list)
    red: bool = False
    stained: bool = False

    @property
    def text(self) -> str:
        """The lines put together."""
        return "".join(guess.text for guess in self.texts)

    @property
    def is_short(self) -> bool:
        """Whether it was read as a figure, whatever it holds."""
        return len(self.texts) == 1 and bool(self.figures)

    @property
    def looks_like_figure(self) -> bool:
        """Whether nothing but a figure was read, or what was read is more likely a figure than anything else."""
        if not self.is_short:
            return False
        figure = self.figures[0]
        likely = bool(figure.text) and figure.confidence >= _LIKELY
        return likely or _FIGURE.fullmatch(self.text.translate(_LOOKALIKES)) is not None

    @property
    def may_be_figure(self) -> bool:
        """Short and without a Chinese character that is read with confidence (无, a label)."""
        sure = self.texts[0].confidence >= 0.9 and _HAN.search(self.text) is not None
        return len(self.text) <= 12 and not sure and len(_HAN.findall(self.text)) <= 1


def is_sure(guess: Guess) -> bool:
    """Whether a line, squeezed, was read so that it need not be read again."""
    return guess.confidence >= _SURE and not _LATIN.search(guess.text)


def is_label(guess: Guess) -> bool:
    """Whether a line, squeezed, was surely read as words without a figure."""
    return is_sure(guess) and len(_HAN.findall(guess.text)) > 1 and bool(_LABEL.fullmatch(guess.text))
