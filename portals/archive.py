"""The archive of captures: WARC files for what was received, an SQLite index for what is known of it.

`HOME/archive/captures.sqlite` refers to `HOME/archive/*.warc.gz`; a record is on the disk before the
index names it, so whatever kills a run, every row can be read. Rows of unchanged documents are touched,
never copied. In an object store it is the same files, shared by runs (`portals.shared`).
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

from portals import captures, warc
from portals import index as indexes
from portals.captures import Capture, Origin, Role, plain, stamp
from portals.exchange import Fetched
from portals.families.base import Entry
from portals.links import Link
from portals.listed import CAME, HANGING, LISTED, Came, Hanging, Listed
from portals.problems import Problem
from portals.robots import Robots
from portals.saved import MHTML, Saved
from portals.shared import Shared
from portals.shelved import Shelved
from portals.slices import Found, Slice
from portals.soundness import Soundness
from portals.vaults import vault
from portals.warc import ArchiveError, WarcFolder
from store.errors import StoreError

__all__ = ["Archive", "ArchiveError", "Capture", "Origin"]

_NAMES: Final = ", ".join(captures.COLUMNS)
_SELECT: Final = f"SELECT {_NAMES} FROM captures"  # noqa: S608  # our own names
_INSERT: Final = f"INSERT INTO captures ({_NAMES}) VALUES ({', '.join('?' * len(captures.COLUMNS))})"  # noqa: S608
_REPLACE: Final = _INSERT.replace("INSERT", "INSERT OR REPLACE", 1)
_ENTRIES: Final = "SELECT address, title, published, unit_id, year, rank FROM entries"
_WALKED: Final = "INSERT INTO walks VALUES (?, ?) ON CONFLICT DO UPDATE SET at = excluded.at"
_PROBLEMS: Final = "SELECT address, kind, code, detail, status, unit_id, title, year, at, evidence FROM problems"
_SET_BACK: Final = "UPDATE captures SET checked_at = ? WHERE address = ? AND role = ? AND checked_at > ?"
_TOUCH: Final = "UPDATE captures SET checked_at = ?, etag = ?, last_modified = ? WHERE capture_id = ?"


class Archive:
    """The archive in a folder (`HOME/archive`), made where there is none. Threads may share one.

    An archive in a store is read as it was last shared, unless it is opened by `writing`. `index` is that of a copy
    (`copied_index`), to read an archive in which nothing is to be touched.
    Raises `ArchiveError` where the index is not one of ours or cannot be read.
    """

    def __init__(self, place: Path | Shared, index: Path | None = None, *, writing: bool = False) -> None:
        self._lock = threading.RLock()
        self._soundness = Soundness()
        try:
            self._vault = vault(place, index, writing)
            self._path = self._vault.index
            self._index = indexes.connect(self._path)
            indexes.prepare(self._index, self._path.name)
            #: Addresses with a problem, so that the many without cost nothing.
            self._troubled = {str(row[0]) for row in self._index.execute("SELECT address FROM problems")}
        except sqlite3.DatabaseError as error:
            raise ArchiveError(f"{captures.INDEX}: {error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()
            return
        # What went wrong first is what is told; what was received waits for the next run.
        with suppress(StoreError, ArchiveError):
            self.close()

    @classmethod
    def writing(cls, place: Path | Shared) -> Self:
        """The archive to write to; made where there is none. In a store: by one at a time, under the run's lock.

        What a run of this machine left when it was killed is shared first.
        """
        archive = cls(place, writing=True)
        try:
            archive.share()
        except BaseException:
            archive._index.close()
            raise
        return archive

    def _writable(self) -> WarcFolder:
        if self._vault.warc is None:
            raise ArchiveError("this archive is open for reading only")
        return self._vault.warc

    def share(self) -> None:
        """Give the store what it lacks of what was received so far; in a folder all is there."""
        with self._lock:
            self._vault.share(self._index)

    def close(self) -> None:
        """Close the index and the WARC file of this run; a store is given what it lacks."""
        with self._lock:
            try:
                if self._vault.warc is not None:
                    self._vault.warc.close()
                self._vault.share(self._index)
            finally:
                self._index.close()

    def add(self, fetched: Fetched, origin: Origin, links: Sequence[Link] = (), role: Role = "document") -> Capture:
        """Keep what was fetched and the attachments its page names; durable on return.

        A content that the address gave before, even with others in between, is only marked as seen; where its record
        is lost or damaged, the row names the new one from now on.
        """
        with self._lock:
            known = self._one("capture_id = ?", captures.id_of(fetched, role))
            if known is not None and self.has(known):
                self.seen(known, fetched)
                return self._one("capture_id = ?", known.capture_id) or known
            made = captures.made(fetched, origin, role, "", self._writable().store(fetched))
            return self._insert(made, links) if known is None else self._mend(known, made)

    def take(self, saved: Saved, origin: Origin, now: datetime, links: Sequence[Link] = ()) -> Capture:
        """Keep a document that a person saved, handed in at `now`; what is known already stays as it is."""
        role: Role = "import" if saved.media_type == MHTML else "document"
        with self._lock:
            known = self._one("capture_id = ?", captures.id_of(saved, role))
            if known is not None and self.has(known):
                return known
            made = captures.made(saved, origin, role, saved.by, self._writable().resource(saved, now))
            return self._insert(made, links) if known is None else self._mend(known, made)

    def has(self, capture: Capture) -> bool:
        """Whether the record of a capture is there and whole, as far as a cheap look tells (`portals.soundness`)."""
        return self._soundness.has(self._vault.where(capture.warc), capture.offset)

    def keep_robots(self, robots: Robots) -> None:
        """Keep what a host answered when asked for its robots.txt, titled with what that means to us."""
        if robots.fetched is not None:
            self.set_back(robots.fetched.address, "robots", robots.fetched.at)
            self.add(robots.fetched, Origin("", f"robots.txt: {robots.verdict}"), role="robots")

    def seen(self, known: Capture, fetched: Fetched) -> None:
        """Mark a capture as still current: a 304 or the same content again; a revisit record, no body."""
        checked_at = stamp(max(known.checked_at, fetched.at))
        etag, last_modified = fetched.etag or known.etag, fetched.last_modified or known.last_modified
        with self._lock:
            self._writable().revisit(fetched, known)
            # One statement is one transaction: most of a night is this line.
            self._index.execute(_TOUCH, (checked_at, etag, last_modified, known.capture_id))
            self._forget_problem(known)

    def set_back(self, address: str, role: Role, at: datetime) -> None:
        """What an address gave after `at`, a time that has not come: the clock was ahead. It counts as just before.

        Else nothing that the address gives from now on could be its latest until that time.
        """
        with self._lock:
            before = stamp(at - timedelta(microseconds=1))
            self._index.execute(_SET_BACK, (before, address, role, stamp(at)))

    def _insert(self, capture: Capture, links: Sequence[Link]) -> Capture:
        rows = [(capture.capture_id, number, link.address, link.title) for number, link in enumerate(links)]
        with self._transaction() as index:
            index.execute(_INSERT, captures.to_row(capture))
            # Those of a row that was lost, or that somebody forgot, may still be there.
            index.execute("DELETE FROM links WHERE capture_id = ?", (capture.capture_id,))
            index.executemany("INSERT INTO links VALUES (?, ?, ?, ?)", rows)
        self._forget_problem(capture)
        return capture

    def _mend(self, known: Capture, made: Capture) -> Capture:
        """Have the row of a content name the record it came in again; where it first came from, and when, stays."""
        mended = replace(
            made,
            unit_id=known.unit_id,
            title=known.title,
            published=known.published,
            parent_address=known.parent_address,
            fetched_at=known.fetched_at,
            checked_at=max(known.checked_at, made.checked_at),
        )
        with self._transaction() as index:
            index.execute(_REPLACE, captures.to_row(mended))
        self._forget_problem(mended)
        return mended

    def _forget_problem(self, capture: Capture) -> None:
        """What could not be had is there after all."""
        if capture.role == "document" and capture.address in self._troubled:
            self._index.execute("DELETE FROM problems WHERE address = ?", (capture.address,))
            self._troubled.discard(capture.address)

    def latest(self, address: str, role: Role = "document") -> Capture | None:
        """The capture that an address gave when it was last checked."""
        return self._one(
            "address = ? AND role = ? ORDER BY checked_at DESC, fetched_at DESC, capture_id LIMIT 1", address, role
        )

    def of(self, address: str) -> list[Capture]:
        """Every document that an address ever gave, in order of time and id."""
        query = f"{_SELECT} WHERE address = ? AND role = 'document' ORDER BY fetched_at, capture_id"
        with self._lock:
            return [captures.from_row(row) for row in self._index.execute(query, (address,)).fetchall()]

    def latest_ids(self) -> dict[str, str]:
        """address -> the id of its `latest` document: of all at once, which is quick."""
        order = "ORDER BY checked_at, fetched_at, capture_id DESC"
        return dict(self._rows(f"SELECT address, capture_id FROM captures WHERE role = 'document' {order}"))  # noqa: S608

    def linked(self) -> dict[str, list[str]]:
        """capture_id -> the addresses that its page names, of all pages at once."""
        found: dict[str, list[str]] = {}
        for capture_id, address in self._rows("SELECT capture_id, address FROM links ORDER BY capture_id, position"):
            found.setdefault(capture_id, []).append(address)
        return found

    def read(self, capture_id: str) -> bytes:
        """The body of a capture, content-decoded; `ArchiveError` if unknown, or not what was received."""
        capture = self.capture(capture_id)
        if capture is None:
            raise ArchiveError(f"no capture {capture_id!r}")
        return warc.received(self._vault.where(capture.warc).parent, capture)

    def capture(self, capture_id: str) -> Capture | None:
        """The capture of an id."""
        return self._one("capture_id = ?", capture_id)

    def captures(self) -> Iterator[Capture]:
        """Every captured document, in order of address, time and id; a snapshot, whatever is added meanwhile."""
        return map(captures.from_row, self._documents())

    def shelved(self) -> Shelved:
        """The same by id, not yet as objects."""
        return Shelved(self._documents())

    def _documents(self) -> Iterator[tuple[Any, ...]]:
        return self._rows(f"{_SELECT} WHERE role = 'document' ORDER BY address, fetched_at, capture_id")

    def find(self, wanted: Slice) -> Iterator[Found]:
        """The captures of a slice with the year each was listed for, in order of unit, year, address, time and id."""
        for *row, year in self._rows(*wanted.query()):
            yield Found(captures.from_row(tuple(row)), year)

    def export(self, found: Iterable[Capture], out: BinaryIO, now: datetime) -> int:
        """Write captures with their requests and redirects as a WARC file of their own; how many.

        Each is checked against its hash first (`ArchiveError`).
        """
        out.write(warc.info("export.warc.gz", now))
        count = 0
        for count, capture in enumerate(found, 1):  # noqa: B007  # the count is what is wanted
            self.read(capture.capture_id)
            for member in warc.members(self._vault.where(capture.warc), capture.start, capture.offset):
                out.write(member)
        return count

    def links(self, capture_id: str) -> tuple[Link, ...]:
        """The attachments that an article's page named, in order."""
        with self._lock:
            rows = self._index.execute(
                "SELECT address, title FROM links WHERE capture_id = ? ORDER BY position", (capture_id,)
            ).fetchall()
        return tuple(Link(*row) for row in rows)

    def listed(self, unit_id: str, entries: Sequence[Entry], at: datetime, *, whole: bool = False) -> None:
        """Keep what a unit's list shows; entries that have gone from it stay, with when they last stood.

        `whole`: the lists were read from end to end, and show nothing else.
        """
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
            if whole:
                index.execute(_WALKED, (unit_id, stamp(at)))
            else:  # The clock was ahead when they were last read: nothing seen from now on would count as shown.
                index.execute("UPDATE walks SET at = ? WHERE unit_id = ? AND at > ?", (stamp(at), unit_id, stamp(at)))

    def entries(self, among: Container[str] | None = None) -> Iterator[Entry]:
        """Every entry ever listed, in order of unit, year (unknown first), rank and address.

        Only those `among` these addresses, where any are given.
        """
        for row in self._rows(f"{_ENTRIES} ORDER BY unit_id, year, rank, address"):
            if among is None or row[0] in among:
                yield _entry(row)

    def every_listed(self) -> list[Listed]:
        """What every entry ever listed is, in no order: of all at once, which is quick."""
        return [Listed.of(row) for row in self._rows(LISTED)]

    def hanging(self) -> Iterator[Hanging]:
        """Every file that any capture of a page names, in no order: of all at once, which is quick."""
        return (Hanging(*row) for row in self._rows(HANGING))

    def lists_that_came(self) -> Iterator[Came]:
        """Every page of a list, in no order."""
        return (Came(*row) for row in self._rows(CAME))

    def listed_at(self, address: str) -> list[Entry]:
        """The entries that any unit listed at an address, in order of unit."""
        return [_entry(row) for row in self._rows(f"{_ENTRIES} WHERE address = ? ORDER BY unit_id", (address,))]

    def note(self, problem: Problem) -> None:
        """Keep why an address could not be had; forgotten as soon as it can."""
        values = (
            *(problem.address, problem.kind, problem.code, problem.detail, problem.status),
            *(problem.unit_id, problem.title, problem.year, stamp(problem.at), problem.evidence),
        )
        with self._transaction() as index:
            self._troubled.add(problem.address)
            index.execute("INSERT OR REPLACE INTO problems VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def solved(self, unit_id: str) -> None:
        """The unit's lists could be read from end to end: forget what was wrong with them."""
        with self._transaction() as index:
            index.execute("DELETE FROM problems WHERE kind = 'list' AND unit_id = ?", (unit_id,))

    def walks(self) -> dict[str, datetime]:
        """unit_id -> when its lists were last read from end to end, of those of which that is known."""
        return {unit: datetime.fromisoformat(at) for unit, at in self._rows("SELECT unit_id, at FROM walks")}

    def problem(self, address: str) -> Problem | None:
        """What was wrong with an address when it was last tried; None if nothing was, or it never was."""
        if address not in self._troubled:
            return None
        with self._lock:
            row = self._index.execute(f"{_PROBLEMS} WHERE address = ? LIMIT 1", (address,)).fetchone()
        return _problem(row) if row else None

    def problems(self) -> Iterator[Problem]:
        """What could not be had when last tried, in order of address."""
        for row in self._rows(f"{_PROBLEMS} ORDER BY address, unit_id"):
            yield _problem(row)

    def _one(self, where: str, *values: str) -> Capture | None:
        with self._lock:
            row = self._index.execute(f"{_SELECT} WHERE {where}", values).fetchone()
        return captures.from_row(row) if row else None

    def _rows(self, query: str, values: Sequence[object] = ()) -> Iterator[Any]:
        """Rows over a connection of their own, so that a long reading holds nobody up."""
        with closing(indexes.connect(self._path)) as index:
            yield from index.execute(query, values)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._writable()
        with self._lock, indexes.transaction(self._index):
            yield self._index


def _entry(row: Sequence[Any]) -> Entry:
    address, title, published, *rest = row
    return Entry(address, title, date.fromisoformat(published) if published else None, *rest)


def _problem(row: Sequence[Any]) -> Problem:
    *values, at, evidence = row
    return Problem(*(*values, datetime.fromisoformat(at), evidence))
