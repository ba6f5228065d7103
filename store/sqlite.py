"""SQLite files given back what they do not use any more."""

from __future__ import annotations

import sqlite3


def give_back(database: sqlite3.Connection, part: float) -> None:
    """Write a database anew where more than `part` of its pages are free, and bring its log in.

    The connection must be in autocommit mode. Raises `sqlite3.Error`, as where another process holds the database.
    """
    pages, free = (database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
    if free > pages * part:
        database.execute("VACUUM")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
