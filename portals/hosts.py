"""What is known of one host in a run: its gate, its robots.txt, how often it failed or refused."""

from __future__ import annotations

import threading
from typing import Final

from portals.limits import HostGate, Limits, Times
from portals.problems import FetchError
from portals.robots import RobotsRules
from portals.units import PortalSource

#: How many times slower than agreed refusals may make us.
_SLOWER: Final = 8


class Host:
    """One host's state, shared by the threads that visit it."""

    def __init__(self, portal: PortalSource, limits: Limits, times: Times) -> None:
        self.gate = HostGate(portal.delay_seconds, portal.concurrency, times)
        self.lock = threading.Lock()
        self.rules: RobotsRules | None = None
        self.unreachable: FetchError | None = None
        self._limits, self._times = limits, times
        self._slowest = portal.delay_seconds * _SLOWER
        self._failures = 0
        self._refusals = 0
        self._asked_for, self._until = 0.0, times.clock()

    def closed(self) -> FetchError | None:
        """Why a host is left alone: as long as it asked for, or for the rest of the run; None where it is not."""
        if self._times.clock() < self._until:
            return FetchError("throttled", f"网站要求 {self._asked_for:.0f} 秒内不再访问（Retry-After），未访问")
        if self._failures >= self._limits.failures:
            return FetchError("network", f"not tried: {self._failures} failures in a row on this host")
        if self._refusals >= self._limits.refusals:
            return FetchError("blocked", f"此前连续 {self._refusals} 次被拒，本次不再访问")
        return None

    def answered(self) -> None:
        """A document came, or word that it is unchanged."""
        self._failures = self._refusals = 0

    def failed(self, error: FetchError, attempt: int, last: bool) -> bool:
        """A failure that may pass: slow the whole host down; whether another attempt makes sense."""
        if error.retry_after > self._limits.longest_wait:
            self._leave_alone(error.retry_after)
        else:
            pause = max(self._limits.backoff * 2**attempt, error.retry_after)
            self.gate.hold(self._times.about(min(pause, self._limits.longest_wait)))
            if not last:
                return True
        self._failures += 1
        return False

    def _leave_alone(self, seconds: float) -> None:
        """Nobody sits out so long a Retry-After, and it is the host that asked for it, not one address."""
        until = self._times.clock() + seconds
        if until > self._until:
            self._asked_for, self._until = seconds, until

    def refused(self) -> None:
        """A refusal: slower from now on, up to a bound, and each one in a row is followed by a longer pause."""
        self._refusals += 1
        self.gate.slow(min(self.gate.delay * 2, self._slowest))
        pause = max(self._limits.backoff * 2 ** (self._refusals - 1), self.gate.delay)
        self.gate.hold(self._times.about(min(pause, self._limits.longest_wait)))
