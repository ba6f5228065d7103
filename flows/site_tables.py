"""What the site needs of a release, in bulk: stamps that tell which units changed, and the tables of some units."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from notices.site.model import (
    CELL_COLUMNS,
    COVERAGE_COLUMNS,
    EVENT_COLUMNS,
    FINDING_COLUMNS,
    LISTED_COLUMNS,
    REPORT_COLUMNS,
    VERDICT_COLUMNS,
    Batch,
    Earlier,
    Overview,
)
from store.where import Where
from warehouse.query import query
from warehouse.record import Release, releases

if TYPE_CHECKING:
    from notices.site.model import Picture

#: releases before this one that are searched for earlier versions of reports
RELEASES: Final = 30
#: table -> its columns that the site shows
_SHOWN: Final[Mapping[str, Sequence[str]]] = {
    "reports": REPORT_COLUMNS,
    "held_reports": REPORT_COLUMNS,
    "cells": CELL_COLUMNS,
    "held_cells": CELL_COLUMNS,
    "verdicts": VERDICT_COLUMNS,
    "findings": FINDING_COLUMNS,
    "finding_events": EVENT_COLUMNS,
    "coverage": COVERAGE_COLUMNS,
}
_GATES: Final = {"released": "reports", "held": "held_reports"}
_CELLS: Final = {"released": "cells", "held": "held_cells"}
#: reports with findings on cells of their own, the gravest first
_SUSPECTS: Final = """
    WITH concerned AS (
        SELECT report_id, unit_id, year, gate,
               min(CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END) AS rank,
               list_sort(list_distinct(flatten(list(list_filter(
                   list_concat(cells, suspects), lambda key: NOT contains(key, '@')))))) AS keys
        FROM findings WHERE gate IS NOT NULL GROUP BY ALL
    )
    SELECT c.report_id, unit_id, year, gate, sha256, capture_id, address, media_type, reader, keys
    FROM concerned c JOIN ({reports}) r USING (report_id, gate)
    WHERE len(keys) > 0 ORDER BY rank, year DESC, c.report_id
