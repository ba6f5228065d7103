"""What the current release holds, as far as the next one needs it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from store.where import Where
from warehouse.record import Release, current, next_id
from warehouse.spec import TABLES
from warehouse.status import read_table

#: what is kept in mind of every report
INDEX: Final = (
    *("report_id", "unit_id", "year", "parent_id"),
    *("address", "media_type", "sha256", "capture_id", "reader", "title", "published"),
)
#: what is kept in mind of every finding
FINDING: Final = (
    *("finding_id", "report_id", "unit_id", "year", "rule", "scope", "severity"),
    *("status", "cells", "opened_at", "opened_in"),
)
_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {"reports": INDEX, "held_reports": INDEX, "findings": FINDING}


@dataclass(frozen=True)
class Standing:
    """The current release; empty before the first.

    `reports` and `held` have the columns `INDEX` alone, `findings` the columns `FINDING`.
    """

    home: Where
    release: Release | None
    reports: pa.Table
    held: pa.Table
    documents: pa.Table
    coverage: pa.Table
    findings: pa.Table

    @property
    def next_release(self) -> str:
        """The id of the release that a run on top of this one makes."""
        return next_id(self.release)

    @cached_property
    def newest(self) -> Mapping[str, dict[str, Any]]:
        """report_id -> the row of its newest version: the held one where there is one, else the released."""
        return {row["report_id"]: row for table in (self.reports, self.held) for row in table.to_pylist()}

    @cached_property
    def released_ids(self) -> frozenset[str]:
        """The reports that have a released version."""
        return frozenset(self.reports["report_id"].to_pylist())

    @cached_property
    def held_ids(self) -> frozenset[str]:
        """The reports whose newest version is held."""
        return frozenset(self.held["report_id"].to_pylist())

    @property
    def waived_ids(self) -> frozenset[str]:
        """The reports of the findings that a waiver covers."""
        waived = self.findings.filter(pc.equal(self.findings["status"], "waived"))
        return frozenset(waived["report_id"].to_pylist())

    def first_seen(self, finding_ids: Collection[str]) -> Mapping[str, tuple[Any, str]]:
        """finding_id -> time and release that first had it, for those that any release ever had."""
        if self.release is None or not finding_ids:
            return {}
        columns = ("finding_id", "event", "at", "release_id")
        events = read_table(self.home, "finding_events", columns=columns)
        wanted = pc.is_in(events["finding_id"], value_set=pa.array(sorted(finding_ids), pa.string()))
        opened = events.filter(pc.and_(wanted, pc.equal(events["event"], "opened"))).to_pylist()
        return {row["finding_id"]: (row["at"], row["release_id"]) for row in opened}


def standing(home: Where, known: Standing | None = None) -> Standing:
    """The tables of the current release; `known` itself where it is of that one."""
    release = current(home)
    if known is not None and (known.home, known.release) == (home, release):
        return known
    names = ("reports", "held_reports", "documents", "coverage", "findings")
    if release is None:
        return Standing(home, None, *(_nothing(name) for name in names))
    return Standing(home, release, *(read_table(home, name, columns=_COLUMNS.get(name, ())) for name in names))


def _nothing(name: str) -> pa.Table:
    return TABLES[name].empty().select(_COLUMNS.get(name, TABLES[name].names))
