"""A backfill from the archive at several sizes: end to end, stage by stage, beside floors and peers; one table.

    python -m benchmarks.suite --into FOLDER [--sizes 350 3500 35000] [--workers 1 2] [--sample 70]
                               [--alone-up-to 35000] [--stages-up-to 35000] [--out benchmarks/suite.md]

FOLDER (outside the project) keeps the made homes (`benchmarks.mixed`) from one run to the next, and what was measured
(`taken.json`): a suite that was stopped goes on there; delete the file to measure anew. Each measured run is
the real command, `gouji backfill --from-archive`, in a process of its own on a fresh home that shares the archive;
the stages are measured in another one (`benchmarks.stages`), readers, floors and peers in a third
(`benchmarks.floors`), the crawl's by `benchmarks.crawl`'s pages. Memory is the sum over the tree of processes,
looked at four times a second. The plain script (`benchmarks.plain_script`) reads a sample of the same documents
three times: at the start, before the last run and after it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from benchmarks import floors, mixed  # noqa: E402
from benchmarks.meter import Took, run  # noqa: E402
from benchmarks.noted import machine, write  # noqa: E402
from benchmarks.taken import Taken  # noqa: E402
from portals.archive import Archive  # noqa: E402

#: reports held make the exit code 1: the made province has its faults
_FINE: Final = frozenset({0, 1})
_YEARS: Final = f"{mixed.YEARS[0]}..{mixed.YEARS[1]}"
_COMMAND: Final = "import sys; from flows.cli import main; sys.argv[0] = 'gouji'; main()"
_GIB: Final = 1 << 30
#: sizes that a line can be laid through
_LINE: Final = 2
#: a size at which all is start-up: one unit's seven reports
_LEAST: Final = 7


@dataclass(frozen=True, slots=True)
class Whole:
    """A run end to end."""

    reports: int
    workers: int
    took: Took


def fresh(made: mixed.Home, into: Path) -> Path:
    """A home in which nothing was ever run, with a made home's archive: WARC files linked, the index copied."""
    shutil.rmtree(into, ignore_errors=True)
    (into / "archive").mkdir(parents=True)
    (into / mixed.PORTAL.serve).mkdir()
    shutil.copy2(made.sources, into / "sources.toml")
    for file in (made.root / "archive").iterdir():
        (os.link if file.name.endswith(".warc.gz") else shutil.copy2)(file, into / "archive" / file.name)
    return into


