"""When the lists of units were last read, from the archive: what no list was read for cannot be told as missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flows.plan import CHINA
from portals.attribution import shared
from portals.captures import Capture
from portals.registry import Registry


def looked(registry: Registry, lists: Iterable[Capture]) -> dict[str, date]:
    """unit_id -> the day in China on which a page of its lists last came; `lists` are the captures of list pages.

    A list that several units share is captured once, for one of them. That one may have left the registry since, and
    most families ask a list at its own address: so either tells whose it is.
    """
    days: dict[str, date] = {}
    for page in lists:
        day = page.checked_at.astimezone(CHINA).date()
        for name in (page.unit_id, page.address):
            days[name] = max(day, days.get(name, day))
    found: dict[str, date] = {}
    for group in shared(registry.units.values()):
        portal = registry.portals[group[0].portal]
        names = [unit.id for unit in group] + [portal.address(path) for path in group[0].paths]
        if known := [days[name] for name in names if name in days]:
            found |= dict.fromkeys((unit.id for unit in group), max(known))
    return found
