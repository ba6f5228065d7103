"""Printed labels -> what they name: exact after normalising, else near with a safe margin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

#: shorter labels are matched exactly or not at all: 予以公开 and 不予公开 differ by two characters
MIN_NEAR: Final = 6
#: shorter names among Latin letters and digits may be part of another
MIN_HAN: Final = 4
MIN_RATIO: Final = 0.80
MIN_MARGIN: Final = 0.12
#: among long labels that are like one another: so many times as many differences to the next candidate
MIN_FACTOR: Final = 3
#: longer text is prose
MAX_LABEL: Final = 120

_CN: Final = {c: i for i, c in enumerate("一二三四五六七八九十", 1)}
_NUMBERING: Final = re.compile(
    r"^\s*(?:\(\s*(?P<b>[一二三四五六七八九十])\s*\)|(?P<a>[一二三四五六七八九十])\s*[、.．,]"
    r"|\(?\s*(?P<c>\d)\s*(?:[.、,)]|(?=[\u4e00-\u9fff])))"
)
_INNER: Final = re.compile(r"\(\s*[一二三四五六七八九十]\s*\)|\d\s*[.、]")
_LATIN: Final = re.compile(r"[0-9A-Za-z]")
_TAIL: Final = re.compile(r"\([^()]*\)?\s*$")
#: words that make another thing of what they stand with, however like the labels are
_TURNS: Final = re.compile(
    r"(?P<last>上一?年|去年|往年|前年|上期)|(?P<this>[本今当]年|本期)|(?P<first>[年期]初)|(?P<all>历年|累计)"
    r"|(?P<not>不予|不[准得]|未|非|拒|减?免|减征|缓|退|欠|应收|拟|撤[销回]|驳回|变更|注销|废止|失效|受理)"
)
#: what goes on after these is counted or not, whatever it is
_EXPLAINS: Final = re.compile(r"\([^()]{0,6}(?:含|包括|其中|指|即|除|计|单位|注)")
#: words of the report's own year turn nothing
_SAME_YEAR: Final = frozenset({"this"})


@dataclass(frozen=True, slots=True)
class Mark:
    """The number before a label: level a (一、), b (（一）) or c (1.)."""

    level: str
    number: int


def normal(text: str) -> str:
    """NFKC without white space, the first `MAX_LABEL` * 4 characters."""
    # Cut before caching, so that the caches stay small whatever a page holds.
    return _normal(text[: MAX_LABEL * 4])


@lru_cache(maxsize=4096)
def _normal(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def mark_of(text: str) -> Mark | None:
    """The numbering that a label starts with."""
    return _mark(normal(text))


@lru_cache(maxsize=4096)
def _mark(bare: str) -> Mark | None:
    found = _NUMBERING.match(bare)
    if not found:
        return None
    level = found.lastgroup or "c"
    value = found[level]
    return Mark(level, _CN[value] if value in _CN else int(value))


def skeleton(text: str) -> str:
    """A label's letters alone: no numbering, white space, punctuation; 其它 read as 其他."""
    return _skeleton(normal(text))


@lru_cache(maxsize=4096)
def _skeleton(text: str) -> str:
    bare = _INNER.sub("", _NUMBERING.sub("", text))
    return "".join(c for c in bare if c.isalnum()).replace("其它", "其他")


def turns(text: str) -> frozenset[str]:
    """The words in a text that change what it is about (上年, 年初, 减免, 不予); those of one year are one."""
    found = _TURNS.finditer(normal(text))
    return frozenset(x[0] if x.lastgroup == "not" else x.lastgroup or "" for x in found)


def without_tail(text: str) -> str:
    """A label without the explanation in brackets at its end."""
    return _TAIL.sub("", normal(text))


def _turned(text: str) -> bool:
    """Whether the brackets at a label's end make another thing of it (上年, 撤销), which no explanation does."""
    tail = normal(text)[len(without_tail(text)) :]
    return not _EXPLAINS.match(tail) and bool(turns(tail) - _SAME_YEAR)


@dataclass(frozen=True, slots=True)
class Name:
    """One printed form of something: `what` it names, and the numbering it carries on the form."""

    text: str
    what: str
    mark: Mark | None = None


class Labels:
    """The printed forms of one kind of label (rows of table three, say).

    Where labels `turn`, a word like 上年 or 不予 that is not the label's own is no slip: it names something else.
    """

    def __init__(self, names: Iterable[Name], turn: bool = False) -> None:
        self._exact: dict[str, str] = {}
        self._marks: dict[str, Mark | None] = {}
        self._turns: dict[str, frozenset[str]] | None = {} if turn else None
        for name in names:
            self._exact.setdefault(skeleton(name.text), name.what)
            self._marks.setdefault(name.what, name.mark)
            if self._turns is not None:
                self._turns[name.what] = self._turns.get(name.what, frozenset()) | turns(name.text)
        self._near = lru_cache(maxsize=1024)(self._nearest)

    def exact(self, text: str) -> str | None:
        """What a text names, explanations in brackets at its end left aside."""
        if not text or len(text) > MAX_LABEL * 2:
            return None
        found = self._exact.get(skeleton(text))
        if found is None and "(" in normal(text) and not _turned(text):
            found = self._exact.get(skeleton(without_tail(text)))
        return found

    def near(self, text: str) -> str | None:
        """What a text with missing, wrong or extra characters names, if that is beyond doubt.

        The numbering must not contradict, the likeness must reach `MIN_RATIO` and lead the next
        candidate by `MIN_MARGIN` (or `MIN_FACTOR`); a part cut off at either end counts if only one label has it.
        """
        found = self.like(text)
        if found is None or self._turns is None:
            return found
        return None if turns(text) - self._turns[found] else found

    def like(self, text: str) -> str | None:
        """What a text is like by its characters, though a word among them may make another thing of it."""
        if len(text) > MAX_LABEL * 2:
            return None
        bare = skeleton(text)
        # No label holds Latin letters or digits: they are a stamp's, or a stroke of the paper's.
        han = _LATIN.sub("", bare)
        if han != bare and len(han) >= MIN_HAN and han in self._exact:
            return self._uncontradicted(self._exact[han], mark_of(text))
        return self._near(bare, mark_of(text)) if len(bare) >= MIN_NEAR else None

    def _nearest(self, bare: str, mark: Mark | None) -> str | None:
        ends = {w for n, w in self._exact.items() if n.startswith(bare) or n.endswith(bare)}
        best: dict[str, float] = {}
        for name, what in self._exact.items():
            ratio = SequenceMatcher(None, bare, name, autojunk=False).ratio()
            best[what] = max(ratio, best.get(what, 0.0))
        ranked = sorted(((ratio, what) for what, ratio in best.items()), reverse=True)
        (first, what), second = ranked[0], (ranked[1][0] if len(ranked) > 1 else 0.0)
        if len(ends) == 1:
            what = next(iter(ends))
        elif not _beyond_doubt(first, second):
            return None
        return self._uncontradicted(what, mark)

    def _uncontradicted(self, what: str, mark: Mark | None) -> str | None:
        own = self._marks.get(what)
        contradicted = bool(mark and own and mark.level == own.level and mark.number != own.number)
        return None if contradicted else what


def _beyond_doubt(first: float, second: float) -> bool:
    close = first >= 0.9 and MIN_FACTOR * (1 - first) <= 1 - second
    return close or (first >= MIN_RATIO and first - second >= MIN_MARGIN)
