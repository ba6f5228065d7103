"""Readers in turn over the documents: one warm process a reader, a time limit a document."""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image

from benchmarks.accuracy.answers import Answer
from benchmarks.accuracy.making import Document
from benchmarks.accuracy.plan import GROUPS
from benchmarks.accuracy.readers.base import ENTRIES, Entry
from benchmarks.accuracy.scoring import Score, score

_CONTEXT = get_context("spawn")


@dataclass(frozen=True, slots=True)
class Result:
    """One reader on one document of so many pages; `seconds` from the path of the file to the figures."""

    reader: str
    document: str
    group: str
    pages: int
    seconds: float
    error: str
    score: Score


@dataclass(slots=True)
class _Worker:
    """A reader's process, started when first needed and again after it was stopped."""

    entry: Entry
    warm: Sequence[Path]
    contrib: Path | None
    process: object = None
    pipe: Connection | None = None

    def ask(self, path: Path, limit: float) -> tuple[float, Answer]:
        """Seconds and answer; past the limit the process is ended and the answer is an error."""
        pipe = self.pipe or self._start(limit)
        pipe.send(path)
        try:
            if pipe.poll(limit):
                seconds, answer = pipe.recv()
                return seconds, answer
            reason = f"past {limit:.0f} s"
        except (EOFError, OSError):
            reason = "the process died"
        self.stop()
        return limit, Answer(error=reason)

    def _start(self, limit: float) -> Connection:
        self.pipe, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=_serve, args=(self.entry, theirs), daemon=True)
        # the child begins with this path: it must find the other OpenCV before anything imports one
        extra = [str(self.contrib)] if self.contrib and self.entry.contrib else []
        sys.path[:0] = extra
        process.start()
        del sys.path[: len(extra)]
        self.process = process
        theirs.close()
        for path in self.warm:
            self.pipe.send(path)
            # loading may take longer than reading
            if self.pipe.poll(limit * 3):
                self.pipe.recv()
        return self.pipe

    def stop(self) -> None:
        """Ends the process."""
        if self.process is not None:
            self.process.kill()  # type: ignore[attr-defined]
            self.process.join()  # type: ignore[attr-defined]
        self.process, self.pipe = None, None


def _serve(entry: Entry, pipe: Connection) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    # one thread each, so that the readers can be compared on a busy machine
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    sys.stderr = sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - as long as the process
    reader = entry.load()
    for path in iter(pipe.recv, None):
        start = time.perf_counter()
        try:
            answer = reader.read(path)
        except Exception as error:
            answer = Answer(error=f"{type(error).__name__}: {error}"[:200])
        seconds = time.perf_counter() - start
        if answer.reports:
            answer = replace(answer, breaks=reader.breaks())
        pipe.send((seconds, answer))


def takes(entry: Entry, document: Document) -> str:
    """The word under which a reader takes this document, '' if it does not."""
    item = document.item
    kind = ("scan" if item.dpi else "native") if item.kind == "pdf" else item.kind
    return kind if kind in entry.takes else ""


def sampled(documents: Sequence[Document], count: int) -> frozenset[str]:
    """Names of `count` documents of each group, evenly over the plan: what slow readers are given."""
    names: set[str] = set()
    for group in GROUPS:
        own = [d.item.name for d in documents if d.item.group == group]
        step = max(1, len(own) / count) if count else 0
        names |= {own[int(index * step)] for index in range(min(count, len(own)))}
    return frozenset(names)


def run(
    documents: Sequence[Document],
    readers: Sequence[str],
    *,
    limit: float,
    sample: int,
    contrib: Path | None,
    progress: Callable[[str], None],
) -> list[Result]:
    """Every reader on every document it takes, by turns, in the order of the plan."""
    few = sampled(documents, sample)
    workers = [_Worker(entry, _warm(entry, documents), contrib) for entry in ENTRIES if entry.name in readers]
    results: list[Result] = []
    for number, document in enumerate(documents, 1):
        progress(f"{number}/{len(documents)} {document.item.name}")
        # who begins changes, so that no reader always finds the file in a cold cache
        turn = number % len(workers)
        for worker in (*workers[turn:], *workers[:turn]):
            kind = takes(worker.entry, document)
            if not kind or (kind in worker.entry.slow and document.item.name not in few):
                continue
            seconds, answer = worker.ask(document.path, limit)
            counted = score(document.truths, answer)
            own = (document.item.name, document.item.group, pages_of(document.path))
            results.append(Result(worker.entry.name, *own, seconds, answer.error, counted))
    for worker in workers:
        worker.stop()
    return results


def pages_of(path: Path) -> int:
    """The pages of a PDF or TIFF; what flows is one."""
    if path.suffix == ".pdf":
        return len(pdfium.PdfDocument(path))
    if path.suffix in (".tif", ".tiff"):
        with Image.open(path) as picture:
            return int(getattr(picture, "n_frames", 1))
    return 1


def _warm(entry: Entry, documents: Sequence[Document]) -> tuple[Path, ...]:
    """One document of each way of reading, read once before the clock runs."""
    first: dict[str, Path] = {}
    for document in documents:
        kind = takes(entry, document)
        if kind in ("native", "scan", "html"):
            first.setdefault(kind, document.path)
    return tuple(first.values())
