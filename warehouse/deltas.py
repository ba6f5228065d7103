"""Delta tables at the versions that a release names; the only importer of deltalake.

New rows are appended as a small file a partition; replaced rows have only the files written anew that hold
them; small files are put together when they are many. So a night costs what it changes, and files stay few.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Final
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import CommitProperties, DeltaTable, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError
from pyarrow.dataset import dataset

from store.errors import one_line
from store.remote import PATIENCE, Remote
from store.where import Where
from warehouse import looked_at
from warehouse.changes import Changes
from warehouse.errors import WarehouseError
from warehouse.file_sizes import crowded, limit, target
from warehouse.looked_at import DataFile, Version
from warehouse.scan import DataFiles, literal, opened, parquet
from warehouse.table import Table, years

#: So many small files in one partition are put together.
MAX_SMALL_FILES: Final = 16
#: Groups replaced in one commit: a predicate of 35,000 names overflows the stack of the query engine.
_CHUNK: Final = 1000
#: Rows handed to the writer at a time.
_BATCH: Final = 65_536
#: Seconds to wait before each new try when somebody else commits to a table of ours.
BACKOFF: Final = (0.05, 0.1, 0.2, 0.4, 0.8)

#: Old versions must stay readable for as long as their release is listed.
_CONFIGURATION: Final[Mapping[str, str | None]] = {
    "delta.enableExpiredLogCleanup": "false",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
}
#: A commit that lost a race fails instead of being laid over a version that we have not looked at.
COMMIT: Final = CommitProperties(max_commit_retries=0)
_WRITER: Final = WriterProperties(compression="ZSTD", compression_level=3, max_row_group_size=131_072)


def files(
    path: Where, table: Table, at: int, of_years: Collection[int] | None = None, owners: Sequence[str] | None = None
) -> DataFiles:
    """The data files of version `at` by partition; if asked, those alone of some years, and that may hold `owners`.

    `owners` are in order; by what the log says of a file's first and last one.
    """
    folder = root(path)
    found: DataFiles = {}
    for file in _version(path, table, at).files:
        if (of_years is None or file.year in of_years) and (owners is None or file.may_hold(owners)):
            found.setdefault(file.year, []).append(data_file(folder, file.name))
    return found


def _version(path: Where, table: Table, at: int) -> Version:
    """What version `at` holds. Raises WarehouseError as `open_at`, and where it is none of this table."""
    found = looked_at.recall(path, at)
    if found is None:
        found = _looked(open_at(path, at), table)
        looked_at.remember(path, at, found)
    _check(found.schema, table)
    return found


def _looked(delta: DeltaTable, table: Table) -> Version:
    # Taken as they are: `pa.table` would import pandas, to see that this is no frame of its.
    added = delta.get_add_actions(flatten=True)
    there = set(added.schema.names)
    names = ("path", f"partition.{table.partition}", f"min.{table.owner}", f"max.{table.owner}")
    columns = (added[name].to_pylist() if name in there else [None] * len(added["path"]) for name in names)
    files = sorted(map(DataFile, *columns), key=lambda file: file.name)
    return Version(tuple(files), int(delta.count()), pa.schema(delta.schema().to_arrow()))


def root(path: Where) -> str:
    """Where a table's folder is."""
    return path.url if isinstance(path, Remote) else str(path.resolve())


def data_file(folder: str, name: str) -> str:
    """Where a data file is: the log has it as a URL relative to the folder (`root`)."""
    return f"{folder}/{unquote(name)}"


def open_at(path: Where, at: int) -> DeltaTable:
    """The table as of version `at`. Raises WarehouseError where that version is not there."""
    try:
        return DeltaTable(uri(path), version=at, storage_options=options(path))
    except (DeltaError, OSError) as error:
        raise WarehouseError(f"version {at} of table {path.name} cannot be opened: {one_line(error)}") from error


def _of_this_spec(delta: DeltaTable, table: Table) -> DeltaTable:
    """The table, if it is of this spec."""
    _check(pa.schema(delta.schema().to_arrow()), table)
    return delta


def _check(written: pa.Schema, table: Table) -> None:
    """WarehouseError where columns or types are not those of `table`: the archive can rebuild it."""
    if {field.name: field.type for field in written} != {field.name: field.type for field in table.schema}:
        raise WarehouseError(
            f"table {table.name} was written by another version of gouji; move the warehouse folder aside and "
            "rebuild it from the archive: gouji backfill --years … --from-archive"
        )


def uri(path: Where) -> str:
    """A path in the form in which deltalake takes blanks and Chinese; what it garbles or dies of is refused."""
    if isinstance(path, Remote):
        return path.url
    absolute = path.resolve()
    if unfit := set(str(absolute)).intersection("[]\\%"):
        raise WarehouseError(f"the path {absolute} holds {' '.join(sorted(unfit))}, which Delta tables cannot have")
    return absolute.as_uri()


def options(path: Where) -> dict[str, str] | None:
    """How Delta is to treat the store; who we are there it takes from the environment, as `store.remote` does."""
    if not isinstance(path, Remote):
        return None
    return {
        "aws_conditional_put": "etag",
        "retry_timeout": f"{PATIENCE.total_seconds():.0f}s",
        "max_retries": "100",
        "backoff_config.max_backoff": "2s",
    }


def read(path: Where, table: Table, at: int, columns: Sequence[str] = ()) -> pa.Table:
    """All rows of version `at`, with the table's own schema; some of its columns only if asked."""
    chosen = list(columns) or table.names
    schema = pa.schema([table.schema.field(name) for name in chosen])
    if isinstance(path, Remote):
        return _of_this_spec(open_at(path, at), table).to_pyarrow_table(columns=chosen).cast(schema)
    # Delta's own reader makes an expression of every file's least and greatest values first: half of the time.
    found = files(path, table, at).items()
    return pa.concat_tables([schema.empty_table(), *(_stored(table, schema, year, paths) for year, paths in found)])


