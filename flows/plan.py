"""What a run is asked to do, checked before anything starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from expectations.waivers import Waiver
from flows.exits import UnusableError
from flows.home import Home
from flows.sources import source_files
from portals.registry import Registry, RegistryError, load
from portals.units import Unit

#: report years, deadlines and nights are those of the portals
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked request: the flow's name, its home, the registry, the units and report years to cover."""

    flow: str
    home: Home
    registry: Registry
    units: tuple[Unit, ...]
    years: tuple[int, int]
    crawls: bool = True
    #: read again what was read before
    anew: bool = False
    #: findings that somebody accepts
    waivers: tuple[Waiver, ...] = ()

    def covers(self, unit: Unit) -> range:
        """The report years of `unit` within the plan."""
        last = self.years[1] if unit.last_year is None else min(self.years[1], unit.last_year)
        return range(max(self.years[0], unit.first_year), last + 1)


def make_plan(
    flow: str,
    home: Home,
    sources: list[str] | None,
    today: date,
    years: tuple[int, int] | None = None,
    units: str | None = None,
    from_archive: bool = False,
) -> Plan:
    """A plan for the sources given, or the samples. Years default to 2019 up to last year.

    Raises UnusableError for sources that cannot be used and units that are not in the registry.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    registry, chosen = registered(source_files(home, sources), units)
    span = years or (2019, today.year - 1)
    return Plan(flow, home, registry, chosen, span, not from_archive, from_archive)


def registered(files: Sequence[Path], units: str | None) -> tuple[Registry, tuple[Unit, ...]]:
    """The registry of the sources files, and its units of the codes (or their beginnings, split by commas; all).

    Raises UnusableError for sources that cannot be used and units that are not in the registry.
    """
    try:
        registry = load(*files)
        return registry, registry.select([part.strip() for part in (units or "").split(",") if part.strip()])
    except RegistryError as error:
        raise UnusableError(str(error)) from error