def _env(workers: int) -> dict[str, str]:
    # On a machine busy with other work Prefect's own server may take minutes to start.
    patient = {"PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "600"}
    return {"PYTHONPATH": str(ROOT), "GOUJI_WORKERS": str(workers), "DO_NOT_TRACK": "1", **patient}


def backfill(made: mixed.Home, workers: int, work: Path) -> Whole:
    """The real command, and a look at what it left."""
    home = fresh(made, work / "home")
    sources = ("--home", str(home), "--sources", str(home / "sources.toml"))
    command = (sys.executable, "-c", _COMMAND, "backfill", "--years", _YEARS, "--from-archive", *sources)
    took = run(command, _env(workers), work / "backfill.log", _FINE)
    (record,) = (home / "runs").glob("*.json")
    summary = json.loads(record.read_text("utf-8"))
    if not summary["release_id"] or summary["problems"]:
        raise SystemExit(f"no release, or problems: {record}")
    return Whole(summary["read"], workers, took)


def stages(made: mixed.Home, workers: int, work: Path) -> dict[str, Took]:
    """Every stage of the same."""
    home, out = fresh(made, work / "home"), work / "stages.json"
    run((sys.executable, "-m", "benchmarks.stages", str(home), str(out)), _env(workers), work / "stages.log")
    return {name: Took(**values) for name, values in json.loads(out.read_text("utf-8")).items()}


def plain(made: mixed.Home, work: Path) -> tuple[int, Took]:
    """The plain script over a made home's reports, one process as it is written; how many it was given."""
    folder = work / "documents"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with Archive(made.root / "archive") as archive:
        for number, capture in enumerate(archive.captures()):
            if not archive.links(capture.capture_id):
                name = f"{number:05d}{Path(capture.address).suffix}"
                (folder / name).write_bytes(archive.read(capture.capture_id))
    command = (sys.executable, "-m", "benchmarks.plain_script", str(folder), str(work / "plain.parquet"))
    return len(list(folder.iterdir())), run(command, _env(1), work / "plain.log")


def copied(work: Path) -> tuple[float, float]:
    """A bare copy of the Parquet that the last backfill released: MB, and seconds."""
    files = [str(file) for file in (work / "home" / "warehouse").rglob("*.parquet")]
    shutil.rmtree(work / "copy", ignore_errors=True)
    (work / "copy").mkdir()
    program = (
        "import pathlib, shutil, sys\nfor n, f in enumerate(sys.argv[2:]): shutil.copyfile(f, f'{sys.argv[1]}/{n}')"
    )
    took = run((sys.executable, "-c", program, str(work / "copy"), *files), _env(1), work / "copy.log")
    return sum(Path(file).stat().st_size for file in files) / 1e6, took.wall


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The slope of least squares through the logarithms; nan for fewer than two sizes, or a point not above 0."""
    if len({size for size, _ in points}) < 2 or any(y <= 0 for _, y in points):
        return math.nan
    xs, ys = ([math.log(point[axis]) for point in points] for axis in (0, 1))
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def growth(points: Sequence[tuple[float, float]]) -> float:
    """The exponent of what each size takes more than the one before it: start-up cancels out; nan for under three."""
    more = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(sorted(points))]
    return exponent(more)


def whole_table(runs: Sequence[Whole], start: Mapping[int, Whole]) -> str:
    """End to end; growth with start-up, and from size to size, where it cancels out."""
    lines = [
        "| reports | workers | s | reports/s | CPU ms a report | peak GiB, all | largest process | MB written |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in (*start.values(), *runs):
        t = one.took
        lines.append(
            f"| {one.reports:,} | {one.workers} | {t.wall:.1f} | {one.reports / t.wall:.1f} "
            f"| {t.cpu / one.reports * 1000:.1f} | {t.tree / _GIB:.2f} | {t.largest / _GIB:.2f} "
            f"| {t.written / 1e6:,.0f} |"
        )
    lines.append("")
    for workers, least in start.items():
        mine = [one for one in runs if one.workers == workers]
        of = {
            "seconds": [(one.reports, one.took.wall) for one in mine],
            "processor seconds": [(one.reports, one.took.cpu) for one in mine],
            "the peak of memory": [(one.reports, float(one.took.tree)) for one in mine],
        }
        if len(mine) < _LINE:
            continue
        several = len(mine) > _LINE
        told = "; ".join(
            f"{name} {exponent(at):.2f}" + (f" ({growth(at):.2f})" if several else "") for name, at in of.items()
        )
        brackets = " (in brackets from size to size, without the {:.1f} s that {} reports take)"
        apart = brackets.format(least.took.wall, least.reports) if several else ""
        lines.append(f"Exponents with {workers}{apart}: {told}.\n")
    return "\n".join(lines)


def stage_table(found: Mapping[int, Mapping[int, Mapping[str, Took]]]) -> str:
    """Stage by stage: size -> workers -> stage -> what it took."""
    sizes = list(found)
    most = max(found[sizes[0]])
    names = list(found[sizes[0]][most])
    columns = [(size, n) for size in sizes for n in found[size]]
    head = " | ".join(f"{size:,} × {n}" for size, n in columns)
    lines = [
        "Seconds of the clock (processor seconds; peak GiB of all processes; MB written), reports × workers:\n",
        f"| stage | {head} | exponent |",
        "| --- |" + " ---: |" * (len(columns) + 1),
    ]
    for name in names:
        each = [found[size][n][name] for size, n in columns]
        told = " | ".join(f"{t.wall:.1f} ({t.cpu:.1f}; {t.tree / _GIB:.2f}; {t.written / 1e6:,.0f})" for t in each)
        grown = exponent([(size, found[size][most][name].cpu) for size in sizes])
        lines.append(f"| {name} | {told} | {grown:.2f} |")
    return "\n".join([*lines, f"\nExponents are of processor seconds with {most}, start-up within them."])


def crawled(sizes: Sequence[int]) -> str:
    """List and fetch over loopback, by the crawl's own bench; a line a size."""
    program = (
        "import sys, tempfile, multiprocessing as m\nfrom pathlib import Path\nfrom benchmarks.crawl import *\n"
        "a, b = m.get_context('spawn').Pipe()\n"
        "s = m.get_context('spawn').Process(target=serve, args=(b,), daemon=True); s.start(); port = a.recv()\n"
        "with tempfile.TemporaryDirectory() as f:\n"
        "    t = gouji(Task(port, Path(f), 1, 0, int(sys.argv[1]), True)); print(t.wall, t.cpu)\n"
    )
    lines = ["| list and fetch: pages | s | CPU ms a page |", "| ---: | ---: | ---: |"]
    points = []
    for size in sizes:
        pages = max(100, round(size / 100) * 100)
        done = subprocess.run(
            (sys.executable, "-c", program, str(pages)),
            env={**os.environ, **_env(1)},
            check=True,
            capture_output=True,
        )
        wall, cpu = map(float, done.stdout.split()[-2:])
        points.append((pages, cpu))
        lines.append(f"| {pages:,} | {wall:.1f} | {cpu / pages * 1000:.2f} |")
    return "\n".join([*lines, f"\nProcessor seconds grow with exponent {exponent(points):.2f}; no pauses, no fsync."])


@dataclass(frozen=True, slots=True)
class Asked:
    """What to measure; larger homes than `alone` are run with the most workers only, than `staged` not by stage."""

    sizes: Sequence[int]
    workers: Sequence[int]
    sample: int
    alone: int
    staged: int

    def of(self, size: int) -> Sequence[int]:
        """The numbers of workers that a size is run with."""
        return self.workers if size <= self.alone else self.workers[-1:]


class Suite:
    """The measurements, each taken once and kept."""

    def __init__(self, asked: Asked, into: Path) -> None:
        self.work = into / "work"
        self.work.mkdir(parents=True, exist_ok=True)
        self.taken = Taken(into / "taken.json")
        self.homes = {size: mixed.make(into / str(size), size) for size in asked.sizes}
        self.least = mixed.make(into / "least", _LEAST)
        self.few = mixed.make(into / f"sample-{asked.sample}", asked.sample)

    def whole(self, home: mixed.Home, workers: int) -> Whole:
        """A run end to end, and the time that a bare copy of what it released takes."""

        def both() -> dict[str, Any]:
            one = backfill(home, workers, self.work)
            return {"whole": asdict(one), "copied": copied(self.work)}

        found = self.taken.once(f"backfill of {home.reports} with {workers}", both)["whole"]
        return Whole(found["reports"], found["workers"], Took(**found["took"]))

    def copied(self, home: mixed.Home, workers: int) -> tuple[float, float]:
        """MB, and seconds of the copy."""
        megabytes, seconds = self.taken.once(f"backfill of {home.reports} with {workers}", dict)["copied"]
        return float(megabytes), float(seconds)

    def stages(self, home: mixed.Home, workers: int) -> dict[str, Took]:
        """Every stage of a home."""

        def each() -> dict[str, Any]:
            return {name: asdict(took) for name, took in stages(home, workers, self.work).items()}

        found = self.taken.once(f"stages of {home.reports} with {workers}", each)
        return {name: Took(**values) for name, values in found.items()}

    def plain(self, turn: str) -> tuple[int, float]:
        """Documents of the plain script, and its seconds; `turn` says when."""

        def one() -> tuple[int, float]:
            given, took = plain(self.few, self.work)
            return given, took.wall

        given, seconds = self.taken.once(f"the plain script on {self.few.reports}, {turn}", one)
        return int(given), float(seconds)


def report(asked: Asked, into: Path) -> str:
    """Everything, as Markdown."""
    suite = Suite(asked, into)
    homes, sizes = suite.homes, asked.sizes
    # The plain script stands around the run that it is compared with: machines have quick and slow minutes.
    script = [suite.plain("first")]
    start = {n: suite.whole(suite.least, n) for n in asked.workers}
    *others, last = [(home, n) for size, home in homes.items() for n in asked.of(size)]
    before = [suite.whole(*other) for other in others]
    script.append(suite.plain("before the last run"))
    best = suite.whole(*last)
    script.append(suite.plain("after it"))
    megabytes, copy = suite.copied(*last)
    staged = {size: home for size, home in homes.items() if size <= asked.staged}
    by_stage = {size: {n: suite.stages(home, n) for n in asked.of(size)} for size, home in staged.items()}
    crawl = suite.taken.once(f"crawl of {sizes}", lambda: crawled(sizes))
    files = floors.documents(homes[sizes[0]].root, 40)
    read = suite.taken.once("readers", lambda: floors.table(floors.measured(files, 3)))
    ours, paces = best.reports / best.took.wall, sorted(given / spent for given, spent in script)
    theirs = statistics.median(paces)
    return "\n\n".join(
        (
            "## End to end",
            whole_table([*before, best], start),
            f"A bare copy of the {megabytes:,.0f} MB of Parquet of the last takes {copy:.2f} s, start of Python "
            "included.",
            "## The plain script",
            f"pandas, Camelot as it comes, python-docx and Great Expectations (`benchmarks/plain_script.py`), one "
            f"process, {script[0][0]} documents, at the start, before the last run and after it: {theirs:.2f} "
            f"documents a second ({paces[0]:.2f} to {paces[-1]:.2f}), imports and validation included. gouji end to "
            f"end at {best.reports:,} with {best.workers}: {ours:.1f} a second, {ours / theirs:.1f} times as many.",
            "## Stages",
            stage_table(by_stage),
            crawl,
            "## Readers, floors, peers",
            read,
            f"{datetime.datetime.now(datetime.UTC).date()}, of {'; '.join(suite.taken.states)}; {machine()}.",
        )
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--sizes", type=int, nargs="+", default=[350, 3500, 35000])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--sample", type=int, default=70)
    parser.add_argument("--alone-up-to", type=int, default=35000)
    parser.add_argument("--stages-up-to", type=int, default=35000)
    parser.add_argument("--out", type=Path)
    said = parser.parse_args()
    asked = Asked(sorted(said.sizes), sorted(said.workers), said.sample, said.alone_up_to, said.stages_up_to)
    text = report(asked, said.into.resolve())
    print(text)
    if said.out:
        write(said.out, f"{text}\n")


if __name__ == "__main__":
    main()
