"""How large the data files of a table are to be, and which of them are small enough to be put together."""

from __future__ import annotations

from collections import Counter, defaultdict
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
    of_years = Counter[int | None]()
    for year, size in zip(_years(table, added), added["size_bytes"].to_pylist(), strict=True):
        of_years[year] += size
    return min(max(max(of_years.values(), default=0) // _PART, FILE_BYTES // _LEAST), FILE_BYTES)


def crowded(table: Table, added: pa.Table, many: int) -> dict[int | None, list[str]]:
    """The partitions (None: the table as a whole) with `many` small files or more, and these, as the log names them.

    In a fine table rows tell: of a hundred rows or of thousands, a file has the same few kilobytes.
    """
    column, least = ("num_records", _FINE_ROWS // 2) if table.fine else ("size_bytes", limit(table, added))
    small = added.filter(pc.less(added[column], least))
    found: defaultdict[int | None, list[str]] = defaultdict(list)
    for year, name in zip(_years(table, small), small["path"].to_pylist(), strict=True):
        found[year].append(name)
    return {year: sorted(names) for year, names in found.items() if len(names) >= many}


def _years(table: Table, added: pa.Table) -> list[int | None]:
    found: list[int | None] = (
        added[f"partition.{table.partition}"].to_pylist() if table.partition else [None] * len(added)
    )
    return found