def _stored(table: Table, schema: pa.Schema, year: int | None, paths: list[str]) -> pa.Table:
    """The rows of a partition's data files; the log has its value, the files have not."""
    stored = pa.schema([field for field in schema if field.name != table.partition])
    rows = dataset(paths, schema=stored, format="parquet").to_table()
    if table.partition in schema.names:
        field = schema.field(table.partition)
        values = pa.repeat(pa.scalar(year, field.type), len(rows))
        rows = rows.add_column(schema.get_field_index(field.name), field, values)
    return rows.cast(schema)


def rows(path: Where, table: Table, at: int) -> int:
    """The number of rows of version `at`, from the log alone."""
    return _version(path, table, at).rows


def apply(path: Where, table: Table, released: int, changes: Changes) -> int:
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


def _apply(path: Where, table: Table, released: int, changes: Changes) -> int:
    delta = latest(path, table)
    if delta.version() != released:
        delta.restore(released, commit_properties=COMMIT)
    replacing, added = changes.split()
    for start in range(0, len(replacing.units), _CHUNK):
        _replace(delta, replacing.of(replacing.units.slice(start, _CHUNK)))
    if len(added.rows):
        _append(delta, added)
    compact(delta, path, table, MAX_SMALL_FILES)
    looked_at.remember(path, int(delta.version()), _looked(delta, table))
    return int(delta.version())


def latest(path: Where, table: Table) -> DeltaTable:
    """The table as it stands; made, empty, as its version 0 where there is none."""
    if not DeltaTable.is_deltatable(uri(path), storage_options=options(path)):
        DeltaTable.create(
            uri(path),
            table.schema,
            partition_by=table.partition,
            description=table.meaning,
            configuration=_CONFIGURATION,
            storage_options=options(path),
            commit_properties=COMMIT,
        )
    return _of_this_spec(DeltaTable(uri(path), storage_options=options(path)), table)


def _append(delta: DeltaTable, changes: Changes) -> None:
    """One commit; partition by partition, so that neither a sorted copy nor the writer holds a whole province."""
    table = changes.table
    of_years = years(changes.rows) if table.partition else []
    parts = (Changes(table, changes.units, changes.rows.filter(pc.field("year") == year)) for year in of_years)
    batches = (batch for part in parts for batch in _sorted(part).to_batches(_BATCH))
    write_deltalake(
        delta,
        pa.RecordBatchReader.from_batches(changes.rows.schema, batches) if of_years else _sorted(changes),
        mode="append",
        target_file_size=target(changes.table),
        writer_properties=_WRITER,
        commit_properties=COMMIT,
    )


def _replace(delta: DeltaTable, changes: Changes) -> None:
    """Put the new rows in the place of the old ones; only files that hold some of these are written anew."""
    write_deltalake(
        delta,
        _sorted(changes),
        mode="overwrite",
        predicate=_predicate(changes),
        target_file_size=target(changes.table),
        writer_properties=_WRITER,
        commit_properties=COMMIT,
    )


def _sorted(changes: Changes) -> pa.Table:
    """The rows by owner, in the order read within one: a correction then touches few files."""
    owners = changes.rows[changes.table.owner]
    order = pc.index_in(owners, value_set=pc.unique(owners).sort()).to_numpy()
    if np.all(order[1:] >= order[:-1]):
        return changes.rows
    return changes.rows.take(np.argsort(order, kind="stable"))


def _predicate(changes: Changes) -> str:
    """SQL for the released rows of the groups to replace."""
    table = changes.table
    if table.partition is None:
        return _owned(table, changes.units)
    return " OR ".join(
        f"({_by_year([year])} AND {_owned(table, changes.units.filter(pc.field('year') == year))})"
        for year in years(changes.units)
    )


def _owned(table: Table, units: pa.Table) -> str:
    return f"{table.owner} IN ({', '.join(map(literal, units[table.owner].to_pylist()))})"


def compact(delta: DeltaTable, path: Where, table: Table, many: int) -> None:
    """Put the small files together where a partition (or the table, if it has none) has `many` of them."""
    added = pa.table(delta.get_add_actions(flatten=True))
    full = crowded(table, added, many)
    if full and table.fine:
        _gather(delta, path, table, full)
    elif full:
        delta.optimize.compact(
            partition_filters=[("year", "in", sorted(map(str, full)))] if table.partition else None,
            target_size=limit(table, added),
            writer_properties=_WRITER,
            commit_properties=COMMIT,
        )


def _gather(delta: DeltaTable, path: Where, table: Table, small: Mapping[int | None, Sequence[str]]) -> None:
    """Write the groups of small files anew, all their rows: the first may stand at the end of the file before.

    Delta's own compaction goes by bytes alone.
    """
    few: DataFiles = {year: [data_file(root(path), name) for name in names] for year, names in small.items()}
    every = files(path, table, int(delta.version()), [year for year in small if year is not None])
    told = ", ".join(table.unit)
    with opened(path) as connection:
        connection.execute(f"CREATE TEMP TABLE told AS SELECT DISTINCT {told} FROM ({parquet(table, few)})")  # noqa: S608
        sql = f"FROM ({parquet(table, every)}) SEMI JOIN told USING ({told})"
        rows = table.conform(connection.sql(sql).to_arrow_table())
    changes = Changes(table, table.units(rows), rows)
    for start in range(0, len(changes.units), _CHUNK):
        _replace(delta, changes.of(changes.units.slice(start, _CHUNK)))


def _by_year(of_years: list[int] | None) -> str | None:
    return None if of_years is None else f"year IN ({', '.join(map(str, of_years))})"
