"""The scene of a run: which reports it opens again, and what is loaded beside them; the rest is left alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.waivers import Waiver
from expectations.world import World
from flows.archived import Archived
from flows.coverage import Key
from flows.history import History, history
from flows.kin import Kin, key_of, report_id
from flows.ledger import ledger_rows, since
from flows.names import about, named, report_ids, without
from flows.plan import Plan
from flows.standing import INDEX, Standing
from flows.succession import Earlier, earlier_readings, lines
from flows.world import world_of
from portals.registry import Registry
from warehouse.chosen import Chosen, newest
from warehouse.rows import document_rows
from warehouse.staging import Part

#: what of a ledger's row the rules may look at
_LOOKED_AT: Final = (
    *("unit_id", "year", "unit_name", "code", "level", "kind", "parent_id"),
    *("status", "report_id", "late_days", "duplicates"),
)
_NONE: Final = Earlier()


@dataclass(frozen=True, slots=True)
class Scene:
    """What is to be judged, and everything beside it.

    `near` are the newest versions of the `subjects` that have a report, and of their neighbours; `staged` are the
    report_ids that this run read, `history` has the versions of the subjects. `documents` are the rows of that table
    that the run brings, `coverage` is the whole ledger as it will be, before the gate.
    """

    near: Chosen
    history: History
    subjects: frozenset[str]
    staged: frozenset[str]
    world: World
    kin: Kin
    documents: pa.Table
    coverage: pa.Table
    waivers: tuple[Waiver, ...]
    today: date

    @property
    def present(self) -> frozenset[str]:
        """The subjects that have a report; the others are units' years without one."""
        return self.subjects.intersection(self.near.reports["report_id"].to_pylist())


@dataclass(frozen=True, slots=True)
class Opened:
    """What a run judges (`subjects`), what it read of that, and all that is known around it; no cells yet.

    `older` are the earlier versions that it read. `documents` are the rows of that table that the run brings,
    `on_record` the whole table with them, without what no list shows any more; `coverage` is the whole ledger, before
    the gate.
    """

    known: Standing
    archive: Archived
    registry: Registry
    subjects: frozenset[str]
    staged: frozenset[str]
    older: Earlier
    kin: Kin
    documents: pa.Table
    on_record: pa.Table
    coverage: pa.Table
    waivers: tuple[Waiver, ...]
    today: date

    def near(self, subjects: Collection[str]) -> frozenset[str]:
        """These subjects and their neighbours; names of reports that do not exist may be among them."""
        return frozenset(subjects).union(report_id(key) for one in subjects for key in self.kin.around(key_of(one)))

    def scene(self, staged: Chosen, subjects: frozenset[str] | None = None) -> Scene:
        """The scene of some of the subjects (None: all); `staged` are the reports near them that the run read."""
        chosen = self.subjects if subjects is None else subjects
        near = self.near(chosen)
        loaded = newest(self.known.home, near.intersection(self.known.newest) - self.staged).beside(staged)
        own = loaded.only(chosen)
        past = history(self.known, self.archive, own, self.older.only(chosen), self.staged & chosen, self.today)
        return Scene(
            loaded,
            past,
            chosen,
            self.staged,
            world_of(self.registry, about(self.coverage, near), about(self.on_record, near), past.unannounced),
            self.kin,
            self.documents,
            self.coverage,
            self.waivers,
            self.today,
        )


def scene(
    plan: Plan,
    archive: Archived,
    known: Standing,
    staged: Part,
    waivers: tuple[Waiver, ...],
    today: date,
    parts: Sequence[Part] = (),
) -> Scene:
    """The scene of a run: what it read (`canonical.merge` of `parts`), what that opens again, their neighbours."""
    reports, cells, errors = staged
    index = reports.select(INDEX)
    stands = {**known.newest, **_by_id(index)}
    older = earlier_readings(parts, stands, lines(archive, known.documents, parts, stands))
    return opened(plan, archive, known, (index, errors), waivers, today, older).scene(Chosen(reports, cells))


