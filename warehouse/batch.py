"""What one release brings: rows by table, checked as a whole before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from warehouse.changes import check_keys, comparing
from warehouse.errors import SpecError
from warehouse.spec import TABLES
from warehouse.table import Table

#: table of cells -> table that must name their reports.
_OWNERS: Final = {
    "cells": "reports",
    "held_cells": "held_reports",
    "past_cells": "past_reports",
    "past_reports": "versions",
    "changes": "versions",
}
#: table -> tables of the batch whose reports it speaks of, so that their rows in it are replaced.
#: A report that passes leaves the quarantine. One that is held does not leave `reports` by that alone: an older
#: version that passed stays there beside it, unless it is among `leaving`.
_REPLACED_WITH: Final[Mapping[str, tuple[str, ...]]] = {
    "reports": ("leaving",),
    "cells": ("reports", "leaving"),
    "held_reports": ("reports",),
    "held_cells": ("reports", "held_reports"),
    "past_reports": ("versions",),
    "past_cells": ("versions",),
    "changes": ("versions",),
    "verdicts": ("reports", "held_reports", "judged"),
    "findings": ("reports", "held_reports", "verdicts", "judged"),
}
#: what names reports that bring no rows of their own
NAMED: Final = pa.schema([pa.field("report_id", pa.string(), nullable=False), pa.field("year", pa.int16(), False)])


@dataclass(frozen=True, slots=True)
class ReleaseBatch:
    """The rows to publish; what a batch does not mention stays as it was released.

    `reports`, `cells`: what passed the gate; `held_reports`, `held_cells`: what did not. `leaving` (schema `NAMED`)
    are reports whose released version breaks a critical rule by now: it leaves `reports` and `cells`. `verdicts` and
    `findings` replace those of every report of the batch, of any other report they speak of, and of `judged`
    (schema `NAMED`): what was asked again, though its rows stay, and units' years without a report. `versions` bring
    with them all that `past_reports`, `past_cells` and `changes` have of the same reports. `coverage`
    replaces rows of the same unit and year, `captures` and `documents` those with the same key; `finding_events`
    are those of this release.
    """

    reports: pa.Table = field(default_factory=TABLES["reports"].empty)
    cells: pa.Table = field(default_factory=TABLES["cells"].empty)
    held_reports: pa.Table = field(default_factory=TABLES["held_reports"].empty)
    held_cells: pa.Table = field(default_factory=TABLES["held_cells"].empty)
    versions: pa.Table = field(default_factory=TABLES["versions"].empty)
    past_reports: pa.Table = field(default_factory=TABLES["past_reports"].empty)
    past_cells: pa.Table = field(default_factory=TABLES["past_cells"].empty)
    changes: pa.Table = field(default_factory=TABLES["changes"].empty)
    verdicts: pa.Table = field(default_factory=TABLES["verdicts"].empty)
    findings: pa.Table = field(default_factory=TABLES["findings"].empty)
    finding_events: pa.Table = field(default_factory=TABLES["finding_events"].empty)
    coverage: pa.Table = field(default_factory=TABLES["coverage"].empty)
    captures: pa.Table = field(default_factory=TABLES["captures"].empty)
    documents: pa.Table = field(default_factory=TABLES["documents"].empty)
    leaving: pa.Table = field(default_factory=NAMED.empty_table)
    judged: pa.Table = field(default_factory=NAMED.empty_table)
    note: str = ""

    def checked(self) -> ReleaseBatch:
        """The batch with every table in its exact schema.

        Raises SpecError for rows that do not fit, a key twice, cells without their report, and a report
        both released and held, or released and leaving.
        """
        exact = {name: table.conform(getattr(self, name)) for name, table in TABLES.items()}
        with comparing() as connection:
            for name, table in TABLES.items():
                check_keys(connection, table, exact[name])
        for cells, reports in _OWNERS.items():
            _check_subset(exact, cells, reports)
        named = {name: getattr(self, name).cast(NAMED) for name in ("leaving", "judged")}
        released = _units(exact, "reports")
        for what, others in (("held", _units(exact, "held_reports")), ("leaving", named["leaving"])):
            both = released.join(others, ["report_id", "year"], join_type="inner")
            if len(both):
                raise SpecError(f"report {both['report_id'][0]} is both released and {what}")
        return ReleaseBatch(**exact, **named, note=self.note)

    def scopes(self) -> Iterator[tuple[Table, pa.Table, pa.Table]]:
        """For every table: itself, its new rows, and the groups of rows that they replace."""
        rows = {name: getattr(self, name) for name in TABLES}
        named = {"leaving": self.leaving, "judged": self.judged}
        for name, table in TABLES.items():
            sources = (name, *_REPLACED_WITH.get(name, ()))
            replaced = [named[source] if source in named else _units(rows, source) for source in sources]
            yield table, rows[name], table.units(pa.concat_tables(replaced))


def _units(rows: dict[str, pa.Table], name: str) -> pa.Table:
    return TABLES[name].units(rows[name])


def _check_subset(rows: dict[str, pa.Table], cells: str, reports: str) -> None:
    orphans = _units(rows, cells).join(_units(rows, reports), ["report_id", "year"], join_type="left anti")
    if len(orphans):
        raise SpecError(f"{cells} of {orphans['report_id'][0]}, which is not in {reports}")
