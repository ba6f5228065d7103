"""The index of captures as a SQLite file: opened, and brought up to date with what this version knows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from portals import captures
from portals.captures import ArchiveError

#: Pages of the write-ahead log (4 KiB) before it is brought in, which waits for the disk.
_WAL_PAGES: Final = 4000
#: What two machines know of the same address: what was seen last, counts; problems are found again.
_MERGE: Final = """
INSERT INTO captures SELECT * FROM other.captures WHERE true ON CONFLICT (capture_id) DO UPDATE SET
  checked_at = excluded.checked_at, etag = excluded.etag, last_modified = excluded.last_modified
  WHERE excluded.checked_at > checked_at;
INSERT OR IGNORE INTO links SELECT * FROM other.links;
INSERT INTO entries SELECT * FROM other.entries WHERE true ON CONFLICT (unit_id, address) DO UPDATE SET
  title = excluded.title, published = excluded.published, year = excluded.year, rank = excluded.rank,
  listed_at = excluded.listed_at
  WHERE excluded.listed_at > listed_at;
INSERT INTO walks SELECT * FROM other.walks WHERE true ON CONFLICT (unit_id) DO UPDATE SET at = excluded.at
  WHERE excluded.at > at
"""


def connect(path: Path) -> sqlite3.Connection:
    """A connection that threads may share; statements are their own transactions."""
    index = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    # A commit is with the operating system: a kill of this process loses none. A power cut may lose the last few,
    # and with them only the knowledge that these pages were checked.
    index.execute("PRAGMA synchronous = NORMAL")
    index.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
    return index


@contextmanager
def transaction(index: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """All that is done in the block, or nothing."""
    index.execute("BEGIN IMMEDIATE")
    try:
        yield index
    except BaseException:
        index.execute("ROLLBACK")
        raise
    index.execute("COMMIT")


def prepare(index: sqlite3.Connection, name: str) -> None:
    """Bring the tables up to date. Raises `ArchiveError` for an index of a version after ours."""
    index.execute("PRAGMA journal_mode = WAL")
    with transaction(index):
        version = index.execute("PRAGMA user_version").fetchone()[0]
        if version > captures.SCHEMA_VERSION:
            raise ArchiveError(f"{name}: version {version} is newer than {captures.SCHEMA_VERSION}")
        for script in captures.SCHEMAS[version:]:
            for statement in script.split(";"):
                index.execute(statement)
        index.execute(f"PRAGMA user_version = {captures.SCHEMA_VERSION}")


def merge(path: Path, other: Path) -> None:
    """Add to the index at `path` what the one at `other` knows besides."""
    for one in (path, other):
        with closing(connect(one)) as index:
            prepare(index, one.name)
    with closing(connect(path)) as index:
        index.execute("ATTACH ? AS other", (str(other),))
        with transaction(index):
            for statement in _MERGE.split(";"):
                index.execute(statement)
