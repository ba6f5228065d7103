"""Glyphs of a page as playa decodes them, put together to words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from extractors.marks import RAISED

#: in em: how far a glyph's middle stands above its baseline
_MIDDLE: Final = 0.35
#: in em: neighbours closer than this are one word
_TOUCH: Final = 0.15
#: in em: words of a line further apart than this were set apart on purpose
_APART: Final = 1.0
#: in em: white between letter-spaced digits differs by less
_UNEVEN: Final = 0.15
_FIGURES: Final = frozenset("0123456789.,０１２３４５６７８９．，")
#: in em: baselines that differ by less are one line
_LEVEL: Final = 0.5
#: in em: digits that follow a figure nearer than this and off its baseline by more are the mark of a note
_BESIDE, _OFF = 0.4, 0.1
#: marks are smaller than the figure by this factor, or as large
_SMALL: Final = 0.8
_DIGITS: Final = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character: left and right edge, baseline, and size (em), in points of the page as read."""

    text: str
    x0: float
    x1: float
    base: float
    size: float


@dataclass(slots=True)
class Word:
    """Characters that follow one another without a gap; they belong to one cell.

    `spaced` tells that a printed space stands before it.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    spaced: bool = False

    @property
    def x(self) -> float:
        """The middle, by which the word belongs to a column."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """The middle, by which the word belongs to a row: from the baseline, as font boxes reach below rules."""
        return self.base + _MIDDLE * self.size


def words_of(glyphs: Iterable[Glyph]) -> Iterator[Word]:
    """The words of a page in the order of its content."""
    word: Word | None = None
    spaced = False
    for glyph in glyphs:
        if not glyph.text.strip():
            spaced = True
            if word is not None:
                yield word
            word = None
            continue
        if word is not None and _follows(word, glyph):
            word.text += glyph.text
            word.x1 = max(word.x1, glyph.x1)
            continue
        if word is not None:
            yield word
        word = Word(glyph.text, glyph.x0, glyph.x1, glyph.base, glyph.size, spaced)
        spaced = False
    if word is not None:
        yield word


def _follows(word: Word, glyph: Glyph) -> bool:
    em = max(word.size, glyph.size)
    return abs(glyph.base - word.base) < 0.1 * em and -0.5 * em < glyph.x0 - word.x1 < _TOUCH * em


def text_of(words: Iterable[Word]) -> str:
    """The text of a cell or of a line: printed lines from the top, words from the left."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (-w.base, w.x0)):
        if lines and lines[-1][0].base - word.base < _LEVEL * max(word.size, lines[-1][0].size):
            lines[-1].append(word)
        else:
            lines.append([word])
    return "\n".join(_line(line) for line in lines)


def _line(words: list[Word]) -> str:
    words = sorted(words, key=lambda w: w.x0)
    _raise_marks(words)
    figures = _parted(words)
    parts: list[str] = []
    end = 0.0
    for at, word in enumerate(words):
        apart = word.spaced or word.x0 - end > _APART * word.size or at in figures
        parts.append(f" {word.text}" if parts and apart else word.text)
        end = word.x1
    return "".join(parts)


def _raise_marks(words: list[Word]) -> None:
    """Raised digits for those off the baseline of the figure that they stand at."""
    figure: list[Word] = []
    for word in [*words, None]:
        if word is not None and figure and _stands_at(figure[-1], word):
            figure.append(word)
            continue
        line = max(figure, key=lambda w: (w.size >= _SMALL * max(f.size for f in figure), len(w.text)), default=None)
        for one in figure:
            if line is not None and abs(one.base - line.base) > _OFF * line.size:
                one.text = one.text.translate(RAISED)
        figure = [word] if word is not None and _DIGITS.issuperset(word.text) else []


def _stands_at(one: Word, other: Word) -> bool:
    return (
        _DIGITS.issuperset(other.text)
        and -0.2 * other.size < other.x0 - one.x1 < _BESIDE * one.size
        and abs(other.base - one.base) < 0.7 * max(one.size, other.size)
    )


def _parted(words: list[Word]) -> set[int]:
    """The words of a line that go on with a figure across white which is not letter-spacing.

    Letter-spacing sets single characters apart, each by the same white.
    """
    parted: set[int] = set()
    chain: list[int] = []
    for at in range(1, len(words) + 1):
        if at < len(words) and _goes_on(words[at - 1], words[at]):
            chain.append(at)
            continue
        gaps = [words[i].x0 - words[i - 1].x1 for i in chain]
        single = all(len(words[i].text) == 1 for i in chain[:-1])
        if gaps and not (single and max(gaps) - min(gaps) < _UNEVEN * words[chain[0]].size):
            parted.update(chain)
        chain = []
    return parted


def _goes_on(one: Word, other: Word) -> bool:
    """Whether two words may be parts of a figure set apart."""
    return one.text[-1] in _FIGURES and other.text[0] in _FIGURES and other.x0 - one.x1 > _TOUCH * other.size
