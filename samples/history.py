"""Who exists when: bodies that were renamed or merged in some year, with those they took over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from samples.units import Unit, place

#: suffixes of two departments of a county that become one -> suffix and name of the one
_MERGED: Final = {("wlj", "tiyuj"): ("wtlj", "文化体育和旅游局")}
#: suffix of a department of a county -> the suffix and name that it takes
_RENAMED: Final = {"fgj": ("fggxj", "发展改革和工业信息化局"), "xfj": ("xfgzj", "信访工作局")}
#: one in so many townships becomes a street; the third of a county in the smallest sample is one of them
_STREETS: Final = 7


@dataclass(frozen=True, slots=True)
class Holder:
    """A row of the registry and the bodies (by index) whose figures it reports."""

    unit: Unit
    bodies: tuple[int, ...]


def holders(bodies: Sequence[Unit], years: tuple[int, int]) -> tuple[Holder, ...]:
    """The registry: each body under its names; a successor stands right after the last of those before it.

    Nothing happens where the years leave no room for a before and an after.
    """
    index = {unit.id: number for number, unit in enumerate(bodies)}
    ends = {early: (late, year) for early, late, year in _mergers(bodies, index, years)}
    gone = dict(ends.values())
    found: list[Holder] = []
    street = count()
    for number, unit in enumerate(bodies):
        if unit.id in ends:
            found.append(Holder(replace(unit, last_year=ends[unit.id][1] - 1), (number,)))
        elif unit.id in gone:
            found.append(Holder(replace(unit, last_year=gone[unit.id] - 1), (number,)))
            found += [_merger(unit, early, year, index) for early, (late, year) in ends.items() if late == unit.id]
        else:
            turn = next(street) if unit.kind == "township" else -1
            found += _renamed(unit, number, turn, years) or [Holder(unit, (number,))]
    return tuple(found)


def _mergers(bodies: Sequence[Unit], index: dict[str, int], years: tuple[int, int]) -> Iterator[tuple[str, str, int]]:
    """Of the counties that have both departments, two in three join them: the two ids and the year."""
    for unit in bodies:
        for (first, second), _ in _MERGED.items():
            other = f"{unit.code}-{second}"
            if unit.id == f"{unit.code}-{first}" and other in index and unit.level == "county" and int(unit.code) % 3:
                year = _year(unit, years)
                if year:
                    yield unit.id, other, year


def _merger(last: Unit, early: str, year: int, index: dict[str, int]) -> Holder:
    (suffix, name), *_ = _MERGED.values()
    unit = replace(
        last,
        id=f"{last.code}-{suffix}",
        name=place(last.code) + name,
        first_year=year,
        predecessors=(early, last.id),
    )
    return Holder(unit, (index[early], index[last.id]))


def _renamed(unit: Unit, number: int, turn: int, years: tuple[int, int]) -> list[Holder]:
    year = _year(unit, years)
    suffix = unit.id.partition("-")[2]
    if year and turn % _STREETS == 2:
        late = (f"{suffix}j", unit.name.replace("镇人民政府", "街道办事处"))
    elif year and unit.level == "county" and suffix in _RENAMED and int(unit.code) % 3 == 0:
        late = (_RENAMED[suffix][0], place(unit.code) + _RENAMED[suffix][1])
    else:
        return []
    successor = replace(unit, id=f"{unit.code}-{late[0]}", name=late[1], first_year=year, predecessors=(unit.id,))
    return [Holder(replace(unit, last_year=year - 1), (number,)), Holder(successor, (number,))]


def _year(unit: Unit, years: tuple[int, int]) -> int:
    """The first year of a successor, after the first of the sample; 0 if there is none."""
    span = years[1] - years[0]
    return years[0] + 1 + (int(unit.code) // 3 + len(unit.id)) % span if span else 0
