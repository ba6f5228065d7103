"""Hostile documents by the thousand: every reader must give a report or a `DocumentError`, in time and in memory.

    python benchmarks/fuzz.py --inputs 100000 --seed 1
    python benchmarks/fuzz.py --readers pdf,html --seconds 300
    python benchmarks/fuzz.py --replay fuzz-found/pdf-1-4711-exception.pdf

Input number N of a reader is a function of the corpus, the seed and N. Readers run in processes with a cap on memory;
one that takes too long is killed: by its processor time, so that a busy machine makes no difference, or by ten times
as much on the clock, where it sleeps. What must not happen (another exception, a signal, a timeout, memory used up)
is kept in --keep with its traceback, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import heapq
import multiprocessing
import os
import pickle
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import fuzz_corpus
from benchmarks import fuzz_mutate as mutate
from form.errors import DocumentError

#: reader -> its mutation, part of the corpus, share of the inputs (by what one costs)
READERS = {
    "html": (mutate.mutate_html, "html", 34.0),
    "form": (None, "html", 22.0),
    "sniff": (mutate.mutate_any, "*", 8.0),
    "docx": (mutate.mutate_zip, "docx", 14.0),
    "xlsx": (mutate.mutate_zip, "xlsx", 10.0),
    "pdf": (mutate.mutate_pdf, "pdf", 10.0),
    "image": (mutate.mutate_picture, "image", 0.5),
    "second-html": (mutate.mutate_html, "html", 4.0),
    "second-docx": (mutate.mutate_zip, "docx", 2.0),
    "second-pdf": (mutate.mutate_pdf, "pdf", 0.6),
    "evidence": (None, "html", 0.5),
    "extract": (mutate.mutate_known, "*", 1.0),
}
MEDIA = {
    "second-html": "text/html",
    "second-pdf": "application/pdf",
    "second-docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
BAD = ("exception", "memory", "signal", "timeout")
#: inputs that a worker takes at once, and seconds after which it gives back the rest
CHUNK, TURN = 100, 5.0
#: how processes begin: readers are loaded anew in each
START = "spawn"
#: bad inputs that are kept of those that fail alike
ALIKE = 5
COLUMNS = "reader inputs reports refused,_by_code exception signal timeout memory slowest_s ms_each peak_MB"


@dataclass
class Tally:
    """What came of the inputs of one reader."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    slowest: tuple[float, int] = (0.0, -1)
    memory: int = 0
    kept: list[str] = field(default_factory=list)


def make_input(reader: str, number: int, seed: int, corpus: fuzz_corpus.Corpus) -> Any:
    """The bytes (or the document) that is input `number`."""
    rng = Random(f"{seed}/{reader}/{number}")
    change, part, _ = READERS[reader]
    originals = [data for every in corpus.values() for data in every] if part == "*" else corpus[part]
    if change is not None:
        return change(rng.choice(originals), rng, originals)
    from benchmarks.fuzz_documents import random_document

    return random_document(_documents(corpus), rng)


_READ: list[Any] = []


def _documents(corpus: fuzz_corpus.Corpus) -> list[Any]:
    if not _READ:
        from extractors.read import read

        for data in [*corpus["html"][:8], *corpus["pdf"][:4]]:
            with suppress(DocumentError):  # the corpus has documents that are refused, an encrypted one for instance
                _READ.append(read(data))
    return _READ


def run_input(reader: str, value: Any) -> str:
    """'report' or the code of the `DocumentError`; anything else that is raised is a fault."""
    from form.recognise import read_reports

    try:
        if reader == "evidence":
            return _draw(value)
        if reader == "extract":
            return _extract(value)
        if reader == "form":
            document = value
        elif reader in MEDIA:
            from extractors.second.again import read_again

            try:
                document = read_again(value, MEDIA[reader])
            except DocumentError:
                raise
            except Exception as error:
                # Allowed: `flows.second_reading` takes any exception for "no second reading".
                return "memory" if isinstance(error, MemoryError) else "library"
        else:
            from extractors.read import read

            document = read(value)
        read_reports(document)
    except DocumentError as error:
        return error.code
    return "report"


def _extract(data: bytes) -> str:
    """All that is done with a document, second look and arithmetic included; it hides exceptions, here they count."""
    from flows.extraction import extract_bytes

    extraction = extract_bytes(data, "fuzz")
    if extraction.error and (extraction.error.code == "crashed" or "memory" in extraction.error.detail):
        raise RuntimeError(str(extraction.error))
    return extraction.error.code if extraction.error else "report"


