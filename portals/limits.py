"""The bounds of fetching; how often and how many at once: one gate a host, shared by all threads that visit it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

#: Starts are put off by up to this share of the delay, so that visits do not beat like a clock.
_JITTER: Final = 0.25


@dataclass(frozen=True, slots=True)
class Times:
    """Time and chance, passed in: `now` gives UTC wall time; `sleep` waits seconds that `clock`, monotonic, counts;
    `chance` gives numbers from 0 up to 1.
    """

    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def about(self, seconds: float) -> float:
        """Some more than `seconds`, never less."""
        return seconds * (1 + _JITTER * self.chance())


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one fetch: bytes (received and decompressed), seconds in all, redirects, attempts.

    The first pause between attempts is `backoff` seconds, each next one twice as long, or the server's
    Retry-After where that is longer; a Retry-After beyond `longest_wait` gives up at once. After
    `failures` addresses in a row that a host failed to answer, or `refusals` in a row that it refused,
    the rest of it is left alone. `read_seconds` is the longest silence; whole seconds count.
    """

    max_bytes: int = 30 * 1024 * 1024
    max_seconds: float = 120.0
    max_redirects: int = 5
    attempts: int = 3
    backoff: float = 2.0
    longest_wait: float = 120.0
    failures: int = 5
    refusals: int = 8
    connect_seconds: float = 15.0
    read_seconds: float = 30.0


class HostGate:
    """At most `concurrency` turns at a time, their starts at least `delay` seconds apart."""

    def __init__(self, delay: float, concurrency: int, times: Times) -> None:
        self._delay = delay
        self._slots = threading.BoundedSemaphore(concurrency)
        self._lock = threading.Lock()
        self._times = times
        self._next = times.clock()

    @property
    def delay(self) -> float:
        """Seconds between two starts, as agreed so far."""
        return self._delay

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a slot and for the time, then run one request."""
        with self._slots:
            while (wait := self._reserve()) > 0:
                self._times.sleep(wait)
            yield

    def hold(self, seconds: float) -> None:
        """Start nothing on this host for so long (Retry-After, back-off)."""
        with self._lock:
            self._next = max(self._next, self._times.clock() + seconds)

    def slow(self, delay: float) -> None:
        """Never start more often than this from now on (Crawl-delay)."""
        with self._lock:
            self._delay = max(self._delay, delay)

    def _reserve(self) -> float:
        """Take the next start if its time has come (0), else how long to wait before asking again."""
        with self._lock:
            now = self._times.clock()
            if now < self._next:
                return self._next - now
            self._next = now + self._times.about(self._delay)
            return 0.0
