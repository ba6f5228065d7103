"""The archive of captures: WARC files for what was received, an SQLite index for what is known of it.

`HOME/archive/captures.sqlite` refers to `HOME/archive/*.warc.gz`; a record is on the disk before the
index names it, so whatever kills a run, every row can be read. Rows of unchanged documents are touched,
never copied.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from portals import captures, warc
from portals.captures import Capture, Origin, plain, stamp
from portals.exchange import Fetched
from portals.families.base import Entry
from portals.links import Link
from portals.problems import Problem
from portals.warc import ArchiveError, WarcFolder

__all__ = ["Archive", "ArchiveError", "Capture", "Origin"]

_SELECT: Final = f"SELECT {', '.join(captures.COLUMNS)} FROM captures"  # noqa: S608  # our own names
_MARKS: Final = ", ".join("?" * len(captures.COLUMNS))


class Archive:
    """The archive in a folder (`HOME/archive`), made where there is none. Threads may share one.

    `index` is that of a copy (`copied_index`), to read an archive in which nothing is to be touched.
    Raises `ArchiveError` where the index is not one of ours or cannot be read.
    """

    def __init__(self, folder: Path, index: Path | None = None) -> None:
        if index is None:
            folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._path = folder, index or folder / captures.INDEX
        self._warc = WarcFolder(folder)
        self._lock = threading.RLock()
        try:
            self._index = self._connect()
            self._prepare()
        except sqlite3.DatabaseError as error:
            raise ArchiveError(f"{self._path.name}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index and the WARC file of this run."""
        with self._lock:
            self._warc.close()
            self._index.close()

    def add(self, fetched: Fetched, origin: Origin, links: Sequence[Link] = ()) -> Capture:
        """Keep a fetched document and the attachments its page names; durable on return.

        A content that the address gave before, even with others in between, is only marked as seen.
        """
        sha256 = hashlib.sha256(fetched.body).hexdigest()
        key = captures.capture_id(fetched.address, sha256)
        with self._lock:
            known = self._one("capture_id = ?", key)
            if known is not None:
                return self.seen(known, fetched)
            name, offset, digest = self._warc.store(fetched)
            capture = Capture(
                capture_id=key,
                address=fetched.address,
                final_address=fetched.final_address,
                unit_id=origin.unit_id,
                title=origin.title,
                published=origin.published,
                parent_address=origin.parent_address,
                fetched_at=fetched.at,
                checked_at=fetched.at,
                status=fetched.status,
                media_type=fetched.media_type,
                charset=fetched.charset,
                sha256=sha256,
                size=len(fetched.body),
                warc=name,
                offset=offset,
                digest=digest,
                etag=fetched.answer.header("etag"),
                last_modified=fetched.answer.header("last-modified"),
            )
            rows = [(key, number, link.address, link.title) for number, link in enumerate(links)]
            with self._transaction() as index:
                index.execute(f"INSERT INTO captures VALUES ({_MARKS})", captures.to_row(capture))  # noqa: S608
                index.executemany("INSERT INTO links VALUES (?, ?, ?, ?)", rows)
                index.execute("DELETE FROM problems WHERE address = ?", (fetched.address,))
        return capture

    def seen(self, known: Capture, fetched: Fetched) -> Capture:
        """Mark a capture as still current: a 304 or the same content again; a revisit record, no body."""
        answer = fetched.answer
        now = replace(
            known,
            checked_at=max(known.checked_at, fetched.at),
            etag=answer.header("etag") or known.etag,
            last_modified=answer.header("last-modified") or known.last_modified,
        )
        with self._lock:
            self._warc.revisit(fetched, known)
            with self._transaction() as index:
                index.execute(
                    "UPDATE captures SET checked_at = ?, etag = ?, last_modified = ? WHERE capture_id = ?",
                    (stamp(now.checked_at), now.etag, now.last_modified, known.capture_id),
                )
                index.execute("DELETE FROM problems WHERE address = ?", (known.address,))
        return now

    def latest(self, address: str) -> Capture | None:
        """The capture that an address gave when it was last checked."""
        return self._one("address = ? ORDER BY checked_at DESC, fetched_at DESC, capture_id LIMIT 1", address)

    def read(self, capture_id: str) -> bytes:
        """The body of a capture, content-decoded; `ArchiveError` if unknown, or not what was received."""
        capture = self._one("capture_id = ?", capture_id)
        if capture is None:
            raise ArchiveError(f"no capture {capture_id!r}")
        body = warc.read(self._folder / capture.warc, capture.offset, capture.size)
        if hashlib.sha256(body).hexdigest() != capture.sha256:
            raise ArchiveError(f"{capture.warc}@{capture.offset}: not the content that was received")
        return body

    def captures(self) -> Iterator[Capture]:
        """Every capture, in order of address, time and id; a snapshot, whatever is added meanwhile."""
        for row in self._rows(f"{_SELECT} ORDER BY address, fetched_at, capture_id"):
            yield captures.from_row(row)

    def links(self, capture_id: str) -> tuple[Link, ...]:
        """The attachments that an article's page named, in order."""
        with self._lock:
            rows = self._index.execute(
                "SELECT address, title FROM links WHERE capture_id = ? ORDER BY position", (capture_id,)
            ).fetchall()
        return tuple(Link(*row) for row in rows)

    def listed(self, unit_id: str, entries: Sequence[Entry], at: datetime) -> None:
        """Keep what a unit's list shows; entries that have gone from it stay, with when they last stood."""
        rows = [
            (unit_id, e.address, e.title, plain(e.published), e.year, e.rank, stamp(at), stamp(at)) for e in entries
        ]
        with self._transaction() as index:
            index.executemany(
                "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " title = excluded.title, published = excluded.published, year = excluded.year,"
                " rank = excluded.rank, listed_at = excluded.listed_at",
                rows,
            )

    def entries(self) -> Iterator[Entry]:
        """Every entry ever listed, in order of unit, year (unknown first), rank and address."""
        select = "SELECT address, title, published, unit_id, year, rank FROM entries"
        for address, title, published, *rest in self._rows(f"{select} ORDER BY unit_id, year, rank, address"):
            yield Entry(address, title, date.fromisoformat(published) if published else None, *rest)

    def note(self, problem: Problem) -> None:
        """Keep why an address could not be had; forgotten as soon as it can."""
        values = (
            *(problem.address, problem.kind, problem.code, problem.detail, problem.status),
            *(problem.unit_id, problem.title, problem.year, stamp(problem.at)),
        )
        with self._transaction() as index:
            index.execute("INSERT OR REPLACE INTO problems VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def solved(self, unit_id: str) -> None:
        """The unit's lists could be read from end to end: forget what was wrong with them."""
        with self._transaction() as index:
            index.execute("DELETE FROM problems WHERE kind = 'list' AND unit_id = ?", (unit_id,))

    def problems(self) -> Iterator[Problem]:
        """What could not be had when last tried, in order of address."""
        select = "SELECT address, kind, code, detail, status, unit_id, title, year, at FROM problems"
        for row in self._rows(f"{select} ORDER BY address"):
            yield Problem(*(*row[:-1], datetime.fromisoformat(row[-1])))

    def _one(self, where: str, value: str) -> Capture | None:
        with self._lock:
            row = self._index.execute(f"{_SELECT} WHERE {where}", (value,)).fetchone()
        return captures.from_row(row) if row else None

    def _rows(self, query: str) -> Iterator[Any]:
        """Rows over a connection of their own, so that a long reading holds nobody up."""
        with closing(self._connect()) as index:
            yield from index.execute(query)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._index.execute("BEGIN IMMEDIATE")
            try:
                yield self._index
            except BaseException:
                self._index.execute("ROLLBACK")
                raise
            self._index.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        index = sqlite3.connect(self._path, timeout=60, isolation_level=None, check_same_thread=False)
        index.execute("PRAGMA synchronous = FULL")
        return index

    def _prepare(self) -> None:
        self._index.execute("PRAGMA journal_mode = WAL")
        with self._transaction() as index:
            version = index.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                for statement in captures.SCHEMA.split(";"):
                    index.execute(statement)
                index.execute(f"PRAGMA user_version = {captures.SCHEMA_VERSION}")
            elif version != captures.SCHEMA_VERSION:
                raise ArchiveError(f"{self._path.name}: version {version} is not {captures.SCHEMA_VERSION}")
