"""Probabilities -> text: all characters, or only those of a figure, with how sure and what else it might be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final
from unicodedata import east_asian_width, normalize

import numpy as np

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
    twins, wide, spaces = _twins(alphabet)
    steps = np.arange(len(probabilities))
    best = probabilities.argmax(axis=1)
    sure = probabilities[steps, best]
    both = probabilities[:, twins] + probabilities[:, wide]
    of_both = both.argmax(axis=1)
    wins = both[steps, of_both] >= sure
    best[wins], sure[wins] = np.array(twins)[of_both[wins]], both[wins, of_both[wins]]
    blank = np.isin(best, spaces)
    sure[blank] = probabilities[blank][:, [0, *spaces]].sum(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1) != 0)
    kept = [(i, j) for i, j in zip(starts, [*starts[1:], len(best)], strict=True) if best[i]]
    text = "".join(alphabet[_printed(probabilities[i:j], int(best[i]), twins, wide)] for i, j in kept)
    return Guess(text, min((float(sure[i:j].max()) for i, j in kept), default=0.0))


def _printed(steps: Probabilities, symbol: int, twins: list[int], wide: list[int]) -> int:
    """The symbol or its twin in full width, whichever is more probable at some step."""
    if symbol not in twins:
        return symbol
    pair = [symbol, *(w for t, w in zip(twins, wide, strict=True) if t == symbol)]
    return pair[int(steps[:, pair].max(axis=0).argmax())]


@cache
def _twins(alphabet: tuple[str, ...]) -> tuple[list[int], list[int], list[int]]:
    """Positions of characters that also come in full width, of those, and of spaces."""
    known = {character: i for i, character in enumerate(alphabet)}
    pairs = [
        (known[plain], i)
        for i, character in enumerate(alphabet)
        if east_asian_width(character or " ") == "F" and (plain := normalize("NFKC", character)) in known
    ]
    spaces = [i for i, character in enumerate(alphabet) if character and not character.strip()]
    pairs = [(plain, i) for plain, i in pairs if i not in spaces]
    return [plain for plain, _ in pairs], [i for _, i in pairs], spaces


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
    columns = [probabilities[:, 0] + probabilities[:, -1]]
    columns += [probabilities[:, indices].sum(axis=1) for indices in _indices(alphabet)]
    return np.stack(columns, axis=1)


@cache
def _indices(alphabet: tuple[str, ...]) -> tuple[list[int], ...]:
    known = {character: i for i, character in enumerate(alphabet)}
    return tuple([known[variant] for variant in _FIGURE[symbol] if variant in known] for symbol in _SYMBOLS)


def _extended(beam: dict[str, tuple[float, float]], step: list[float]) -> dict[str, tuple[float, float]]:
    blank, *symbols = step
    likely = [(c, p) for c, p in zip(_SYMBOLS, symbols, strict=True) if p > 1e-5]
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
