"""Which division of GB/T 2260 a unit's name stands for, and which department of it; Gansu's divisions are known."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

_PEOPLES: Final = re.compile(r"^(.{2,}?)(?:(?:回|藏|蒙古|裕固|哈萨克|保安|东乡|撒拉)族)+自治(州|县)$")
_GOVERNMENT: Final = re.compile(r"^(?:人民)?政府$")
#: an area inside a division that has no code of its own
_UNCODED: Final = re.compile(r"^[^局厅委办]{1,6}新区")
_LEVELS: Final = ("province", "prefecture", "county")


@dataclass(frozen=True, slots=True)
class Division:
    """A division: its six digits, its names (full, and without 某族自治), level, and the one above it."""

    code: str
    names: tuple[str, ...]
    district: bool
    level: str
    parent: str


@dataclass(frozen=True, slots=True)
class Place:
    """The division that a unit's name begins with, the words for it, and what follows, '' for the government."""

    code: str
    words: str
    department: str


def place_of(unit: str, elsewhere: str = "") -> Place | None:
    """The place in a unit's name; None where it is not known beyond doubt.

    Districts of one name lie in several cities: one counts only if its city or province stands in the name or in
    `elsewhere`, further words of the same document.
    """
    found = [(d, name) for d in divisions() for name in d.names if name in unit]
    if not found:
        return None
    deepest = max(_LEVELS.index(d.level) for d, _ in found)
    division, name = max(
        ((d, n) for d, n in found if _LEVELS.index(d.level) == deepest), key=lambda item: len(item[1])
    )
    if division.district and not any(above in unit + elsewhere for above in _above(division)):
        return None
    before, _, rest = unit.partition(name)
    if _UNCODED.match(rest) or not _only_places(before):
        return None
    return Place(division.code, before + name, _GOVERNMENT.sub("", rest))


def _only_places(words: str) -> bool:
    """Whether nothing but divisions stands before: `国家税务总局兰州市税务局` is no body of the city."""
    for division in divisions():
        for name in division.names:
            words = words.replace(name, "")
    return not words


def _above(division: Division) -> tuple[str, ...]:
    above = next(d for d in divisions() if d.code == division.parent)
    return above.names


@cache
def divisions() -> tuple[Division, ...]:
    """The divisions of `divisions.csv`, from the province down."""
    text = files("form").joinpath("divisions.csv").read_text(encoding="utf-8")
    return tuple(
        Division(row["code"], _names(row["name"]), row["type"] == "市辖区", row["level"], row["parent"])
        for row in csv.DictReader(text.splitlines())
    )


def _names(name: str) -> tuple[str, ...]:
    short = _PEOPLES.sub(r"\1\2", name)
    return (name,) if short == name else (name, short)
