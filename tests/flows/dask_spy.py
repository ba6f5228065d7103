"""A preload of Dask workers: notes what a worker reads and stages in $SPY_NOTES, and kills one while it reads.

The first worker that is about to stage while another part stands already is killed where $SPY_KILLS is set; that file
is made with its process id, so that it happens once.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from flows import batches, desk
from portals.captures import Capture


def dask_setup(_worker: object) -> None:
    """Called by Dask in every worker process as it starts."""
    notes = Path(os.environ["SPY_NOTES"])
    received, write_part = desk.received, batches.write_part

    def note(what: str, which: str) -> None:
        with notes.open("a") as file:
            file.write(f"{os.getpid()} {what} {which}\n")

    def noted(folder: Path, capture: Capture) -> bytes:
        note("read", capture.capture_id)
        return received(folder, capture)

    def staged(staging: Path, name: str, *tables: Any) -> Path:
        _perhaps_die(staging)
        part = write_part(staging, name, *tables)
        note("staged", name)
        return part

    desk.received, batches.write_part = noted, staged


def _perhaps_die(staging: Path) -> None:
    killed = os.environ.get("SPY_KILLS")
    if not killed or not any(staging.glob("[0-9a-f]*")):
        return
    try:
        with Path(killed).open("x") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
