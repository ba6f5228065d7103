"""What the site is built from: values and Arrow tables that `flows` hands over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from notices.text import visible

#: columns of `warehouse.spec` that the site shows, by table
REPORT_COLUMNS: Final = (
    *("report_id", "unit_id", "unit", "year", "edition", "title", "address", "media_type", "sha256"),
    *("capture_id", "published", "period_from", "period_to", "sections", "overview", "problems", "other_matters"),
    *("leftovers", "remarks", "scope", "claims", "reader", "waivers"),
)
CELL_COLUMNS: Final = (
    *("report_id", "key", "printed", "state", "value", "confidence", "note", "second", "proposed", "reason"),
)
VERDICT_COLUMNS: Final = ("report_id", "rule", "scope", "outcome", "message")
FINDING_COLUMNS: Final = (
    *("finding_id", "report_id", "unit_id", "year", "rule", "severity", "scope", "expected", "actual", "cells"),
    *("equation", "message", "attribution", "suspects", "alternatives", "status", "opened_at", "opened_in"),
)
EVENT_COLUMNS: Final = ("unit_id", "year", "finding_id", "event", "at", "release_id", "rule", "scope", "severity")
COVERAGE_COLUMNS: Final = (
    *("unit_id", "unit_name", "code", "level", "kind", "parent_id", "year", "status", "gate"),
    *("reason", "address", "report_id"),
)
#: columns of `findings` that the lists by rule show
LISTED_COLUMNS: Final = (
    *("report_id", "unit_id", "unit_name", "year", "rule", "severity", "scope", "equation", "status"),
)


@dataclass(frozen=True, slots=True)
class RuleCard:
    """A rule as the catalogue shows it; `scopes` maps ids to Chinese labels."""

    id: str
    title: str
    formula: str
    explanation: str
    severities: tuple[str, ...]
    editions: tuple[str, ...]
    source: str
    scopes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as an SVG file of its own, shown as a picture; `name` is that of the file, `summary` what it says."""

    name: str
    title: str
    summary: str
    svg: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the pages say of the whole: the release, its time, the names of places (six digits -> name), charts.

    Places whose code begins as `code` does come first: a site may have a few units of other provinces.
    """

    province: str
    code: str
    release_id: str
    released_at: datetime
    places: Mapping[str, str]
    rules: Sequence[RuleCard]
    charts: Sequence[Drawing] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """The tables of the whole release: `coverage` (COVERAGE_COLUMNS) and `findings` (LISTED_COLUMNS)."""

    coverage: pa.Table
    findings: pa.Table

    @property
    def open(self) -> pa.Table:
        """The findings that no waiver covers: what is counted, as in the mail."""
        return self.findings.filter(pc.not_equal(self.findings["status"], "waived"))

    @property
    def waived(self) -> pa.Table:
        """The findings that a waiver covers: said beside the count."""
        return self.findings.filter(pc.equal(self.findings["status"], "waived"))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a report's source in the site's folder; sizes in pixels.

    `boxes`: key -> left, top, width, height in ten-thousandths of the picture.
    """

    file: str
    width: int
    height: int
    label: str
    boxes: Mapping[str, tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Earlier:
    """Versions of reports that an earlier release had, as REPORT_COLUMNS and CELL_COLUMNS."""

    release_id: str
    reports: pa.Table
    cells: pa.Table


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything of some units; a table's columns are those named above, its rows in no order.

    `captured`: capture_id -> when it was received. `claim_scopes`: subject of a claim -> rule and scope. `pictures`
    are those of report_ids. `earlier`: newest first.
    """

    reports: pa.Table
    cells: pa.Table
    held_reports: pa.Table
    held_cells: pa.Table
    verdicts: pa.Table
    findings: pa.Table
    events: pa.Table
    captured: Mapping[str, datetime]
    claim_scopes: Mapping[str, tuple[str, str]]
    pictures: Mapping[str, Sequence[Picture]] = field(default_factory=dict)
    earlier: Sequence[Earlier] = ()


class SiteError(Exception):
    """A folder or a value that no site can be built with; one line."""

    def __init__(self, text: str) -> None:
        super().__init__(visible(text)[:300])
