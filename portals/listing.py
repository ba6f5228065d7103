"""The annual reports of a unit: its list, the lists below it, page by page; capped, and never in circles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from portals import titles
from portals.exchange import Request
from portals.families import FAMILIES
from portals.families.base import Entry, FetchPage, ListError, Page, Row, Sheet
from portals.problems import FetchError
from portals.units import PortalSource, Unit

#: Pages read of one list, lists read below the one of the registry, and characters of one page.
MAX_PAGES: Final = 100
MAX_COLUMNS: Final = 60
MAX_CHARACTERS: Final = 8_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One list as read: the page numbers it claims, how many were read, what stood on it, why it ended early.

    `given` says that the registry names it; others were found on it.
    """

    address: str
    given: bool
    pages: int
    claimed: int | None
    rows: tuple[Row, ...]
    entries: tuple[Entry, ...]
    error: FetchError | ListError | None


@dataclass(slots=True)
class _Reading:
    rows: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    pages: int = 0
    claimed: int | None = None


def entries(fetch: FetchPage, portal: PortalSource, unit: Unit) -> Iterator[Entry]:
    """The annual reports on a unit's lists, each article once, in the order of the lists.

    A list that fails does not stop the others; the first failure is raised after all of them: `FetchError`
    for a page that could not be had, `ListError` for a list that is no list, breaks its promise or is too long.
    A link to a list that does not exist is no failure: nothing is published there.
    """
    failure: Exception | None = None
    for column in columns(fetch, portal, unit):
        yield from column.entries
        gone = not column.given and isinstance(column.error, FetchError) and column.error.code == "missing"
        failure = failure or (None if gone else column.error)
    if failure is not None:
        raise failure


def columns(fetch: FetchPage, portal: PortalSource, unit: Unit) -> Iterator[Column]:
    """The same, list by list, with all that stood on each: what `gouji portals check` shows."""
    family = FAMILIES[portal.family]
    given = {portal.address(path) for path in unit.paths}
    waiting = [portal.address(path) for path in unit.paths]
    met, known = set(waiting), set[str]()
    budget = MAX_COLUMNS + len(waiting)
    for address in waiting:
        reading, error = _Reading(), None
        try:
            for found in family.sheets(_bounded(fetch), address):
                _take(found, reading, unit.id)
                if unit.signpost and address in given:
                    _show_the_way(reading)
                    break
        except (FetchError, ListError) as caught:
            error = caught
        fresh = tuple(
            entry for entry in reading.entries if _first_time(_key(portal, family.key(entry.address)), known)
        )
        below = [column for column in dict.fromkeys(reading.columns) if column not in met]
        if error is None and len(met) + len(below) > budget:
            error = ListError(f"more than {MAX_COLUMNS} lists below {portal.address(unit.path)}")
        waiting += below[: max(0, budget - len(met))]
        met |= set(below)
        yield Column(address, address in given, reading.pages, reading.claimed, tuple(reading.rows), fresh, error)


def _bounded(fetch: FetchPage) -> FetchPage:
    def bounded(request: Request) -> Page:
        page = fetch(request)
        if len(page.text) > MAX_CHARACTERS:
            raise ListError(f"a list page of {len(page.text)} characters")
        return page

    return bounded


def _take(found: Sheet, reading: _Reading, unit_id: str) -> None:
    """Add a page to what was read of its list; `ListError` where no further one should be asked for."""
    reports = [entry for row in found.rows if row.address not in found.columns and (entry := _entry(row, unit_id))]
    if not reading.pages and found.pages is None and not (reports or found.columns or _dated(found.rows)):
        raise ListError("no reports, no dated rows, no lists below it, no pager: perhaps an empty shell")
    here = {row.address for row in found.rows}
    if reading.pages and reports and here <= reading.seen:
        raise ListError(f"page {reading.pages + 1} repeats earlier ones")
    reading.pages += 1
    reading.seen |= here
    reading.claimed = found.pages
    reading.rows += found.rows
    reading.entries += reports
    reading.columns += found.columns
    if reading.pages == MAX_PAGES and (found.pages is None or found.pages > MAX_PAGES):
        claimed = "no end" if found.pages is None else f"{found.pages} pages claimed"
        raise ListError(f"{claimed}, {MAX_PAGES} read")


def _entry(row: Row, unit_id: str) -> Entry | None:
    sort = titles.sort(row.title, row.address)
    if sort is None:
        return None
    return Entry(row.address, row.title, row.published, unit_id, titles.year(row.title), 0 if sort == "report" else 1)


def _key(portal: PortalSource, key: str) -> str:
    """A key without the scheme, and with the one host of a site that has several: they are copies of one another."""
    parts = urlsplit(key)
    if parts.scheme in ("http", "https"):
        host = portal.host if parts.netloc in portal.all_hosts else parts.netloc
        return urlunsplit(("", host, parts.path, parts.query, ""))
    return key


def _first_time(key: str, known: set[str]) -> bool:
    if key in known:
        return False
    known.add(key)
    return True


def _show_the_way(reading: _Reading) -> None:
    """The page is no list of reports; it must lead to one."""
    if not reading.columns and not reading.entries:
        raise ListError("a page that should lead to the annual reports, and does not")


def _dated(rows: tuple[Row, ...]) -> bool:
    return any(row.published for row in rows)
