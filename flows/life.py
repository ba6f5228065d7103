"""The life of a finding over releases: opened, still open, fixed, withdrawn, waived, reopened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import pyarrow as pa

from warehouse.spec import TABLES

#: finding_id -> time and release that first had it
First = Mapping[str, tuple[datetime, str]]
_NAMED: Final = ("finding_id", "report_id", "unit_id", "year", "rule", "scope", "severity")


@dataclass(frozen=True, slots=True)
class Publications:
    """The reports' newest documents: report_id -> SHA-256, before this run and after it."""

    before: Mapping[str, str]
    after: Mapping[str, str]

    def new(self, report_id: str) -> bool:
        """Whether another document of the report came."""
        return self.before.get(report_id) != self.after.get(report_id)


@dataclass(frozen=True, slots=True)
class Moment:
    """The run that sees what it sees, and the release that will have it."""

    at: datetime
    release_id: str


def unseen(found: pa.Table, before: pa.Table) -> frozenset[str]:
    """The findings that the release before does not have: any earlier one may."""
    return frozenset(found["finding_id"].to_pylist()).difference(before["finding_id"].to_pylist())


def dated(found: pa.Table, before: pa.Table, first: First, now: Moment) -> pa.Table:
    """The table `findings` of what a run found (`expectations.findings`): with the run that first saw each.

    `before` are the findings of the same subjects in the release before; `first` knows of those gone since.
    """
    columns = zip(*(before[name].to_pylist() for name in ("finding_id", "opened_at", "opened_in")), strict=True)
    opened = dict(first) | {finding: (at, release) for finding, at, release in columns}
    since = [opened.get(finding, (now.at, now.release_id)) for finding in found["finding_id"].to_pylist()]
    schema = TABLES["findings"].schema
    at = pa.array([at for at, _ in since], schema.field("opened_at").type)
    release = pa.array([release for _, release in since], pa.string())
    return found.append_column("opened_at", at).append_column("opened_in", release)


def events(
    found: pa.Table, before: pa.Table, known: Collection[str], documents: Publications, now: Moment
) -> pa.Table:
    """What became of the findings of a run's subjects since the release before: rows of `finding_events`.

    `known` are the findings that some earlier release had, though not the one before.
    """
    rows: list[dict[str, Any]] = []

    def tell(row: Mapping[str, Any], event: str) -> None:
        named = {name: row[name] for name in _NAMED}
        sha256 = documents.after.get(row["report_id"])
        rows.append(named | {"event": event, "at": now.at, "release_id": now.release_id, "sha256": sha256})

    old = {row["finding_id"]: row for row in before.to_pylist()}
    new = {row["finding_id"]: row for row in found.select([*_NAMED, "status"]).to_pylist()}
    for finding, row in new.items():
        was = old.get(finding)
        if was is None:
            tell(row, "reopened" if finding in known else "opened")
        if row["status"] == "waived" and (was is None or was["status"] != "waived"):
            tell(row, "waived")
        if row["status"] != "waived" and was is not None and was["status"] == "waived":
            tell(row, "waiver_ended")
    for finding, row in old.items():
        if finding not in new:
            tell(row, "fixed" if _published(row, documents) else "withdrawn")
    return pa.Table.from_pylist(rows, schema=TABLES["finding_events"].schema)


def _published(row: Mapping[str, Any], documents: Publications) -> bool:
    """Whether a new document of the finding's report came, or of one whose cells it cites (`key@report_id`)."""
    cited = {cell.partition("@")[2] or row["report_id"] for cell in row["cells"]}
    return any(documents.new(report) for report in {row["report_id"], *cited})
