"""One writer at a time: in a folder a lock of the operating system, which dies with its process; else a lease."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from store.errors import StoreBusyError
from store.lease import held
from store.remote import Remote
from store.where import Where
from warehouse.errors import WarehouseBusyError


def writer(warehouse: Where, since: datetime, wait: float) -> AbstractContextManager[None]:
    """Hold the writer's lock of `warehouse`, waiting up to `wait` seconds for it.

    Raises WarehouseBusyError naming the holder.
    """
    return _leased(warehouse, since, wait) if isinstance(warehouse, Remote) else _locked(warehouse, since, wait)


@contextmanager
def _leased(warehouse: Remote, since: datetime, wait: float) -> Iterator[None]:
    try:
        with held(warehouse / "writer.lease", _named(_own(since)), wait):
            yield
    except StoreBusyError as error:
        raise WarehouseBusyError(str(error)) from None


@contextmanager
def _locked(warehouse: Path, since: datetime, wait: float) -> Iterator[None]:
    """The note on who holds the lock is a file of its own, for people: only the lock counts."""
    warehouse.mkdir(parents=True, exist_ok=True)
    note = warehouse / "writer.json"
    lock = FileLock(warehouse / "writer.lock", timeout=wait)
    try:
        lock.acquire()
    except Timeout:
        raise WarehouseBusyError(f"{warehouse} is being written by {_holder(note)}; try again later") from None
    try:
        note.write_text(json.dumps(_own(since)), encoding="utf-8")
        yield
    finally:
        lock.release()


def _own(since: datetime) -> dict[str, object]:
    return {"pid": os.getpid(), "host": platform.node(), "since": since.isoformat()}


def _named(holder: dict[str, object]) -> str:
    return f"process {holder['pid']} on {holder['host']} (run of {holder['since']})"


def _holder(note: Path) -> str:
    try:
        return _named(json.loads(note.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
