"""The scene of a run: which reports it opens again, and what is loaded beside them; the rest is left alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import pyarrow as pa

from expectations.waivers import Waiver
from expectations.world import World
from flows.archived import Archived
from flows.coverage import Key
from flows.history import History, earlier_readings, history
from flows.kin import Kin, key_of, report_id
from flows.ledger import ledger_rows, since
from flows.names import about, named, report_ids, without
from flows.plan import Plan
from flows.standing import INDEX, Standing
from flows.world import world_of
from portals.registry import Registry
from warehouse.chosen import Chosen, newest
from warehouse.rows import document_rows
from warehouse.staging import Part

#: what of a ledger's row the rules may look at
_LOOKED_AT: Final = ("unit_id", "year", "unit_name", "code", "level", "kind", "parent_id", "status", "report_id")


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
    `on_record` the whole table with them; `coverage` is the whole ledger, before the gate.
    """

    known: Standing
    archive: Archived
    registry: Registry
    subjects: frozenset[str]
    staged: frozenset[str]
    older: tuple[Chosen, ...]
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
        older = [some.only(chosen) for some in self.older]
        past = history(self.known, self.archive, loaded.only(chosen), older, self.staged & chosen, self.today)
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
    older = earlier_readings(parts, {**known.newest, **_by_id(index)})
    return opened(plan, archive, known, (index, errors), waivers, today, older).scene(Chosen(reports, cells))


def opened(
    plan: Plan,
    archive: Archived,
    known: Standing,
    read: tuple[pa.Table, pa.Table],
    waivers: tuple[Waiver, ...],
    today: date,
    older: Sequence[Chosen] = (),
) -> Opened:
    """What a run opens that read these reports (columns `INDEX`) and met these errors; `today` is its day in China.

    `older` are the earlier versions that it read (`earlier_readings`). Opened again are the neighbours of what was
    read; the units and years of which the ledger, or what is known of duplicates, says something new; whatever a
    waiver names or covers; all that was asked for, where it is read anew.
    """
    reports, errors = read
    ids = frozenset(reports["report_id"].to_pylist())
    fresh = _documents(known, ids, reports, errors, older)
    documents = _over(known.documents, fresh)
    rows = {**known.newest, **_by_id(reports)}
    coverage = _over(known.coverage, ledger_rows(plan, archive, documents, rows, ids, today))
    coverage = since(known.coverage, coverage)
    kin = Kin(plan.registry.units, rows.values())
    again = _opened(kin, known, ids, coverage, fresh, waivers)
    if plan.anew:
        again |= {report_id((unit.id, year)) for unit in plan.units for year in plan.covers(unit)}
    listed = report_ids(about(coverage, again)).to_pylist()
    changed = frozenset(one for some in older for one in some.reports["report_id"].to_pylist())
    subjects = ids | changed | again.intersection({*rows, *listed})
    return Opened(
        known, archive, plan.registry, subjects, ids, tuple(older), kin, fresh, documents, coverage, waivers, today
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
    known: Standing, read: Collection[str], reports: pa.Table, errors: pa.Table, older: Sequence[Chosen]
) -> pa.Table:
    """What came of the documents of this run, of those that they displaced, and of earlier captures of both.

    A document that still holds another report stands for that one, duplicate or not.
    """
    told = frozenset(errors["capture_id"].to_pylist())
    still: list[dict[str, Any]] = [
        row for report, row in sorted(known.newest.items()) if row["capture_id"] in told and report not in read
    ]
    kept = pa.Table.from_pylist(still, reports.schema)
    earlier = [some.reports.select(INDEX) for some in older]
    return document_rows(pa.concat_tables([reports, kept, *earlier]).sort_by("report_id"), errors)


def _over(before: pa.Table, now: pa.Table) -> pa.Table:
    """The rows of `now`, and those of `before` about anything else: by capture, or by unit and year."""
    by_capture = "capture_id" in now.column_names
    old, new = (table["capture_id"] if by_capture else report_ids(table) for table in (before, now))
    return pa.concat_tables([without(before, old, new), now])


def _keys(table: pa.Table) -> list[Key]:
    return list(zip(table["unit_id"].to_pylist(), table["year"].to_pylist(), strict=True))
