"""The way of a run from its plan to its release, step by step; plain functions, no Prefect."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from expectations.findings import findings
from flows.canonical import Rival, merge
from flows.coverage import Expected, Key, Known, Seen, Trouble, ledger
from flows.plan import Plan
from form.errors import REASONS
from portals.archive import Archive
from portals.captures import Capture
from portals.documents import DocumentSet, documents
from portals.families.base import Entry
from portals.problems import PROBLEMS
from warehouse.batch import ReleaseBatch
from warehouse.record import Release, current
from warehouse.release import publish
from warehouse.rows import document_rows
from warehouse.spec import TABLES
from warehouse.staging import read_parts
from warehouse.status import read_table

#: the verdicts, and the report_ids that the gate holds with the rules that hold them
Judged = tuple[pa.Table, Mapping[str, Sequence[str]]]


#: report years, deadlines and nights are those of the portals
CHINA = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the current release holds, as far as the next one needs it; empty before the first."""

    reports: pa.Table
    held: pa.Table
    documents: pa.Table

    @property
    def rivals(self) -> Mapping[str, Rival]:
        """report_id -> the document it was read from."""
        found: dict[str, Rival] = {}
        for table in (self.reports, self.held):
            for row in table.select(["report_id", "address", "media_type"]).to_pylist():
                found[row["report_id"]] = Rival(row["address"], row["media_type"])
        return found


def standing(home: Path) -> Standing:
    """The tables of the current release."""
    names = ("reports", "held_reports", "documents")
    if current(home) is None:
        return Standing(*(TABLES[name].empty() for name in names))
    return Standing(*(read_table(home, name) for name in names))


def pending(plan: Plan, archive: Archive, known: Standing) -> list[DocumentSet]:
    """The document sets of the plan's units and years that are to be read, in the order of the archive."""
    outcomes = dict(zip(*(known.documents[name].to_pylist() for name in ("capture_id", "outcome")), strict=True))
    years = {unit.id: plan.covers(unit) for unit in plan.units}
    return [
        documents_set
        for documents_set in documents(archive, plan.registry)
        if _wanted(documents_set.entry, years) and (plan.anew or _unread(documents_set, outcomes))
    ]


def _wanted(entry: Entry, years: Mapping[str, range]) -> bool:
    return entry.unit_id in years and (entry.year is None or entry.year in years[entry.unit_id])


def _unread(documents_set: DocumentSet, outcomes: Mapping[str, str]) -> bool:
    """Whether any document of the set is new; attachments of a page that is a report are never read.

    Its pictures may be that report, and one of them may come late or change.
    """
    outcome = outcomes.get(documents_set.article.capture_id)
    if outcome is None:
        return True
    read = documents_set.pictures if outcome == "report" else (*documents_set.attachments, *documents_set.pictures)
    return any(item.capture_id not in outcomes for item in read)


def merged(parts: Sequence[Path], known: Standing) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Reports, cells and errors of the staged parts, one document a report."""
    nothing = read_parts([])
    return merge([nothing, *(read_parts([part]) for part in parts)], known.rivals)


def release_batch(
    plan: Plan,
    archive: Archive,
    known: Standing,
    staged: tuple[pa.Table, pa.Table, pa.Table],
    judged: Judged,
    today: date,
) -> ReleaseBatch:
    """The rows of a release from what was staged and how the gate judged it."""
    reports, cells, errors = staged
    verdicts, held = judged
    fresh = document_rows(reports, errors)
    return ReleaseBatch(
        reports=_where(reports, held, False),
        cells=_where(cells, held, False),
        held_reports=_where(reports, held, True),
        held_cells=_where(cells, held, True),
        verdicts=verdicts,
        findings=findings(verdicts, reports, held),
        coverage=_coverage(plan, archive, known, (reports, held), fresh, today),
        captures=capture_rows(archive),
        documents=fresh,
        note=plan.flow,
    )


def nothing_judged() -> Judged:
    """The judgement of an empty batch."""
    return TABLES["verdicts"].empty(), {}


def release(home: Path, batch: ReleaseBatch, at: datetime) -> Release | None:
    """Publish; None where nothing differs from the current release."""
    return publish(home, batch, at)


def capture_rows(archive: Archive) -> pa.Table:
    """Rows of `captures` from the archive's index."""
    table = TABLES["captures"]
    rows = []
    for capture in archive.captures():
        row = {name: getattr(capture, name) for name in table.names}
        rows.append({name: None if value == "" else value for name, value in row.items()})
    return pa.Table.from_pylist(rows, schema=table.schema)


