"""The coverage ledger of a run: one status for each unit and year (`domain/rules.md`, COV-UNIT)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from portals.units import Unit

Key = tuple[str, int]


class Expected(NamedTuple):
    """A unit's year that must have a status.

    `merged` says who reports since another unit took this one over; None where it reports for itself.
    """

    unit: Unit
    year: int
    merged: str | None = None

    @property
    def last(self) -> date:
        """The last day to publish the report."""
        return due(self.unit.kind, self.year)


class Seen(NamedTuple):
    """A report that there is; `attached` when it came from an attachment.

    `published` is the day that its page names, `duplicates` how many other addresses have the report as well.
    `withdrawn` is the last day on which a list showed it, where none does any more; `received` the day on which any
    document with it was first received: it was published by then, whatever its page says now.
    """

    report_id: str
    address: str
    attached: bool
    published: date | None = None
    duplicates: int = 0
    withdrawn: date | None = None
    received: date | None = None

    def late(self, last: date) -> int | None:
        """Days from the last day to publication, 0 in time; None where it is unknown."""
        if self.published is None:
            return 0 if self.received and self.received <= last else None
        return max(0, (min(self.published, self.received or self.published) - last).days)


class Trouble(NamedTuple):
    """Why a unit's year has no report: the status of the ledger, the reason in Chinese, where.

    `gone`: the portal says that nothing is there (404, 410). A report that was there stays, and the ledger says so.
    """

    status: str
    reason: str
    address: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the years without a report: documents in trouble, and units whose list could not be read.

    `looked` has the day in China on which a unit's list was last read; a unit that is not there never was looked at.
    """

    troubles: Mapping[Key, Trouble]
    blocked: Mapping[str, Trouble]
    looked: Mapping[str, date]


class Status(NamedTuple):
    """What the ledger says of a unit's year: the columns of `coverage` of these names."""

    status: str
    reason: str | None = None
    address: str | None = None
    report_id: str | None = None
    late_days: int | None = None
    duplicates: int = 0


@cache
def due(kind: str, year: int) -> date:
    """Last day to publish the report of `year`: 条例 art. 49; for townships by practice, 31 January."""
    return date(year + 1, 3, 31) if kind in ("aggregate", "office") else date(year + 1, 1, 31)


def status(item: Expected, seen: Seen | None, known: Known, today: date) -> Status:
    """What is to be said of one unit's year."""
    trouble = known.troubles.get((item.unit.id, item.year))
    if seen:
        return _reported(
            seen, item.last, taken_down=bool(trouble and trouble.gone and trouble.address == seen.address)
        )
    if item.merged:
        return Status("merged", item.merged)
    if trouble := trouble or known.blocked.get(item.unit.id):
        return Status(trouble.status, trouble.reason, trouble.address)
    if today <= item.last:
        return Status("not_due", f"期限 {item.last} 未到")
    return _absent(item.last, known.looked.get(item.unit.id))


def _absent(last: date, looked: date | None) -> Status:
    """Of a report that was due: whoever has not looked at the list since then cannot say that it is not there."""
    if looked is None:
        return Status("unreadable", "未查：从未读到该单位的列表，不知是否公开")
    if looked <= last:
        return Status("unreadable", f"未查：列表最近一次读到是 {looked}，期限 {last} 之后未再读，不知是否公开")
    return Status("not_published", f"期限 {last} 已过，至今未见公开")


def _reported(seen: Seen, last: date, *, taken_down: bool) -> Status:
    late = seen.late(last)
    reasons = []
    if seen.published and seen.published > last:
        known = f"（{seen.received} 已取得这份报告）" if seen.received and seen.received < seen.published else ""
        reasons.append(
            f"发布日期 {seen.published}{known}，晚于期限 {last}，{f'逾期 {late} 天' if late else '不按逾期计'}"
        )
    if seen.duplicates:
        reasons.append(f"另有 {seen.duplicates} 个网址载有同一年度的报告")
    if seen.withdrawn:
        reasons.append(f"列表中已不再列出（最后见于 {seen.withdrawn}），所载为此前采集的版本")
    if taken_down:
        reasons.append("原网址现已不存在，所载为此前采集的版本")
    kind = "attachment_only" if seen.attached else "published"
    return Status(kind, "；".join(reasons) or None, seen.address, seen.report_id, late, seen.duplicates)
