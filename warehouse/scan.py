"""The data files of a table version as a DuckDB relation (DuckDB has no Delta reader offline)."""

from __future__ import annotations

from collections.abc import Iterable

from warehouse.table import Table


def parquet(table: Table, files: Iterable[str]) -> str:
    """SQL that selects the columns of `table` from its data files (at least one), in the order of the spec."""
    paths = ", ".join(literal(_no_glob(file)) for file in files)
    partition = "hive_partitioning = false"
    if table.partition:
        partition = f"hive_partitioning = true, hive_types = {{{literal(table.partition)}: SMALLINT}}"
    # The names in this text come from the spec, the paths are quoted.
    return f"SELECT {names(table.names)} FROM read_parquet([{paths}], {partition})"  # noqa: S608


def names(columns: Iterable[str]) -> str:
    """Column names, each quoted (`table` and `offset` are reserved words), with commas."""
    return ", ".join('"' + column.replace('"', '""') + '"' for column in columns)


def literal(text: str) -> str:
    """A string constant."""
    return "'" + text.replace("'", "''") + "'"


def _no_glob(path: str) -> str:
    """The path with characters that DuckDB would take for a pattern made plain."""
    return "".join(f"[{character}]" if character in "*?[" else character for character in path)
