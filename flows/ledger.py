"""The coverage ledger of a run: the facts it rests on, from the archive, the plan and the release."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from flows.archived import Archived
from flows.coverage import Expected, Key, Known, Seen, Trouble, ledger
from flows.names import named
from flows.plan import Plan
from form.errors import REASONS
from portals.captures import Capture
from portals.problems import PROBLEMS
from portals.units import Unit
from warehouse.spec import TABLES

#: problems of the document itself; all others keep us from knowing what there is
UNUSABLE: Final = frozenset({"missing", "too_large", "encoding", "damaged", "parse", "unexpected", "redirects"})
#: outcomes that are no reason for a missing report
NO_TROUBLE: Final = ("report", "duplicate", "carrier")


def ledger_rows(
    plan: Plan,
    archive: Archived,
    documents: pa.Table,
    reports: Mapping[str, Mapping[str, Any]],
    read: Collection[str],
    today: date,
) -> pa.Table:
    """The rows of `coverage` for the plan's units and years, and for whatever else was `read` (report_ids).

    `documents` is the table of that name; `reports` has the rows (`standing.INDEX`) of the newest version of every
    report. Where they went is not known yet: `gate` is null.
    """
    others = _elsewhere(documents, reports.values())
    seen = {(row["unit_id"], row["year"]): _seen(row, archive.captures, others) for row in reports.values()}
    troubles = _unreadable(documents, archive)
    blocked: dict[str, Trouble] = {}
    for problem in archive.problems:
        if problem.code == "missing" and problem.address in archive.copies:
            continue
        # Of a list that cannot be read nobody knows what it would say, whatever the reason.
        status = "unreadable" if problem.code in UNUSABLE and problem.kind != "list" else "blocked"
        trouble = Trouble(status, _explained(PROBLEMS, problem.code, problem.detail), problem.address)
        if problem.kind == "list":
            blocked[problem.unit_id] = trouble
        elif problem.year is not None:
            troubles[problem.unit_id, problem.year] = trouble
    expected = {(item.unit_id, item.year): item for item in _expected(plan)}
    for row in (reports[report] for report in sorted(read)):
        key = (row["unit_id"], row["year"])
        if key not in expected:
            expected[key] = _item(plan.registry.units[row["unit_id"]], row["year"])
    rows = ledger(expected.values(), Known(seen, troubles, blocked), today)
    return pa.Table.from_pylist(rows, schema=TABLES["coverage"].schema)


def gated(coverage: pa.Table, gates: Mapping[str, str]) -> pa.Table:
    """The ledger with where each report went."""
    at = coverage.schema.get_field_index("gate")
    went = pa.array([gates.get(report) for report in coverage["report_id"].to_pylist()], pa.string())
    return coverage.set_column(at, coverage.schema.field("gate"), went)


def since(before: pa.Table, now: pa.Table) -> pa.Table:
    """The ledger `now`, each status dated by the run that first found it, as the ledger `before` has it."""
    names = ("unit_id", "year", "status")
    rows = pc.index_in(named(now, names), value_set=named(before, names))
    at = now.schema.get_field_index("since")
    return now.set_column(at, now.schema.field("since"), pc.coalesce(before["since"].take(rows), now["since"]))


def _seen(row: Mapping[str, Any], captures: Mapping[str, Capture], others: Mapping[Key, Collection[str]]) -> Seen:
    capture = captures.get(row["capture_id"])
    attached = capture is not None and bool(capture.parent_address)
    elsewhere = len(others.get((row["unit_id"], row["year"]), ()))
    return Seen(row["report_id"], row["address"], attached, row["published"], elsewhere)


def _elsewhere(documents: pa.Table, reports: Iterable[Mapping[str, Any]]) -> dict[Key, set[str]]:
    """The other addresses at which a unit's report of a year was read, where there are any."""
    own = {(row["unit_id"], row["year"]): row["address"] for row in reports}
    found: dict[Key, set[str]] = {}
    names = ("unit_id", "year", "address", "outcome")
    for unit, year, address, outcome in zip(*(documents[name].to_pylist() for name in names), strict=True):
        if outcome in ("report", "duplicate") and own.get((unit, year)) != address:
            found.setdefault((unit, year), set()).add(address)
    return found


def _expected(plan: Plan) -> Iterator[Expected]:
    """The years of each unit of the plan, and those in which another one has taken it over."""
    heirs: dict[str, list[Unit]] = {}
    for unit in plan.registry.units.values():
        for old in unit.predecessors:
            heirs.setdefault(old, []).append(unit)
    for unit in plan.units:
        for year in plan.covers(unit):
            yield _item(unit, year)
        if taken := heirs.get(unit.id):
            first = min(heir.first_year for heir in taken)
            by = f"自{first}年度起由{'、'.join(heir.name for heir in taken)}承接"
            after = range(max(plan.years[0], first), plan.years[1] + 1)
            yield from (_item(unit, year, by) for year in after if not unit.existed(year))


def _item(unit: Unit, year: int, merged: str | None = None) -> Expected:
    return Expected(unit.id, unit.name, unit.code, unit.level, unit.kind, unit.parent, year, merged)


def _unreadable(documents: pa.Table, archive: Archived) -> dict[Key, Trouble]:
    """Documents that gave no report, by the year that their list names; the last one in order of address counts.

    A 图解 that holds no report, or is gone, says nothing about the report: where none is listed, none is published.
    """
    found: dict[Key, Trouble] = {}
    # Nearly all are reports: none of them becomes an object.
    failed = pc.invert(pc.is_in(documents["outcome"], value_set=pa.array(NO_TROUBLE)))
    rows = documents.filter(pc.and_(failed, pc.is_valid(documents["year"]))).to_pylist()
    for row in sorted(rows, key=lambda row: (row["address"], row["capture_id"])):
        if row["capture_id"] not in archive.captures:
            continue
        if row["outcome"] == "not_a_report" and row["address"] in archive.copies:
            continue
        status = "image_only" if row["outcome"] == "no_text" else "unreadable"
        reason = _explained(REASONS, row["outcome"], row["detail"] or "")
        found[row["unit_id"], row["year"]] = Trouble(status, reason, row["address"])
    return found


def _explained(words: Mapping[str, str], code: str, detail: str) -> str:
    meaning = words.get(code, code)
    return f"{meaning}（{detail}）" if detail else meaning
