"""Probabilities -> text: all characters, or only those of a figure, with how sure and what else it might be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain
from typing import Final
from unicodedata import east_asian_width, normalize

import numpy as np
import numpy.typing as npt

from extractors.scan.recogniser import Probabilities

#: Character of a figure -> those that the model may give for it.
_FIGURE: Final = {
    **{digit: (digit, chr(ord(digit) + 0xFEE0)) for digit in "23456789"},
    # In a cell of figures nothing else looks like these.
    "0": ("0", "０", "O", "o", "〇", "○"),
    "1": ("1", "１", "l", "I", "|", "丨"),
    ".": (".", "．"),
    ",": (",", "，"),
    "/": ("/", "／"),
    "+": ("+", "＋"),
    "-": ("-", "－", "—", "–", "−", "一"),
    "(": ("(", "（"),
    ")": (")", "）"),
}
_SYMBOLS: Final = tuple(_FIGURE)
#: Texts kept at every step of the search, and told in the end.
_BEAM: Final = 8
_TOLD: Final = 3
#: More than half, whatever is rounded.
_HALF: Final = 0.51

Steps = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Guess:
    """A text and how probable the model holds it (0..1)."""

    text: str
    confidence: float


def read_text(probabilities: Probabilities, alphabet: tuple[str, ...]) -> Guess:
    """The most probable character at every step; the confidence is that of the least sure of them.

    A sign in full width and in half width are one, and a space is nothing: which of them is printed is a doubt that
    changes no text.
    """
    known = _known(alphabet)
    best = probabilities.argmax(axis=1)
    sure = probabilities[np.arange(len(best)), best]
    _put_together(probabilities, known, best, sure)
    blank = np.flatnonzero(known.is_space[best])
    if len(blank):
        sure[blank] = probabilities[np.ix_(blank, known.nothing)].sum(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1) != 0)
    if not len(starts):
        return Guess("", 0.0)
    surest = np.maximum.reduceat(sure, starts).tolist()
    runs = zip(starts.tolist(), [*starts[1:].tolist(), len(best)], best[starts].tolist(), surest, strict=True)
    kept = [run for run in runs if run[2]]
    text = "".join(alphabet[_printed(probabilities[i:j], symbol, known)] for i, j, symbol, _ in kept)
    return Guess(text, min((p for *_, p in kept), default=0.0))


def _put_together(probabilities: Probabilities, known: _Known, best: Steps, sure: Probabilities) -> None:
    """Sets `best` to a sign and `sure` to what it has in both widths, where no character has more."""
    # Nothing has more than a character that has more than half; only its own twin adds to it.
    doubted = np.flatnonzero((sure < _HALF) | known.has_twin[best])
    if not len(doubted) or not len(known.plain):
        return
    both = probabilities[np.ix_(doubted, known.plain)] + probabilities[np.ix_(doubted, known.wide)]
    of_both = both.argmax(axis=1)
    most = both[np.arange(len(doubted)), of_both]
    wins = most >= sure[doubted]
    best[doubted[wins]], sure[doubted[wins]] = known.plain[of_both[wins]], most[wins]


def _printed(steps: Probabilities, symbol: int, known: _Known) -> int:
    """The symbol or its twin in full width, whichever is more probable at some step."""
    if not known.has_twin[symbol]:
        return symbol
    pair = [symbol, *known.wide[known.plain == symbol].tolist()]
    likelier: int = pair[int(steps[:, pair].max(axis=0).argmax())]
    return likelier


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of an alphabet: positions of `plain` characters and of the same in full width (`wide`), of what
    prints `nothing`; and of every position whether it is one of such a pair, or a space.
    """

    plain: Steps
    wide: Steps
    nothing: Steps
    has_twin: npt.NDArray[np.bool_]
    is_space: npt.NDArray[np.bool_]


@cache
def _known(alphabet: tuple[str, ...]) -> _Known:
    places = {character: i for i, character in enumerate(alphabet)}
    spaces = [i for i, character in enumerate(alphabet) if character and not character.strip()]
    pairs = [
        (places[plain], i)
        for i, character in enumerate(alphabet)
        if east_asian_width(character or " ") == "F"
        and (plain := normalize("NFKC", character)) in places
        and i not in spaces
    ]
    both = np.array(pairs, np.intp).reshape(-1, 2)
    every = np.arange(len(alphabet))
    nothing = np.array([0, *spaces], np.intp)
    return _Known(both[:, 0], both[:, 1], nothing, np.isin(every, both), np.isin(every, spaces))


def read_figure(probabilities: Probabilities, alphabet: tuple[str, ...]) -> list[Guess]:
    """The most probable figures, best first, each with the probability of all ways to read it so."""
    steps = _figure_columns(probabilities, alphabet)
    # text -> [probability of its ways that end in a blank, and of those that end in its last character]
    beam: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    for step in steps.tolist():
        beam = _extended(beam, step)
    ranked = sorted(((sum(ways), text) for text, ways in beam.items()), key=lambda pair: (-pair[0], pair[1]))
    return [Guess(text, min(p, 1.0)) for p, text in ranked[:_TOLD]]


def _figure_columns(probabilities: Probabilities, alphabet: tuple[str, ...]) -> Probabilities:
    """A column for the blank (a space is none either) and one for each symbol of a figure."""
    places, starts = _places(alphabet)
    found: Probabilities = np.add.reduceat(probabilities[:, places], starts, axis=1)
    return found


@cache
def _places(alphabet: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """Positions of the blank and of the variants of each symbol, and where those of each begin among them."""
    known = {character: i for i, character in enumerate(alphabet)}
    groups = [[0, len(alphabet) - 1]]
    groups += [[known[variant] for variant in _FIGURE[symbol] if variant in known] for symbol in _SYMBOLS]
    return list(chain.from_iterable(groups)), [0, *accumulate(map(len, groups[:-1]))]


def _extended(beam: dict[str, tuple[float, float]], step: list[float]) -> dict[str, tuple[float, float]]:
    blank, *symbols = step
    likely = [(c, p) for c, p in zip(_SYMBOLS, symbols, strict=True) if p > 1e-5]
    if not likely:
        return {text: ((on_blank + on_last) * blank, 0.0) for text, (on_blank, on_last) in beam.items()}
    out: dict[str, list[float]] = {}
    for text, (on_blank, on_last) in beam.items():
        ways = out.setdefault(text, [0.0, 0.0])
        ways[0] += (on_blank + on_last) * blank
        for symbol, p in likely:
            same = text.endswith(symbol)
            if same:
                ways[1] += on_last * p
            longer = out.setdefault(text + symbol, [0.0, 0.0])
            longer[1] += (on_blank if same else on_blank + on_last) * p
    best = sorted(out.items(), key=lambda item: (-sum(item[1]), item[0]))[:_BEAM]
    return {text: (ways[0], ways[1]) for text, ways in best}
