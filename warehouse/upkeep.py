"""Upkeep: small files put together, releases that are not kept removed, and every file that nothing names.

The contents of a release never change. One pointer moves, as for a release: the current release's record, which then
names the versions with fewer files. Whatever kills this leaves every kept release readable; the next upkeep, or the
next release, takes up what was left.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from store.remote import Seen
from store.where import Where
from warehouse import delta_upkeep, record
from warehouse.delta_upkeep import Waste
from warehouse.errors import WarehouseError
from warehouse.keeping import Policy, unbroken
from warehouse.lock import writer
from warehouse.record import Release
from warehouse.spec import TABLES
from warehouse.status import ZONE

#: Seconds to wait for another writer: a release takes seconds.
_WAIT: Final = 60.0


@dataclass(frozen=True, slots=True)
class Upkept:
    """What upkeep did, or (`planned`) would do. `versions`: table -> its version before and after compaction."""

    kept: tuple[str, ...]
    removed: tuple[str, ...]
    versions: Mapping[str, tuple[int, int]]
    waste: Mapping[str, Waste]


def planned(home: Where, policy: Policy, now: datetime) -> Upkept:
    """What `upkeep` would remove now; nothing is touched. What compaction would leave over is not in it."""
    return _plan(home, policy, now, {})


def upkeep(home: Where, policy: Policy, now: datetime, wait: float = _WAIT) -> Upkept:
    """Compact, remove and vacuum by `policy`; `now` has a zone. Nothing happens in a home without a release.

    Raises WarehouseBusyError after `wait` seconds of another writer, WarehouseError where a table cannot be read.
    """
    if now.tzinfo is None:
        raise WarehouseError("now has no time zone")
    with writer(record.folder(home), now, wait):
        current, seen = record.look(home)
        versions = {} if current is None else _compacted(home, current, seen)
        plan = _plan(home, policy, now, versions)
        if plan.removed:
            record.remove(home, plan.removed, now.astimezone(ZONE).date())
        for name, waste in plan.waste.items():
            delta_upkeep.clear(record.folder(home) / name, waste)
        return plan


def _compacted(home: Where, current: Release, seen: Seen) -> dict[str, tuple[int, int]]:
    """Put the current release on versions with few files; those that moved, before and after."""
    moved = {}
    for name, version in current.tables.items():
        after = delta_upkeep.compact(record.folder(home) / name, TABLES[name], version)
        if after != version:
            moved[name] = (version, after)
    if moved:
        # The table writers do not sync their files; the record must not name what a power cut takes.
        os.sync()
        tables = {**current.tables, **{name: after for name, (_, after) in moved.items()}}
        record.write(home, replace(current, tables=tables), seen)
    return moved


def _plan(home: Where, policy: Policy, now: datetime, moved: Mapping[str, tuple[int, int]]) -> Upkept:
    """What no kept release needs.

    A reader that began before compaction still reads the version before it, which goes with the next upkeep.
    """
    gone = record.removed(home)
    chain = record.releases(home)
    there = [release for release in chain if release.release_id not in gone]
    if not there:
        return Upkept((), (), {}, {})
    ids = [release.release_id for release in there]
    kept = policy.keeps(there, now)
    # Of the whole chain: where releases were removed before, the commits between are no more.
    tail = unbroken(chain, kept)
    readable = [release for release in there if release.release_id in kept]
    waste = {}
    for name in there[-1].tables:
        versions = {release.tables[name] for release in readable if name in release.tables}
        versions.update(moved.get(name, ()))
        waste[name] = delta_upkeep.waste(record.folder(home) / name, versions, tail.tables.get(name, 0))
    return Upkept(
        tuple(name for name in ids if name in kept), tuple(name for name in ids if name not in kept), moved, waste
    )
