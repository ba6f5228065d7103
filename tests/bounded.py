"""The bound that a reader's process has on one document, for tests of what must not hang."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from flows.workers import SECONDS_A_DOCUMENT


@contextmanager
def readers_time() -> Iterator[None]:
    """End the block as the pool would end its reader, but by processor time, so that a busy machine is no matter."""

    def over(*_: object) -> None:
        raise TimeoutError(f"more than the {SECONDS_A_DOCUMENT} processor seconds of a document")

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, SECONDS_A_DOCUMENT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
