"""Delta tables at the versions that a release names; the only importer of deltalake.

A year that is only added to gets a small file; a year in which rows are replaced, or which has gathered many
small files, is written anew as one. So files stay few, and a reader opens a handful a table.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from warehouse.changes import Changes
from warehouse.errors import WarehouseError
from warehouse.table import Table

#: A partition with so many files is written anew as one.
MAX_FILES: Final = 16
#: Seconds to wait before each new try when somebody else commits to a table of ours.
BACKOFF: Final = (0.05, 0.1, 0.2, 0.4, 0.8)

#: Old versions must stay readable for as long as their release is listed.
_CONFIGURATION: Final[Mapping[str, str | None]] = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
#: A commit that lost a race fails instead of being laid over a version that we have not looked at.
_COMMIT: Final = CommitProperties(max_commit_retries=0)
_WRITER: Final = WriterProperties(compression="ZSTD", compression_level=3, max_row_group_size=131_072)


def files(path: Path, at: int, of_years: list[int] | None = None) -> list[str]:
    """The data files of version `at`, those of some years only if asked."""
    return list(open_at(path, at).file_uris(file_pruning_predicate=_by_year(of_years)))


def open_at(path: Path, at: int) -> DeltaTable:
    """The table as of version `at`. Raises WarehouseError where that version is not there."""
    try:
        return DeltaTable(path, version=at)
    except (DeltaError, OSError) as error:
        raise WarehouseError(f"version {at} of table {path.name} cannot be opened: {error}") from error


def read(path: Path, table: Table, at: int) -> pa.Table:
    """All rows of version `at`, with the table's own schema."""
    return open_at(path, at).to_pyarrow_table(columns=table.names).cast(table.schema)


def rows(path: Path, at: int) -> int:
    """The number of rows of version `at`, from the log alone."""
    return int(open_at(path, at).count())


def apply(path: Path, table: Table, released: int, changes: Changes) -> int:
    """Bring the table from the version `released` (0: empty) to one with `changes`; gives the new version.

    What a crash, or anybody else, left behind `released` is undone first. Raises WarehouseError when
    somebody keeps committing to the table meanwhile.
    """
    for pause in (*BACKOFF, None):
        try:
            return _apply(path, table, released, changes)
        except CommitFailedError as error:
            if pause is None:
                raise WarehouseError(f"another program keeps writing to {path}: {error}") from error
            time.sleep(pause)
    raise AssertionError("unreachable")


def _apply(path: Path, table: Table, released: int, changes: Changes) -> int:
    delta = _latest(path, table)
    if delta.version() != released:
        delta.restore(released, commit_properties=_COMMIT)
    for year, part in changes.partitions():
        of_years = None if year is None else [year]
        if part.replaces or len(delta.file_uris(file_pruning_predicate=_by_year(of_years))) >= MAX_FILES:
            _rewrite(delta, table, year, part)
        else:
            _append(delta, table, part.rows)
    return int(delta.version())


def _latest(path: Path, table: Table) -> DeltaTable:
    """The table as it stands; made, empty, as its version 0 where there is none."""
    if not DeltaTable.is_deltatable(str(path)):
        DeltaTable.create(
            path,
            table.schema,
            partition_by=table.partition,
            description=table.meaning,
            configuration=_CONFIGURATION,
            commit_properties=_COMMIT,
        )
    return DeltaTable(path)


def _append(delta: DeltaTable, table: Table, rows: pa.Table) -> None:
    write_deltalake(delta, _sorted(table, rows), mode="append", writer_properties=_WRITER, commit_properties=_COMMIT)


def _rewrite(delta: DeltaTable, table: Table, year: int | None, part: Changes) -> None:
    """Put what stays of a partition and what is new into one file."""
    filters = None if year is None else [("year", "=", year)]
    old = delta.to_pyarrow_table(columns=table.names, filters=filters).cast(table.schema)
    write_deltalake(
        delta,
        _sorted(table, pa.concat_tables([part.without(old), part.rows])),
        mode="overwrite",
        predicate=None if year is None else _by_year([year]),
        writer_properties=_WRITER,
        commit_properties=_COMMIT,
    )


def _sorted(table: Table, rows: pa.Table) -> pa.Table:
    return rows.sort_by([(name, "ascending") for name in table.key])


def _by_year(of_years: list[int] | None) -> str | None:
    return None if of_years is None else f"year IN ({', '.join(map(str, of_years))})"
