"""Front coding of sorted texts: how much of the one before a text repeats, and the rest of it.

Ids and names of one place begin alike, so that the index of a province is half as large; `index.js` undoes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile


def fronted(texts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """For each text the number of leading code points that it shares with the one before, and what follows."""
    before = ""
    for text in texts:
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, text, strict=False)))
        yield shared, text[shared:]
        before = text


def whole(coded: Iterable[tuple[int, str]]) -> Iterator[str]:
    """The texts again."""
    before = ""
    for shared, rest in coded:
        before = before[:shared] + rest
        yield before
