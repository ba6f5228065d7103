"""A province that grows by 50 reports a night: its archive, its first release, and each night's pages.

For `benchmarks.nights`. All reports are captured as pages. The first 35,000, and those of the nights that only make a
home old, are released with the figures of their pages without reading them.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.province import HOST, rows_of
from flows.archived import Archived, archived
from flows.home import Home
from flows.judging import evaluated, judge
from flows.plan import Plan
from flows.releasing import release_batch
from flows.standing import Standing, standing
from flows.surroundings import scene
from portals.archive import Archive, Origin
from portals.exchange import Exchange, Fetched
from portals.families.base import Entry
from portals.registry import Registry
from portals.shelved import Shelved
from portals.units import PortalSource, Unit
from samples import html
from samples.draft import Draft
from samples.figures import Figures, province_figures
from samples.habits import choose_habits, print_as
from samples.history import Holder
from samples.narrative import tell
from samples.page import Page, Paper
from samples.tables import build_form
from samples.units import choose_units
from warehouse.record import current
from warehouse.release import publish
from warehouse.spec import DECIMAL, ERRORS

YEARS: Final = (2016, 2025)
SEED: Final = 1
START: Final = datetime(2025, 6, 1, 18, tzinfo=UTC)
A_NIGHT: Final = 50
_UNITS: Final = 6672
#: of 256 reports so many have a wrong total
_SPOILT: Final = 6
_TOTAL: Final = "disputes.reconsideration.total"
Slot = tuple[Holder, int]


@dataclass(frozen=True)
class Growing:
    """The province: `base` reports at first, `A_NIGHT` more each night, in order of units."""

    base: int

    @cached_property
    def figures(self) -> Figures:
        """Of all units there will ever be."""
        return province_figures(choose_units(_UNITS), YEARS, SEED)

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(unit.id for unit in self.figures.units if unit.complete)

    @cached_property
    def _children(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for unit in self.figures.units:
            found[unit.parent or ""].add(unit.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    @cached_property
    def slots(self) -> list[Slot]:
        """Units and years in the order in which their reports come."""
        return list(self.figures.slots())

    def night(self, number: int) -> list[Slot]:
        """What comes in night `number`, from 1; 0 is the base."""
        if number == 0:
            return self.slots[: self.base]
        first = self.base + A_NIGHT * (number - 1)
        found = self.slots[first : first + A_NIGHT]
        if len(found) < A_NIGHT:
            raise SystemExit(f"{self.base} reports leave only {(len(self.slots) - self.base) // A_NIGHT} nights")
        return found

    def plan(self, home: Home, number: int) -> Plan:
        """A nightly run over the units that have anything by then."""
        there = {holder.unit.id: holder for holder, _ in self.slots[: self.base + A_NIGHT * number]}
        ids = frozenset(there)
        known = {name: _unit(holder, self._complete(name, ids)) for name, holder in there.items()}
        registry = Registry({"p": PortalSource("p", HOST, "trs", 0, 1)}, known)
        return Plan("nightly", home, registry, registry.select(), YEARS, crawls=False)

    def _complete(self, name: str, there: frozenset[str]) -> bool:
        """Whether all units below are there already: the registry must not say so before."""
        return name in self._whole and self._children.get(name, frozenset()) <= there

    def capture(self, home: Home, number: int) -> None:
        """Have the night's pages listed and captured, as the crawl does."""
        at = START + timedelta(days=number)
        with Archive(home.archive) as archive, _unsynced():
            for holder, year in self.night(number):
                address, title = _address(holder, year), f"{year}年政府信息公开工作年度报告"
                entry = Entry(address, title, date(year + 1, 1, 20), holder.unit.id, year, 0)
                archive.listed(holder.unit.id, [entry], at)
                headers = (("Content-Type", "text/html; charset=utf-8"),)
                body = page(_spoilt(self.figures.draft(holder, year)))
                answer = Exchange(address, (("Host", HOST),), "HTTP/1.1", 200, "OK", headers, body)
                origin = Origin(holder.unit.id, title, entry.published, year)
                archive.add(Fetched(address, at, body, (answer,)), origin)

    def release(self, home: Home, number: int) -> None:
        """What comes in a night, released with the figures of its pages: nothing is read, nothing beside it opened.

        So a night costs what it brings, and leaves the same rows, files and commits.
        """
        self.capture(home, number)
        at = START + timedelta(days=number)
        reports, cells = rows_of(self.figures, self.night(number), SEED)
        with Archive(home.archive) as archive:
            facts = archived(archive) if number == 0 else _of(archive, reports["address"].to_pylist())
        plan, known = self.plan(home, number), _alone(home)
        units = frozenset(reports["unit_id"].to_pylist())
        plan = replace(plan, units=tuple(unit for unit in plan.units if unit.id in units))
        staged = (_captured(reports, facts), _spoilt_rows(cells), ERRORS.empty())
        seen = scene(plan, facts, known, staged, (), at.date())
        judged = judge(known, seen, evaluated)
        publish(home.root, release_batch("backfill", facts, known, seen, judged, at), at)


