"""A pool of processes with a cap on memory that is made anew where it breaks.

Pebble kills a process at its deadline and tells of one that died over its task. One that dies before it has said
which task it took breaks the whole pool: what it was given fails, and nothing more can be asked of it.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import resource
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.util import get_temp_dir
from typing import Any

from pebble import ProcessFuture, ProcessPool

from flows.one_thread import ONE_THREAD

MEMORY_BYTES = 4 << 30
#: tasks after which a process is replaced, so that leaks in C libraries stay small
TASKS_A_PROCESS = 2_000
#: bytes of a folder's name that leave room for multiprocessing's folder and socket in it
_DEEPEST = 70


class Pool:
    """`workers` processes; threads may share one.

    They are forked from a server without threads of its own, one for all pools of this process, where what a reader
    needs is imported once (`flows.preloaded`). With `preload=False` each is started alone and imports what it needs:
    for a process that reads one document.
    """

    def __init__(self, workers: int, *, preload: bool = True) -> None:
        self._workers = workers
        # Not fork: the parent has threads (Prefect, the crawl).
        self._context = multiprocessing.get_context("forkserver" if preload else "spawn")
        if preload:
            self._context.set_forkserver_preload(["__main__", "flows.preloaded"])
            _ended_with_this_process()
            _sockets_with_short_names()
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
            # The fork server has the environment that was when it started.
            initargs=(MEMORY_BYTES, dict(os.environ)),
            context=self._context,
        )


@cache
def _ended_with_this_process() -> None:
    atexit.register(_end_server)


@cache
def _sockets_with_short_names() -> None:
    """Have the fork server's socket where its name is short enough: Linux takes 107 bytes, and TMPDIR may be deep."""
    if len(os.fsencode(tempfile.gettempdir())) <= _DEEPEST:
        return
    chosen, tempfile.tempdir = tempfile.tempdir, "/tmp"  # noqa: S108  # a folder of its own is made in it
    try:
        with suppress(OSError):
            get_temp_dir()
    finally:
        tempfile.tempdir = chosen


def _end_server() -> None:
    """End the fork server and wait for it, so that what readers took counts with what this process took.

    Left to itself it ends a moment later, as somebody else's child. A reader that is still there would keep it.
    """
    if not multiprocessing.active_children():
        with suppress(OSError):
            forkserver._forkserver._stop()  # type: ignore[attr-defined]


def _begin(limit: int, environment: dict[str, str]) -> None:
    """In a new process: cap its memory, and end it with the process that set its deadlines."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    os.environ.clear()
    os.environ.update(ONE_THREAD | environment)


def _end_with(sentinel: int) -> None:
    # Killed, the parent can no longer end a process that hangs.
    wait([sentinel])
    os._exit(1)
