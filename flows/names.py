"""What names the rows of a table, as arrays: which rows two tables share is told without an object for each row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

#: between the texts of a row, and for null, which is not the empty text
_BETWEEN: Final = "\x1f"
_NULL: Final = "\x00"


def named(table: pa.Table, columns: Sequence[str]) -> pa.ChunkedArray:
    """What these columns say, one text a row; two rows have the same text where they have the same values."""
    texts = (pc.coalesce(table[column].cast(pa.string()), _NULL) for column in columns)
    return pc.binary_join_element_wise(*texts, _BETWEEN)


def report_ids(table: pa.Table) -> pa.ChunkedArray:
    """The report_id of each row's unit and year."""
    return pc.binary_join_element_wise(table["unit_id"], table["year"].cast(pa.string()), "-")


def about(table: pa.Table, reports: Collection[str]) -> pa.Table:
    """The rows of the units and years of these reports; names of none may be among them."""
    return table.filter(pc.is_in(report_ids(table), value_set=pa.array(list(reports), pa.string())))


def without(table: pa.Table, names: pa.ChunkedArray, others: pa.ChunkedArray) -> pa.Table:
    """The rows whose name (`names` has one for each) is not among `others`."""
    return table.filter(pc.invert(pc.is_in(names, value_set=others)))
