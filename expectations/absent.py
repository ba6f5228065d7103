"""Verdicts about units and years without a report: COV-UNIT and TIME-*, from the registry and the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

import pyarrow as pa

from expectations import coverage, timeliness
from expectations.answer import REASONS, UNSEEN, Words
from expectations.declaration import Outcome, Rule
from expectations.schema import VERDICTS
from expectations.world import World

_UNASKED: Final = frozenset({"not_due", "merged"})
_Key = tuple[str, int]
_Row = dict[str, Any]


def verdicts(
    world: World | None, rules: Sequence[Rule], known: Collection[_Key], subjects: Collection[str] | None
) -> pa.Table:
    """The verdicts of units and years of which no report is `known`, in order of report_id, then as declared.

    A unit must be in the ledger for every year between the ledger's first and last in which it existed.
    `subjects` limits them to these `{unit_id}-{year}` (None: all). Empty without a ledger.
    """
    if world is None or world.coverage is None:
        return VERDICTS.empty_table()
    names = ("unit_id", "year", "kind", "status", "report_id")
    rows = zip(*(world.coverage[name].to_pylist() for name in names), strict=True)
    ledger = {(row[0], row[1]): dict(zip(names, row, strict=True)) for row in rows}
    wanted = {**_due(world, sorted(year for _, year in ledger)), **ledger}
    asked = sorted(
        (f"{key[0]}-{key[1]}", key)
        for key in wanted
        if key not in known and (subjects is None or f"{key[0]}-{key[1]}" in subjects)
    )
    found = [
        verdict
        for report_id, key in asked
        for rule in rules
        for verdict in _ask(rule, report_id, wanted[key], ledger.get(key))
    ]
    return pa.Table.from_pylist(found, schema=VERDICTS)


def _due(world: World, years: Sequence[int]) -> dict[_Key, _Row]:
    """The units of the registry in the years that they existed, from the first of `years` to the last."""
    units = world.units.select(["unit_id", "kind", "first_year", "last_year"]).to_pylist()
    return {
        (unit["unit_id"], year): {"unit_id": unit["unit_id"], "year": year, "kind": unit["kind"]}
        for unit in units
        for year in (range(years[0], years[-1] + 1) if years else ())
        if unit["first_year"] <= year and (unit["last_year"] is None or year <= unit["last_year"])
    }


def _ask(rule: Rule, report_id: str, row: _Row, listed: _Row | None) -> Iterator[_Row]:
    if rule.id == "COV-UNIT":
        yield _verdict(rule, report_id, row, *_counted(rule, listed))
    elif rule.id in timeliness.DUE and row["kind"] in timeliness.DUE[rule.id][0]:
        yield _verdict(rule, report_id, row, *_overdue(rule, row, listed))


def _counted(rule: Rule, listed: _Row | None) -> tuple[Outcome, Words | None]:
    (scope,) = rule.scopes
    status = listed["status"] if listed else None
    if status not in coverage.STATUSES:
        return "fail", coverage.silence(scope.label, listed is not None, status)
    if listed and status in coverage.REPORTED and listed["report_id"] is None:
        return "fail", Words(None, status, None, f"{scope.label}：台账记为已公开，却没有对应的报告")
    return "pass", None


def _overdue(rule: Rule, row: _Row, listed: _Row | None) -> tuple[Outcome, Words | None]:
    (scope,) = rule.scopes
    status = listed["status"] if listed else None
    if status == "not_published":
        return "fail", timeliness.overdue(scope.label, timeliness.due(rule.id, row["year"]))
    if status in _UNASKED:
        return "not_applicable", None
    return "not_evaluable", Words(None, None, None, REASONS[UNSEEN])


def _verdict(rule: Rule, report_id: str, row: _Row, outcome: Outcome, words: Words | None) -> _Row:
    said = words._asdict() if words else {}
    return {
        **{field.name: [] if pa.types.is_list(field.type) else None for field in VERDICTS},
        "report_id": report_id,
        "unit_id": row["unit_id"],
        "year": row["year"],
        "rule": rule.id,
        "severity": rule.severities[0],
        "scope": rule.scopes[0].id,
        "outcome": outcome,
        **said,
        "attribution": "unattributed" if outcome == "fail" else None,
    }
