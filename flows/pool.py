"""A pool of processes with a cap on memory that is made anew where it breaks.

Pebble kills a process at its deadline and tells of one that died over its task. One that dies before it has said
which task it took breaks the whole pool: what it was given fails, and nothing more can be asked of it.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from typing import Any

from pebble import ProcessFuture, ProcessPool

MEMORY_BYTES = 4 << 30
#: tasks after which a process is replaced, so that leaks in C libraries stay small
TASKS_A_PROCESS = 2_000


class Pool:
    """`workers` processes; threads may share one."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._lock = threading.Lock()
        self._pool = self._made()

    def schedule(self, call: Callable[..., Any], argument: object, seconds: float) -> ProcessFuture:
        """`call(argument)` in a process of the pool, killed after so many seconds."""
        with self._lock:
            if not self._pool.active:
                self.stop()
                self._pool = self._made()
            return self._pool.schedule(call, args=(argument,), timeout=seconds)

    def finish(self) -> None:
        """End the processes when they have done what they were given."""
        self._pool.close()
        self._pool.join()

    def stop(self) -> None:
        """End the processes now."""
        self._pool.stop()
        self._pool.join()

    def _made(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=TASKS_A_PROCESS,
            initializer=_begin,
            initargs=(MEMORY_BYTES,),
            # Not fork: the parent has threads (Prefect, the crawl).
            context=multiprocessing.get_context("spawn"),
        )


def _begin(limit: int) -> None:
    """In a new process: cap its memory, and end it with the process that set its deadlines."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    # OpenCV and Arrow would each start a thread a core in every process; scans are read by as many as OpenCV has.
    for variable in ("OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
        os.environ.setdefault(variable, "1")


def _end_with(sentinel: int) -> None:
    # Killed, the parent can no longer end a process that hangs.
    wait([sentinel])
    os._exit(1)