"""


@dataclass(frozen=True, slots=True)
class Version:
    """An earlier version of a report: the last release that had it, and where it stood there."""

    report_id: str
    unit_id: str
    sha256: str
    gate: str
    release_id: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """A report with findings on cells of its own (`keys`), and where its document is kept."""

    report_id: str
    unit_id: str
    year: int
    gate: str
    sha256: str
    capture_id: str
    address: str
    media_type: str
    reader: str
    keys: tuple[str, ...]


class Tables:
    """The tables of one release."""

    def __init__(self, home: Where, release: Release) -> None:
        self._home, self._release = home, release
        self._versions: dict[str, list[Version]] = {}
        for version in _earlier(home, release):
            self._versions.setdefault(version.unit_id, []).append(version)

    def overview(self) -> Overview:
        """What the first page shows."""
        return Overview(
            self._rows(_select(COVERAGE_COLUMNS, "coverage")),
            self._rows(_select(LISTED_COLUMNS, "findings")),
        )

    def stamps(self, pictures: Mapping[str, str]) -> dict[str, str]:
        """unit_id -> a text that differs where anything that the site shows of the unit does.

        `pictures` has what is to be told of the pictures of a unit.
        """
        parts = _union(
            _select([], table, f"unit_id, hash('{table}', {_names(columns)}) AS stamp")
            for table, columns in _SHOWN.items()
        )
        rows = self._rows(
            _select([], f"({parts}) GROUP BY unit_id", "unit_id, CAST(bit_xor(stamp) AS VARCHAR) AS stamp")
        )
        found = {}
        for unit_id, stamp in zip(rows["unit_id"].to_pylist(), rows["stamp"].to_pylist(), strict=True):
            more = [*(repr(version) for version in self._versions.get(unit_id, [])), pictures.get(unit_id, "")]
            found[unit_id] = f"{stamp}-{hashlib.sha256('|'.join(more).encode()).hexdigest()[:16]}"
        return found

    def suspects(self) -> list[Suspect]:
        """The reports with findings on cells, those with the gravest first, newer years before older."""
        columns = ("report_id", "sha256", "capture_id", "address", "media_type", "reader")
        reports = _union(_select(columns, table, f"'{gate}' AS gate") for gate, table in _GATES.items())
        rows = self._rows(_SUSPECTS.format(reports=reports))
        return [Suspect(**row | {"keys": tuple(row["keys"])}) for row in rows.to_pylist()]

    def places(self, suspects: Sequence[Suspect]) -> dict[str, list[dict[str, Any]]]:
        """report_id -> its cells with their places, as rows of `cells`."""
        found: dict[str, list[dict[str, Any]]] = {}
        for gate, table in _CELLS.items():
            ids = [suspect.report_id for suspect in suspects if suspect.gate == gate]
            if ids:
                for row in self._rows(_select([], table, "*", f"report_id IN ({_literals(ids)})")).to_pylist():
                    found.setdefault(row["report_id"], []).append(row)
        return found

    def batch(
        self,
        units: Sequence[str],
        claim_scopes: Mapping[str, tuple[str, str]],
        pictures: Mapping[str, Sequence[Picture]],
    ) -> Batch:
        """Everything of some units."""
        own = f"unit_id IN ({_literals(units)})"
        tables = {
            name: self._rows(_select(columns, name, where=own))
            for name, columns in _SHOWN.items()
            if name != "coverage"
        }
        earlier = [version for unit in units for version in self._versions.get(unit, [])]
        return Batch(
            reports=tables["reports"],
            cells=tables["cells"],
            held_reports=tables["held_reports"],
            held_cells=tables["held_cells"],
            verdicts=tables["verdicts"],
            findings=tables["findings"],
            events=tables["finding_events"],
            captured=self._captured(units),
            claim_scopes=claim_scopes,
            pictures=pictures,
            earlier=list(self._read(earlier)),
        )

    def _captured(self, units: Sequence[str]) -> dict[str, datetime]:
        rows = self._rows(_select(("capture_id", "fetched_at"), "captures", where=f"unit_id IN ({_literals(units)})"))
        return dict(zip(rows["capture_id"].to_pylist(), rows["fetched_at"].to_pylist(), strict=True))

    def _read(self, versions: Iterable[Version]) -> Iterable[Earlier]:
        """Earlier versions, newest release first, read as of the release that had them last."""
        groups: dict[tuple[str, str], list[str]] = {}
        for version in versions:
            groups.setdefault((version.release_id, version.gate), []).append(version.report_id)
        for (release_id, gate), ids in sorted(groups.items(), reverse=True):
            own = f"report_id IN ({_literals(ids)})"
            reports = self._rows(_select(REPORT_COLUMNS, _GATES[gate], where=own), release_id)
            cells = self._rows(_select(CELL_COLUMNS, _CELLS[gate], where=own), release_id)
            yield Earlier(release_id, reports, cells)

    def _rows(self, sql: str, release_id: str | None = None) -> pa.Table:
        return query(self._home, sql, release_id or self._release.release_id)


def _earlier(home: Where, release: Release) -> Iterable[Version]:
    """The versions that stood in one of the last releases and stand no more, each with the last that had it."""
    known = releases(home)
    before = known[: known.index(release)][::-1][:RELEASES]
    seen = {(row["report_id"], row["sha256"]) for row in _standing(home, release)}
    newer = release
    for older in before:
        if any(older.tables.get(name) != newer.tables.get(name) for name in _GATES.values()):
            for row in _standing(home, older):
                if (row["report_id"], row["sha256"]) not in seen:
                    seen.add((row["report_id"], row["sha256"]))
                    yield Version(**row, release_id=older.release_id)
        newer = older


def _standing(home: Where, release: Release) -> list[dict[str, Any]]:
    columns = ("report_id", "unit_id", "sha256")
    parts = _union(_select(columns, table, f"'{gate}' AS gate") for gate, table in _GATES.items())
    rows = query(home, f"{parts} ORDER BY report_id, gate", release.release_id)
    listed: list[dict[str, Any]] = rows.to_pylist()
    return listed


def _select(columns: Sequence[str], table: str, more: str = "", where: str = "") -> str:
    """A SELECT; all names are constants of this file and of `notices.site.model`, values are literals."""
    wanted = ", ".join(part for part in (_names(columns), more) if part)
    return f"SELECT {wanted} FROM {table}{where and f' WHERE {where}'}"  # noqa: S608


def _union(selects: Iterable[str]) -> str:
    return " UNION ALL ".join(selects)


def _names(columns: Iterable[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _literals(values: Iterable[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)
