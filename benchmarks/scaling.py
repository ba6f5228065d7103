"""How much faster two processes read than one: the readers' pool of the nightly run, with one worker and with two.

    python benchmarks/scaling.py [--rounds 7] [--quick] [--out benchmarks/scaling.md]

The same documents of the accuracy bench are given to two warm pools in turn: one, two, one, two. Arithmetic that
touches no memory goes through the same pools, to show what the machine itself allows.
--quick: 3 rounds, fewer documents.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.noted import machine, write
from flows.workers import Job, Readers, readers

WORKERS = (1, 2)
#: plenty for any scan on a busy machine
SECONDS = 300.0
SPINS = 2_000_000
#: items of the accuracy bench; all are made by what gouji itself needs
NATIVE = ("pdf-fpdf-ruled-roomy", "pdf-typst-solid")
SCANS = ("scan-200-skew-right", "scan-200-jpeg-40")


@dataclass(frozen=True, slots=True)
class Task:
    """A list of things that a pool does in one round."""

    name: str
    size: int
    run: Callable[[Readers], None]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round took: seconds by the clock, and seconds of processor time of all workers together."""

    seconds: float
    cpu: float


def spin(count: int) -> int:
    """Arithmetic alone."""
    value = 1
    for _ in range(count):
        value = value * 69_069 % 4_294_967_291
    return value


def arithmetic(times: int) -> Task:
    """The machine's own ratio."""

    def run(pool: Readers) -> None:
        with ThreadPoolExecutor(times) as threads:
            list(threads.map(lambda _: pool.run(spin, SPINS), range(times)))

    return Task("arithmetic only", times, run)


def reading(name: str, files: Sequence[Path], times: int) -> Task:
    """A list of documents, each as often as told, read as the nightly run reads them."""
    jobs = [Job(path.name, path.read_bytes()) for path in files] * times

    def run(pool: Readers) -> None:
        for job, extraction in zip(jobs, pool.read(jobs), strict=True):
            if extraction.error:
                raise SystemExit(f"{job.name}: {extraction.error}")

    return Task(name, len(jobs), run)


def tasks(folder: Path, quick: bool) -> list[Task]:
    """Native PDFs, scans, and arithmetic."""
    from benchmarks.accuracy.making import make_documents
    from benchmarks.accuracy.plan import all_items

    items = [item for item in all_items() if item.name in (*NATIVE, *SCANS)]
    paths = {document.item.name: document.path for document in make_documents(items, folder, 1)}
    return [
        reading("native PDF", [paths[name] for name in NATIVE], 8 if quick else 40),
        reading("scans", [paths[name] for name in SCANS], 2 if quick else 6),
        arithmetic(8 if quick else 24),
    ]


def used() -> float:
    """Processor time of the workers so far, in seconds."""
    tick = os.sysconf("SC_CLK_TCK")
    stats = (Path(f"/proc/{child.pid}/stat") for child in multiprocessing.active_children())
    fields = (stat.read_text("utf-8").rpartition(")")[2].split() for stat in stats if stat.exists())
    return sum(int(field[11]) + int(field[12]) for field in fields) / tick


def timed(task: Task, pool: Readers) -> Round:
    """One round."""
    worked, start = used(), time.perf_counter()
    task.run(pool)
    return Round(time.perf_counter() - start, used() - worked)


def measure(todo: Sequence[Task], rounds: int) -> dict[str, dict[int, list[Round]]]:
    """The rounds of each task by number of workers; the pools take turns."""
    found: dict[str, dict[int, list[Round]]] = {task.name: {n: [] for n in WORKERS} for task in todo}
    with ExitStack() as stack:
        pools = {n: stack.enter_context(readers(n, seconds=SECONDS)) for n in WORKERS}
        for task in todo:
            for pool in pools.values():
                task.run(pool)
            for _ in range(rounds):
                for n, pool in pools.items():
                    found[task.name][n].append(timed(task, pool))
    return found


def table(todo: Sequence[Task], found: Mapping[str, Mapping[int, Sequence[Round]]]) -> str:
    """The results as a Markdown table."""
    lines = [
        "| task | a round | 1 worker, median s | 2 workers, median s | ratio | by round | CPU s with 1 | with 2 |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for task in todo:
        one, two = (found[task.name][n] for n in WORKERS)
        slow, fast = (statistics.median(r.seconds for r in runs) for runs in (one, two))
        each = [a.seconds / b.seconds for a, b in zip(one, two, strict=True)]
        cpu = (statistics.median(r.cpu for r in runs) for runs in (one, two))
        lines.append(
            f"| {task.name} | {task.size} | {slow:.2f} | {fast:.2f} | {slow / fast:.2f} "
            f"| {min(each):.2f}–{max(each):.2f} | " + " | ".join(f"{c:.2f}" for c in cpu) + " |"
        )
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    rounds = 3 if arguments.quick else arguments.rounds
    with tempfile.TemporaryDirectory() as folder:
        todo = tasks(Path(folder), arguments.quick)
        found = measure(todo, rounds)
    text = f"{table(todo, found)}\n\n{rounds} rounds. {machine()}.\n"
    print(text)
    if arguments.out:
        write(arguments.out, text)


if __name__ == "__main__":
    main()
