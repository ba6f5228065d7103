"""When reports are published: in time, as a rule (条例 art. 49)."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Final

from samples.units import Unit

#: kind -> the rule about its day, the severity of its breach, the last day (month, day) of the next year
DUE: Final = {
    "aggregate": ("TIME-GOVERNMENT", "warning", (3, 31)),
    "office": ("TIME-GOVERNMENT", "warning", (3, 31)),
    "department": ("TIME-DEPARTMENT", "warning", (1, 31)),
    "township": ("TIME-TOWNSHIP", "info", (1, 31)),
}


def last_day(unit: Unit, year: int) -> date:
    """The last day on which the report of `year` is in time."""
    month, day = DUE[unit.kind][2]
    return date(year + 1, month, day)


def publication(unit: Unit, year: int, rng: Random) -> date:
    """A day in time: departments, townships and offices in January, governments until the end of March."""
    last = 85 if unit.kind == "aggregate" else 29
    return date(year + 1, 1, 1) + timedelta(days=rng.randint(8, last))
