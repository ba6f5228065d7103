"""Processes that read documents: each has a deadline and a memory cap, and may die alone.

pypdfium2 is not thread-safe and a parser may hang in C code, where only killing its process helps: Pebble's pool
does both (docs/decisions/0009-runs.md).
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from extractors.sniff import THROUGH_OFFICE, sniff
from flows.extraction import Extraction, extract_bytes
from form.errors import DocumentError

SECONDS_A_DOCUMENT = 60.0
MEMORY_BYTES = 4 << 30
#: documents after which a worker is replaced, so that leaks in C libraries stay small
DOCUMENTS_A_WORKER = 2_000
#: files that one start of LibreOffice converts
OFFICE_FILES = 10
#: pages that go to a process together: a third of a second's work, so that the way there and back is no part of it
PAGES = 16

Argument = TypeVar("Argument")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Job:
    """One document to read: a name for messages, its bytes, the charset its server stated.

    `pictures` are files that a page shows, to be read with it where its text holds no report.
    """

    name: str
    data: bytes
    charset: str | None = None
    pictures: tuple[bytes, ...] = ()

    @property
    def through_office(self) -> bool:
        """Whether LibreOffice converts it first; its start is then shared with others."""
        return sniff(self.data) in THROUGH_OFFICE

    @property
    def quick(self) -> bool:
        """Whether it is a page alone, read in some hundredths of a second."""
        return not self.pictures and sniff(self.data) == "html"


class Readers:
    """A pool of reader processes; use `readers()`."""

    def __init__(self, pool: ProcessPool, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds

    def read(self, jobs: Iterable[Job]) -> Iterator[Extraction]:
        """One extraction a job, in order; a job that hangs or kills its process gives an error.

        Old office files are read up to ten in a process, converted together, and pages by the dozen; where that
        fails, each alone.
        """
        listed = list(jobs)
        places: dict[int, tuple[ProcessFuture, int, int]] = {}
        for group in _groups(listed):
            future = self._schedule([listed[i] for i in group])
            places |= {i: (future, place, len(group)) for place, i in enumerate(group)}
        for i, job in enumerate(listed):
            future, place, size = places[i]
            yield self._result(future, place, job, alone=size == 1)

    def _schedule(self, jobs: Sequence[Job]) -> ProcessFuture:
        # Pages are so quick that all of them have the time of one: where that is not enough, one of them hangs.
        slow = sum(not job.quick for job in jobs)
        return self._pool.schedule(_read, args=(jobs,), timeout=self._seconds * max(slow, 1))

    def _result(self, future: ProcessFuture, place: int, job: Job, *, alone: bool) -> Extraction:
        try:
            read: list[Extraction] = future.result()
        except (FutureTimeout, ProcessExpired) as error:
            if not alone:
                return self._result(self._schedule([job]), 0, job, alone=True)
            if isinstance(error, ProcessExpired):
                return _failed(job, DocumentError("crashed", f"the reader's process ended with {error.exitcode}"))
            return _failed(job, DocumentError("timeout", f"more than {self._seconds:g} s"))
        return read[place]

    def run(self, call: Callable[[Argument], Result], argument: Argument) -> Result:
        """What `call` gives in a reader process; both go there by pickle.

        Raises what it raises, and `DocumentError` where it hangs, needs too much memory or kills its process.
        """
        try:
            result: Result = self._pool.schedule(call, args=(argument,), timeout=self._seconds).result()
        except FutureTimeout as error:
            raise DocumentError("timeout", f"more than {self._seconds:g} s") from error
        except ProcessExpired as error:
            raise DocumentError("crashed", f"the reader's process ended with {error.exitcode}") from error
        except MemoryError as error:
            raise DocumentError("too_complex", "memory limit reached") from error
        return result


def _groups(jobs: Sequence[Job]) -> Iterator[Sequence[int]]:
    """The places of the jobs that are read together: office files by the ten, pages by the dozen, others alone."""
    office = [i for i, job in enumerate(jobs) if job.through_office]
    quick = [i for i, job in enumerate(jobs) if job.quick]
    for together, size in ((office, OFFICE_FILES), (quick, PAGES)):
        for start in range(0, len(together), size):
            yield together[start : start + size]
    for i in sorted(set(range(len(jobs))).difference(office, quick)):
        yield [i]


def _read(jobs: Sequence[Job]) -> list[Extraction]:
    """In a reader process: the jobs one after the other, those for LibreOffice converted in one start of it."""
    office = [job.data for job in jobs if job.through_office]
    with _together(office):
        return [extract_bytes(job.data, job.name, job.charset, job.pictures) for job in jobs]


def _together(files: Sequence[bytes]) -> AbstractContextManager[None]:
    if not files:
        return nullcontext()
    from extractors.office import together

    return together(files)


def _failed(job: Job, error: DocumentError) -> Extraction:
    return Extraction(hashlib.sha256(job.data).hexdigest(), None, (), error)


def _begin(limit: int) -> None:
    """In a new reader process: cap its memory, and end it with the process that set its deadlines."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # OpenCV and Arrow would each start a thread a core in every worker; scans are read by as many as OpenCV has.
    for variable in ("OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        os.environ.setdefault(variable, "1")


def _end_with(sentinel: int) -> None:
    # Killed, the parent can no longer end a reader that hangs.
    wait([sentinel])
    os._exit(1)


def worker_count() -> int:
    """Reader processes to run: $GOUJI_WORKERS, else one a processor this process may use."""
    chosen = os.environ.get("GOUJI_WORKERS", "")
    return int(chosen) if chosen.isdigit() and int(chosen) else len(os.sched_getaffinity(0))


@contextmanager
def readers(workers: int | None = None, *, seconds: float = SECONDS_A_DOCUMENT) -> Iterator[Readers]:
    """A pool of `workers` reader processes, gone at the end of the block."""
    pool = ProcessPool(
        max_workers=workers or worker_count(),
        max_tasks=DOCUMENTS_A_WORKER,
        initializer=_begin,
        initargs=(MEMORY_BYTES,),
        # Not fork: the parent has threads (Prefect, the crawl).
        context=multiprocessing.get_context("spawn"),
    )
    try:
        yield Readers(pool, seconds)
        pool.close()
    except BaseException:
        pool.stop()
        raise
    finally:
        pool.join()
