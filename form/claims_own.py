"""A report's own name and years inside its text, worded as any report would: 本单位, 本年, 上年, 下年."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_REGION: Final = re.compile(r"[省市州县区旗]")
_GOVERNMENT: Final = re.compile(r"^(?P<area>.+?[省市州县区旗镇乡])(?:人民)?政府$")
_BODY: Final = re.compile(r"[局委办厅院心镇乡道会队处所站馆社司校署]$|办公室$|委员会$|政府$")
_YEAR: Final = re.compile(r"(?<!\d)(?P<year>20\d\d)(?:年度|年|(?=结转|转入))(?!\d{1,2}月)")


class Own:
    """What one report calls itself and its years; each word is replaced by one that is no longer."""

    def __init__(self, unit: str | None, year: int | None) -> None:
        self._names = _pattern(unit or "")
        self._area = _area(unit or "")
        self._year = year

    def worded(self, text: str) -> str:
        """A clause with the report's own name and years in words that do not depend on the report."""
        if self._area:
            text = self._area.sub(lambda hit: "" if hit["government"] else "全市", text)
        if self._names:
            text = self._names.sub("本单位", text)
        return _YEAR.sub(self._named, text) if self._year else text

    def _named(self, hit: re.Match[str]) -> str:
        between = int(hit["year"]) - (self._year or 0)
        return {-1: "上年", 0: "本年", 1: "下年"}.get(between, hit[0])


@lru_cache(maxsize=4096)
def _pattern(unit: str) -> re.Pattern[str] | None:
    """The names of a body that is no government: in full, from each region on, and without any region."""
    if len(unit) < 4 or _GOVERNMENT.match(unit) or not _BODY.search(unit):
        return None
    names = sorted(set(_names(unit)), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(re.escape, names)))


def _names(unit: str) -> Iterator[str]:
    yield unit
    for hit in _REGION.finditer(unit):
        for start in (hit.start(), hit.end()):
            # `教育局` alone is its name; `局` or `政府办` alone may be anyone's.
            if len(unit) - start >= 3 and not unit[start:].startswith(("人民政府", "政府")):
                yield unit[start:]


@lru_cache(maxsize=4096)
def _area(unit: str) -> re.Pattern[str] | None:
    """The names of a government's area, with the government itself apart."""
    hit = _GOVERNMENT.match(unit)
    if not hit:
        return None
    areas = {hit["area"]}
    for place in _REGION.finditer(hit["area"][:-1]):
        if len(hit["area"]) - place.end() >= 3:
            areas.add(hit["area"][place.end() :])
    either = "|".join(sorted(map(re.escape, areas), key=lambda name: (-len(name), name)))
    return re.compile(rf"(?:{either})(?P<government>(?:人民)?政府(?!办))?(?!人民政府|政府|本级|直|属)")
