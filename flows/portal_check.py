"""What a portal's registry entry would find: its lists read once, nothing kept. No Prefect, no archive."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flows.exits import DONE, INTERRUPTED, UnusableError
from flows.network import network
from flows.sources import served
from portals import bodies, listing
from portals.attribution import Attribution, shared
from portals.exchange import Request
from portals.families.base import Entry, FetchPage, Page
from portals.families.marks import looks_like
from portals.fetch import Fetcher
from portals.limits import Times
from portals.listing import Column
from portals.registry import Registry
from portals.units import PortalSource, Unit

#: Lines that are no reports are shown where they have a date or speak of them.
_TELLING = ("公开", "年报", "年度报告")


@dataclass(slots=True)
class Checked:
    """One group of units that share their lists, with what stood on each list and whose it is."""

    units: tuple[Unit, ...]
    lists: list[Column] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    #: titles that name nobody of the group: a body of the registry, or nobody it knows
    foreign: list[tuple[str, str | None]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PortalCheck:
    """All that was found on a portal; `families` are those whose marks its pages bear."""

    portal: PortalSource
    groups: tuple[Checked, ...]
    families: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """3 where a list could not be read to its end, else 0."""
        return INTERRUPTED if any(column.error for group in self.groups for column in group.lists) else DONE


def check(registry: Registry, name: str, prefixes: Sequence[str] = ()) -> PortalCheck:
    """Reads the lists of one portal (those of the units chosen by prefix), at its pace, obeying its robots.txt.

    Raises UnusableError for a portal that is not in the registry, or has no such unit; RegistryError for prefixes
    that fit nothing.
    """
    portal = registry.portals.get(name) or next((p for p in registry.portals.values() if name in p.all_hosts), None)
    if portal is None:
        raise UnusableError(f"no portal {name!r} in the registry; `gouji portals list` shows them")
    chosen = {unit.id for unit in registry.select(prefixes)}
    own = shared([unit for unit in registry.units.values() if unit.portal == portal.name])
    wanted = [group for group in own if any(unit.id in chosen for unit in group)]
    if not wanted:
        raise UnusableError(f"{name}: none of the chosen units publishes there")
    attribution = Attribution(registry.units.values())
    counts: Counter[str] = Counter()
    with _fetcher(portal) as fetcher:
        fetch = _recording(fetcher, counts)
        groups = tuple(_checked(fetch, portal, group, attribution) for group in wanted)
    return PortalCheck(portal, groups, tuple(family for family, _ in counts.most_common()))


def _checked(fetch: FetchPage, portal: PortalSource, group: tuple[Unit, ...], attribution: Attribution) -> Checked:
    found = Checked(group)
    ids = {unit.id for unit in group}
    for column in listing.columns(fetch, portal, group[0]):
        found.lists.append(column)
        for entry in column.entries:
            unit = attribution.named(entry.title, group)
            if unit is not None and unit.id not in ids:
                found.foreign.append((entry.title, unit.name))
            elif unit is None and attribution.names_a_body(entry.title):
                found.foreign.append((entry.title, None))
            owner = attribution.owner(entry.title, group) or group[0].id
            found.entries.append(Entry(entry.address, entry.title, entry.published, owner, entry.year, entry.rank))
    return found


@contextmanager
def _fetcher(portal: PortalSource) -> Iterator[Fetcher]:
    folders = {portal.host: portal.serve} if portal.serve else {}
    with served(folders) as loopback:
        try:
            fetcher = Fetcher(
                (portal,), Times(_now), contact=os.environ.get("GOUJI_CONTACT") or None, network=network(loopback)
            )
        except ValueError as error:
            raise UnusableError(f"GOUJI_CONTACT: {error}") from error
        with fetcher:
            yield fetcher


def _now() -> datetime:
    return datetime.now(UTC)


def _recording(fetcher: Fetcher, counts: Counter[str]) -> FetchPage:
    def fetch(request: Request) -> Page:
        fetched = fetcher.get(request, kind="list")
        page = Page(fetched.final_address, bodies.text(fetched.body, fetched.charset))
        counts.update(looks_like(page.text))
        return page

    return fetch


def unmatched(group: Checked) -> list[str]:
    """Titles on the lists that are no reports, and might be: dated, or speaking of reports; each once, in order."""
    reports = {entry.address for entry in group.entries}
    rows = (row for column in group.lists for row in column.rows if row.address not in reports)
    telling = (row.title for row in rows if row.published or any(word in row.title for word in _TELLING))
    return list(dict.fromkeys(title for title in telling if title))


def as_json(found: PortalCheck) -> dict[str, Any]:
    """The check as `--format json` prints it."""
    portal = found.portal
    return {
        "portal": portal.name,
        "hosts": list(portal.all_hosts),
        "family": portal.family,
        "looks_like": list(found.families),
        "verified": portal.verified,
        "doubt": portal.doubt,
        "lists": [_list_json(column) for group in found.groups for column in group.lists],
        "units": [
            {
                "unit_id": unit.id,
                "unit": unit.name,
                "basis": unit.basis,
                "reports": [_entry_json(entry) for entry in group.entries if entry.unit_id == unit.id],
            }
            for group in found.groups
            for unit in group.units
        ],
        "unmatched": [title for group in found.groups for title in unmatched(group)],
        "foreign": [{"title": title, "unit": unit} for group in found.groups for title, unit in group.foreign],
    }


def _list_json(column: Column) -> dict[str, Any]:
    return {
        "address": column.address,
        "registered": column.given,
        "pages": column.pages,
        "pages_claimed": column.claimed,
        "rows": len(column.rows),
        "reports": len(column.entries),
        "problem": str(column.error) if column.error else None,
    }


def _entry_json(entry: Entry) -> dict[str, Any]:
    return {
        "year": entry.year,
        "title": entry.title,
        "published": entry.published.isoformat() if entry.published else None,
        "address": entry.address,
        "other_form": entry.rank > 0,
    }