def _alone(home: Home) -> Standing:
    """The current release, as if nothing were in it."""
    whole = standing(home.root / "none")
    return replace(whole, home=home.root, release=current(home.root))


def _of(archive: Archive, addresses: Iterable[str]) -> Archived:
    return Archived(Shelved.of(one for address in addresses for one in archive.of(address)))


def _captured(reports: pa.Table, facts: Archived) -> pa.Table:
    """The reports, as read from the captures of their addresses."""
    hashes = {capture.address: (capture.sha256, capture.capture_id) for capture in facts.captures.values()}
    found = [hashes[address] for address in reports["address"].to_pylist()]
    for name, values in zip(("sha256", "capture_id"), zip(*found, strict=True), strict=True):
        place = reports.column_names.index(name)
        reports = reports.set_column(place, reports.schema.field(name), pa.array(values, pa.string()))
    return reports


def page(draft: Draft) -> bytes:
    """A report as a page of a portal."""
    rng = Random(draft.year)
    habits = choose_habits(draft, rng)
    print_as(habits, draft)
    published = date(draft.year + 1, 1, 20)
    story = tell(draft, published, rng)
    paper = Paper(Page(story.title, draft.unit.name, published), story, build_form(draft, habits))
    return html.render_report(paper, "portal", rng)


def _is_spoilt(report_id: str) -> bool:
    return hashlib.sha256(report_id.encode()).digest()[0] < _SPOILT


def _spoilt(draft: Draft) -> Draft:
    """Some reports have a wrong total, and are held."""
    total = draft.cells.get(_TOTAL)
    if total is not None and _is_spoilt(f"{draft.unit.id}-{draft.year}"):
        draft.cells[_TOTAL] = total + 2
    return draft


def _spoilt_rows(cells: pa.Table) -> pa.Table:
    """The same of figures that are not read from pages."""
    reports = pc.unique(cells["report_id"]).to_pylist()
    spoilt = pa.array([one for one in reports if _is_spoilt(one)], pa.string())
    wrong = pc.and_(pc.equal(cells["key"], _TOTAL), pc.is_in(cells["report_id"], value_set=spoilt)).combine_chunks()
    off = [value + 2 for value in cells["value"].filter(wrong).to_pylist()]
    value = pc.replace_with_mask(cells["value"].combine_chunks(), wrong, pa.array(off, DECIMAL))
    printed = pc.replace_with_mask(
        cells["printed"].combine_chunks(), wrong, pa.array([f"{one:.0f}" for one in off], pa.string())
    )
    for name, column in (("value", value), ("printed", printed)):
        place = cells.column_names.index(name)
        cells = cells.set_column(place, cells.schema.field(name), column)
    return cells


def _address(holder: Holder, year: int) -> str:
    return f"http://{HOST}{holder.unit.path}{year}.html"


def _unit(holder: Holder, complete: bool) -> Unit:
    one = holder.unit
    return Unit(
        *(one.id, one.code, one.name, (), one.level, one.kind, one.parent, "p", one.path),
        one.first_year or YEARS[0],
        one.last_year,
        tuple(one.predecessors),
        complete,
    )


@contextmanager
def _unsynced() -> Iterator[None]:
    """Do not wait for the disk: the crawl is not what is measured."""
    real = os.fsync
    os.fsync = lambda fd: None
    try:
        yield
    finally:
        os.fsync = real
