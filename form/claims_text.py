"""A section's text without white space, in half width, with the way back to where each character stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

#: a paragraph is a line of the section; a longer sentence is cut, so that looking back costs little whatever it holds
_SENTENCE: Final = re.compile(r"[^。!?]{1,1000}")


@dataclass(frozen=True, slots=True)
class Bare:
    """`text` is NFKC without white space; `at[i]` is where its character i stood in the section."""

    text: str
    at: tuple[int, ...]

    def span(self, first: int, stop: int) -> tuple[int, int]:
        """The offsets in the section of the characters from `first` up to `stop` (`first` < `stop`)."""
        return self.at[first], self.at[stop - 1] + 1


def paragraphs(section: str) -> Iterator[Bare]:
    """The paragraphs of a section that hold any text."""
    start = 0
    for line in section.splitlines(keepends=True):
        bare = _bare(line, start)
        if bare.text:
            yield bare
        start += len(line)


def _bare(line: str, start: int) -> Bare:
    parts = [_plain(character) for character in line]
    at = tuple(index for index, part in enumerate(parts, start) for _ in part)
    return Bare("".join(parts), at)


@lru_cache(maxsize=8192)
def _plain(character: str) -> str:
    return "".join(unicodedata.normalize("NFKC", character).split())


def sentences(bare: Bare) -> Iterator[tuple[int, int]]:
    """First and stop of each sentence of a paragraph, its mark left out."""
    return (hit.span() for hit in _SENTENCE.finditer(bare.text))
