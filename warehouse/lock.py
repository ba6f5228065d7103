"""One writer at a time: a lock of the operating system, which dies with its process."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.errors import WarehouseBusyError


@contextmanager
def writer(warehouse: Path, since: datetime, wait: float) -> Iterator[None]:
    """Hold the writer's lock of `warehouse`, waiting up to `wait` seconds for it.

    Raises WarehouseBusyError naming the holder. The note on who holds it is a file of its own, for people:
    only the lock counts.
    """
    warehouse.mkdir(parents=True, exist_ok=True)
    note = warehouse / "writer.json"
    lock = FileLock(warehouse / "writer.lock", timeout=wait)
    try:
        lock.acquire()
    except Timeout:
        raise WarehouseBusyError(f"{warehouse} is being written by {_holder(note)}; try again later") from None
    try:
        holder = {"pid": os.getpid(), "host": platform.node(), "since": since.isoformat()}
        note.write_text(json.dumps(holder), encoding="utf-8")
        yield
    finally:
        lock.release()


def _holder(note: Path) -> str:
    try:
        holder = json.loads(note.read_text(encoding="utf-8"))
        return f"process {holder['pid']} on {holder['host']} (run of {holder['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
