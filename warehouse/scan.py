"""The data files of a table version as a DuckDB relation (DuckDB has no Delta reader offline)."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from store.remote import RETRY, Remote
from store.where import Where
from warehouse.table import Table

#: partition value (None where the table has no partitions) -> paths or addresses of its data files
DataFiles = dict[int | None, list[str]]


def opened(home: Where | None = None, **config: str | bool | int) -> duckdb.DuckDBPyConnection:
    """A DuckDB that can read the data files of `home`; close it."""
    connection = duckdb.connect(config=dict(config))
    if isinstance(home, Remote):
        # DuckDB's own reader of S3 is an extension that it would download.
        from obstore.fsspec import FsspecStore

        connection.register_filesystem(FsspecStore("s3", retry_config=RETRY))
    return connection


def parquet(table: Table, files: DataFiles) -> str:
    """SQL that selects the columns of `table` from its data files (at least one), in the order of the spec.

    A partition's value is put in here, not read off the paths: the home's own path may have a `year=2020`.
    """
    return " UNION ALL ".join(_partition(table, value, paths) for value, paths in files.items())


def _partition(table: Table, value: int | None, paths: list[str]) -> str:
    columns = ", ".join(
        f"{value}::SMALLINT AS {names([name])}" if name == table.partition else names([name]) for name in table.names
    )
    listed = ", ".join(literal(no_glob(path)) for path in paths)
    # The names in this text come from the spec, the paths are quoted.
    return f"SELECT {columns} FROM read_parquet([{listed}], hive_partitioning = false)"  # noqa: S608


def names(columns: Iterable[str]) -> str:
    """Column names, each quoted (`table` and `offset` are reserved words), with commas."""
    return ", ".join('"' + column.replace('"', '""') + '"' for column in columns)


def literal(text: str) -> str:
    """A string constant."""
    return "'" + text.replace("'", "''") + "'"


def no_glob(path: str) -> str:
    """The path with characters that DuckDB would take for a pattern made plain."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)
