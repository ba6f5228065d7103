"""What the index says of one capture, and the index's tables."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from portals.exchange import Fetched
    from portals.saved import Saved

#: The file of the index, in the folder of the archive.
INDEX: Final = "captures.sqlite"
#: Why a capture is kept. document: a report's page or file; list and robots: what led to it, or forbade it;
#: evidence: what was received instead of a document; import: the file that a person's document came in.
Role = Literal["document", "list", "robots", "evidence", "import"]
ROLES: Final[tuple[Role, ...]] = ("document", "list", "robots", "evidence", "import")

#: The tables, version by version: an index is brought up to date by what it has not seen yet.
SCHEMAS: Final = (
    """
CREATE TABLE captures (
  capture_id TEXT PRIMARY KEY, address TEXT NOT NULL, final_address TEXT NOT NULL, unit_id TEXT NOT NULL,
  title TEXT NOT NULL, published TEXT, parent_address TEXT, fetched_at TEXT NOT NULL,
  checked_at TEXT NOT NULL, status INTEGER NOT NULL, media_type TEXT NOT NULL, charset TEXT NOT NULL,
  sha256 TEXT NOT NULL, size INTEGER NOT NULL, warc TEXT NOT NULL, offset INTEGER NOT NULL,
  digest TEXT NOT NULL, etag TEXT NOT NULL, last_modified TEXT NOT NULL
) STRICT;
CREATE INDEX captures_by_address ON captures (address, fetched_at, capture_id);
CREATE TABLE links (
  capture_id TEXT NOT NULL, position INTEGER NOT NULL, address TEXT NOT NULL, title TEXT NOT NULL,
  PRIMARY KEY (capture_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE entries (
  unit_id TEXT NOT NULL, address TEXT NOT NULL, title TEXT NOT NULL, published TEXT, year INTEGER,
  rank INTEGER NOT NULL, first_listed_at TEXT NOT NULL, listed_at TEXT NOT NULL,
  PRIMARY KEY (unit_id, address)
) STRICT, WITHOUT ROWID;
CREATE TABLE problems (
  address TEXT PRIMARY KEY, kind TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, status INTEGER,
  unit_id TEXT NOT NULL, title TEXT NOT NULL, year INTEGER, at TEXT NOT NULL
) STRICT, WITHOUT ROWID
""",
    """
ALTER TABLE captures ADD COLUMN role TEXT NOT NULL DEFAULT 'document';
ALTER TABLE captures ADD COLUMN start INTEGER NOT NULL DEFAULT 0;
ALTER TABLE captures ADD COLUMN imported_by TEXT NOT NULL DEFAULT '';
UPDATE captures SET start = offset;
ALTER TABLE problems ADD COLUMN evidence TEXT NOT NULL DEFAULT ''
""",
    # Units may share a list, and each has its problem.
    """
ALTER TABLE problems RENAME TO problems_of_addresses;
CREATE TABLE problems (
  address TEXT NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL, status INTEGER,
  unit_id TEXT NOT NULL, title TEXT NOT NULL, year INTEGER, at TEXT NOT NULL, evidence TEXT NOT NULL,
  PRIMARY KEY (address, unit_id)
) STRICT, WITHOUT ROWID;
INSERT INTO problems SELECT * FROM problems_of_addresses;
DROP TABLE problems_of_addresses
""",
    # When a unit's lists were last read from end to end: what they did not show then has gone from them.
    """
CREATE TABLE walks (unit_id TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID
""",
)
SCHEMA_VERSION: Final = len(SCHEMAS)


class ArchiveError(Exception):
    """The archive is damaged, or not ours; one line."""


class DamagedError(ArchiveError):
    """One capture is gone or not what was received; the others may well be."""


class Stored(NamedTuple):
    """Where the records of a fetch are: file, offset of the first; offset and digest of the one with the body."""

    warc: str
    start: int
    offset: int
    digest: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an address was found: the listed unit, its title there, the list's date, the title's year.

    `parent_address` is the article's address where this is an attachment. `unit_id` is '' for robots.txt.
    """

    unit_id: str
    title: str
    published: date | None = None
    year: int | None = None
    parent_address: str | None = None


@dataclass(frozen=True, slots=True)
class Capture:
    """One version of one document, kept in a WARC file.

    `capture_id` is a hash of address and content (and of a role other than 'document'): the same content at the
    same address is one capture, however often it is checked. `address` is as listed, `final_address` where
    redirects led. `sha256` and `size` (bytes) are of the body after content decoding, `digest` is the WARC
    payload digest. Times are UTC; `checked_at` is when the address last gave this content. `media_type` and
    `charset` are what the server said, '' for nothing. `start` and `offset` are where in the file its first
    record and the one with the body begin. `imported_by` names the person who saved it: then `status` is 0 and
    the times are those of saving; '' for what was fetched.
    """

    capture_id: str
    address: str
    final_address: str
    unit_id: str
    title: str
    published: date | None
    parent_address: str | None
    fetched_at: datetime
    checked_at: datetime
    status: int
    media_type: str
    charset: str
    sha256: str
    size: int
    warc: str
    offset: int
    digest: str
    etag: str
    last_modified: str
    role: Role
    start: int
    imported_by: str


COLUMNS: Final = tuple(field.name for field in fields(Capture))
_TIMES: Final = (COLUMNS.index("fetched_at"), COLUMNS.index("checked_at"))
_PUBLISHED: Final = COLUMNS.index("published")


def capture_id(address: str, sha256: str, role: Role = "document") -> str:
    """The id of a content at an address: 20 hex digits."""
    named = f"{address}\n{sha256}" if role == "document" else f"{role}\n{address}\n{sha256}"
    return hashlib.sha256(named.encode()).hexdigest()[:20]


def id_of(received: Fetched | Saved, role: Role) -> str:
    """The id of what was received."""
    return capture_id(received.address, hashlib.sha256(received.body).hexdigest(), role)


def made(received: Fetched | Saved, origin: Origin, role: Role, by: str, stored: Stored) -> Capture:
    """The capture of what was received and stored."""
    sha256 = hashlib.sha256(received.body).hexdigest()
    return Capture(
        capture_id=capture_id(received.address, sha256, role),
        address=received.address,
        final_address=received.final_address,
        unit_id=origin.unit_id,
        title=origin.title,
        published=origin.published,
        parent_address=origin.parent_address,
        fetched_at=received.at,
        checked_at=received.at,
        status=received.status,
        media_type=received.media_type,
        charset=received.charset,
        sha256=sha256,
        size=len(received.body),
        warc=stored.warc,
        offset=stored.offset,
        digest=stored.digest,
        etag=received.etag,
        last_modified=received.last_modified,
        role=role,
        start=stored.start,
        imported_by=by,
    )


def stamp(at: datetime) -> str:
    """A time as the index keeps it: ISO, UTC, microseconds, so that text order is time order."""
    if at.tzinfo is None:
        raise ValueError("a time without zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def to_row(capture: Capture) -> tuple[object, ...]:
    """A capture as values in the order of `COLUMNS`."""
    return tuple(plain(value) for value in astuple(capture))


def plain(value: object) -> object:
    """A value as SQLite keeps it: dates and times as text."""
    if isinstance(value, datetime):
        return stamp(value)
    return value.isoformat() if isinstance(value, date) else value


def from_row(row: tuple[Any, ...]) -> Capture:
    """The inverse of `to_row`."""
    values = list(row)
    for place in _TIMES:
        values[place] = datetime.fromisoformat(values[place])
    if values[_PUBLISHED]:
        values[_PUBLISHED] = date.fromisoformat(values[_PUBLISHED])
    return Capture(*values)
