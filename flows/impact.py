"""What the working copy's readers and rules would make of the archive, beside the current release.

Nothing in the home is written: the index of the archive is copied, parts are staged into a folder of their own.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from flows import impact_compare as compare
from flows.archived import Archived, archived
from flows.exits import CRITICAL, DONE, INTERRUPTED, UnusableError
from flows.home import Home
from flows.impact_compare import Tools
from flows.impact_found import Found
from flows.impact_reading import Reread, Trouble, read_again
from flows.judging import evaluated, judge
from flows.names import about
from flows.pending import pending
from flows.plan import CHINA, Plan, registered
from flows.progress import report
from flows.releasing import release_batch
from flows.sources import standing_files
from flows.standing import Standing, standing
from flows.surroundings import Opened, opened
from flows.waivers import run_waivers
from flows.workers import Readers
from portals.archive import Archive, ArchiveError
from portals.copying import copied_index
from portals.shelved import Shelved
from warehouse.chosen import newest, of_reports
from warehouse.comparer import comparer
from warehouse.errors import WarehouseError
from warehouse.record import Release, current
from warehouse.rows import document_rows

#: reports judged together: with their neighbours some hundred megabytes of cells
REPORTS_AT_ONCE: Final = 1000


@dataclass(slots=True)
class Looked:
    """What was looked at, and whatever was in the way."""

    release: Release
    plan: Plan
    documents: int = 0
    reports: int = 0
    judged: int = 0
    #: cells read otherwise, by what of the reading differs
    readings: Counter[str] = field(default_factory=Counter)
    troubles: tuple[Trouble, ...] = ()
    #: the release that came while we looked: what was compared is no longer one state
    overtaken_by: str | None = None


def impact_plan(
    home: Home,
    sources: Sequence[Path] | None,
    units: str = "",
    years: tuple[int, int] | None = None,
    waivers: Path | None = None,
) -> tuple[Release, Plan]:
    """The current release, and a plan to read all of the units and years again as on the day of that release.

    Years default to those of a night of that day. Raises UnusableError where nothing was released yet, and for
    sources, units and waivers that cannot be used.
    """
    try:
        release = current(home.store)
    except WarehouseError as error:
        raise UnusableError(str(error)) from error
    if release is None:
        raise UnusableError(f"{home.store}: nothing has been released yet, so there is nothing to compare with")
    registry, chosen = registered(standing_files(home, sources), units)
    span = years or (2019, release.created_at.astimezone(CHINA).year - 1)
    accepted = run_waivers(home, [str(file) for file in sources or ()], waivers)
    return release, Plan("impact", home, registry, chosen, span, crawls=False, anew=True, waivers=accepted)


def impact(release: Release, plan: Plan, found: Found, pool: Readers) -> Looked:
    """Compare; the differences go to `found`.

    Raises UnusableError where the archive or the release cannot be read. A document that cannot be had is named in
    what is given back, and the rest goes on.
    """
    looked = Looked(release, plan)
    with tempfile.TemporaryDirectory(prefix="gouji-impact-") as name:
        folder = Path(name)
        try:
            with Archive(plan.home.archive, copied_index(plan.home.archive, folder)) as archive:
                _look(looked, archive, found, pool, folder)
        except (ArchiveError, WarehouseError) as error:
            raise UnusableError(str(error)) from error
    now = current(plan.home.store)
    if now is None or now.release_id != release.release_id:
        looked.overtaken_by = now.release_id if now else "none"
    return looked


def exit_code(looked: Looked, found: Found) -> int:
    """0, 1 where a difference is critical, 3 where something could not be looked at or a release came meanwhile."""
    if looked.overtaken_by:
        return INTERRUPTED
    if found.critical:
        return CRITICAL
    return INTERRUPTED if looked.troubles else DONE


def _look(looked: Looked, archive: Archive, found: Found, pool: Readers, folder: Path) -> None:
    plan, facts = looked.plan, archived(archive)
    known = standing(plan.home.store)
    sets = pending(plan, archive, known)
    reread = read_again(plan, facts, known, sets, pool, folder)
    looked.documents, looked.reports, looked.troubles = len(sets), reread.reports.num_rows, reread.troubles
    day = looked.release.created_at.astimezone(CHINA).date()
    whole = opened(plan, facts, known, (reread.reports, reread.errors), plan.waivers, day)
    looked.judged = len(whole.subjects)
    with comparer() as tables:
        tools = Tools(_names(known, plan), tables)
        documents = document_rows(reread.reports, reread.errors)
        found.take(compare.documents(known, documents, reread.asked, tools))
        found.take(compare.came_and_went(known, reread.reports, reread.errors, reread.asked, tools))
        found.take(compare.coverage(whole, tools))
        done = 0
        report("校验", 0, len(whole.subjects))
        for some in _cut(whole):
            _judge(looked, whole, reread, some, found, tools)
            done += len(some)
            report("校验", done, len(whole.subjects))


def _names(known: Standing, plan: Plan) -> dict[str, str]:
    """unit_id -> name: the registry's, and the ledger's for units that it no longer has."""
    ledger = zip(known.coverage["unit_id"].to_pylist(), known.coverage["unit_name"].to_pylist(), strict=True)
    return {**dict(ledger), **{unit.id: unit.name for unit in plan.registry.units.values()}}


def _cut(whole: Opened) -> Iterator[frozenset[str]]:
    """The subjects, some at a time, those of one unit and its neighbours in the registry together."""
    ordered = sorted(whole.subjects)
    for start in range(0, len(ordered), REPORTS_AT_ONCE):
        yield frozenset(ordered[start : start + REPORTS_AT_ONCE])


def _judge(looked: Looked, whole: Opened, reread: Reread, some: frozenset[str], found: Found, tools: Tools) -> None:
    """Judge some subjects as a run would, and compare what it would release of them."""
    known = whole.known
    full = whole.scene(reread.chosen(whole.near(some)), some)
    ledger = about(full.coverage, some)
    scene = replace(full, coverage=ledger, documents=full.documents.slice(0, 0))
    judged = judge(known, scene, evaluated)
    # Captures are no matter of readers and rules.
    batch = release_batch("impact", Archived(Shelved()), known, scene, judged, looked.release.created_at)
    (before,) = of_reports(known.home, some, ("findings",))
    both = some & whole.staged & known.newest.keys()
    old, new = newest(known.home, both), scene.near.only(both)
    looked.readings.update(compare.readings(old, new, tools))
    found.take(compare.gates(known, scene.present, judged, tools))
    found.take(compare.findings(before, batch.findings, tools))
    found.take(compare.figures(old, new, known.released_ids - known.held_ids, tools))
    found.take(compare.reports(old, new, tools))
