"""What the archive's index knows of all lists at once: the reports that they ever showed, and what hung on those."""

from __future__ import annotations

from typing import Any, Final, NamedTuple, Self

LISTED: Final = (
    "SELECT address, unit_id, year, rank, first_listed_at, listed_at, listed_at < coalesce(at, '')"
    " FROM entries LEFT JOIN walks USING (unit_id)"
)
HANGING: Final = (
    "SELECT links.address, captures.address, capture_id, fetched_at, checked_at FROM links JOIN captures"
    " USING (capture_id) WHERE role = 'document'"
)

CAME: Final = "SELECT unit_id, address, max(checked_at) FROM captures WHERE role = 'list' GROUP BY unit_id, address"


class Listed(NamedTuple):
    """Of an entry what tells which report it is, and whether it is only another form of one (`rank` 1).

    `first` and `last` are when its list first and last showed it (ISO, UTC); `gone` says that the list was read from
    end to end since then.
    """

    address: str
    unit_id: str
    year: int | None
    rank: int
    first: str
    last: str
    gone: bool

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> Self:
        """A row of the query `LISTED`."""
        return cls._make((*row[:-1], bool(row[-1])))


class Hanging(NamedTuple):
    """A file that a capture of a page names: its address, the page's, and when the page first and last said so."""

    address: str
    page: str
    capture_id: str
    first: str
    last: str


class Came(NamedTuple):
    """A page of a list: for which unit it was asked, its address, and when it last came (ISO, UTC)."""

    unit_id: str
    address: str
    last: str
