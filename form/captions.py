"""What a line above a table says of its figures: of which year they are, and whether of the body or its area."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from form.labels import normal
from form.reading import Scope

#: longer lines are prose
_LONGEST: Final = 36
#: lines above a table that are looked at: its section's heading, its caption, the unit of its figures
_NEAREST: Final = 3
_YEAR: Final = re.compile(r"(?<!\d)20\d\d(?=年)")
_BEFORE: Final = re.compile(r"上一?年度?(?!结转)|去年|往年|历年")
_OWN: Final = re.compile(r"本级|本机关|本单位|本部门|本办|机关本身")
_AREA: Final = re.compile(r"汇总|全(?:省|市|州|县|区|镇|乡)|各(?:部门|单位|县|区|乡镇)")
_DIGITS: Final = re.compile(r"^(?P<year>20\d\d)(?:年度?)?$")


class Caption(NamedTuple):
    """`year` is 0 for an earlier one that is not named, None where the line names none; likewise `scope`."""

    text: str
    year: int | None
    scope: Scope | None

    def another(self, year: int | None, scope: Scope | None) -> bool:
        """Whether the figures are of another year or scope than those of a report."""
        elsewhen = self.year is not None and year is not None and self.year != year
        return elsewhen or (self.scope is not None and scope is not None and self.scope != scope)


def caption_of(texts: Iterable[str]) -> Caption | None:
    """The caption among the lines above a table, given from the nearest up; prose above them is none."""
    for _, text in zip(range(_NEAREST), (t for t in texts if t and not t.isspace()), strict=False):
        if len(text) > 2 * _LONGEST:
            return None
        bare = normal(text)
        if len(bare) > _LONGEST or bare.endswith(("。", ";", ",")):
            return None
        if caption := _caption(bare):
            return caption
    return None


@lru_cache(maxsize=1024)
def _caption(bare: str) -> Caption | None:
    years = {int(year) for year in _YEAR.findall(bare)}
    if alone := _DIGITS.match(bare):
        years = {int(alone["year"])}
    year = years.pop() if len(years) == 1 else 0 if not years and _BEFORE.search(bare) else None
    own, area = _OWN.search(bare), _AREA.search(bare)
    scope: Scope | None = None if bool(own) == bool(area) else "own" if own else "aggregate"
    return None if year is None and scope is None else Caption(bare, year, scope)
