"""Progress of long work, for whoever watches: a bar in a terminal, a line in a log, an artifact in Prefect."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

Advance = Callable[[int, int], None]


class Watcher(Protocol):
    """Told of a stage's progress: `done` of `total` units; total 0 means not known yet."""

    def update(self, stage: str, done: int, total: int) -> None:
        """Take note of the new state of `stage`."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Nobody watches any more; Rich would end the process with 1, and with it the night."""
        self.quiet = True


class Bars:
    """One bar a stage on standard error; only in a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}
        self._lock = threading.Lock()

    def update(self, stage: str, done: int, total: int) -> None:
        """Move the bar of `stage`, drawing it first when it is new."""
        with self._lock:
            if stage not in self._tasks:
                self._tasks[stage] = self._progress.add_task(stage, total=total or None)
            self._progress.update(self._tasks[stage], completed=done, total=total or None)


class Lines:
    """A line a stage at its end and every `seconds` seconds; for logs and pipes."""

    def __init__(self, console: Console, seconds: float = 10.0) -> None:
        self._console = console
        self._seconds = seconds
        self._last: dict[str, float] = {}
        self._finished: set[str] = set()
        self._lock = threading.Lock()

    def update(self, stage: str, done: int, total: int) -> None:
        """Print the state of `stage` when it ended or when the last line is old."""
        with self._lock:
            now = time.monotonic()
            ended = bool(total) and done >= total
            if ended and stage in self._finished:
                return
            if ended or now - self._last.setdefault(stage, now) >= self._seconds:
                self._last[stage] = now
                self._console.print(f"{stage}: {done}/{total or '?'}", highlight=False)
            if ended:
                self._finished.add(stage)


_watchers: list[Watcher] = []


def report(stage: str, done: int, total: int) -> None:
    """Tell every watcher of this process."""
    for watcher in tuple(_watchers):
        watcher.update(stage, done, total)


def stage(name: str) -> Advance:
    """A callback `(done, total)` for the core functions, bound to one stage."""

    def advance(done: int, total: int) -> None:
        report(name, done, total)

    return advance


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Let `watcher` hear of all progress within the block."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


@contextmanager
def shown() -> Iterator[None]:
    """Show progress on standard error for the length of the block: bars in a terminal, else lines."""
    console = _Console(file=sys.stderr)
    if not console.is_terminal:
        with watched(Lines(console)):
            yield
        return
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress, watched(Bars(progress)):
        yield
