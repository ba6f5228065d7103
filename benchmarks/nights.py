"""The night after 500 nights beside the first: `python -m benchmarks.nights [--nights 500] [--into FOLDER]`.

A home of 35,000 reports is made and copied. One of the two is made old by so many releases of 50 new reports each: as
nights leave them, though without reading pages (`nights_home`), with upkeep once a week as it is deployed. At last
whole nights of 50 new pages on both, in turn: captured as the crawl would (not timed), then read, judged by Great
Expectations, released and reported. First by the command, each night in a process of its own and as long as it takes
(`nights_command`); then by the flows' own steps in one warm process, each step timed: what is the same every night,
start-up and imports, is not in those. Of the fresh home these are nights 1, 2, …, of the old one 501, 502, ….

With --into what was done stays, and the same command goes on there; with --out the table is written into a file.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks.nights_command import seconds  # noqa: E402
from benchmarks.nights_home import A_NIGHT, START, Growing  # noqa: E402
from benchmarks.noted import machine, write  # noqa: E402
from flows.archived import archived  # noqa: E402
from flows.batches import batches  # noqa: E402
from flows.canonical import merge  # noqa: E402
from flows.collector import seldom  # noqa: E402
from flows.desk import Desk  # noqa: E402
from flows.earlier import earlier  # noqa: E402
from flows.home import Home  # noqa: E402
from flows.housekeeping import keep_up  # noqa: E402
from flows.judging import expected, judge  # noqa: E402
from flows.kin import key_of  # noqa: E402
from flows.pending import pending  # noqa: E402
from flows.plan import CHINA  # noqa: E402
from flows.population import previous, source  # noqa: E402
from flows.releasing import release_batch  # noqa: E402
from flows.reporting import send_report  # noqa: E402
from flows.standing import standing  # noqa: E402
from flows.summary import Summary  # noqa: E402
from flows.surroundings import scene  # noqa: E402
from flows.workers import Readers, readers  # noqa: E402
from portals.archive import Archive  # noqa: E402
from warehouse.keeping import Policy  # noqa: E402
from warehouse.record import current  # noqa: E402
from warehouse.release import publish  # noqa: E402
from warehouse.staging import read_parts  # noqa: E402

_WEEK: Final = 7
#: seconds by step
Spent = dict[str, float]
STEPS: Final = ("archive", "standing", "pending", "read", "scene", "judge", "release", "mail")


@dataclass
class Laps:
    """Seconds by step."""

    spent: Spent = field(default_factory=dict)

    @contextmanager
    def of(self, step: str) -> Iterator[None]:
        """Time a block."""
        began = time.perf_counter()
        yield
        self.spent[step] = self.spent.get(step, 0.0) + time.perf_counter() - began


def night(growing: Growing, home: Home, number: int, pool: Readers) -> Spent:
    """One night without its crawl, as `flows.steps` does it; the seconds of each step."""
    growing.capture(home, number)
    at = START + timedelta(days=number)
    plan, day, laps = growing.plan(home, number), at.astimezone(CHINA).date(), Laps()
    with laps.of("standing"):
        known = standing(home.root)
    with Archive(home.archive) as archive:
        with laps.of("pending"):
            listed = pending(plan, archive, known)
            layers = [listed, *earlier(listed, archive, known, plan.anew)]
        with laps.of("read"):
            cut = [batch for layer in layers for batch in batches(layer)]
            desk = Desk(home.warcs, home.staging, plan.registry)
            parts = [desk.stage(batch, pool) for batch in cut]
        with laps.of("archive"):
            facts = archived(archive)
    with laps.of("standing"):
        known = standing(home.root, known)
    with laps.of("scene"):
        read = [read_parts([]), *(read_parts([part]) for part in parts)]
        staged = merge(read, known.newest, facts)
        seen = scene(plan, facts, known, staged, (), day, read)
        told = source(plan, facts, map(key_of, sorted({*known.newest, *staged[0]["report_id"].to_pylist()})))
        before = previous(home.runs)
    with laps.of("judge"):
        judged = judge(known, seen, partial(expected, previous=before, source=told))
    summary = Summary(f"{at:%Y%m%dT%H%M%SZ}", "nightly", str(home.root), at.isoformat(), read=len(staged[0]))
    with laps.of("release"):
        batch = release_batch("nightly", facts, known, seen, judged, at)
        released = publish(home.root, batch, at)
        summary.judged(batch, judged.void, released)
    if summary.released < A_NIGHT // 2:
        raise SystemExit(f"night {number}: only {summary.released} of {summary.read} reports were released")
    with laps.of("mail"):
        send_report(home, asdict(summary))
    summary.measures = dict(judged.measures) if judged.measures else None
    summary.finished = at.isoformat()
    summary.save(home.runs)
    return laps.spent


def prepare(growing: Growing, folder: Path) -> tuple[Home, Home]:
    """The two homes, made where they are not there yet."""
    fresh, aged = (Home(folder / name) for name in ("fresh", "aged"))
    if not (folder / "made").exists():
        for home in (fresh, aged):
            shutil.rmtree(home.root, ignore_errors=True)
        growing.release(fresh, 0)
        shutil.copytree(fresh.root, aged.root)
        (folder / "made").write_text(f"{growing.base}\n", "utf-8")
    return fresh, aged


def grow_old(growing: Growing, home: Home, nights: int, upkeep: bool) -> None:
    """The releases that are not there yet."""
    for number in range(_next(home), nights + 1):
        began = time.perf_counter()
        growing.release(home, number)
        at = START + timedelta(days=number)
        Summary(f"{at:%Y%m%dT%H%M%SZ}", "nightly", str(home.root), at.isoformat(), at.isoformat()).save(home.runs)
        spent = time.perf_counter() - began
        if upkeep and number % _WEEK == 0:
            keep_up(home, Policy(), at + timedelta(hours=12))
        if number % 10 == 0:
            print(f"night {number}: {spent:.2f} s", file=sys.stderr, flush=True)


def measure(growing: Growing, homes: tuple[Home, Home], rounds: int, pool: Readers) -> list[list[Spent]]:
    """For each home the steps of its next nights, in turn; one night before, to warm up, is not kept."""
    found: list[list[Spent]] = [[], []]
    for turn in range(rounds + 1):
        for place, home in enumerate(homes):
            spent = night(growing, home, _next(home), pool)
            if turn:
                found[place].append(spent)
    return found


def command(growing: Growing, homes: tuple[Home, Home], rounds: int) -> list[list[float]]:
    """For each home the seconds of `gouji nightly` on its next nights, in turn; the first is not kept."""
    found: list[list[float]] = [[], []]
    for turn in range(rounds + 1):
        for place, home in enumerate(homes):
            number = _next(home)
            growing.capture(home, number)
            spent = seconds(home.root, growing.plan(home, number))
            if turn:
                found[place].append(spent)
    return found


def _next(home: Home) -> int:
    """The number of a home's next night: its first release is no night's."""
    release = current(home.root)
    assert release
    return int(release.release_id[1:])


def table(whole: list[list[float]], found: list[list[Spent]], nights: int) -> str:
    """The command and step by step: medians and their ratio."""
    lines = [f"| step | night 1, s | night {nights + 1}, s | ratio |", "| --- | ---: | ---: | ---: |"]
    rows = [("**`gouji nightly`, apart from the crawl**", whole)]
    rows += [(step, [[one.get(step, 0.0) for one in some] for some in found]) for step in STEPS]
    rows.append(("all steps, warm", [[sum(one.values()) for one in some] for some in found]))
    for name, sides in rows:
        young, old = map(statistics.median, sides)
        lines.append(f"| {name} | {young:.2f} | {old:.2f} | {old / young if young else 0:.2f} |")
    return "\n".join(lines)


def disk(home: Home) -> str:
    """Files and megabytes of the parts of a home."""
    parts = []
    for folder in (home.archive, home.staging, home.root / "warehouse", home.outbox, home.runs):
        assert isinstance(folder, Path)
        files = [path for path in folder.rglob("*") if path.is_file()]
        parts.append(f"{folder.name} {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
    return "; ".join(parts)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=35_000)
    parser.add_argument("--nights", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--no-upkeep", action="store_true")
    parser.add_argument("--no-measure", action="store_true")
    parser.add_argument("--into", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    os.environ.pop("GOUJI_SMTP_HOST", None)
    if options.into:
        options.into.mkdir(parents=True, exist_ok=True)
        _run(options.into.resolve(), options)
    else:
        with tempfile.TemporaryDirectory() as folder:
            _run(Path(folder), options)


def _run(folder: Path, options: argparse.Namespace) -> None:
    with seldom():
        _grown(folder, options)


def _grown(folder: Path, options: argparse.Namespace) -> None:
    growing = Growing(options.reports)
    began = time.perf_counter()
    homes = prepare(growing, folder)
    print(f"homes there after {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    grow_old(growing, homes[1], options.nights, not options.no_upkeep)
    if options.no_measure:
        return
    whole = command(growing, homes, options.rounds)
    with readers(2) as pool:
        found = measure(growing, homes, options.rounds, pool)
    text = f"{table(whole, found, options.nights)}\n\n"
    text += f"{options.reports} reports at first, {A_NIGHT} a night; {machine()}.\n"
    text += "".join(f"\n- {name}: {disk(home)}" for name, home in zip(("young", "old"), homes, strict=True)) + "\n"
    print(text)
    if options.out:
        write(options.out, text)


if __name__ == "__main__":
    main()
