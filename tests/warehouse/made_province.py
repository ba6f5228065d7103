"""A small province for the warehouse's tests: reports, and the batch a run would make of them.

Also run by the child processes of the kill test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from form.claim import Claim
from form.reading import Fact, Leftover, Narrative, Reading, Remark, Report
from warehouse.batch import ReleaseBatch
from warehouse.rows import Failure, Provenance, Source, cell_rows, document_rows, error_rows, report_rows
from warehouse.spec import TABLES

FIRST_NIGHT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
READER = "html/1"


def night(n: int) -> datetime:
    return FIRST_NIGHT + timedelta(days=n)


@dataclass(frozen=True, slots=True)
class Doc:
    """A document: `figure` is what its cells hold, so that another figure is another document."""

    unit: int
    year: int
    figure: int
    cells: int = 4

    @property
    def report_id(self) -> str:
        return f"62{self.unit:04d}-{self.year}"


def source(doc: Doc) -> Source:
    sha = f"{doc.unit:08x}{doc.year:08x}{doc.figure:08x}".ljust(64, "0")
    origin = Provenance(
        unit_id=f"62{doc.unit:04d}",
        unit_name=f"测试县{doc.unit}",
        code=f"62{doc.unit:04d}",
        level="county",
        kind="aggregate",
        parent_id="62",
        year=doc.year,
        address=f"http://127.0.0.1/{doc.unit}/{doc.year}.html",
        media_type="text/html",
        sha256=sha,
        capture_id=f"c-{sha[:24]}",
        reader=READER,
        published=date(doc.year + 1, 1, 28),
    )
    figures = [
        Reading(
            key=f"applications.received.k{k:03d}",
            printed=str(doc.figure + k),
            value=Decimal(doc.figure + k),
            state="printed",
            reader=READER,
            page=1,
            bbox=(1.0, 2.0, 3.5, 4.5),
        )
        for k in range(doc.cells)
    ]
    readings = (*figures, Reading("proactive.regulations.issued", "", None, "blank", READER))
    report = Report(
        unit=f"测试县{doc.unit}人民政府",
        year=doc.year,
        edition="2021",
        title=f"测试县{doc.unit}人民政府{doc.year}年政府信息公开工作年度报告",
        readings=readings,
        leftovers=(Leftover("proactive", "多出的一行", None),),
        remarks=(Remark("row_missing", "（六）"),),
        narrative=Narrative(overview="一、总体情况", problems=None, other_matters="无"),
        sections=("overview", "proactive"),
        period=(date(doc.year, 1, 1), date(doc.year, 12, 31)),
        scope="aggregate",
        facts=(Fact("year", str(doc.year), "title", f"{doc.year}年"),),
        claims=(
            Claim("figure", Decimal("1.5"), "件", "received", "own", "this_year", "overview", 0, 2, "收到"),
            Claim("all_closed", None, "", "processed", "unknown", "this_year", "overview", 3, 5, "全部"),
        ),
    )
    return origin, report


def _rows(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    table = TABLES[name]
    return pa.Table.from_pylist([dict.fromkeys(table.names) | row for row in rows], schema=table.schema)


def verdicts(docs: Iterable[Doc], held: bool) -> list[dict[str, Any]]:
    return [
        {
            "report_id": doc.report_id,
            "unit_id": f"62{doc.unit:04d}",
            "year": doc.year,
            "rule": rule,
            "severity": "critical",
            "scope": "applications",
            "outcome": "fail" if held and rule == "T3-SUM" else "pass",
            "expected": str(doc.figure),
            "actual": str(doc.figure + held),
            "cells": ["applications.received.k000"],
            "suspects": [],
            "alternatives": [],
        }
        for doc in docs
        for rule in ("T3-SUM", "T4-SUM")
    ]


def batch(
    released: Iterable[Doc] = (), held: Iterable[Doc] = (), failed: Iterable[Doc] = (), note: str = ""
) -> ReleaseBatch:
    released, held, failed = list(released), list(held), list(failed)
    good, bad = [source(doc) for doc in released], [source(doc) for doc in held]
    judged = verdicts(released, False) + verdicts(held, True)
    named = {doc.report_id: source(doc)[0] for doc in (*released, *held)}
    findings = [
        row
        | {
            "finding_id": f"{row['report_id']}/{row['rule']}/{row['scope']}",
            "unit_name": named[row["report_id"]].unit_name,
            "address": named[row["report_id"]].address,
            "gate": "held",
            "status": "open",
            "opened_at": FIRST_NIGHT,
            "opened_in": "r0001",
        }
        for row in judged
        if row["outcome"] == "fail"
    ]
    errors = error_rows(
        Failure(o.unit_id, o.capture_id, o.address, o.sha256, o.reader, "truncated", "x", o.year)
        for o, _ in map(source, failed)
    )
    everything = [
        (doc, status, gate)
        for docs, status, gate in (
            (released, "published", "released"),
            (held, "published", "held"),
            (failed, "unreadable", None),
        )
        for doc in docs
    ]
    origins = [(source(doc)[0], status, gate) for doc, status, gate in everything]
    return ReleaseBatch(
        reports=report_rows(good),
        cells=cell_rows(good),
        held_reports=report_rows(bad),
        held_cells=cell_rows(bad),
        verdicts=_rows("verdicts", judged),
        findings=_rows("findings", findings),
        coverage=_rows(
            "coverage",
            [
                {
                    n: getattr(o, n)
                    for n in ("unit_id", "unit_name", "code", "level", "kind", "parent_id", "year", "address")
                }
                | {"status": status, "gate": gate, "report_id": o.report_id if gate else None}
                | {"since": FIRST_NIGHT.date(), "duplicates": 0}
                for o, status, gate in origins
            ],
        ),
        captures=_rows(
            "captures",
            [
                {
                    "capture_id": o.capture_id,
                    "address": o.address,
                    "unit_id": o.unit_id,
                    "fetched_at": FIRST_NIGHT,
                    "status": 200,
                    "sha256": o.sha256,
                    "size": 1000,
                    "warc": "a.warc.gz",
                    "offset": 5,
                }
                for o, _, _ in origins
            ],
        ),
        documents=document_rows(report_rows(good + bad), errors),
        note=note,
    )


def contents(home: Path, as_of: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every table of a release, rows in the order of their keys."""
    from warehouse.status import read_table

    return {
        name: read_table(home, name, as_of).sort_by([(k, "ascending") for k in table.key]).to_pylist()
        for name, table in TABLES.items()
    }
