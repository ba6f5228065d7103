"""How large the data files of a table are to be, and which of them are small enough to be put together."""

from __future__ import annotations

from collections import Counter
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.table import Table

#: Bytes of a data file: a correction writes at least one of them anew, a reader opens them all.
FILE_BYTES: Final = 4_000_000
#: The same of a `fine` table, by the writer's own reckoning: some 20,000 of its rows.
_FINE_BYTES: Final = 100_000
_FINE_ROWS: Final = 20_000
#: A file is small that is less than such a part of its year: put together again and again, a year's rows are written
#: anew a few times, not with every upkeep.
_PART: Final = 8
#: what is less than this part of a file's bytes is small whatever the year holds
_LEAST: Final = 16


def target(table: Table) -> int:
    """Bytes at which the writer begins another file."""
    return _FINE_BYTES if table.fine else FILE_BYTES


def limit(table: Table, added: pa.Table) -> int:
    """Bytes from which on a file is left alone; `added` are the table's files as its log has them."""
    sizes = added["size_bytes"].to_pylist()
    if not sizes:
        return FILE_BYTES
    if table.fine:
        rows, size = max(zip(map(int, added["num_records"].to_pylist()), map(int, sizes), strict=True))
        return max(1, size * _FINE_ROWS // max(1, rows))
    of_years = Counter[int | None]()
    for year, size in zip(_years(table, added), sizes, strict=True):
        of_years[year] += size
    return min(max(max(of_years.values()) // _PART, FILE_BYTES // _LEAST), FILE_BYTES)


def crowded(table: Table, added: pa.Table, many: int) -> list[int | None]:
    """The partitions (None: the table as a whole) with `many` small files or more."""
    small = added.filter(pc.less(added["size_bytes"], limit(table, added)))
    found = Counter(_years(table, small))
    # None has no order, and is alone.
    return sorted((year for year, count in found.items() if count >= many), key=lambda year: year or 0)


def _years(table: Table, added: pa.Table) -> list[int | None]:
    found: list[int | None] = (
        added[f"partition.{table.partition}"].to_pylist() if table.partition else [None] * len(added)
    )
    return found
