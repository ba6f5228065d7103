"""The coverage ledger of a run: one status for each unit and year (`domain/rules.md`, COV-UNIT)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

_COLUMNS: Final = ("unit_id", "unit_name", "code", "level", "kind", "parent_id", "year")
Key = tuple[str, int]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Expected:
    """A unit's year that must have a status, with the unit's columns of the `coverage` table.

    `merged` says who reports since another unit took this one over; None where it reports for itself.
    """

    unit_id: str
    unit_name: str
    code: str
    level: str
    kind: str
    parent_id: str | None
    year: int
    merged: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A report that there is; `attached` when it came from an attachment.

    `published` is the day that its page names, `duplicates` how many other addresses have the report as well.
    """

    report_id: str
    address: str
    attached: bool
    published: date | None = None
    duplicates: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a unit's year has no report: the status of the ledger, the reason in Chinese, where."""

    status: str
    reason: str
    address: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known: reports, documents in trouble, and units whose list could not be read."""

    seen: Mapping[Key, Seen]
    troubles: Mapping[Key, Trouble]
    blocked: Mapping[str, Trouble]


def due(kind: str, year: int) -> date:
    """Last day to publish the report of `year`: 条例 art. 49; for townships by practice, 31 January."""
    return date(year + 1, 3, 31) if kind in ("aggregate", "office") else date(year + 1, 1, 31)


def ledger(expected: Iterable[Expected], known: Known, today: date) -> list[Row]:
    """Rows of the `coverage` table, in the order of `expected`; no report has met the gate yet."""
    return [_row(item, known, today) for item in expected]


def _row(item: Expected, known: Known, today: date) -> Row:
    key = (item.unit_id, item.year)
    row: Row = {name: getattr(item, name) for name in _COLUMNS}
    row |= {"gate": None, "reason": None, "address": None, "report_id": None}
    row |= {"since": today, "late_days": None, "duplicates": 0}
    seen = known.seen.get(key)
    trouble = known.troubles.get(key) or known.blocked.get(item.unit_id)
    if seen:
        return row | _reported(seen, due(item.kind, item.year))
    if item.merged:
        return row | {"status": "merged", "reason": item.merged}
    if trouble:
        return row | {"status": trouble.status, "reason": trouble.reason, "address": trouble.address}
    last = due(item.kind, item.year)
    if today <= last:
        return row | {"status": "not_due", "reason": f"期限 {last} 未到"}
    return row | {"status": "not_published", "reason": f"期限 {last} 已过，至今未见公开"}


def _reported(seen: Seen, last: date) -> Row:
    late = None if seen.published is None else max(0, (seen.published - last).days)
    reasons = []
    if late:
        reasons.append(f"发布日期 {seen.published}，晚于期限 {last}，逾期 {late} 天")
    if seen.duplicates:
        reasons.append(f"另有 {seen.duplicates} 个网址载有同一年度的报告")
    return {
        "status": "attachment_only" if seen.attached else "published",
        "reason": "；".join(reasons) or None,
        "address": seen.address,
        "report_id": seen.report_id,
        "late_days": late,
        "duplicates": seen.duplicates,
    }
