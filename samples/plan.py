"""Which report gets which planted fault, which documents are no reports, and what is not published at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from samples import office
from samples.chance import keyed
from samples.faults import KINDS
from samples.units import Unit

#: Documents that are no reports: code of `form.errors.REASONS` -> what lies there instead.
REFUSALS: Final = ("mislabelled", "empty", "truncated", "encrypted")
_FAULTY_SHARE: Final = 0.08
_REFUSED_SHARE: Final = 0.005
_MISSING_SHARE: Final = 0.005

Slot = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Fate:
    """What is unusual about one unit and year: index into `KINDS`, code of a refusal, or nothing published."""

    fault: int | None = None
    refusal: str | None = None
    missing: bool = False


def make_plan(units: Sequence[Unit], years: tuple[int, int], seed: int) -> dict[Slot, Fate]:
    """The fates that are not plain; every kind of fault once if a third of the reports can bear them.

    Beyond that the faulty share is `_FAULTY_SHARE`, by turns through the kinds. The real report stays as it is.
    """
    slots = [
        (unit, year)
        for unit in units
        for year in range(years[0], years[1] + 1)
        if (unit.id, year) != (office.UNIT, office.YEAR)
    ]
    count = len(slots)
    keyed(seed, "plan").shuffle(slots)
    plan = _faults(slots, min(max(len(KINDS), ceil(count * _FAULTY_SHARE)), count // 3))
    rest = deque(slots)
    for number in range(min(max(len(REFUSALS), round(count * _REFUSED_SHARE)), count // 6)):
        unit, year = rest.popleft()
        plan[unit.id, year] = Fate(refusal=REFUSALS[number % len(REFUSALS)])
    for _ in range(min(max(1, round(count * _MISSING_SHARE)), count // 12)):
        unit, year = rest.popleft()
        plan[unit.id, year] = Fate(missing=True)
    return plan


def _faults(slots: list[tuple[Unit, int]], wanted: int) -> dict[Slot, Fate]:
    """Takes the slots it uses out of `slots`; a kind that no slot fits is left out."""
    plan: dict[Slot, Fate] = {}
    turns = deque(range(len(KINDS)))
    while turns and len(plan) < wanted:
        kind = turns.popleft()
        place = next((i for i, slot in enumerate(slots) if KINDS[kind].fits(*slot)), None)
        if place is None:
            continue
        unit, year = slots.pop(place)
        plan[unit.id, year] = Fate(fault=kind)
        turns.append(kind)
    return plan
