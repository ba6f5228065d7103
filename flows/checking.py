"""`check`: the rules that the given documents allow, by the gate's own evaluator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, repeat
from typing import Any

import pyarrow as pa

from expectations import evaluate
from expectations.declaration import OUTCOMES
from flows.extraction import Extraction
from form.catalogue import DISPUTE_BLOCKS
from form.reading import Report
from portals.names import canonical
from warehouse.rows import Provenance, Source, cell_rows, report_rows

_FINDING = ("rule", "severity", "outcome", "expected", "actual", "cells", "equation")


def check_extractions(results: Sequence[tuple[str, Extraction]]) -> dict[str, Any]:
    """The object of `gouji check --format json`: findings that fail, and how many rules gave which outcome.

    Reports that name the same unit stand beside each other, year by year; a cell of another report is cited as
    `key@name`, the name being `{unit}-{year}`, with the path where two are of the same unit and year.
    """
    sources = [_source(path, extraction, i) for path, extraction in results for i in range(len(extraction.reports))]
    if not sources:
        return {"findings": [], "evaluated": dict.fromkeys(OUTCOMES, 0)}
    names = _names([origin for origin, _ in sources])
    lengths = [len(report.readings) for _, report in sources]
    reports = _named(report_rows(sources), names)
    cells = _named(cell_rows(sources), chain.from_iterable(map(repeat, names, lengths)))
    verdicts = evaluate(reports, cells).to_pylist()
    by_name = {name: (report, origin.address) for name, (origin, report) in zip(names, sources, strict=True)}
    counts = Counter(row["outcome"] for row in verdicts)
    return {
        "findings": [_finding(row, *by_name[row["report_id"]]) for row in verdicts if row["outcome"] == "fail"],
        "evaluated": {outcome: counts[outcome] for outcome in OUTCOMES},
    }


def _source(path: str, extraction: Extraction, number: int) -> Source:
    """A report with a provenance of its own: local files have no registry, so nothing is known of level or kind."""
    report = extraction.reports[number]
    origin = Provenance(
        # Nobody knows whether two reports without a unit are of the same one.
        unit_id=canonical(report.unit) if report.unit else f"{path}#{number + 1}",
        unit_name=report.unit or "",
        code="",
        level="",
        kind="",
        parent_id=None,
        year=report.year or 0,
        address=path,
        media_type=extraction.media_type or "",
        sha256=extraction.sha256,
        capture_id=extraction.sha256,
        reader=report.readings[0].reader if report.readings else "",
    )
    return origin, report


def _names(origins: Sequence[Provenance]) -> list[str]:
    """A name for each report: its report_id, with the place in the list where another has the same."""
    times = Counter(origin.report_id for origin in origins)
    return [
        f"{origin.report_id} {origin.address}#{number}" if times[origin.report_id] > 1 else origin.report_id
        for number, origin in enumerate(origins, 1)
    ]


def _named(table: pa.Table, names: Iterable[str]) -> pa.Table:
    at = table.schema.get_field_index("report_id")
    return table.set_column(at, table.schema.field(at), pa.array(names, pa.string()))


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
