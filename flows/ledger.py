"""The coverage ledger of a run: the facts it rests on, from the archive, the plan and the release."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.coverage import READ
from flows.archived import Archived
from flows.coverage import Expected, Key, Known, Seen, Status, Trouble, status
from flows.kin import report_id
from flows.looked import looked
from flows.names import named
from flows.plan import CHINA, Plan
from form.errors import REASONS
from portals.problems import PROBLEMS
from portals.units import Unit
from warehouse.spec import TABLES

#: problems of the document itself; all others keep us from knowing what there is
UNUSABLE: Final = frozenset({"missing", "too_large", "encoding", "damaged", "parse", "unexpected", "redirects"})
#: outcomes that are no reason for a missing report
NO_TROUBLE: Final = ("report", "duplicate", "carrier")
_UNREAD: Final = "列表中有这份报告，尚未取得或未能读取"
_MISSED: Final = "列表中曾有这份报告，未及取得即不再列出"
#: column of the ledger -> the unit's own
_UNIT: Final = {
    "unit_id": "id",
    "unit_name": "name",
    "parent_id": "parent",
    **{name: name for name in ("code", "level", "kind")},
}


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
    troubles = _unread(documents, archive) | _unreadable(documents, archive)
    blocked: dict[str, Trouble] = {}
    for problem in archive.problems:
        if problem.code == "missing" and problem.address in archive.copies:
            continue
        # Of a list that cannot be read nobody knows what it would say, whatever the reason.
        said = "unreadable" if problem.code in UNUSABLE and problem.kind != "list" else "blocked"
        reason = _explained(PROBLEMS, problem.code, problem.detail)
        trouble = Trouble(said, reason, problem.address, gone=problem.code == "missing")
        if problem.kind == "list":
            blocked[problem.unit_id] = trouble
        elif problem.year is not None:
            troubles[problem.unit_id, problem.year] = trouble
    expected = {(item.unit.id, item.year): item for item in _expected(plan)}
    for row in (reports[report] for report in sorted(read)):
        unit, year = row["unit_id"], row["year"]
        expected.setdefault((unit, year), Expected(plan.registry.units[unit], year))
    seen = _seen(reports, archive, documents)
    # A run that crawls has just read the list of each of its units, or has noted why not.
    read_on = dict.fromkeys((unit.id for unit in plan.units), today)
    known = Known(troubles, blocked, read_on if plan.crawls else looked(plan.registry, archive.lists, archive.walks))
    told = [status(item, seen(key), known, today) for key, item in expected.items()]
    return _table(list(expected.values()), told, today)


def _table(expected: Sequence[Expected], told: Sequence[Status], today: date) -> pa.Table:
    """The rows of `coverage`, column by column: a province has tens of thousands."""
    units = [item.unit for item in expected]
    columns: dict[str, Any] = {name: list(map(attrgetter(of), units)) for name, of in _UNIT.items()}
    columns["year"] = [item.year for item in expected]
    columns |= {name: [one[place] for one in told] for place, name in enumerate(Status._fields)}
    schema = TABLES["coverage"].schema
    columns |= {"gate": pa.nulls(len(units), pa.string()), "since": pa.repeat(pa.scalar(today), len(units))}
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema=schema)


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


def _seen(
    reports: Mapping[str, Mapping[str, Any]], archive: Archived, documents: pa.Table
) -> Callable[[Key], Seen | None]:
    """What gives the report of a unit's year, if any."""
    attached, received = archive.attached, _received(documents, archive)
    others = _elsewhere(documents, reports.values(), archive)

    def of(key: Key) -> Seen | None:
        row = reports.get(report_id(key))
        if row is None:
            return None
        elsewhere, withdrawn = len(others.get(key, ())), _withdrawn(row, archive)
        by_file = row["capture_id"] in attached
        first = received.get(key)
        return Seen(row["report_id"], row["address"], by_file, row["published"], elsewhere, withdrawn, first)

    return of


def _received(documents: pa.Table, archive: Archived) -> dict[Key, date]:
    """When a document with the report of a unit's year was first received, in China."""
    found: dict[Key, str] = {}
    names = ("unit_id", "year", "capture_id", "outcome")
    times = dict(zip(archive.captures, archive.captures.column("fetched_at"), strict=True))
    for unit, year, capture, outcome in zip(*(documents[name].to_pylist() for name in names), strict=True):
        if outcome in READ and capture in times:
            at = times[capture]  # the order of these texts is that of time
            found[unit, year] = min(at, found.get((unit, year), at))
    return {key: _day(at) for key, at in found.items()}


def _day(at: str) -> date:
    """The day in China of a time as the archive's index keeps it."""
    return datetime.fromisoformat(at).astimezone(CHINA).date()


def _withdrawn(row: Mapping[str, Any], archive: Archived) -> date | None:
    """The last day in China on which a list showed what stands, where none does now; none of what was handed in."""
    capture = archive.captures.get(row["capture_id"])
    if capture is None or capture.imported_by or not archive.presence.gone(row["address"]):
        return None
    return _day(archive.presence.spells[row["address"]].last)


def _elsewhere(documents: pa.Table, reports: Iterable[Mapping[str, Any]], archive: Archived) -> dict[Key, set[str]]:
    """The other addresses, still shown, at which a unit's report of a year was read, where there are any."""
    own = {(row["unit_id"], row["year"]): row["address"] for row in reports}
    found: dict[Key, set[str]] = {}
    names = ("unit_id", "year", "address", "outcome")
    for unit, year, address, outcome in zip(*(documents[name].to_pylist() for name in names), strict=True):
        if outcome not in READ or archive.presence.gone(address):
            continue
        if own.get((unit, year)) != address:
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
            yield Expected(unit, year)
        if taken := heirs.get(unit.id):
            first = min(heir.first_year for heir in taken)
            by = f"自{first}年度起由{'、'.join(heir.name for heir in taken)}承接"
            after = range(max(plan.years[0], first), plan.years[1] + 1)
            yield from (Expected(unit, year, by) for year in after if not unit.existed(year))


def _unread(documents: pa.Table, archive: Archived) -> dict[Key, Trouble]:
    """Reports that stand on a list and gave nothing at all, not even a failure: not fetched, or lost on the way.

    Whoever has not read a report cannot say that it was not published.
    """
    known = set(documents["address"].to_pylist())
    return {
        (entry.unit_id, entry.year): Trouble("unreadable", _MISSED if entry.gone else _UNREAD, entry.address)
        for entry in archive.listed
        if entry.year is not None and entry.address not in known
    }


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
        said = "image_only" if row["outcome"] == "no_text" else "unreadable"
        reason = _explained(REASONS, row["outcome"], row["detail"] or "")
        found[row["unit_id"], row["year"]] = Trouble(said, reason, row["address"])
    return found


def _explained(words: Mapping[str, str], code: str, detail: str) -> str:
    meaning = words.get(code, code)
    return f"{meaning}（{detail}）" if detail else meaning
