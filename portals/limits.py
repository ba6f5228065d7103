"""How often and how many at once: one gate a host, shared by all threads that visit it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Times:
    """Time, passed in: `now` gives UTC wall time; `sleep` waits seconds that `clock`, monotonic, counts."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


class HostGate:
    """At most `concurrency` turns at a time, their starts at least `delay` seconds apart."""

    def __init__(self, delay: float, concurrency: int, times: Times) -> None:
        self._delay = delay
        self._slots = threading.BoundedSemaphore(concurrency)
        self._lock = threading.Lock()
        self._clock, self._sleep = times.clock, times.sleep
        self._next = times.clock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a slot and for the time, then run one request."""
        with self._slots:
            while (wait := self._reserve()) > 0:
                self._sleep(wait)
            yield

    def hold(self, seconds: float) -> None:
        """Start nothing on this host for so long (Retry-After, back-off)."""
        with self._lock:
            self._next = max(self._next, self._clock() + seconds)

    def slow(self, delay: float) -> None:
        """Never start more often than this from now on (Crawl-delay)."""
        with self._lock:
            self._delay = max(self._delay, delay)

    def _reserve(self) -> float:
        """Take the next start if its time has come (0), else how long to wait before asking again."""
        with self._lock:
            now = self._clock()
            if now < self._next:
                return self._next - now
            self._next = now + self._delay
            return 0.0
