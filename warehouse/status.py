"""What stands in the warehouse: the releases, the tables of one, the documents already read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from store.where import Where
from warehouse import deltas, record
from warehouse.errors import QueryError
from warehouse.record import Release, current, releases, removed
from warehouse.spec import TABLES

__all__ = ["current", "known_documents", "read_table", "release_as_of", "releases"]

#: The zone of a date or time that names none.
ZONE: Final = ZoneInfo("Asia/Shanghai")


def release_as_of(home: Where, as_of: str | None = None) -> Release:
    """The release of that id, or the last one at or before that ISO date or time; without either the current.

    A date means the end of that day, and what names no zone is in Asia/Shanghai. Raises QueryError where
    there is no such release.
    """
    last = current(home)
    if last is None:
        raise QueryError("nothing has been released yet")
    if as_of is None or as_of == last.release_id:
        return last
    known = releases(home)
    found = next((release for release in known if release.release_id == as_of), None)
    if found is None:
        moment = _moment(as_of, last)
        earlier = [release for release in known if release.created_at <= moment]
        if not earlier:
            first = f"{known[0].release_id}, {known[0].created_at.astimezone(ZONE):%Y-%m-%d %H:%M:%S} ({ZONE.key})"
            raise QueryError(f"no release at or before {as_of}; the first is {first}")
        found = earlier[-1]
    return _readable(home, found, known)


def _readable(home: Where, found: Release, known: Sequence[Release]) -> Release:
    """The release, unless upkeep removed it: an older or newer one must not stand for it unasked."""
    gone = removed(home)
    day = gone.get(found.release_id)
    if day is None:
        return found
    place = known.index(found)
    beside = [
        next((one.release_id for one in side if one.release_id not in gone), None)
        for side in (known[:place][::-1], known[place:])
    ]
    kept = " and ".join(name for name in beside if name)
    raise QueryError(f"release {found.release_id} was removed by upkeep on {day}; kept beside it: {kept}")


def _moment(as_of: str, last: Release) -> datetime:
    try:
        moment = datetime.fromisoformat(as_of)
    except ValueError:
        raise QueryError(
            f"unknown release {as_of!r}: neither an id up to {last.release_id} nor an ISO date or time"
        ) from None
    if len(as_of) <= len("2026-01-31"):
        moment = datetime.combine(moment, time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def read_table(home: Where, name: str, as_of: str | None = None, columns: Sequence[str] = ()) -> pa.Table:
    """All rows of a table of `warehouse.spec` in its exact schema, in no order; raises as `release_as_of`.

    `columns` chooses some of them, in that order (none: all).
    """
    version = release_as_of(home, as_of).tables.get(name)
    table = TABLES[name]
    if version is None:
        return table.empty().select(list(columns) or table.names)
    return deltas.read(record.folder(home) / name, table, version, columns)


def known_documents(home: Where) -> frozenset[tuple[str, str, str]]:
    """(unit_id, sha256, reader) of every document read and published, whatever came of it.

    What is in it need not be read again: its report is released or held, or its failure is on record. The
    unit belongs to it because the same bytes under another unit are another unit's report.
    """
    if current(home) is None:
        return frozenset()
    documents = read_table(home, "documents")
    columns = (documents[name].to_pylist() for name in ("unit_id", "sha256", "reader"))
    return frozenset(zip(*columns, strict=True))
