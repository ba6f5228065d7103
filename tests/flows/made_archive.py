"""A home with a real archive: pages of consistent reports, captured, and read, judged and released by the flows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow as pa

from flows.archived import archived
from flows.batches import batches
from flows.canonical import merge
from flows.desk import Desk
from flows.extraction import Extraction, extract_bytes
from flows.home import Home
from flows.judging import evaluated, judge
from flows.pending import pending
from flows.plan import CHINA, Plan
from flows.releasing import release_batch
from flows.standing import standing
from flows.surroundings import scene
from flows.workers import Job
from portals.archive import Archive, Origin
from portals.exchange import Exchange, Fetched
from portals.families.base import Entry
from portals.registry import Registry, load
from samples import html
from samples.draft import Draft
from samples.figures import unit_reports
from samples.habits import choose_habits, print_as
from samples.narrative import tell
from samples.page import Page, Paper
from samples.registry import Portal, write_registry
from samples.tables import build_form
from samples.units import Unit, choose_units
from warehouse.chosen import Chosen, newest
from warehouse.record import Release
from warehouse.release import publish
from warehouse.staging import read_parts
from warehouse.status import read_table

AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
PORTAL = Portal("p", "portal.example")


class HereReader:
    """Reads in this process, so that what a test patches is what reads."""

    def read(self, jobs: Iterable[Job]) -> Iterator[Extraction]:
        return (extract_bytes(job.data, job.name, job.charset, job.pictures) for job in jobs)


@dataclass
class Shelf:
    """A home and its sources; runs over it read in this process."""

    home: Home
    sources: Path
    units: tuple[Unit, ...]
    years: tuple[int, int]
    runs: int = 0

    @property
    def registry(self) -> Registry:
        return load(self.sources)

    def address(self, unit_id: str, year: int) -> str:
        return PORTAL.address(f"/{unit_id}/{year}.html")

    def capture(self, pages: dict[tuple[str, int], bytes], hour: int = 0) -> None:
        """Have the pages listed and captured."""
        at = AT + timedelta(hours=hour)
        with Archive(self.home.archive) as archive:
            for (unit_id, year), body in sorted(pages.items()):
                address, title = self.address(unit_id, year), f"{year}年政府信息公开工作年度报告"
                entry = Entry(address, title, date(year + 1, 1, 20), unit_id, year, 0)
                archive.listed(unit_id, [entry], at)
                headers = (("Content-Type", "text/html; charset=utf-8"),)
                answer = Exchange(address, (("Host", PORTAL.host),), "HTTP/1.1", 200, "OK", headers, body)
                archive.add(Fetched(address, at, body, (answer,)), Origin(unit_id, title, entry.published, year))

    def run(self, *, anew: bool = False, staging: str = "staging") -> Release | None:
        """A night; or a backfill from the archive, which reads everything anew."""
        at = AT + timedelta(days=self.runs)
        self.runs += 1
        plan = Plan("nightly", self.home, self.registry, self.registry.select(), (2019, 2025), False, anew)
        with Archive(self.home.archive) as archive:
            facts, known = archived(archive), standing(self.home.root)
            desk = Desk(self.home.archive, self.home.root / staging, plan.registry)
            parts = [
                desk.stage(batch, HereReader())  # type: ignore[arg-type]
                for batch in batches(pending(plan, archive, known))
            ]
        staged = merge([read_parts([]), *(read_parts([part]) for part in parts)], known.newest, facts)
        seen = scene(plan, facts, known, staged, (), at.astimezone(CHINA).date())
        judged = judge(known, seen, evaluated)
        return publish(self.home.root, release_batch("nightly", facts, known, seen, judged, at), at)

    def newest(self) -> Chosen:
        ids = {row["report_id"] for name in ("reports", "held_reports") for row in self.rows(name)}
        return newest(self.home.root, ids)

    def rows(self, name: str) -> list[dict[str, object]]:
        return read_table(self.home.root, name).to_pylist()

    def printed(self) -> dict[tuple[str, str], tuple[str, Decimal | None, str]]:
        """(report_id, key) -> printed, value, state, of the newest version of every report."""
        cells: pa.Table = self.newest().cells
        columns = (cells[name].to_pylist() for name in ("report_id", "key", "printed", "value", "state"))
        return {(report, key): said for report, key, *said in zip(*columns, strict=True)}  # type: ignore[misc]

    def hashes(self) -> dict[str, tuple[str, int]]:
        """Every file of the home: its content, and when it was last written."""
        return {
            path.relative_to(self.home.root).as_posix(): (
                hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
                path.stat().st_mtime_ns,
            )
            for path in sorted(self.home.root.rglob("*"))
        }


def page(draft: Draft) -> bytes:
    """A report as a page."""
    rng = Random(draft.year)
    habits = choose_habits(draft, rng)
    print_as(habits, draft)
    published = date(draft.year + 1, 1, 20)
    story = tell(draft, published, rng)
    return html.render_report(
        Paper(Page(story.title, draft.unit.name, published), story, build_form(draft, habits)), "portal", rng
    )


def made(folder: Path, count: int = 3, years: tuple[int, int] = (2021, 2023)) -> Shelf:
    """A released home: reports of some units, the second one's last but one with a wrong total in table four."""
    units = choose_units(count)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "site").mkdir()
    write_registry(folder / "sources.toml", PORTAL, [(unit, years) for unit in units])
    shelf = Shelf(Home(folder / "home"), folder / "sources.toml", units, years)
    pages = {}
    for place, unit in enumerate(units):
        for draft in unit_reports(unit, years, 5):
            if (place, draft.year) == (1, years[1] - 1):
                key = "disputes.reconsideration.total"
                draft.cells[key] = draft.value(key) + 2
            pages[unit.id, draft.year] = page(draft)
    shelf.capture(pages)
    shelf.run()
    return shelf