def _where(table: pa.Table, ids: Collection[str], inside: bool) -> pa.Table:
    """The rows whose report is (or is not) among `ids`."""
    mask = pc.is_in(table["report_id"], value_set=pa.array(sorted(ids), pa.string()))
    return table.filter(mask if inside else pc.invert(mask))


def _coverage(
    plan: Plan,
    archive: Archive,
    known: Standing,
    judged: tuple[pa.Table, Collection[str]],
    fresh: pa.Table,
    today: date,
) -> pa.Table:
    captures = {capture.capture_id: capture for capture in archive.captures()}
    troubles = _unreadable([known.documents, fresh], captures)
    blocked: dict[str, Trouble] = {}
    for problem in archive.problems():
        # Of a list that cannot be read nobody knows what it would say, whatever the reason.
        status = "unreadable" if problem.code in UNUSABLE and problem.kind != "list" else "blocked"
        trouble = Trouble(status, _explained(PROBLEMS, problem.code, problem.detail), problem.address)
        if problem.kind == "list":
            blocked[problem.unit_id] = trouble
        elif problem.year is not None:
            troubles[problem.unit_id, problem.year] = trouble
    rows = ledger(_expected(plan), Known(_seen(known, judged, captures), troubles, blocked), today)
    return pa.Table.from_pylist(rows, schema=TABLES["coverage"].schema)


def _expected(plan: Plan) -> list[Expected]:
    return [
        Expected(unit.id, unit.name, unit.code, unit.level, unit.kind, unit.parent, year)
        for unit in plan.units
        for year in plan.covers(unit)
    ]


def _seen(
    known: Standing, judged: tuple[pa.Table, Collection[str]], captures: Mapping[str, Capture]
) -> dict[Key, Seen]:
    """Every report that will stand after this release; a released one counts before a held newer version."""
    reports, held = judged
    fresh = reports.select(_SEEN).to_pylist()
    layers = (
        ("held", known.held.select(_SEEN).to_pylist()),
        ("held", [row for row in fresh if row["report_id"] in held]),
        ("released", known.reports.select(_SEEN).to_pylist()),
        ("released", [row for row in fresh if row["report_id"] not in held]),
    )
    found: dict[Key, Seen] = {}
    for gate, rows in layers:
        for row in rows:
            capture = captures.get(row["capture_id"])
            attached = capture is not None and bool(capture.parent_address)
            found[row["unit_id"], row["year"]] = Seen(row["report_id"], gate, row["address"], attached)
    return found


#: problems of the document itself; all others keep us from knowing what there is
UNUSABLE = frozenset({"missing", "too_large", "encoding", "damaged", "parse", "unexpected", "redirects"})
#: outcomes that are no reason for a missing report
NO_TROUBLE = ("report", "duplicate", "carrier")
_SEEN = ["report_id", "unit_id", "year", "address", "capture_id"]


def _unreadable(tables: Sequence[pa.Table], captures: Mapping[str, Capture]) -> dict[Key, Trouble]:
    """Documents that gave no report, by the year that their list names; the last capture counts."""
    found: dict[Key, Trouble] = {}
    for table in tables:
        for row in sorted(table.to_pylist(), key=lambda item: (item["address"], item["capture_id"])):
            if row["year"] is None or row["outcome"] in NO_TROUBLE or row["capture_id"] not in captures:
                continue
            status = "image_only" if row["outcome"] == "no_text" else "unreadable"
            reason = _explained(REASONS, row["outcome"], row["detail"] or "")
            found[row["unit_id"], row["year"]] = Trouble(status, reason, row["address"])
    return found


def _explained(words: Mapping[str, str], code: str, detail: str) -> str:
    meaning = words.get(code, code)
    return f"{meaning}（{detail}）" if detail else meaning
