"""`check`: the rules that the given documents allow, by the gate's own evaluator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from expectations import evaluate
from expectations.declaration import OUTCOMES
from flows.extraction import Extraction
from form.catalogue import DISPUTE_BLOCKS
from form.reading import Report
from warehouse.rows import Provenance, Source, cell_rows, report_rows

_FINDING = ("rule", "severity", "outcome", "expected", "actual", "cells", "equation")


def check_extractions(results: Sequence[tuple[Path, Extraction]]) -> dict[str, Any]:
    """The object of `gouji check --format json`: findings that fail, and how many rules gave which outcome."""
    sources = [_source(path, extraction, i) for path, extraction in results for i in range(len(extraction.reports))]
    if not sources:
        return {"findings": [], "evaluated": dict.fromkeys(OUTCOMES, 0)}
    verdicts = evaluate(report_rows(sources), cell_rows(sources)).to_pylist()
    reports = {origin.report_id: (report, origin.address) for origin, report in sources}
    counts = Counter(row["outcome"] for row in verdicts)
    return {
        "findings": [_finding(row, *reports[row["report_id"]]) for row in verdicts if row["outcome"] == "fail"],
        "evaluated": {outcome: counts[outcome] for outcome in OUTCOMES},
    }


def _source(path: Path, extraction: Extraction, number: int) -> Source:
    """A report with a provenance of its own: local files have no registry, so nothing is known of level or kind."""
    report = extraction.reports[number]
    unit = f"{path}#{number + 1}"
    origin = Provenance(
        unit_id=unit,
        unit_name=report.unit or "",
        code="",
        level="",
        kind="",
        parent_id=None,
        year=report.year or 0,
        address=str(path),
        media_type=extraction.media_type or "",
        sha256=extraction.sha256,
        capture_id=extraction.sha256,
        reader=report.readings[0].reader if report.readings else "",
    )
    return origin, report


def _finding(row: dict[str, Any], report: Report, address: str) -> dict[str, Any]:
    scope = f"disputes.{row['scope']}" if row["scope"] in DISPUTE_BLOCKS else row["scope"]
    own = {"unit": report.unit, "year": report.year, "scope": scope, "path": address}
    return (
        {name: row[name] for name in _FINDING}
        | own
        | {
            "attribution": row["attribution"],
            "suspects": row["suspects"],
            "alternatives": row["alternatives"],
            "message": row["message"],
        }
    )
