"""Two versions of the same rows side by side: which differ, in what, and from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from warehouse.changes import comparing
from warehouse.scan import literal, names
from warehouse.table import Table


class Comparer:
    """Compares versions of tables; use `comparer()`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def differing(self, table: Table, before: pa.Table, now: pa.Table, columns: Sequence[str]) -> pa.Table:
        """The rows that differ in one of the `columns`, or that only one side has, in the order of the table's key.

        Beside the key: `change` (changed, appears or vanishes), `names` (those of the columns that differ; empty
        where a side has no such row), `before` and `now`: the columns as a struct, null where a side has no such row.
        """
        keys, row = names(table.key), _packed(columns)
        apart = " || ".join(f"CASE WHEN {_apart([name])} THEN [{literal(name)}] ELSE [] END" for name in columns)
        sql = f"""
            WITH old AS (SELECT {keys}, {row} AS line FROM before),
                 new AS (SELECT {keys}, {row} AS line FROM now)
            SELECT {keys},
                   CASE WHEN old.line IS NULL THEN 'appears' WHEN new.line IS NULL THEN 'vanishes' ELSE 'changed' END
                       AS change,
                   CASE WHEN old.line IS NULL OR new.line IS NULL THEN []::VARCHAR[] ELSE {apart} END AS names,
                   old.line AS before, new.line AS now
            FROM old FULL JOIN new USING ({keys})
            WHERE old.line IS DISTINCT FROM new.line
            ORDER BY {keys}
        """  # noqa: S608 - all names come from the spec
        self._show(before, now)
        return self._connection.sql(sql).to_arrow_table()

    def counted(
        self, table: Table, before: pa.Table, now: pa.Table, groups: Mapping[str, Sequence[str]]
    ) -> dict[str, int]:
        """For each group of columns, how many rows that both sides have differ in one of them."""
        counts = ", ".join(
            f"count(*) FILTER ({_apart(columns)}) AS n{i}" for i, columns in enumerate(groups.values())
        )
        line = f"{names(table.key)}, {_packed([name for columns in groups.values() for name in columns])} AS line"
        sql = f"""
            SELECT {counts} FROM (SELECT {line} FROM before) AS old
            JOIN (SELECT {line} FROM now) AS new USING ({names(table.key)})
        """  # noqa: S608 - as above
        self._show(before, now)
        (found,) = zip(*self._connection.sql(sql).to_arrow_table().to_pydict().values(), strict=True)
        return dict(zip(groups, found, strict=True))

    def _show(self, before: pa.Table, now: pa.Table) -> None:
        self._connection.register("before", before)
        self._connection.register("now", now)


@contextmanager
def comparer() -> Iterator[Comparer]:
    """A comparer for the length of the block: opening one takes longer than a small comparison."""
    with comparing() as connection:
        yield Comparer(connection)


def _packed(columns: Sequence[str]) -> str:
    return f"struct_pack({', '.join(f'{names([name])} := {names([name])}' for name in columns)})"


def _apart(columns: Sequence[str]) -> str:
    """SQL: one of the columns differs between the lines."""
    return " OR ".join(f"old.line.{names([name])} IS DISTINCT FROM new.line.{names([name])}" for name in columns)
