"""A copy of the archive's index: even a reader of SQLite's write-ahead log writes beside the file it reads."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Final

from portals.captures import INDEX
from portals.shared import Shared
from portals.warc import ArchiveError

#: Seconds to wait before each new try while a crawl writes to the index.
_PAUSES: Final = (0.1, 0.3, 1.0, 3.0)
#: The log's header has the salts that change whenever the log begins anew.
_LOG_HEADER: Final = 32
_State = tuple[int, int, bytes]


def copied_index(archive: Path | Shared, folder: Path) -> Path:
    """Copy the index of the archive in a folder, with what its log holds, into another folder.

    Of an archive in a store it is the index as it was last shared. Raises `ArchiveError` where there is none, or
    where it never stands still.
    """
    if isinstance(archive, Shared):
        return archive.fetch(archive.look(), folder)
    source, log = archive / INDEX, archive / f"{INDEX}-wal"
    try:
        for pause in (*_PAUSES, None):
            before = _state(source, log)
            copy = Path(shutil.copyfile(source, folder / source.name))
            (folder / log.name).unlink(missing_ok=True)
            if before[2]:
                shutil.copyfile(log, folder / log.name)
            if _state(source, log) == before:
                return copy
            if pause is not None:
                time.sleep(pause)
    except OSError as error:
        raise ArchiveError(f"{source.name}: {error.strerror}") from error
    raise ArchiveError(f"{source.name}: another process keeps writing to it")


def _state(source: Path, log: Path) -> _State:
    """What stays the same while the log only grows: then the file and the log give one state together."""
    about = source.stat()
    header = b""
    if log.exists():
        with log.open("rb") as opened:
            header = opened.read(_LOG_HEADER)
    # While a log is there its pages count, whatever a checkpoint does to the file meanwhile.
    return (0, 0, header) if header else (about.st_size, about.st_mtime_ns, header)