def _draw(document: Any) -> str:
    """Evidence pictures of a document's own rows, from its grids alone."""
    from notices.evidence import Caption, Strip, compose
    from notices.evidence_places import header_of, traced
    from notices.evidence_table import Tag, draw_rows

    strips = []
    for index, grid in enumerate(traced(document).grids[:3]):
        for cell in grid.cells[:: max(1, len(grid.cells) // 2)]:
            header = header_of(document.grids, index, cell.row)
            rows = {*range(cell.row - 1, cell.row + 2), *(range(*header[1]) if header and header[0] == index else ())}
            tags = {(cell.row, cell.column): Tag(1)}
            strips.append(Strip(cell.text, draw_rows(grid, sorted(rows), tags), framed=False))
    compose(Caption("", [strip.label for strip in strips], []), strips)
    return "picture"


def work(inbox: Any, outbox: Any, current: Any, corpus_file: str, seed: int, memory: int) -> None:
    """A reader process: takes (reader, first, stop), says what came of each input."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    corpus = pickle.loads(Path(corpus_file).read_bytes())
    for reader, first, stop in iter(inbox.get, None):
        results, end = [], time.monotonic() + TURN
        for number in range(first, stop):
            if time.monotonic() > end:
                break
            current[0], current[1], current[2] = number, _milliseconds(), int(time.process_time() * 1000)
            value = make_input(reader, number, seed, corpus)
            begun, detail = time.process_time(), ""
            try:
                outcome = run_input(reader, value)
            except MemoryError:
                outcome, detail = "memory", traceback.format_exc()
            except Exception:
                outcome, detail = "exception", traceback.format_exc()
            results.append((number, outcome, time.process_time() - begun, detail))
        current[1] = 0
        outbox.put((reader, results, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))


def _milliseconds() -> int:
    return int(time.monotonic() * 1000)


def _processor_time(pid: int | None) -> float:
    """Milliseconds of processor time that a process has used."""
    try:
        values = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return 1000 * sum(map(int, values[11:13])) / os.sysconf("SC_CLK_TCK")


class Worker:
    """One reader process and what it is at; a dead or silent one is replaced."""

    def __init__(self, corpus_file: str, options: argparse.Namespace) -> None:
        self._arguments = corpus_file, options.seed, int(options.memory * (1 << 30))
        self._context: Any = multiprocessing.get_context(START)
        self._start()

    def _start(self) -> None:
        self.inbox, self.outbox = self._context.SimpleQueue(), self._context.SimpleQueue()
        self.current = self._context.Array("q", 3, lock=False)
        self.task: tuple[str, int, int] | None = None
        self.process = self._context.Process(
            target=work, args=(self.inbox, self.outbox, self.current, *self._arguments), daemon=True
        )
        self.process.start()

    def give(self, task: tuple[str, int, int]) -> None:
        """Hand out a chunk."""
        self.task = task
        self.current[0], self.current[1] = task[1] - 1, 0
        self.inbox.put(task)

    def failed(self, seconds: float) -> str | None:
        """'signal …' where the process has died, 'timeout' where it is silent."""
        if self.task is None:
            return None
        if not self.process.is_alive():
            return f"signal ({self.process.exitcode})"
        since, before = self.current[1], self.current[2]
        if not since or _milliseconds() - since < 1000 * seconds:
            return None
        used = _processor_time(self.process.pid) - before
        late = used > 1000 * seconds or _milliseconds() - since > 10_000 * seconds
        return f"timeout ({used / 1000:.1f} s of processor time)" if late else None

    def replace(self) -> None:
        """Kill the process and start another."""
        self.process.kill()
        self.process.join()
        self._start()

    def stop(self) -> None:
        """Kill the process."""
        self.process.kill()
        self.process.join()


class Campaign:
    """Hands out chunks of inputs until there are enough or time is up."""

    def __init__(self, corpus: fuzz_corpus.Corpus, options: argparse.Namespace) -> None:
        self._corpus, self._options = corpus, options
        self._alike: Counter[str] = Counter()
        self.tallies = {reader: Tally() for reader in options.readers}
        total = sum(READERS[reader][2] for reader in options.readers)
        counts = {reader: max(1, round(options.inputs * READERS[reader][2] / total)) for reader in options.readers}
        self._counts = counts
        self._waiting: list[tuple[float, str, int, int]] = []
        for reader, count in counts.items():
            for first in range(0, count, CHUNK):
                self._wait(reader, first, min(first + CHUNK, count))

    def _wait(self, reader: str, first: int, stop: int) -> None:
        """Put inputs in line; readers take turns, so that a run cut short has seen all of them."""
        if first < stop:
            heapq.heappush(self._waiting, (first / self._counts[reader], reader, first, stop))

    def run(self) -> None:
        """Until all chunks are done, or --seconds are over."""
        end = time.monotonic() + (self._options.seconds or 1e12)
        with tempfile.NamedTemporaryFile(suffix=".pickle") as file:
            Path(file.name).write_bytes(pickle.dumps(self._corpus))
            workers = [Worker(file.name, self._options) for _ in range(self._options.workers)]
            try:
                while time.monotonic() < end and (self._waiting or any(w.task for w in workers)):
                    if not sum(self._step(worker) for worker in workers):
                        time.sleep(0.01)
            finally:
                for worker in workers:
                    worker.stop()

    def _step(self, worker: Worker) -> bool:
        if not worker.outbox.empty():
            reader, results, memory = worker.outbox.get()
            self._take(reader, results, memory)
            assert worker.task is not None
            self._wait(reader, worker.task[1] + len(results), worker.task[2])
            worker.task = None
        elif failure := worker.failed(self._options.cap):
            assert worker.task is not None
            reader, first, stop = worker.task
            number = max(worker.current[0], first)
            worker.replace()
            self._take(reader, [(number, failure.split()[0], 0.0, failure)], 0)
            # What stood before it in the chunk was fine, but its results are lost: it is run again.
            self._wait(reader, first, number)
            self._wait(reader, number + 1, stop)
        if worker.task is None and self._waiting:
            worker.give(heapq.heappop(self._waiting)[1:])
            return True
        return False

    def _take(self, reader: str, results: list[tuple[int, str, float, str]], memory: int) -> None:
        tally = self.tallies[reader]
        tally.memory = max(tally.memory, memory)
        for number, outcome, seconds, detail in results:
            tally.outcomes[outcome] += 1
            tally.seconds += seconds
            tally.slowest = max(tally.slowest, (seconds, number))
            if outcome in BAD:
                tally.kept.append(self._keep(reader, number, outcome, detail))

    def _keep(self, reader: str, number: int, outcome: str, detail: str) -> str:
        """Keep a bad input; of those that end with the same line the first few."""
        last = detail.strip().splitlines()[-1] if detail.strip() else outcome
        name = f"{reader}-{self._options.seed}-{number}-{outcome}"
        self._alike[last] += 1
        if self._alike[last] > ALIKE:
            return f"{name}: {last}"
        folder = Path(self._options.keep)
        folder.mkdir(parents=True, exist_ok=True)
        value = make_input(reader, number, self._options.seed, self._corpus)
        raw = isinstance(value, bytes)
        (folder / f"{name}{'.bin' if raw else '.pickle'}").write_bytes(value if raw else pickle.dumps(value))
        (folder / f"{name}.txt").write_text(detail, "utf-8")
        return f"{name}: {last}"

    def print(self) -> int:
        """The table; gives how many inputs did what must not happen."""
        names = COLUMNS.split()
        print("| " + " | ".join(name.replace("_", " ") for name in names) + " |")
        print("|" + " --- |" * len(names))
        for reader, tally in self.tallies.items():
            o, done = tally.outcomes, sum(tally.outcomes.values())
            fine = o["report"] + o["picture"]
            codes = ", ".join(f"{c} {n}" for c, n in o.most_common() if c not in (*BAD, "report", "picture"))
            bad = " | ".join(str(o[name]) for name in ("exception", "signal", "timeout", "memory"))
            print(
                f"| {reader} | {done} | {fine} | {codes} | {bad} | {tally.slowest[0]:.2f} (no. {tally.slowest[1]}) "
                f"| {1000 * tally.seconds / max(done, 1):.1f} | {tally.memory // 1024} |"
            )
        bad_lines = [line for tally in self.tallies.values() for line in tally.kept]
        for line in bad_lines[:60]:
            print(line)
        total = sum(sum(tally.outcomes.values()) for tally in self.tallies.values())
        print(f"{total} inputs, {len(bad_lines)} that must not be", f"({self._options.keep})" if bad_lines else "")
        return len(bad_lines)


def replay(path: Path) -> int:
    """Run one kept input in this process."""
    reader = next(name for name in sorted(READERS, key=len, reverse=True) if path.name.startswith(f"{name}-"))
    data = path.read_bytes()
    print(run_input(reader, pickle.loads(data) if path.suffix == ".pickle" else data))
    return 0


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="of all readers together")
    parser.add_argument("--seconds", type=float, default=0, help="stop after so long [never]")
    parser.add_argument("--readers", default=",".join(READERS), help="with commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument(
        "--memory", type=float, default=4, help="GiB of address space a process, as in flows/workers.py"
    )
    parser.add_argument("--cap", type=float, default=30, help="seconds of processor time for one input")
    parser.add_argument("--keep", default="fuzz-found", help="folder for bad inputs")
    parser.add_argument("--units", type=int, default=6, help="of the sample province that the corpus is made of")
    parser.add_argument("--replay", type=Path, help="run one kept input, here")
    chosen = parser.parse_args(arguments)
    chosen.readers = chosen.readers.split(",")
    return chosen


def main(arguments: list[str] | None = None) -> int:
    """The run; 1 where something happened that must not."""
    chosen = options(arguments)
    if chosen.replay:
        return replay(chosen.replay)
    with tempfile.TemporaryDirectory() as folder:
        corpus = fuzz_corpus.make_corpus(Path(folder) / "province", chosen.units)
    print("corpus: " + ", ".join(f"{len(files)} {name}" for name, files in corpus.items()), flush=True)
    campaign = Campaign(corpus, chosen)
    campaign.run()
    return 1 if campaign.print() else 0


if __name__ == "__main__":
    sys.exit(main())
