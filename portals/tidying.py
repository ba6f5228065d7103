"""Upkeep of the archive's index. WARC files are never touched: they are what was received."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from portals.captures import INDEX
from portals.warc import ArchiveError
from store.sqlite import give_back

#: of the index's pages, the part that must be free before it is written anew
_FREE: Final = 0.2


def tidy_index(archive: Path) -> int:
    """Bring the index's log in, have SQLite look at its own statistics, give free pages back; how many bytes went.

    Nothing happens where there is no index. Raises `ArchiveError` where it cannot be read.
    """
    path = archive / INDEX
    if not path.exists():
        return 0
    before = index_bytes(archive)
    try:
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as index:
            index.execute("PRAGMA optimize = 0x10002")
            give_back(index, _FREE)
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{path.name}: {error}") from error
    return max(0, before - index_bytes(archive))


def index_bytes(archive: Path) -> int:
    """The size of the index with its log."""
    return sum(path.stat().st_size for path in archive.glob(f"{INDEX}*"))
