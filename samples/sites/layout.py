"""Who publishes where, and what befalls it: units dealt out to sites of every family, each quirk by turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from samples.sites.publication import Body
from samples.sites.writer import STYLES

_LIST_OBSTACLES: Final = ("challenge", "shell", "dead")


@dataclass(frozen=True, slots=True)
class Spot:
    """One unit and year, and what befalls its publication; spots are numbered by `turn`."""

    unit: Body
    year: int
    quirk: str
    turn: int


@dataclass(frozen=True, slots=True)
class Plot:
    """A corner of a site before anything is published in it: names as in `Corner`."""

    name: str
    units: tuple[Body, ...]
    spots: tuple[Spot, ...]
    notices: tuple[tuple[str, date], ...]
    variant: int
    obstacle: str

    @property
    def keeper(self) -> Body:
        """Whose a title is that names nobody: the government's, else the office's, else the first's."""
        return min(self.units, key=lambda one: (one.kind != "aggregate", one.kind != "office", one.id))


@dataclass(frozen=True, slots=True)
class Ground:
    """A site before anything is published on it."""

    host: str
    family: str
    plots: tuple[Plot, ...]


def lay_out(units: Sequence[Body], years: tuple[int, int], quirks: Sequence[str], sharing: int) -> list[Ground]:
    """One site a family; `sharing` units at a time share a list, as a government, its office and its departments do.

    Each quirk comes by turns, after as many plain reports; the second lists of the first three sites are obstructed.
    """
    families = list(STYLES)
    # An odd number of turns: each quirk comes to every place of a shared list.
    turns = [quirk for one in quirks for quirk in ("", one)] + [""]
    groups = [tuple(units[start : start + sharing]) for start in range(0, len(units), sharing)]
    grounds: list[Ground] = []
    turn = 0
    for place, family in enumerate(families):
        plots: list[Plot] = []
        for count, group in enumerate(groups[place :: len(families)]):
            due = [(unit, year) for unit in group for year in range(years[0], years[1] + 1) if unit.existed(year)]
            spots = tuple(
                Spot(unit, year, turns[number % len(turns)], number) for number, (unit, year) in enumerate(due, turn)
            )
            turn += len(due)
            obstacle = _LIST_OBSTACLES[place] if count == 1 and place < len(_LIST_OBSTACLES) else ""
            notices = tuple(_notices(years, len(group)))
            variant = count % STYLES[family].variants
            plots.append(Plot(f"lb{place}{count:03d}", group, spots, notices, variant, obstacle))
        grounds.append(Ground(f"{family.replace('_', '-')}.gansu.example", family, tuple(plots)))
    return grounds


def _notices(years: tuple[int, int], count: int) -> Iterator[tuple[str, date]]:
    """What else such a list holds."""
    for number in range(count + 1):
        yield (
            f"关于印发{years[0] + number}年政务公开工作要点的通知",
            date(years[0], 4, 1) + timedelta(days=40 * number),
        )
    yield "政府信息公开指南", date(years[0], 1, 5)
