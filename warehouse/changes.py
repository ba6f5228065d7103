"""What differs between the rows of a batch and the released version, report by report.

Both sides are compared by content, never by a stored mark: DuckDB hashes every row and adds the hashes up by
report, so that seven million cells take a second and the order of rows does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from store.where import Where
from warehouse.errors import SpecError
from warehouse.scan import DataFiles, names, opened, parquet
from warehouse.table import Column, Table

_MEMORY: Final = "4GB"


@dataclass(frozen=True, slots=True)
class Changes:
    """The groups of rows to replace in a table (its `unit`), and the rows to put there.

    `units` has the unit's columns and `replaces`: whether the released version holds rows of the group. A
    group without new rows goes away.
    """

    table: Table
    units: pa.Table
    rows: pa.Table

    def split(self) -> tuple[Changes, Changes]:
        """The groups that replace released rows, and those that are only added."""
        mark = self.units["replaces"]
        replacing, added = self.units.filter(mark), self.units.filter(pc.invert(mark))
        if not len(replacing):
            return Changes(self.table, replacing, self.rows.slice(0, 0)), self
        return self.of(replacing), self.of(added)

    def of(self, units: pa.Table) -> Changes:
        """The changes of some of the groups."""
        return Changes(self.table, units, self.rows.filter(_among(self.rows, units, self.table)))


@contextmanager
def comparing(home: Where | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB for `find` (files of `home`) and `check_keys`: opening one takes longer than a small comparison."""
    with opened(home, memory_limit=_MEMORY) as connection:
        yield connection


def find(
    connection: duckdb.DuckDBPyConnection, table: Table, new: pa.Table, scope: pa.Table, files: DataFiles
) -> Changes | None:
    """What differs between `new` and the released `files` in the groups of `scope`; None where nothing does.

    `scope` has the unit's columns and holds every group of `new`; its other groups are to be empty.
    """
    if not files:
        units = table.units(new)
        units = units.append_column("replaces", pa.repeat(False, len(units)))
        return Changes(table, units, new) if len(new) else None
    units = _differing(connection, table, new, scope, files)
    return Changes(table, units, new).of(units) if len(units) else None


def check_keys(connection: duckdb.DuckDBPyConnection, table: Table, data: pa.Table) -> None:
    """Raise SpecError naming a key that two rows of `data` share."""
    keys = names(table.key)
    connection.register("data", data)
    # Rows whose hashes all differ share no key, and hashes are counted in three fifths of the time.
    counted = connection.execute(f"SELECT count(DISTINCT hash({keys})) FROM data").fetchall()  # noqa: S608
    if counted == [(len(data),)]:
        return
    sql = f"SELECT {keys} FROM data GROUP BY {keys} HAVING count(*) > 1 ORDER BY {keys} LIMIT 1"  # noqa: S608
    if double := connection.execute(sql).fetchone():
        raise SpecError(f"table {table.name}: two rows with the key {dict(zip(table.key, double, strict=True))}")


def _differing(
    connection: duckdb.DuckDBPyConnection, table: Table, new: pa.Table, scope: pa.Table, files: DataFiles
) -> pa.Table:
    unit = names(table.unit)
    row = ", ".join(expression for column in table.columns for expression in _hashed(column))
    digests = f"SELECT {unit}, (count(*), sum(hash({row})), bit_xor(hash({row}))) AS digest FROM"
    sql = f"""
        WITH fresh AS ({digests} new GROUP BY {unit}),
             told AS (FROM ({parquet(table, files)}) SEMI JOIN scope USING ({unit})),
             stored AS ({digests} told GROUP BY {unit})
        SELECT {unit}, stored.digest IS NOT NULL AS replaces
        FROM fresh FULL JOIN stored USING ({unit})
        WHERE fresh.digest IS DISTINCT FROM stored.digest
        ORDER BY {unit}
    """  # noqa: S608 - all names come from the spec
    connection.register("new", new)
    connection.register("scope", scope)
    return connection.sql(sql).to_arrow_table()


def _hashed(column: Column) -> list[str]:
    """What to hash of a column: DuckDB takes null, [] and [null] for the same, their lengths differ."""
    name = names([column.name])
    return [name, f"len({name})"] if pa.types.is_nested(column.type) else [name]


def _among(data: pa.Table, units: pa.Table, table: Table) -> Any:
    """For each row of `data`, whether its group is one of `units`."""
    return pc.is_in(_group(data, table), value_set=_group(units, table))


def _group(data: pa.Table, table: Table) -> Any:
    """The name of each row's group as one string."""
    parts = [pc.cast(data[name], pa.string()) for name in table.unit]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")
