"""One release: all tables move together or not at all, and nothing moves where nothing differs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import pyarrow as pa

from store.where import Where
from warehouse import deltas, record
from warehouse.batch import ReleaseBatch
from warehouse.changes import Changes, comparing, find
from warehouse.errors import WarehouseError
from warehouse.lock import writer
from warehouse.record import Release
from warehouse.scan import DataFiles
from warehouse.spec import TABLES
from warehouse.table import Table, years

#: Seconds to wait for another writer: a release takes seconds.
WAIT: Final = 60.0
#: groups of rows of which it is worth asking which files can hold them
_FEW: Final = 10_000


def publish(home: Where, batch: ReleaseBatch, created_at: datetime, wait: float = WAIT) -> Release | None:
    """Release what of `batch` differs from the current release; None, and nothing written, where nothing does.

    `created_at` is the run's time, with its zone. The tables are committed one by one; a reader goes by the
    release record, so that a process that dies here leaves the old release as it was, and the next call
    undoes what it had begun. Raises SpecError for rows that do not fit, WarehouseBusyError after `wait`
    seconds of another writer, WarehouseError where a table cannot be read or written.
    """
    if created_at.tzinfo is None:
        raise WarehouseError("created_at has no time zone")
    batch = batch.checked()
    with writer(record.folder(home), created_at, wait):
        before, seen = record.look(home)
        changes = _differences(home, batch, before)
        if not changes:
            return None
        tables = dict(before.tables) if before else {}
        counts = dict(before.counts) if before else dict.fromkeys(TABLES, 0)
        for name, change in changes.items():
            path = record.folder(home) / name
            tables[name] = deltas.apply(path, TABLES[name], tables.get(name, 0), change)
            counts[name] = deltas.rows(path, TABLES[name], tables[name])
        counts["released"] = _changed(changes, batch.reports, "reports", "cells")
        counts["held"] = _changed(changes, batch.held_reports, "held_reports", "held_cells")
        release = Release(
            record.next_id(before), created_at, before.release_id if before else None, tables, counts, batch.note
        )
        record.write(home, release, seen)
        return release


def _differences(home: Where, batch: ReleaseBatch, before: Release | None) -> dict[str, Changes]:
    found = {}
    with comparing(home) as connection:
        for table, rows, scope in batch.scopes():
            files = _files(home, table, scope, before) if len(scope) else {}
            if change := find(connection, table, rows, scope, files):
                found[table.name] = change
    return found


def _files(home: Where, table: Table, scope: pa.Table, before: Release | None) -> DataFiles:
    """The released files that may hold rows of the groups in `scope`."""
    if before is None or table.name not in before.tables:
        return {}
    path = record.folder(home) / table.name
    owners = sorted(set(scope[table.owner].to_pylist())) if len(scope) <= _FEW else None
    return deltas.files(path, table, before.tables[table.name], years(scope) if table.partition else None, owners)


def _changed(changes: Mapping[str, Changes], reports: pa.Table, *names: str) -> int:
    """How many of these reports differ in the tables named."""
    ids = {
        report_id for name in names if name in changes for report_id in changes[name].units["report_id"].to_pylist()
    }
    return len(ids.intersection(reports["report_id"].to_pylist()))
