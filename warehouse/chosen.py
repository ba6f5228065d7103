"""Chosen reports of the current release, without the rest of it: what a few new ones are judged beside."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from store.errors import one_line
from store.where import Where
from warehouse import deltas, record
from warehouse.errors import WarehouseError
from warehouse.record import Release, current
from warehouse.scan import names, opened, parquet
from warehouse.spec import TABLES

_MEMORY: Final = "2GB"
#: rows of a run, on average, from which on slices are better than a copy: some five reports' cells
_LONG: Final = 1000


class Chosen(NamedTuple):
    """Reports and their cells, in the schemas of `reports` and `cells`, in no order of reports."""

    reports: pa.Table
    cells: pa.Table

    def without(self, ids: Collection[str]) -> Chosen:
        """The reports that are not among `ids`."""
        return self._filtered(ids, False)

    def only(self, ids: Collection[str]) -> Chosen:
        """The reports that are among `ids`."""
        return self._filtered(ids, True)

    def beside(self, other: Chosen) -> Chosen:
        """These reports and those of `other`."""
        return Chosen(*(pa.concat_tables(pair) for pair in zip(self, other, strict=True)))

    def _filtered(self, ids: Collection[str], inside: bool) -> Chosen:
        """Itself where nothing is left out: a province has millions of cells, and a run over it may want them all."""
        wanted = pa.array(sorted(ids), pa.string())

        def stays(table: pa.Table) -> pa.ChunkedArray:
            among = pc.is_in(table["report_id"], value_set=wanted)
            return among if inside else pc.invert(among)

        chosen = stays(self.reports)
        if pc.all(chosen, min_count=0).as_py():
            return self
        return Chosen(self.reports.filter(chosen), _kept(self.cells, stays(self.cells)))


def _kept(table: pa.Table, stays: pa.ChunkedArray) -> pa.Table:
    """The rows that stay: slices of the table where they are long, so that a province's cells are not copied."""
    edges = np.flatnonzero(np.diff(stays.to_numpy(), prepend=False, append=False))
    starts, lengths = edges[::2], edges[1::2] - edges[::2]
    if not len(starts) or lengths.mean() < _LONG:
        return table.filter(stays)
    return pa.concat_tables([table.slice(*run) for run in zip(starts.tolist(), lengths.tolist(), strict=True)])


def nothing(tables: tuple[str, str] = ("reports", "cells")) -> Chosen:
    """No reports."""
    reports, cells = (TABLES[name].empty() for name in tables)
    return Chosen(reports, cells)


def released(home: Where, ids: Collection[str]) -> Chosen:
    """The released versions of the reports `ids`; those that have none are left out."""
    return Chosen(*of_reports(home, ids, ("reports", "cells")))


def newest(home: Where, ids: Collection[str]) -> Chosen:
    """The newest versions of the reports `ids`: the held one where there is one, else the released."""
    held = Chosen(*of_reports(home, ids, ("held_reports", "held_cells")))
    rest = frozenset(ids).difference(held.reports["report_id"].to_pylist())
    return held.beside(released(home, rest))


def past(home: Where, ids: Collection[str]) -> Chosen:
    """All versions of the reports `ids` before the newest: rows of `past_reports` and `past_cells`."""
    return Chosen(*of_reports(home, ids, ("past_reports", "past_cells")))


def of_reports(home: Where, ids: Collection[str], tables: Sequence[str]) -> tuple[pa.Table, ...]:
    """The rows about the reports `ids` in each of the tables, which are partitioned by year.

    Raises WarehouseError where one cannot be read.
    """
    release = current(home)
    if release is None or not ids:
        return tuple(TABLES[name].empty() for name in tables)
    wanted = sorted(ids)
    # `{unit_id}-{year}`: the year says which partitions to open.
    of_years = {int(report_id.rpartition("-")[2]) for report_id in wanted}
    try:
        with opened(home, memory_limit=_MEMORY) as connection:
            connection.register("wanted", pa.table({"report_id": pa.array(wanted, pa.string())}))
            return tuple(_rows(connection, home, release, name, (of_years, wanted)) for name in tables)
    except duckdb.Error as error:
        raise WarehouseError(f"release {release.release_id}: {one_line(error)[:500]}") from error


def _rows(
    connection: duckdb.DuckDBPyConnection,
    home: Where,
    release: Release,
    name: str,
    within: tuple[Collection[int], Sequence[str]],
) -> pa.Table:
    """The rows about the reports `wanted` of a table; `within` are their years, and themselves in order."""
    table, version = TABLES[name], release.tables.get(name)
    files = {} if version is None else deltas.files(record.folder(home) / name, table, version, *within)
    if not files:
        return table.empty()
    columns = names(table.names)
    sql = f"SELECT {columns} FROM ({parquet(table, files)}) SEMI JOIN wanted USING (report_id)"  # noqa: S608 - the spec's
    return table.conform(connection.sql(sql).to_arrow_table())