def opened(
    plan: Plan,
    archive: Archived,
    known: Standing,
    read: tuple[pa.Table, pa.Table],
    waivers: tuple[Waiver, ...],
    today: date,
    older: Earlier = _NONE,
) -> Opened:
    """What a run opens that read these reports (columns `INDEX`) and met these errors; `today` is its day in China.

    `older` are the earlier versions that it read. Opened again are the neighbours of what was read; the units and
    years of which the ledger, or what is known of duplicates, says something new; whatever a waiver names or covers;
    all that was asked for, where it is read anew.
    """
    reports, errors = read
    ids = frozenset(reports["report_id"].to_pylist())
    rows = {**known.newest, **_by_id(reports)}
    fresh = _documents(known, rows, reports, errors, older.readings)
    documents = _over(known.documents, fresh)
    coverage = _over(known.coverage, ledger_rows(plan, archive, documents, rows, ids, today))
    coverage = since(known.coverage, coverage)
    shown = _shown(documents, archive)
    kin = Kin(plan.registry.units, rows.values())
    again = _opened(kin, known, ids, coverage, fresh, waivers)
    if plan.anew:
        again |= {report_id((unit.id, year)) for unit in plan.units for year in plan.covers(unit)}
    listed = report_ids(about(coverage, again)).to_pylist()
    subjects = ids | older.changed | again.intersection({*rows, *listed})
    return Opened(
        known,
        archive,
        plan.registry,
        subjects,
        ids,
        older,
        kin,
        fresh,
        shown,
        coverage,
        waivers,
        today,
    )


def _by_id(reports: pa.Table) -> dict[str, dict[str, Any]]:
    return {row["report_id"]: row for row in reports.to_pylist()}


def _opened(
    kin: Kin,
    known: Standing,
    read: Collection[str],
    coverage: pa.Table,
    fresh: pa.Table,
    waivers: Collection[Waiver],
) -> frozenset[str]:
    """What is to be judged beside what was read; names of reports that do not exist may be among them."""
    told = _changed(known.coverage, coverage)
    told |= {
        key for key, outcome in zip(_keys(fresh), fresh["outcome"].to_pylist(), strict=True) if outcome == "duplicate"
    }
    around = {key for one in read for key in kin.around(key_of(one))}
    return frozenset(map(report_id, told | around)) | known.waived_ids | {waiver.report_id for waiver in waivers}


def _changed(before: pa.Table, now: pa.Table) -> set[Key]:
    """The units and years of whose ledger row something changed that a rule may look at."""
    old, new = named(before, _LOOKED_AT), named(now, _LOOKED_AT)
    return {*_keys(without(before, old, new)), *_keys(without(now, new, old))}


def _documents(
    known: Standing, stands: Mapping[str, Any], reports: pa.Table, errors: pa.Table, older: Sequence[Chosen]
) -> pa.Table:
    """What came of the documents of this run, of those that they displaced, and of earlier captures of both.

    A document that still holds another report stands for that one, duplicate or not. What a report said at another
    address than now is a duplicate, and in `errors`.
    """
    told, read = frozenset(errors["capture_id"].to_pylist()), frozenset(reports["report_id"].to_pylist())
    still: list[dict[str, Any]] = [
        row for report, row in sorted(known.newest.items()) if row["capture_id"] in told and report not in read
    ]
    earlier = [
        row
        for some in older
        for row in some.reports.select(INDEX).to_pylist()
        if row["address"] == stands[row["report_id"]]["address"]
    ]
    kept = pa.Table.from_pylist([*still, *earlier], reports.schema)
    return document_rows(pa.concat_tables([reports, kept]).sort_by("report_id"), errors)


def _shown(documents: pa.Table, archive: Archived) -> pa.Table:
    """The documents that a list still shows, as far as is known: another one is no duplicate of what stands."""
    gone = [archive.presence.gone(address) for address in documents["address"].to_pylist()]
    return documents.filter(pc.invert(pa.array(gone, pa.bool_())))


def _over(before: pa.Table, now: pa.Table) -> pa.Table:
    """The rows of `now`, and those of `before` about anything else: by capture, or by unit and year."""
    by_capture = "capture_id" in now.column_names
    old, new = (table["capture_id"] if by_capture else report_ids(table) for table in (before, now))
    return pa.concat_tables([without(before, old, new), now])


def _keys(table: pa.Table) -> list[Key]:
    return list(zip(table["unit_id"].to_pylist(), table["year"].to_pylist(), strict=True))
