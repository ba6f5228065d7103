"""One at a time on a home: runs, and whatever else writes to its archive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from flows.exits import UnusableError
from flows.home import Home


@contextmanager
def only_run(home: Home, patience: float = 0.0) -> Iterator[None]:
    """Holds the home's lock; waits `patience` seconds for it. Raises UnusableError while another run goes on."""
    home.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.root / "run.lock", timeout=patience, poll_interval=1)
    try:
        with lock:
            yield
    except Timeout:
        raise UnusableError(f"{home.root}: another run is under way") from None
