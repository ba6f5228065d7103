"""The stages of a backfill one after the other, without Prefect, each with what it took: `benchmarks.suite` runs it.

    python -m benchmarks.stages HOME OUT.json

HOME is one that `benchmarks.mixed` made and nothing was released in; $GOUJI_WORKERS reads. The steps are those of
`flows.steps`, called as plain functions; `evaluate` is asked once more by itself beside the gate that it is part of.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.meter import within
from benchmarks.mixed import YEARS
from expectations import evaluate
from flows.batches import batches
from flows.collector import seldom
from flows.desk import Desk
from flows.earlier import earlier
from flows.engine import chosen_engine
from flows.home import Home
from flows.judging import expected, judge
from flows.pending import pending
from flows.plan import CHINA, Plan, make_plan
from flows.releasing import release_batch
from flows.reporting import send_report
from flows.run import Run
from flows.setting import quiet
from flows.site import build_site
from flows.standing import standing
from flows.steps import Case
from flows.summary import Summary
from flows.workers import Readers, readers, worker_count
from portals.archive import Archive
from portals.documents import DocumentSet
from store.where import Where
from warehouse.release import publish

Result = TypeVar("Result")
_AT = datetime(2026, 6, 2, 18, tzinfo=UTC)


class Stages:
    """What each stage took, in order."""

    def __init__(self) -> None:
        self.took: dict[str, dict[str, float]] = {}

    def run(self, name: str, call: Callable[[], Result]) -> Result:
        """A stage; its result."""
        result, took = within(call)
        self.took[name] = asdict(took)
        print(f"{name}: {took.wall:.1f} s", file=sys.stderr, flush=True)
        return result


def carried_out(home: Home, sources: Path) -> dict[str, dict[str, float]]:
    """Every stage from the archive to the site."""
    stages = Stages()
    plan = make_plan("backfill", home, [str(sources)], _AT.astimezone(CHINA).date(), YEARS, None, True)
    stamp = _AT.isoformat()
    with Archive.writing(home.archive) as archive:
        run = Run(plan, archive, chosen_engine(), None, Summary("bench", "backfill", str(home.root), stamp))
        cut = stages.run("plan", lambda: _batches(plan, archive))
        parts = stages.run("read", lambda: _read(run, cut))
    with Archive.writing(home.archive) as archive:
        run.archive = archive
        _released(stages, run, parts)
    stages.run("digest", lambda: send_report(home, asdict(run.summary)))
    stages.run("site", lambda: build_site(home, home.root / "public", None, 0))
    return stages.took


def _released(stages: Stages, run: Run, parts: Sequence[Where]) -> None:
    root = run.home.store
    case = stages.run("scene", lambda: Case(run, parts))
    scene = case.scene
    stages.run("evaluate", lambda: evaluate(*scene.near, scene.world, scene.subjects))
    by = partial(expected, previous=case.previous, source=case.source)
    stages.run("import of the gate's library", lambda: __import__("great_expectations"))
    judged = stages.run("gate", lambda: judge(case.known, scene, by))
    batch = stages.run("rows", lambda: release_batch("backfill", case.archive, case.known, scene, judged, _AT))
    release = stages.run("release", lambda: publish(root, batch, _AT))
    run.summary.judged(batch, judged.void, release)


def _batches(plan: Plan, archive: Archive) -> list[tuple[DocumentSet, ...]]:
    known = standing(plan.home.store)
    listed = pending(plan, archive, known)
    layers = [listed, *earlier(listed, archive, known, plan.anew)]
    return [batch for layer in layers for batch in batches(layer)]


def _read(run: Run, cut: Sequence[Sequence[DocumentSet]]) -> list[Where]:
    """With the readers' start and end: only then is their processor time told. What follows is this process alone."""
    with readers() as pool:
        return _staged(run, cut, pool)


def _staged(run: Run, cut: Sequence[Sequence[DocumentSet]], pool: Readers) -> list[Where]:
    """As the engine `threads` has it: as many batches at a time as there are readers, at least two."""
    desk = Desk(run.home.warcs, run.home.staging, run.plan.registry)
    with ThreadPoolExecutor(max(2, worker_count())) as threads:
        return list(threads.map(partial(desk.stage, pool=pool), cut))


def main() -> None:
    """The command line."""
    quiet()
    home, out = Home.at(sys.argv[1]), Path(sys.argv[2])
    with seldom():
        out.write_text(json.dumps(carried_out(home, home.root / "sources.toml")), "utf-8")


if __name__ == "__main__":
    main()
