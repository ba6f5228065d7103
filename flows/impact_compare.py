"""The current release beside what a run of the working copy would make of it, part by part."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.impact_found import Difference
from flows.judging import Judged
from flows.kin import key_of, report_id
from flows.standing import Standing
from flows.surroundings import Opened
from warehouse.chosen import Chosen
from warehouse.comparer import Comparer
from warehouse.spec import TABLES

#: what an auditor quotes of a cell
FIGURE: Final = ("printed", "value", "state")
#: how it was read
READING: Final[Mapping[str, tuple[str, ...]]] = {
    "confidence": ("confidence",),
    "place": ("page", "x0", "y0", "x1", "y1"),
    "second reading": ("second",),
    "proposal": ("proposed", "reason"),
    "note": ("note",),
    "reader": ("reader",),
}
#: what belongs together in the row of a report; the version of the reader differs always, waivers are of the gate
_GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "identity": ("unit", "unit_name", "code", "level", "kind", "parent_id", "title", "facts"),
    "edition": ("edition",),
    "period": ("period_from", "period_to"),
    "scope": ("scope",),
    "sections": ("sections",),
    "narrative": ("overview", "problems", "other_matters"),
    "claims": ("claims",),
    "leftovers": ("leftovers",),
    "remarks": ("remarks",),
    "document": ("address", "media_type", "sha256", "published"),
}
_GROUP_OF: Final = {column: group for group, columns in _GROUPS.items() for column in columns}
#: what a finding says; its id says whose it is, of which rule and where
_SAYS: Final = (
    *("severity", "attribution", "status", "message", "expected", "actual"),
    *("equation", "cells", "suspects", "alternatives"),
)


@dataclass(frozen=True, slots=True)
class Tools:
    """What every comparison needs: the names of units by id, and who compares tables."""

    units: Mapping[str, str]
    tables: Comparer

    def name(self, report: str) -> str:
        """Who a report is of, for people: `{name} {year}`; the id where nobody knows the unit."""
        unit_id, year = key_of(report)
        return f"{self.units.get(unit_id, unit_id)} {year}"


def figures(before: Chosen, now: Chosen, released: Collection[str], tools: Tools) -> Iterator[Difference]:
    """The cells of reports that both sides have. Critical is a published figure that is another one or none now."""
    for row in tools.tables.differing(TABLES["cells"], before.cells, now.cells, FIGURE).to_pylist():
        old, new = row["before"], row["now"]
        lost = old is not None and old["value"] is not None and (new is None or new["value"] != old["value"])
        report = row["report_id"]
        yield Difference(
            "figure", row["change"], report, tools.name(report), row["key"], old, new, lost and report in released
        )


def readings(before: Chosen, now: Chosen, tools: Tools) -> dict[str, int]:
    """How many cells that both sides have were read otherwise, by what of the reading differs."""
    return tools.tables.counted(TABLES["cells"], before.cells, now.cells, READING)


def reports(before: Chosen, now: Chosen, tools: Tools) -> Iterator[Difference]:
    """What else is said of reports that both sides have: a difference for each group of columns."""
    for row in tools.tables.differing(TABLES["reports"], before.reports, now.reports, tuple(_GROUP_OF)).to_pylist():
        for group in dict.fromkeys(_GROUP_OF[name] for name in row["names"]):
            old, new = (
                {n: row[side][n] for n in row["names"] if _GROUP_OF[n] == group} for side in ("before", "now")
            )
            for name in old:
                if isinstance(old[name], list) and isinstance(new[name], list):
                    old[name], new[name] = _only(old[name], new[name])
            yield Difference("report", "changed", row["report_id"], tools.name(row["report_id"]), group, old, new)


def _only(old: list[Any], new: list[Any]) -> tuple[list[Any], list[Any]]:
    """What only one of two lists has; both whole where they differ in nothing but their order."""
    left, right = [one for one in old if one not in new], [one for one in new if one not in old]
    return (left, right) if left or right else (old, new)


def came_and_went(
    known: Standing, read: pa.Table, errors: pa.Table, asked: Collection[str], tools: Tools
) -> Iterator[Difference]:
    """Reports that there were none of, and those whose document was read again and gives them no longer.

    A run leaves the last good version of the latter where it is.
    """
    ids = frozenset(read["report_id"].to_pylist())
    for row in read.to_pylist():
        if row["report_id"] not in known.newest:
            yield Difference(
                "report", "new", row["report_id"], tools.name(row["report_id"]), "", None, row["address"]
            )
    codes = dict(zip(errors["capture_id"].to_pylist(), errors["code"].to_pylist(), strict=True))
    for report, row in sorted(known.newest.items()):
        if row["capture_id"] in asked and report not in ids:
            reason = codes.get(row["capture_id"]) or "another report"
            published = report in known.released_ids
            yield Difference(
                "report", "no longer read", report, tools.name(report), reason, row["address"], None, published
            )


def documents(known: Standing, rows: pa.Table, asked: Collection[str], tools: Tools) -> Iterator[Difference]:
    """What came of the documents (rows of that table); of those that the run asked."""
    mine = rows.filter(_among(rows["capture_id"], asked))
    before = known.documents.filter(_among(known.documents["capture_id"], mine["capture_id"].to_pylist()))
    about = dict(zip(mine["capture_id"].to_pylist(), mine["address"].to_pylist(), strict=True))
    for row in tools.tables.differing(TABLES["documents"], before, mine, ("outcome", "detail")).to_pylist():
        address = about[row["capture_id"]]
        yield Difference("document", _outcome(row), address, "", row["capture_id"], row["before"], row["now"])


def _outcome(row: Mapping[str, Any]) -> str:
    if row["before"] is None:
        return "never read before"
    old, new = row["before"]["outcome"], row["now"]["outcome"]
    if "report" in (old, new) and old != new:
        return "read" if new == "report" else "no longer read"
    return "other reason"


def findings(before: pa.Table, now: pa.Table, tools: Tools) -> Iterator[Difference]:
    """Findings opened, gone and changed; critical where one of the two is."""
    old, new = ({row["finding_id"]: row for row in table.to_pylist()} for table in (before, now))
    for finding in sorted({*old, *new}, key=lambda key: _where(old.get(key) or new[key])):
        was, became = old.get(finding), new.get(finding)
        said = [name for name in _SAYS if was is None or became is None or was[name] != became[name]]
        if not said:
            continue
        row = became or was
        assert row is not None
        severities = {one["severity"] for one in (was, became) if one}
        yield Difference(
            "finding",
            "opened" if was is None else "gone" if became is None else "changed",
            row["report_id"],
            tools.name(row["report_id"]),
            f"{row['rule']} {row['scope']}",
            was and {name: was[name] for name in ("severity", *said)},
            became and {name: became[name] for name in ("severity", *said)},
            "critical" in severities,
        )


def _where(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["report_id"], row["rule"], row["scope"]


def gates(known: Standing, present: Iterable[str], judged: Judged, tools: Tools) -> Iterator[Difference]:
    """Where the reports stand: every way across the gate is critical, a new report's only where it is held."""
    for report in sorted(present):
        was, becomes = _stood(known, report), _stands(known, report, judged)
        if was != becomes:
            rules = ", ".join(judged.held.get(report, ()))
            new = was == "absent"
            change = (
                "new" if new else "held" if "held" not in was else "released" if "held" not in becomes else "leaves"
            )
            critical = not new or "held" in becomes
            yield Difference("gate", change, report, tools.name(report), rules, was, becomes, critical)


OLDER: Final = "held, an older version released"


def _stood(known: Standing, report: str) -> str:
    if report in known.held_ids:
        return OLDER if report in known.released_ids else "held"
    return "released" if report in known.released_ids else "absent"


def _stands(known: Standing, report: str, judged: Judged) -> str:
    if report not in judged.held:
        return "released"
    return OLDER if report in known.released_ids and report not in judged.leaving else "held"


def coverage(opened: Opened, tools: Tools) -> Iterator[Difference]:
    """The ledger: what is known of units and years."""
    columns = ("status", "reason", "address")
    for row in tools.tables.differing(
        TABLES["coverage"], opened.known.coverage, opened.coverage, columns
    ).to_pylist():
        about = report_id((row["unit_id"], row["year"]))
        yield Difference(
            "coverage", row["change"], about, tools.name(about), ", ".join(row["names"]), row["before"], row["now"]
        )


def _among(column: pa.ChunkedArray, values: Iterable[str]) -> Any:
    return pc.is_in(column, value_set=pa.array(sorted(values), pa.string()))
