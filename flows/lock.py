"""One at a time on a home and on its store: runs, and whatever else writes to the archive."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from flows.exits import UnusableError
from flows.home import Home
from store.errors import StoreBusyError
from store.lease import held
from store.remote import Remote


@contextmanager
def only_run(home: Home, patience: float = 0.0) -> Iterator[None]:
    """Holds the locks of the home and of its store; waits `patience` seconds for each.

    Raises UnusableError while another run goes on.
    """
    home.root.mkdir(parents=True, exist_ok=True)
    lock = FileLock(home.root / "run.lock", timeout=patience, poll_interval=1)
    try:
        with lock, _store_of(home, patience):
            yield
    except Timeout:
        raise UnusableError(f"{home.root}: another run is under way") from None


@contextmanager
def _store_of(home: Home, patience: float) -> Iterator[None]:
    """The lease of a store that other machines may share; a folder has the lock of its home."""
    if not isinstance(home.store, Remote):
        yield
        return
    try:
        with held(home.store / "run.lease", f"process {os.getpid()} on {platform.node()}", patience):
            yield
    except StoreBusyError as error:
        raise UnusableError(f"{error} (another run is under way)") from None
