"""What differs between the rows of a batch and the released version, report by report.

Both sides are compared by content, never by a stored mark: DuckDB hashes every row and adds the hashes up by
report, so that seven million cells take a second and the order of rows does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.errors import SpecError
from warehouse.scan import names, parquet
from warehouse.table import Table, years

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

    @property
    def replaces(self) -> bool:
        """Whether any released row goes away."""
        return bool(pc.any(self.units["replaces"], min_count=0).as_py())

    def ids(self) -> list[str]:
        """The reports concerned (of a table that has reports)."""
        return list(self.units["report_id"].to_pylist())

    def partitions(self) -> Iterator[tuple[int | None, Changes]]:
        """The changes by year; the table as a whole, under None, where it has no partition."""
        if self.table.partition is None:
            yield None, self
            return
        for year in years(self.units):
            of_year = pc.field("year") == year
            yield year, Changes(self.table, self.units.filter(of_year), self.rows.filter(of_year))

    def without(self, old: pa.Table) -> pa.Table:
        """The rows of one partition of the released version that stay."""
        return old.filter(pc.invert(_among(old, self.units, self.table)))


def find(table: Table, new: pa.Table, scope: pa.Table, files: list[str]) -> Changes | None:
    """What differs between `new` and the released `files` in the groups of `scope`; None where nothing does.

    `scope` has the unit's columns and holds every group of `new`; its other groups are to be empty.
    """
    if not files:
        units = table.units(new)
        return (
            Changes(table, units.append_column("replaces", pa.repeat(False, len(units))), new) if len(new) else None
        )
    differing = _differing(table, new, scope, files)
    return Changes(table, differing, new.filter(_among(new, differing, table))) if len(differing) else None


def check_keys(table: Table, data: pa.Table) -> None:
    """Raise SpecError naming a key that two rows of `data` share."""
    keys = names(table.key)
    with duckdb.connect() as connection:
        connection.register("data", data)
        sql = f"SELECT {keys} FROM data GROUP BY {keys} HAVING count(*) > 1 ORDER BY {keys} LIMIT 1"  # noqa: S608
        if double := connection.execute(sql).fetchone():
            raise SpecError(f"table {table.name}: two rows with the key {dict(zip(table.key, double, strict=True))}")


def _differing(table: Table, new: pa.Table, scope: pa.Table, files: list[str]) -> pa.Table:
    unit = names(table.unit)
    # DuckDB hashes null, [] and [null] alike; as text they differ.
    row = ", ".join(
        f"{names([column.name])}::VARCHAR" if pa.types.is_nested(column.type) else names([column.name])
        for column in table.columns
    )
    digests = f"SELECT {unit}, (count(*), sum(hash({row})), bit_xor(hash({row}))) AS digest FROM"
    sql = f"""
        WITH fresh AS ({digests} new GROUP BY {unit}),
             stored AS ({digests} ({parquet(table, files)}) SEMI JOIN scope USING ({unit}) GROUP BY {unit})
        SELECT {unit}, stored.digest IS NOT NULL AS replaces
        FROM fresh FULL JOIN stored USING ({unit})
        WHERE fresh.digest IS DISTINCT FROM stored.digest
    """  # noqa: S608 - all names come from the spec
    with duckdb.connect(config={"memory_limit": _MEMORY}) as connection:
        connection.register("new", new)
        connection.register("scope", scope)
        return connection.sql(sql).to_arrow_table()


def _among(data: pa.Table, units: pa.Table, table: Table) -> Any:
    """For each row of `data`, whether its group is one of `units`."""
    return pc.is_in(_group(data, table), value_set=_group(units, table))


def _group(data: pa.Table, table: Table) -> Any:
    """The name of each row's group as one string."""
    parts = [pc.cast(data[name], pa.string()) for name in table.unit]
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, "\x1f")
