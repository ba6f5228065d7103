"""TIME-*: whether a report was published by the day that the 条例 names. The day comes from the page itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from expectations.answer import NOT_APPLICABLE, NOT_EVALUABLE, UNDATED, Answer, Words, blank_answer
from expectations.batch import Batch
from expectations.declaration import SEVERITIES, Rule

#: rule -> the kinds it is about, and the last day (month, day) of the year after the report's
DUE: Final[dict[str, tuple[frozenset[str], tuple[int, int]]]] = {
    "TIME-DEPARTMENT": (frozenset({"department"}), (1, 31)),
    # The office publishes its own report with the government's, whose publication art. 49 charges it with.
    "TIME-GOVERNMENT": (frozenset({"aggregate", "office"}), (3, 31)),
    "TIME-TOWNSHIP": (frozenset({"township"}), (1, 31)),
}


def due(rule: str, year: int) -> date:
    """The last day to publish the report of `year`."""
    _, (month, day) = DUE[rule]
    return date(year + 1, month, day)


def published(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """TIME-*: published by the last day; not evaluable where nothing says when.

    The ledger knows of reports that were there before the day that their page names now: it may have been moved.
    """
    (scope,) = rule.scopes
    kinds, _ = DUE[rule.id]
    answer = blank_answer(scope.id, batch.size, (), SEVERITIES.index(rule.severities[0]))
    rows = zip(*(batch.strings(name) for name in ("unit_id", "kind", "year", "published")), strict=True)
    told = _told(batch)
    for report, (unit, kind, year, day) in enumerate(rows):
        known = told.get((unit, year))
        if kind not in kinds:
            answer.outcome[report] = NOT_APPLICABLE
        elif not year or (day is None and known is None):
            answer.outcome[report], answer.reason[report] = NOT_EVALUABLE, UNDATED
        elif day is not None and day > due(rule.id, year) and known != 0:
            answer.fail(report, late(scope.label, day, due(rule.id, year), known))
    yield answer


def _told(batch: Batch) -> dict[tuple[Any, Any], int | None]:
    """How late the ledger says that the reports are, by unit and year; nothing where there is no ledger."""
    if batch.world is None or batch.world.coverage is None:
        return {}
    columns = (batch.world.coverage[name].to_pylist() for name in ("unit_id", "year", "late_days"))
    return {(unit, year): days for unit, year, days in zip(*columns, strict=True)}


def late(label: str, day: date, last: date, known: int | None) -> Words:
    """The words for a report that came after the last day; `known` is how late the ledger says that it is."""
    days = (day - last).days if known is None else known
    message = f"{label}：发布日期 {day}，晚于期限 {last}，逾期 {days} 天"
    return Words(f"≤ {last}", str(day), None, message)


def overdue(label: str, last: date) -> Words:
    """The words for a report that has not come although the last day is past."""
    return Words(f"≤ {last}", None, None, f"{label}：期限 {last} 已过，至今未见公开")
