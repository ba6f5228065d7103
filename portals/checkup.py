"""What is wrong with an archive: every row of the index against the WARC files, and the rows among each other."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from form.fault import Fault
from portals import captures, warc
from portals.warc import ArchiveError
from store.files import names, size
from store.where import Where

AGAIN: Final = "restore the file from a backup; else the next gouji nightly fetches again what is still listed"
_RESTORE_INDEX: Final = f"restore {captures.INDEX} from a backup"
#: a sweep over rows that name what is not there: what, the rows, what to do
_REFERENCES: Final = (
    (
        "a link of a page that was never captured",
        "SELECT capture_id FROM links WHERE capture_id NOT IN (SELECT capture_id FROM captures)",
    ),
    (
        "an attachment whose page was never captured",
        "SELECT capture_id FROM captures WHERE parent_address IS NOT NULL AND role = 'document'"
        " AND parent_address NOT IN (SELECT address FROM captures)",
    ),
    (
        "a problem whose evidence was never captured",
        "SELECT address FROM problems WHERE evidence <> '' AND evidence NOT IN (SELECT capture_id FROM captures)",
    ),
)


class Row(NamedTuple):
    """What a row of the index says of the body it stands for."""

    capture_id: str
    address: str
    role: captures.Role
    sha256: str
    size: int
    warc: str
    offset: int
    digest: str
    start: int


def rows(index: Path) -> list[Row]:
    """Every row, in the order in which the bodies lie in the files. Raises ArchiveError where it cannot be read."""
    query = f"SELECT {', '.join(Row._fields)} FROM captures ORDER BY warc, offset"  # noqa: S608 - our own names
    try:
        with closing(_opened(index)) as opened:
            return [Row(*row) for row in opened.execute(query)]
    except sqlite3.DatabaseError as error:
        raise ArchiveError(f"{index.name}: {error}") from error


def warc_files(archive: Where) -> list[str]:
    """The names of the WARC files of an archive, in order."""
    return [name for name in names(archive) if name.endswith(".warc.gz")]


def index_faults(index: Path, archive: Where) -> Iterator[Fault]:
    """What is wrong with the index by itself: pages, version, references among rows; an empty one beside files."""
    try:
        with closing(_opened(index)) as opened:
            said = opened.execute("PRAGMA quick_check(1)").fetchone()[0]
            if said != "ok":
                yield Fault("index", index.name, f"damaged: {said}", _RESTORE_INDEX)
                return
            version = opened.execute("PRAGMA user_version").fetchone()[0]
            if version > captures.SCHEMA_VERSION:
                yield Fault("index", index.name, f"its version {version} is newer than ours", "update gouji")
                return
            if version == 0 and (files := warc_files(archive)):
                yield Fault("index", index.name, f"empty, beside {len(files)} WARC files", _RESTORE_INDEX)
                return
            if version < captures.SCHEMA_VERSION:
                yield Fault(
                    "index", index.name, f"its version {version} is older than {captures.SCHEMA_VERSION}",
                    "the next gouji nightly brings it up to date; then look again", "leftover",
                )  # fmt: skip
                return
            yield from _references(opened, index.name)
    except sqlite3.DatabaseError as error:
        yield Fault("index", index.name, f"damaged: {error}", _RESTORE_INDEX)


def time_faults(index: Path, now: datetime) -> Iterator[Fault]:
    """Rows that were checked after `now`: the clock was ahead, or is behind now."""
    query = "SELECT count(*), min(address), max(checked_at) FROM captures WHERE checked_at > ?"
    with closing(_opened(index)) as opened:
        count, address, last = opened.execute(query, (captures.stamp(now),)).fetchone()
    if count:
        what = f"{count} captures were checked at a time that has not come, up to {last[:16]} UTC, such as {address}"
        todo = "with the clock right gouji nightly asks again for those that are still listed"
        yield Fault("clock", index.name, what, todo, "leftover")


def _references(opened: sqlite3.Connection, name: str) -> Iterator[Fault]:
    for what, query in _REFERENCES:
        found = [row[0] for row in opened.execute(query)]
        if found:
            yield Fault("reference", name, f"{what}: {_some(found)}", _RESTORE_INDEX)


def file_faults(archive: Where, known: Sequence[Row]) -> Iterator[Fault]:
    """WARC files that rows name and that are not there, one line each."""
    named = Counter(row.warc for row in known)
    for name, count in sorted(named.items()):
        if size(archive / name) is None:
            yield Fault("warc", f"archive/{name}", f"missing; {count} captures are in it", AGAIN)


def body_faults(archive: Where, some: Sequence[Row]) -> list[Fault]:
    """The rows whose body is not what was received; those of missing files are left out."""
    there = {name for name in {row.warc for row in some} if size(archive / name) is not None}
    return [fault for row in some if row.warc in there for fault in _body(archive, row)]


def _body(archive: Where, row: Row) -> Iterator[Fault]:
    where = f"archive/{row.warc}@{row.offset}"
    about = f"capture {row.capture_id} ({row.address})"
    if captures.capture_id(row.address, row.sha256, row.role) != row.capture_id:
        yield Fault("capture", where, f"{about}: its id is not that of its address and content", _RESTORE_INDEX)
    try:
        body, stated, actual = warc.body_at(archive / row.warc, row.offset, row.size)
    except ArchiveError as error:
        yield Fault("capture", where, f"{about}: no record can be read there ({error})", AGAIN)
        return
    if hashlib.sha256(body).hexdigest() != row.sha256 or len(body) != row.size:
        yield Fault("capture", where, f"{about}: the body is not what was received (SHA-256 differs)", AGAIN)
    elif not stated == actual == row.digest:
        yield Fault("capture", where, f"{about}: the record's payload digest differs", AGAIN)


def _opened(index: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro", uri=True)


def _some(found: Sequence[str]) -> str:
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return ", ".join(found[:3]) + more
