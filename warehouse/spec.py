"""The one declaration of every table: names, Arrow types, keys, partitions, and what a column means.

`docs/tables.md` is generated from it (`python -m warehouse.spec > docs/tables.md`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import pyarrow as pa

from warehouse.spec_claims import CLAIM, CLAIM_VIEWS, FACT, listed
from warehouse.spec_versions import CHANGES, VERSION, VERSIONS
from warehouse.table import Column, Table

#: What a printed figure is stored as: up to 28 digits before the point and 10 after it, exact.
DECIMAL: Final = pa.decimal128(38, 10)
_UTC: Final = pa.timestamp("us", "UTC")
_STRINGS: Final = pa.list_(pa.string())
_LEFTOVERS: Final = pa.list_(
    pa.struct([pa.field("table", pa.string()), pa.field("printed", pa.string()), pa.field("page", pa.int16())])
)
_REMARKS: Final = pa.list_(pa.struct([pa.field("code", pa.string()), pa.field("text", pa.string())]))


def _c(name: str, type_: pa.DataType, meaning: str, required: bool = False) -> Column:
    return Column(name, type_, meaning, required)


def _s(name: str, meaning: str, required: bool = False) -> Column:
    return Column(name, pa.string(), meaning, required)


_REPORT_ID: Final = _s("report_id", "`{unit_id}-{year}`", True)
_UNIT_ID: Final = _s("unit_id", "the registry's id; starts with the GB/T 2260 code", True)
_UNIT_NAME: Final = _s("unit_name", "the registry's name of the unit", True)
_YEAR: Final = _c("year", pa.int16(), "the report's year", True)
_PLACE: Final = (
    _s("code", "GB/T 2260 code", True),
    _s("level", "province, prefecture, county or township", True),
    _s("kind", "aggregate, office or department", True),
    _s("parent_id", "id of the unit above; null at the top"),
)
_SHA256: Final = _s("sha256", "SHA-256 of the document's bytes, hexadecimal", True)
_CAPTURE_ID: Final = _s("capture_id", "the capture it was read from", True)
_ADDRESS: Final = _s("address", "address of the document", True)
_READER: Final = _s("reader", "reader and version", True)

_REPORT_COLUMNS: Final = (
    _REPORT_ID,
    _UNIT_ID,
    _s("unit", "the unit as printed; null if not printed"),
    _UNIT_NAME,
    *_PLACE,
    _YEAR,
    _s("edition", "edition of the form: 2019 or 2021", True),
    _s("title", "title as printed", True),
    _ADDRESS,
    _s("media_type", "what the bytes are, by content", True),
    _SHA256,
    _CAPTURE_ID,
    _c("published", pa.date32(), "date of publication, from the page; null if not printed"),
    _c("period_from", pa.date32(), "first day of the 统计期限 as printed; null if not printed"),
    _c("period_to", pa.date32(), "last day of the 统计期限 as printed; null if not printed"),
    _c("sections", _STRINGS, "sections found", True),
    _s("overview", "text of section 一; null if not found"),
    _s("problems", "text of section 五; null if not found"),
    _s("other_matters", "text of section 六; null if not found"),
    _c("leftovers", _LEFTOVERS, "filled cells and rows that no key of the edition names", True),
    _c("remarks", _REMARKS, "what was unusual in how the form was printed or found", True),
    _s("scope", "aggregate (of the area) or own (of the body), as the document says; null if it does not"),
    _c(
        "facts",
        listed(FACT),
        "the evidence for unit, year, period, edition and scope; the first of a name counts",
        True,
    ),
    _c("claims", listed(CLAIM), "what the narrative claims; see the view `claims`", True),
    _READER,
    _c("waivers", _STRINGS, "finding_ids of its critical findings that a waiver covers: released, marked", True),
)
_CELL_COLUMNS: Final = (
    _REPORT_ID,
    _UNIT_ID,
    _YEAR,
    _s("key", "key of the statutory cell (`contract/cells.csv`)", True),
    _s("table", "proactive, applications or disputes; quote the name in SQL", True),
    _s("printed", "the cell's text as it stands; '' where blank", True),
    _c("value", DECIMAL, "the figure in the unit of the key; null unless state is printed"),
    _s("state", "printed, blank or unreadable", True),
    _c("page", pa.int16(), "page, from 1; null for formats without pages"),
    _c("x0", pa.float32(), "left edge in PDF points, origin bottom left; null without a place"),
    _c("y0", pa.float32(), "lower edge"),
    _c("x1", pa.float32(), "right edge"),
    _c("y1", pa.float32(), "upper edge"),
    _READER,
    _c("confidence", pa.float32(), "0..1", True),
    _s("note", "why a cell is unreadable, or what stood beside the figure"),
    _s("second", "what an independent second reader found in the cell; null where none looked"),
    _c("proposed", DECIMAL, "what the form's arithmetic would have there; null where nothing was proposed"),
    _s("reason", "why it was proposed, and whether it was taken; null likewise"),
)
_FINDING_ID: Final = _s("finding_id", "stable over runs: a hash of report_id, rule, scope", True)
_VERDICT_COLUMNS: Final = (
    _REPORT_ID,
    _UNIT_ID,
    _YEAR,
    _s("rule", "id of the rule", True),
    _s("severity", "critical, warning or info", True),
    _s("scope", "what of the report the rule was applied to", True),
    _s("outcome", "pass, fail, not_evaluable or not_applicable", True),
    _s("expected", "what the rule expects; null if it could not be computed"),
    _s("actual", "what is printed; null if nothing is"),
    _c("cells", _STRINGS, "keys of the cells that the rule looked at", True),
    _s("equation", "the rule with the printed figures put in; null if it is no equation"),
    _s("message", "what an auditor reads (Chinese); null where there is nothing to say"),
    _s("attribution", "who erred: publisher, extraction, unreadable or unattributed; null if nobody"),
    _c("suspects", _STRINGS, "keys of the cells under suspicion: those of `alternatives`, each once", True),
    _c(
        "alternatives",
        pa.list_(_STRINGS),
        "the smallest sets of cells whose change satisfies all that is broken together with it, at most 8",
        True,
    ),
)
_GATE: Final = "released or held: where this version of the report went"

_PER_CELL: Final = ("report_id", "key")
_PER_VERSION: Final = ("report_id", "version")
_PER_VERDICT: Final = ("report_id", "rule", "scope")


def _reports(name: str, meaning: str) -> Table:
    return Table(name, meaning, _REPORT_COLUMNS, ("report_id",), "report_id", "year")


def _cells(name: str, meaning: str) -> Table:
    return Table(name, meaning, _CELL_COLUMNS, _PER_CELL, "report_id", "year")


_DECLARED: Final = (
    _reports("reports", "Reports that passed the gate: the newest released version of each."),
    _cells("cells", "The statutory cells of `reports`."),
    _reports("held_reports", "The quarantine: the newest version of each report that the gate holds."),
    _cells("held_cells", "The statutory cells of `held_reports`."),
    Table(
        "versions",
        "Every version of each report that its address was seen to give, released or held; a change of bytes that "
        "changes no printed cell, text or identity makes none (decision 0035).",
        (_REPORT_ID, _UNIT_ID, _YEAR, *VERSIONS),
        _PER_VERSION,
        "report_id",
        "year",
    ),
    Table(
        "past_reports",
        "What reports said in each version before the newest; the newest is in `held_reports`, else in `reports`.",
        (VERSION, *_REPORT_COLUMNS),
        _PER_VERSION,
        "report_id",
        "year",
    ),
    Table(
        "past_cells",
        "The statutory cells of `past_reports`.",
        (VERSION, *_CELL_COLUMNS),
        (*_PER_VERSION, "key"),
        "report_id",
        "year",
    ),
    Table(
        "changes",
        "Cell by cell and text by text, what each version says otherwise than the one before.",
        (_REPORT_ID, _UNIT_ID, _YEAR, *CHANGES),
        (*_PER_VERSION, "key"),
        "report_id",
        "year",
    ),
    Table(
        "verdicts",
        "Every outcome of every rule on the newest version of each report; where `held_reports` has the "
        "report, that is the held one.",
        _VERDICT_COLUMNS,
        _PER_VERDICT,
        "report_id",
        "year",
        fine=True,
    ),
    Table(
        "findings",
        "The verdicts that have something to say, on the newest version of each report.",
        (
            _FINDING_ID,
            *_VERDICT_COLUMNS,
            _UNIT_NAME,
            _s("address", "address of the document; null where there is no report"),
            _s("gate", f"{_GATE}; null where there is no report"),
            _s("status", "open, or waived: a waiver covers it", True),
            _c("opened_at", _UTC, "the run that first saw it", True),
            _s("opened_in", "the release that first had it", True),
        ),
        ("finding_id",),
        "report_id",
        "year",
    ),
    Table(
        "finding_events",
        "What became of findings, release by release; nothing is ever taken out.",
        (
            _FINDING_ID,
            _s(
                "event",
                "opened; fixed (a new publication of this report, or of one whose cells it cites, came); withdrawn "
                "(gone with the same documents: readers, rules or registry changed); waived; waiver_ended; reopened",
                True,
            ),
            _c("at", _UTC, "the run that saw it", True),
            _s("release_id", "the release that has it", True),
            _s("sha256", "the report's newest document then; null where there is no report"),
            _REPORT_ID,
            _UNIT_ID,
            _YEAR,
            _s("rule", "id of the rule", True),
            _s("scope", "what of the report the rule was applied to", True),
            _s("severity", "critical, warning or info: as last found", True),
        ),
        ("finding_id", "event", "release_id"),
        "release_id",
    ),
    Table(
        "coverage",
        "What is known of every unit and year, report or none.",
        (
            _UNIT_ID,
            _UNIT_NAME,
            *_PLACE,
            _YEAR,
            _s(
                "status",
                "published, attachment_only, image_only, blocked, unreadable, not_published, not_due or merged",
                True,
            ),
            _s("gate", f"{_GATE}; null where there is no report"),
            _s(
                "reason",
                "why there is no report, or that it came late, stands more than once or is gone; null otherwise",
            ),
            _s("address", "where the report or its trace was found; null if nowhere"),
            _s("report_id", "the report; null where there is none"),
            _c(
                "since",
                pa.date32(),
                "the day of the run (in China) that first found this status, which held since",
                True,
            ),
            _c(
                "late_days", pa.int32(), "days from the deadline to publication, 0 in time; null if either is unknown"
            ),
            _c("duplicates", pa.int32(), "other addresses with a report of the same unit and year", True),
        ),
        ("unit_id", "year"),
        "unit_id",
        "year",
    ),
    Table(
        "captures",
        "What was received and where it is kept.",
        (
            _s("capture_id", "id of the capture", True),
            _ADDRESS,
            _s("unit_id", "the unit whose portal it came from; null if none"),
            _s("title", "title in the listing; null if none"),
            _c("fetched_at", _UTC, "when it was received", True),
            _c("status", pa.int16(), "HTTP status", True),
            _s("media_type", "media type as the portal said; null if it did not"),
            _SHA256,
            _c("size", pa.int64(), "bytes received", True),
            _s("warc", "WARC file under archive/", True),
            _c("offset", pa.int64(), "byte offset of the record; quote the name in SQL", True),
            _s("etag", "ETag header; null if none"),
            _s("last_modified", "Last-Modified header as sent; null if none"),
            _c("published", pa.date32(), "date of publication in the listing; null if none"),
        ),
        ("capture_id",),
        "capture_id",
    ),
    Table(
        "documents",
        "Every document read so far and what came of it: what a nightly need not read again.",
        (
            _CAPTURE_ID,
            _UNIT_ID,
            _ADDRESS,
            _SHA256,
            _READER,
            _c("year", pa.int16(), "year of the report, or the one expected; null if unknown"),
            _s("outcome", "report, or the code of `form.errors.REASONS`", True),
            _s("detail", "more on a failure, in one line; null otherwise"),
        ),
        ("capture_id",),
        "capture_id",
    ),
)

#: The Delta tables of a release by name, in the order in which they are written.
TABLES: Final[Mapping[str, Table]] = MappingProxyType({table.name: table for table in _DECLARED})

#: The failures beside `reports` and `cells` in a staged part (no Delta table: they become `documents`).
ERRORS: Final = Table(
    "errors",
    "Documents of a staged part that gave no report.",
    (
        _CAPTURE_ID,
        _ADDRESS,
        _UNIT_ID,
        _SHA256,
        _READER,
        _c("year", pa.int16(), "the year expected; null if unknown"),
        _s("code", "code of `form.errors.REASONS`", True),
        _s("detail", "more, in one line", True),
    ),
    ("capture_id",),
    "capture_id",
)

#: The view `releases` of `warehouse.query`, made of the release records (no Delta table).
RELEASES: Final = Table(
    "releases",
    "The releases up to the one queried, oldest first.",
    (
        _s("release_id", "`r0001`, `r0002`, …", True),
        _c("created_at", _UTC, "when it was made", True),
        _s("parent", "the release before it; null for the first"),
        _c("released", pa.int64(), "reports new or changed in `reports` or `cells`", True),
        _c("held", pa.int64(), "reports new or changed in the quarantine", True),
        _c("reports", pa.int64(), "rows of `reports`", True),
        _c("cells", pa.int64(), "rows of `cells`", True),
        _c("held_reports", pa.int64(), "rows of `held_reports`", True),
        _c("findings", pa.int64(), "rows of `findings`", True),
        _s("note", "what made it", True),
        _c("removed", pa.date32(), "the day on which upkeep removed it, in China; null while it can be read"),
    ),
    ("release_id",),
    "release_id",
)


def markdown() -> str:
    """`docs/tables.md`: every table with its columns, types and meanings."""
    lines = [
        "# Tables",
        "",
        "Generated from `warehouse/spec.py` (`python -m warehouse.spec > docs/tables.md`); do not edit.",
        "Types are Arrow's. A column marked ● holds no null. All but `errors` can be queried with `gouji query`.",
        '`cells."table"`, `changes."table"` and `captures."offset"` bear names that SQL reserves: quote them.',
    ]
    for table in (*TABLES.values(), *CLAIM_VIEWS.values(), RELEASES, ERRORS):
        lines += ["", f"## `{table.name}`", "", table.meaning, "", *_facts(table), ""]
        lines += ["| column | type | ● | meaning |", "| --- | --- | --- | --- |"]
        lines += [f"| {c.name} | {c.type} | {'●' * c.required} | {c.meaning} |" for c in table.columns]
    return "\n".join(lines) + "\n"


def _facts(table: Table) -> Iterable[str]:
    def names(columns: Iterable[str]) -> str:
        return ", ".join(f"`{name}`" for name in columns)

    partition = f"; partitioned by `{table.partition}`" if table.partition else ""
    yield f"Key {names(table.key)}; replaced by {names(table.unit)}{partition}."


if __name__ == "__main__":
    sys.stdout.write(markdown())
