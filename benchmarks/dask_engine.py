"""What a batch costs on a Dask cluster beside the same batch on threads: pages of a made archive are read, no more.

    python benchmarks/dask_engine.py [--units 400] [--rounds 3] [--quick] [--out benchmarks/dask_engine.md]

Pages of consistent reports, captured into an archive, are read by both engines in turn, with GOUJI_WORKERS=2 and
Prefect's embedded server as in a night started by hand: once in batches as they are cut in a night, once in batches
of a twentieth of that, where what a batch costs beside its reading is seen. Every round reads everything anew.
--quick: a tenth of the units, one round.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.noted import machine, write
from flows.home import Home
from flows.setting import embed

YEARS = (2021, 2023)
ENGINES = ("threads", "dask")
AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
#: seconds of reading in a batch
CUTS = (8.0, 0.4)


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock: until the first batch can be handed out, all batches, and the end of the engine."""

    begin: float
    read: float
    end: float
    batches: int


def fill(folder: Path, units: int) -> int:
    """A registry and an archive of pages; gives how many pages."""
    from portals.archive import Archive, Origin
    from portals.exchange import Exchange, Fetched
    from portals.families.base import Entry
    from samples import html
    from samples.figures import unit_reports
    from samples.habits import choose_habits, print_as
    from samples.narrative import tell
    from samples.page import Page, Paper
    from samples.registry import Portal, write_registry
    from samples.tables import build_form
    from samples.units import choose_units

    portal, chosen = Portal("p", "portal.example"), choose_units(units)
    (folder / "site").mkdir()
    write_registry(folder / "sources.toml", portal, [(unit, YEARS) for unit in chosen])
    count = 0
    with Archive(folder / "archive") as archive:
        for draft in (draft for unit in chosen for draft in unit_reports(unit, YEARS, 5)):
            habits, rng = choose_habits(draft, Random(draft.year)), Random(draft.year)
            print_as(habits, draft)
            day = date(draft.year + 1, 1, 20)
            story = tell(draft, day, rng)
            paper = Paper(Page(story.title, draft.unit.name, day), story, build_form(draft, habits))
            body = html.render_report(paper, "portal", rng)
            address = portal.address(f"/{draft.unit.id}/{draft.year}.html")
            archive.listed(draft.unit.id, [Entry(address, story.title, day, draft.unit.id, draft.year, 0)], AT)
            headers = (("Content-Type", "text/html; charset=utf-8"),)
            answer = Exchange(address, (("Host", portal.host),), "HTTP/1.1", 200, "OK", headers, body)
            origin = Origin(draft.unit.id, story.title, day, draft.year)
            archive.add(Fetched(address, AT, body, (answer,)), origin)
            count += 1
    return count


def measure(folder: Path, engine: str, seconds: float) -> Took:
    """One round, as `flows.steps.read_documents` goes, within a flow of its own."""
    from prefect import flow

    from flows.batches import batches
    from flows.desk import Desk
    from flows.engine import chosen_engine
    from flows.steps import read_batch
    from portals.archive import Archive
    from portals.documents import documents
    from portals.registry import load

    registry = load(folder / "sources.toml")
    with Archive(folder / "archive") as archive:
        cut = batches(list(documents(archive, registry)), seconds)
    shutil.rmtree(folder / "staging", ignore_errors=True)
    os.environ["GOUJI_ENGINE"] = engine

    @flow(name="bench")
    def bench() -> tuple[float, float, float]:
        begun = time.perf_counter()
        with chosen_engine().at(Desk(folder / "archive", folder / "staging", registry)) as (runner, stage):
            ready = time.perf_counter()
            futures: list[Any] = [runner.submit(read_batch, {"stage": partial(stage, batch)}) for batch in cut]
            for future in futures:
                future.result()
            read = time.perf_counter()
        return ready - begun, read - ready, time.perf_counter() - read

    return Took(*bench(), len(cut))


def message(folder: Path) -> float:
    """Bytes a document of what goes to a worker with a batch."""
    import cloudpickle

    from flows.batches import batches
    from flows.dask_engine import stage_here
    from portals.archive import Archive
    from portals.documents import documents
    from portals.registry import load

    with Archive(folder / "archive") as archive:
        cut = batches(list(documents(archive, load(folder / "sources.toml"))))
    return sum(len(cloudpickle.dumps(partial(stage_here, "x", batch))) for batch in cut) / sum(map(len, cut))


def table(folder: Path, pages: int, rounds: int) -> str:
    """The results as a Markdown table: medians over the rounds."""
    lines = [
        "| engine | batches | begin s | read s | end s | pages/s | more than threads, ms a batch |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for seconds in CUTS:
        found: dict[str, list[Took]] = {engine: [] for engine in ENGINES}
        for _ in range(rounds):
            for engine in ENGINES:
                found[engine].append(measure(folder, engine, seconds))
        reading = {engine: statistics.median(took.read for took in found[engine]) for engine in ENGINES}
        for engine in ENGINES:
            begin, end = (
                statistics.median(getattr(took, name) for took in found[engine]) for name in ("begin", "end")
            )
            count = found[engine][0].batches
            more = f"{(reading[engine] - reading['threads']) / count * 1000:.0f}" if engine != "threads" else ""
            lines.append(
                f"| {engine} | {count} × {seconds:g} s | {begin:.1f} | {reading[engine]:.1f} | {end:.1f} "
                f"| {pages / reading[engine]:.0f} | {more} |"
            )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--units", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    units, rounds = (arguments.units // 10, 1) if arguments.quick else (arguments.units, arguments.rounds)
    os.environ["GOUJI_WORKERS"] = "2"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        embed(Home(folder))
        pages = fill(folder, units)
        results = table(folder, pages, rounds)
        size = message(folder)
    text = f"{results}\n\n{pages} pages, {size:,.0f} bytes a page sent to a worker, {rounds} rounds. {machine()}.\n"
    print(text)
    if arguments.out:
        write(arguments.out, text)


if __name__ == "__main__":
    main()
