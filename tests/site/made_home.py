"""A home with two releases, read and judged by the real rooms: a broken report with an older version that passed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from site_paper import figures, page

from expectations import evaluate
from expectations.findings import findings
from flows.extraction import extract_bytes
from portals.archive import Archive
from portals.archive import Origin as Listed
from portals.exchange import Exchange, Fetched
from warehouse.batch import ReleaseBatch
from warehouse.release import publish
from warehouse.rows import Provenance, Source, cell_rows, report_rows
from warehouse.spec import TABLES

FIRST = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
#: what no page may take for markup, and no reader may miss
HOSTILE = '<script>alert(1)</script>\u202e\u0007=HYPERLINK("http://evil.example")'
EVIL_CELL = "<img src=x onerror=alert(2)>\u202e7"
EVIL_NAME = "<script>alert(3)</script>\u202e测试区人民政府"
RECEIVED = "applications.received.total"


@dataclass(frozen=True)
class Unit:
    id: str
    name: str
    level: str
    kind: str
    parent: str | None = None


COUNTY = Unit("620102", "兰州市城关区人民政府", "county", "aggregate", "620100")
CITY = Unit("620100", "兰州市人民政府", "prefecture", "aggregate", "620000")
EVIL = Unit("620103", EVIL_NAME, "county", "aggregate", "620100")
OFFICE = Unit("620102-bgs", "兰州市城关区人民政府办公室", "county", "office", "620102")
UNITS = (CITY, COUNTY, OFFICE, EVIL)
#: unit, year -> status and reason of what is no report
GAPS = {
    (CITY, 2020): ("blocked", "HTTP 412"),
    (CITY, 2021): ("not_published", None),
    (OFFICE, 2020): ("unreadable", "encrypted: 需要口令"),
    (OFFICE, 2024): ("not_due", None),
}


def broken() -> dict[str, str]:
    """One total wrong: the row and the balance of the total column break, and the text."""
    return figures(94, 5, 2) | {RECEIVED: "104"}


def first_night() -> dict[tuple[Unit, int], bytes]:
    """The documents of the first release."""
    evil = figures(3, 0, 0) | {"disputes.reconsideration.other": EVIL_CELL}
    blank = {key: text for key, text in figures(60, 0, 4).items() if not key.startswith("proactive.regulations")}
    return {
        (COUNTY, 2020): page(COUNTY.name, 2020, "2019", blank),
        (COUNTY, 2022): page(COUNTY.name, 2022, "2021", figures(80, 4, 5)),
        (COUNTY, 2023): page(COUNTY.name, 2023, "2021", figures(94, 5, 2)),
        (COUNTY, 2024): page(COUNTY.name, 2024, "2021", figures(70, 9, 0)),
        (CITY, 2023): page(CITY.name, 2023, "2021", figures(900, 0, 0)),
        (EVIL, 2023): page(
            "测试区人民政府", 2023, "2021", evil, {"overview": f"全年新收政府信息公开申请4件{HOSTILE}。"}
        ),
    }


@dataclass
class Made:
    """A home under construction; each night releases some documents."""

    home: Path
    nights: int = 0
    standing: dict[tuple[str, int], Source] = field(default_factory=dict)
    opened: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def night(self, documents: dict[tuple[Unit, int], bytes]) -> str:
        """Read, judge and release the documents; gives the id of the release."""
        at = FIRST + timedelta(days=self.nights)
        self.nights += 1
        fresh = {}
        with Archive(self.home / "archive") as archive:
            for (unit, year), data in documents.items():
                fresh[unit.id, year] = self.standing[unit.id, year] = read(archive, unit, year, data, at)
        sources = list(self.standing.values())
        verdicts = evaluate(report_rows(sources), cell_rows(sources))
        held = {
            row["report_id"]
            for row in verdicts.to_pylist()
            if (row["severity"], row["outcome"]) == ("critical", "fail")
        }
        release_id = f"r{self.nights:04d}"
        rows = findings(verdicts, report_rows(sources), held).to_pylist()
        new = [row for row in rows if row["finding_id"] not in self.opened]
        self.opened |= {row["finding_id"]: (at, release_id) for row in new}
        found = dated(rows, self.opened)
        passed = [source for key, source in fresh.items() if f"{key[0]}-{key[1]}" not in held]
        kept = [source for key, source in fresh.items() if f"{key[0]}-{key[1]}" in held]
        batch = ReleaseBatch(
            reports=report_rows(passed),
            cells=cell_rows(passed),
            held_reports=report_rows(kept),
            held_cells=cell_rows(kept),
            verdicts=verdicts,
            findings=found,
            finding_events=events(new, at, release_id),
            coverage=coverage(self.standing, held),
            captures=captures(self.home),
        )
        release = publish(self.home, batch, at)
        assert release and release.release_id == release_id
        return release_id


def read(archive: Archive, unit: Unit, year: int, data: bytes, at: datetime) -> Source:
    address = f"https://www.gansu.example/{unit.id}/{year}.html"
    media = "application/pdf" if data.startswith(b"%PDF") else "text/html"
    exchange = Exchange(address, (), "HTTP/1.1", 200, "OK", (("Content-Type", media),), data)
    capture = archive.add(Fetched(address, at, data, (exchange,)), Listed(unit.id, "年报"))
    extraction = extract_bytes(data, address)
    (report,) = extraction.reports
    origin = Provenance(
        unit_id=unit.id, unit_name=unit.name, code=unit.id[:6], level=unit.level, kind=unit.kind,
        parent_id=unit.parent, year=year, address=address, media_type=media, sha256=extraction.sha256,
        capture_id=capture.capture_id, reader="reader@1", published=date(year + 1, 1, 20),
    )  # fmt: skip
    assert hashlib.sha256(data).hexdigest() == extraction.sha256
    return origin, report


def dated(rows: list[dict[str, Any]], opened: dict[str, tuple[datetime, str]]) -> pa.Table:
    full = [row | dict(zip(("opened_at", "opened_in"), opened[row["finding_id"]], strict=True)) for row in rows]
    return pa.Table.from_pylist(full, schema=TABLES["findings"].schema)


def events(found: list[dict[str, Any]], at: datetime, release_id: str) -> pa.Table:
    names = ("finding_id", "report_id", "unit_id", "year", "rule", "scope", "severity")
    rows = [
        {name: row[name] for name in names} | {"event": "opened", "at": at, "release_id": release_id, "sha256": None}
        for row in found
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["finding_events"].schema)


def captures(home: Path) -> pa.Table:
    table = TABLES["captures"]
    with Archive(home / "archive") as archive:
        rows = [{name: getattr(capture, name) or None for name in table.names} for capture in archive.captures()]
    for row in rows:
        row["offset"] = row["offset"] or 0
    return pa.Table.from_pylist(rows, schema=table.schema)


def coverage(standing: Iterable[tuple[str, int]], held: set[str]) -> pa.Table:
    rows: list[dict[str, Any]] = []
    there = set(standing)
    for unit in UNITS:
        for year in range(2020, 2025):
            report_id = f"{unit.id}-{year}"
            status, reason = GAPS.get((unit, year), ("not_published", None))
            row = {
                "unit_id": unit.id, "unit_name": unit.name, "code": unit.id[:6], "level": unit.level,
                "kind": unit.kind, "parent_id": unit.parent, "year": year, "status": status, "reason": reason,
                "since": FIRST.date(), "duplicates": 0,
            }  # fmt: skip
            if (unit.id, year) in there:
                gate = "held" if report_id in held else "released"
                row |= {"status": "published", "reason": None, "gate": gate, "report_id": report_id}
                row["address"] = f"https://www.gansu.example/{unit.id}/{year}.html"
            rows.append(row)
    return pa.Table.from_pylist(rows, schema=TABLES["coverage"].schema)
