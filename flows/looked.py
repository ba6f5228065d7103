"""When the lists of units were last read, from the archive: what no list was read for cannot be told as missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from flows.plan import CHINA
from portals.attribution import shared
from portals.listed import Came
from portals.registry import Registry


def looked(registry: Registry, lists: Iterable[Came], walks: Mapping[str, datetime]) -> dict[str, date]:
    """unit_id -> the day in China on which its lists were last read.

    `walks` says when they were read from end to end. Of an archive made before that was kept, `lists`, the pages of
    lists that came, have to do: a list that several units share is captured once, for one of them. That one may have
    left the registry since, and most families ask a list at its own address: so either tells whose it is.
    """
    days: dict[str, date] = {}
    for page in lists:
        day = _day(datetime.fromisoformat(page.last))
        for name in (page.unit_id, page.address):
            days[name] = max(day, days.get(name, day))
    found: dict[str, date] = {}
    for group in shared(registry.units.values()):
        walked = {unit.id: _day(walks[unit.id]) for unit in group if unit.id in walks}
        portal = registry.portals[group[0].portal]
        names = [unit.id for unit in group] + [portal.address(path) for path in group[0].paths]
        known = [days[name] for name in names if name in days]
        found |= walked or (dict.fromkeys((unit.id for unit in group), max(known)) if known else {})
    return found


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()
