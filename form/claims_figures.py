"""Figures in a sentence: how many of what, and whether the words only say about how many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

#: longer numbers are telephone numbers and the like
MAX_DIGITS: Final = 12

#: what applications, cases and documents are counted in, and shares; no other unit is in the statutory tables
_UNITS: Final = "件次|件|条|项|起|宗|例|份|部|个百分点|百分点|个|%"
_ARABIC: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE: Final = r"[零〇一二两三四五六七八九十百千]+"
_ABOUT: Final = r"(?:余|多|来|几)"
_FIGURE: Final = re.compile(
    rf"(?P<about>近|约|大约|超过|超|逾|上|不足|至少|最多)?"
    rf"(?:(?P<arabic>{_ARABIC})|(?P<chinese>{_CHINESE}))(?P<range>[-~—–至到](?:{_ARABIC}|{_CHINESE}))?"
    rf"(?P<more>{_ABOUT})?(?P<scale>[万亿])?(?P<more2>{_ABOUT})?(?P<unit>{_UNITS})(?P<after>左右|以上|以内|上下)?"
)
#: what makes a figure an ordinal, a piece of a longer number or a way of speaking
_NOT_BEFORE: Final = re.compile(r"(?:第|每|任|同|这|那|某|哪|[\d./〔-]|[零〇一二两三四五六七八九十百千几数])$")
_NOT_AFTER: Final = re.compile(r"^(?:性|套|事|一[审案档策]|级)")
_DIGIT: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS: Final = {"十": 10, "百": 100, "千": 1000}
_SCALE: Final = {None: 1, "": 1, "万": 10_000, "亿": 100_000_000}
#: Chinese numerals before other words are mostly no counts: 一个、两部
_COUNTED: Final = frozenset({"件", "条", "项", "份", "起", "宗", "例", "件次"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure from `first` up to `stop`, its unit included; of a range, the lower number."""

    first: int
    stop: int
    number: Decimal
    unit: str
    approximate: bool


def figures(text: str) -> Iterator[Figure]:
    """The figures with a unit in a text of half-width characters without white space, in order."""
    for hit in _FIGURE.finditer(text):
        figure = _figure(hit)
        start = hit.start("arabic") if hit["arabic"] else hit.start("chinese")
        before = text[max(0, hit.start() - 4) : start if not hit["about"] else hit.start()]
        if figure is not None and not _NOT_BEFORE.search(before) and not _NOT_AFTER.match(text[hit.end("unit") :]):
            yield figure


def _figure(hit: re.Match[str]) -> Figure | None:
    printed = hit["arabic"] or hit["chinese"]
    if len(printed) > MAX_DIGITS or (hit["chinese"] and hit["unit"] not in _COUNTED):
        return None
    number = Decimal(printed.replace(",", "")) if hit["arabic"] else _chinese(printed)
    if number is None:
        return None
    # `上百件`: only before a round word does 上 mean nearly; elsewhere it ends the word before (网上).
    about = hit["about"] if hit["about"] != "上" else None
    loose = any((about, hit["range"], hit["more"], hit["more2"], hit["after"]))
    first = hit.start() if about else hit.start("arabic") if hit["arabic"] else hit.start("chinese")
    return Figure(first, hit.end(), number * _SCALE[hit["scale"]], hit["unit"], loose)


def _chinese(text: str) -> Decimal | None:
    """`一百零三` -> 103; None for what is no number, such as `一二`."""
    total, digit = 0, None
    for character in text:
        if character in _TENS:
            if digit is None and character != "十":
                return None
            total += (1 if digit is None else digit) * _TENS[character]
            digit = None
        elif digit:
            return None
        else:
            digit = _DIGIT[character]
    return Decimal(total + (digit or 0))
