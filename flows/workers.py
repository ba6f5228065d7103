"""Processes that read documents: each has a deadline and a memory cap, and may die alone.

pypdfium2 is not thread-safe and a parser may hang in C code, where only killing its process helps: Pebble's pool
does both (docs/decisions/0009-runs.md).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TypeVar

from pebble import ProcessExpired, ProcessFuture

from extractors.sniff import THROUGH_OFFICE, Kind, sniff
from flows.extraction import Extraction, extract_bytes
from flows.pool import Pool
from form.errors import DocumentError

SECONDS_A_DOCUMENT = 60.0
#: files that one start of LibreOffice converts: a batch of them (`flows.batches`)
OFFICE_FILES = 32
#: pages that go to a process together: a third of a second's work, so that the way there and back is no part of it
PAGES = 16

#: times that a document is read again after the whole pool broke
TRIES = 3

Argument = TypeVar("Argument")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Job:
    """One document to read: a name for messages, its bytes, the charset its server stated.

    `pictures` are files that a page shows, to be read with it where its text holds no report. `kind` is what its
    bytes say that it is.
    """

    name: str
    data: bytes
    charset: str | None = None
    pictures: tuple[bytes, ...] = ()
    kind: Kind = field(init=False)

    def __post_init__(self) -> None:
        # Looked at once, and asked for several times here and in the reader's process.
        object.__setattr__(self, "kind", sniff(self.data))

    @property
    def through_office(self) -> bool:
        """Whether LibreOffice converts it first; its start is then shared with others."""
        return self.kind in THROUGH_OFFICE

    @property
    def quick(self) -> bool:
        """Whether it is a page alone, read in some hundredths of a second."""
        return not self.pictures and self.kind == "html"


class Readers:
    """A pool of reader processes; use `readers()`."""

    def __init__(self, pool: Pool, seconds: float) -> None:
        self._pool = pool
        self._seconds = seconds

    def read(self, jobs: Iterable[Job]) -> Iterator[Extraction]:
        """One extraction a job, in order; a job that hangs or kills its process gives an error.

        Old office files are read some thirty in a process, converted together, and pages by the dozen; where that
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
        return self._pool.schedule(_read, jobs, self._seconds * max(slow, 1))

    def _result(self, future: ProcessFuture, place: int, job: Job, *, alone: bool, tries: int = TRIES) -> Extraction:
        try:
            read: list[Extraction] = future.result()
        except FutureTimeout:
            error = DocumentError("timeout", f"more than {self._seconds:g} s")
        except ProcessExpired as expired:
            error = DocumentError("crashed", f"the reader's process ended with {expired.exitcode}")
        except BrokenProcessPool:
            # Nobody knows whose task broke it.
            alone, tries = alone and not tries, tries - 1
            error = DocumentError("crashed", "the reader's processes ended, again and again")
        else:
            return read[place]
        if alone:
            return Extraction(hashlib.sha256(job.data).hexdigest(), None, (), error)
        return self._result(self._schedule([job]), 0, job, alone=True, tries=tries)

    def run(self, call: Callable[[Argument], Result], argument: Argument) -> Result:
        """What `call` gives in a reader process; both go there by pickle.

        Raises what it raises, and `DocumentError` where it hangs, needs too much memory or kills its process.
        """
        try:
            result: Result = self._pool.schedule(call, argument, self._seconds).result()
        except FutureTimeout as error:
            raise DocumentError("timeout", f"more than {self._seconds:g} s") from error
        except ProcessExpired as error:
            raise DocumentError("crashed", f"the reader's process ended with {error.exitcode}") from error
        except BrokenProcessPool as error:
            raise DocumentError("crashed", "the reader's processes ended") from error
        except MemoryError as error:
            raise DocumentError("too_complex", "memory limit reached") from error
        return result


def _groups(jobs: Sequence[Job]) -> Iterator[Sequence[int]]:
    """The places of the jobs that are read together: office files by the thirty, pages by the dozen, others alone."""
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


def worker_count() -> int:
    """Reader processes to run: $GOUJI_WORKERS, else one a processor this process may use."""
    chosen = os.environ.get("GOUJI_WORKERS", "")
    return int(chosen) if chosen.isdigit() and int(chosen) else len(os.sched_getaffinity(0))


def workers_for(jobs: Sequence[Job]) -> int:
    """Reader processes that have something to do: what reads a few pages is one.

    One that has not come up yet when the others are done is in the way: it dies over what is already gone, aloud.
    """
    return max(1, min(worker_count(), sum(1 for _ in _groups(jobs))))


@contextmanager
def readers(
    workers: int | None = None, *, seconds: float = SECONDS_A_DOCUMENT, preload: bool = True
) -> Iterator[Readers]:
    """A pool of `workers` reader processes, gone at the end of the block; `preload` as `Pool` takes it."""
    pool = Pool(workers or worker_count(), preload=preload)
    try:
        yield Readers(pool, seconds)
    except BaseException:
        pool.stop()
        raise
    pool.finish()
