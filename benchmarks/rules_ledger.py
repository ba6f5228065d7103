"""What stands around the reports of the bench: registry, ledger, documents, hosts, with faults of these planted too.

A portal cannot show them: a night that lost a unit, or believed a look-alike host, would not say so itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle
from typing import Any, Final

import pyarrow as pa

from benchmarks.province import HOST, registry
from expectations import World, layout
from expectations.world import UNANNOUNCED
from samples.chance import keyed
from samples.reports import Reports
from warehouse.spec import TABLES

#: a finding: report_id, rule, severity, scope
Finding = tuple[str, str, str, str]
Row = dict[str, Any]
_LOOK_ALIKE: Final = (f"{HOST}.cn-report.example", f"www-{HOST}", HOST.replace("sample", "samp1e"))
_SAME_HOST: Final = (HOST.upper(), f"{HOST}:80")
_LOST: Final = ("no row", None, "seen")
_SILENT: Final = ("no row", "published", None)
_ACCOUNTED: Final = ("unreadable", "image_only", "blocked", "merged", "not_due")
_CHANGED: Final = date(2026, 6, 1)
_SEVERITY: Final = {"COV-UNIT": "critical", "COV-DUPLICATE": "info", "COV-HOST": "critical", "VER-SILENT": "warning"}
_SCOPE: Final = {"COV-UNIT": "coverage", "COV-DUPLICATE": "documents", "COV-HOST": "address"}


@dataclass
class Ledger:
    """The tables around the reports as rows, what must be found in them, and what must not (report_id, rule)."""

    coverage: dict[str, Row] = field(default_factory=dict)
    documents: list[Row] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    unannounced: list[Row] = field(default_factory=list)
    planted: list[Finding] = field(default_factory=list)
    near: list[tuple[str, str]] = field(default_factory=list)

    def fault(self, report_id: str, rule: str, scope: str = "") -> None:
        """Notes a fault."""
        self.planted.append((report_id, rule, _SEVERITY[rule], scope or _SCOPE[rule]))


def surround(reports: Reports, table: pa.Table, each: int) -> tuple[pa.Table, World, Ledger]:
    """The reports at the addresses they were found at, the world around them, and what was planted in it."""
    ledger = Ledger()
    _account(ledger, reports, table)
    ids = sorted(table["report_id"].to_pylist())
    keyed(reports.figures.seed, "ledger").shuffle(ids)
    turns = iter(ids)
    unread = [f"{unit_id}-{year}" for unit_id, year in sorted(reports.refused)]
    _lose(ledger, [next(turns) for _ in range(each // 2)], unread[: each - each // 2])
    for report_id, status in zip(unread[each - each // 2 :], cycle(_ACCOUNTED), strict=False):
        ledger.coverage[report_id]["status"] = status
        ledger.near.append((report_id, "COV-UNIT"))
    _duplicate(ledger, turns, each)
    _move(ledger, turns, each)
    _change(ledger, turns, each)
    placed = [ledger.addresses[report_id] for report_id in table["report_id"].to_pylist()]
    moved = table.set_column(table.schema.get_field_index("address"), "address", pa.array(placed, pa.string()))
    return moved, _world(reports, ledger), ledger


def _account(ledger: Ledger, reports: Reports, table: pa.Table) -> None:
    """The ledger and the documents of a night in which nothing went wrong."""
    places = dict(zip(*(table[name].to_pylist() for name in ("report_id", "address")), strict=True))
    ledger.addresses.update(places)
    for holder, year in reports.slots():
        unit, slot = holder.unit, (holder.unit.id, year)
        report_id = f"{unit.id}-{year}"
        there = report_id in places
        status = "published" if there else "unreadable" if slot in reports.refused else "not_published"
        ledger.coverage[report_id] = {
            "unit_id": unit.id,
            "unit_name": unit.name,
            "code": unit.code,
            "level": unit.level,
            "kind": unit.kind,
            "parent_id": unit.parent,
            "year": year,
            "status": status,
            "address": places.get(report_id),
            "report_id": report_id if there else None,
        }
        if there:
            ledger.documents.append(_document(unit.id, year, places[report_id], "report"))


def _document(unit_id: str, year: int, address: str, outcome: str) -> Row:
    name = f"c-{unit_id}-{year}-{outcome}"
    return {
        "capture_id": name,
        "unit_id": unit_id,
        "address": address,
        "sha256": name,
        "reader": "bench 1",
        "year": year,
        "outcome": outcome,
    }


def _lose(ledger: Ledger, read: Sequence[str], unread: Sequence[str]) -> None:
    """Units and years that the ledger forgets, or does not say what became of."""
    for reports, ways in ((read, _LOST), (unread, _SILENT)):
        for report_id, way in zip(reports, cycle(ways), strict=False):
            if way == "no row":
                del ledger.coverage[report_id]
            else:
                ledger.coverage[report_id]["status"] = way
            ledger.fault(report_id, "COV-UNIT")


def _duplicate(ledger: Ledger, turns: Iterator[str], each: int) -> None:
    for number in range(2 * each):
        report_id = next(turns)
        unit_id, _, year = report_id.rpartition("-")
        place = ledger.addresses[report_id]
        if number < each:
            another = place.replace(".html", "_ghb.html")
            ledger.documents.append(_document(unit_id, int(year), another, "duplicate"))
            ledger.fault(report_id, "COV-DUPLICATE")
            continue
        # The same page captured again, or a page beside it that holds no report.
        innocent = (place, "duplicate") if number % 2 else (place.replace(".html", "_tj.html"), "not_a_report")
        ledger.documents.append(_document(unit_id, int(year), *innocent))
        ledger.near.append((report_id, "COV-DUPLICATE"))


def _move(ledger: Ledger, turns: Iterator[str], each: int) -> None:
    hosts = {False: cycle(_LOOK_ALIKE), True: cycle(_SAME_HOST)}
    for number in range(2 * each):
        report_id, same = next(turns), number >= each
        unit_id, _, year = report_id.rpartition("-")
        place = ledger.addresses[report_id].replace(HOST, next(hosts[same]), 1)
        for document in ledger.documents:
            if (document["unit_id"], document["year"]) == (unit_id, int(year)):
                document["address"] = place
        ledger.addresses[report_id] = place
        if same:
            ledger.near.append((report_id, "COV-HOST"))
        else:
            ledger.fault(report_id, "COV-HOST")


def _change(ledger: Ledger, turns: Iterator[str], each: int) -> None:
    """Figures that another reader read differently are no change; what is announced never comes here."""
    for number, table in zip(range(2 * each), cycle(layout.TABLES), strict=False):
        report_id, mine = next(turns), number < each
        for key in layout.TABLES[table][:2]:
            row = {"report_id": report_id, "key": key, "before": "1", "after": "2", "since": _CHANGED}
            ledger.unannounced.append(row | {"comparable": mine})
        if mine:
            ledger.fault(report_id, "VER-SILENT", table)
        else:
            ledger.near.append((report_id, "VER-SILENT"))


def _world(reports: Reports, ledger: Ledger) -> World:
    # A status may be missing here, which the warehouse's own table forbids.
    nullable = {
        name: pa.schema([field.with_nullable(True) for field in TABLES[name].schema])
        for name in ("coverage", "documents")
    }
    coverage = pa.Table.from_pylist(list(ledger.coverage.values()), schema=nullable["coverage"])
    documents = pa.Table.from_pylist(ledger.documents, schema=nullable["documents"])
    unannounced = pa.Table.from_pylist(ledger.unannounced, schema=UNANNOUNCED)
    return World(registry(reports.figures), coverage, documents, frozenset({HOST}), unannounced)
