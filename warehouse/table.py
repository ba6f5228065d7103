"""What a table is: columns, key, unit of replacement, partition."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.errors import SpecError


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `required` columns hold no null."""

    name: str
    type: pa.DataType
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    `key` names a row. A release replaces together all rows of one `owner` (a report, a unit, a capture), in
    one partition where the table has partitions. A `fine` table has files of few rows: a night replaces groups in all
    its years, and writes anew the files that hold them.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    owner: str
    partition: str | None = None
    fine: bool = False

    @property
    def schema(self) -> pa.Schema:
        """The columns as an Arrow schema, in order."""
        return pa.schema([pa.field(c.name, c.type, nullable=not c.required) for c in self.columns])

    @property
    def unit(self) -> list[str]:
        """The columns that name a group of rows replaced together."""
        return [self.owner, self.partition] if self.partition else [self.owner]

    @property
    def names(self) -> list[str]:
        """The column names, in order."""
        return [column.name for column in self.columns]

    def empty(self) -> pa.Table:
        """A table of this shape without rows."""
        return self.schema.empty_table()

    def conform(self, data: pa.Table) -> pa.Table:
        """The rows of `data` with exactly this schema; the order of columns may differ.

        Raises SpecError for missing and extra columns alike, a type that cannot be cast without loss, and
        a null in a required column.
        """
        missing = [name for name in self.names if name not in data.column_names]
        extra = [name for name in data.column_names if name not in self.names]
        if missing or extra or len(data.column_names) != len(self.columns):
            raise SpecError(f"table {self.name}: missing columns {missing}, extra columns {extra}")
        for column in self.columns:
            if column.required and data[column.name].null_count:
                raise SpecError(f"table {self.name}: null in column {column.name}")
        try:
            return data.select(self.names).cast(self.schema)
        # Arrow's word for types between which there is no cast is "not implemented".
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
            raise SpecError(f"table {self.name}: {error}") from error

    def units(self, data: pa.Table) -> pa.Table:
        """The distinct groups of `data`: one row a group, the columns of `unit`."""
        return data.select(self.unit).group_by(self.unit).aggregate([])


def years(data: pa.Table) -> list[int]:
    """The distinct years of a table with a `year` column, ascending."""
    return sorted(pc.unique(data["year"]).to_pylist())
