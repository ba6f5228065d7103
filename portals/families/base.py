"""What every family of sites does: turn a list's address into sheets of rows, whatever way the list turns pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from portals.exchange import Request


@dataclass(frozen=True, slots=True)
class Entry:
    """One annual report on a list: where it is, as listed.

    `published` is the list's own date; `year` is guessed from the title alone (folders lie). `rank` is 0
    for a report, 1 for another form of one (图解, 图片版, an elder-friendly copy).
    """

    address: str
    title: str
    published: date | None
    unit_id: str
    year: int | None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """A list page: the address it really came from, and its text."""

    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list, report or not: absolute address, whole title, the date printed beside it."""

    address: str
    title: str
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list: its rows, and how many pages the list says it has (None: it does not say).

    `columns` are the lists below this one that may hold reports as well (a folder a year, a folder a body).
    """

    address: str
    rows: tuple[Row, ...]
    pages: int | None = None
    columns: tuple[str, ...] = ()


#: Fetches a list page; raises `portals.problems.FetchError`.
FetchPage = Callable[[Request], Page]


def ask(address: str, came_from: Page | None = None, form: tuple[tuple[str, str], ...] | None = None) -> Request:
    """A request for a list page; `came_from` is the page that leads to it, where a site may want to know."""
    return Request(address, (("Referer", came_from.address),) if came_from else (), form)


class ListError(Exception):
    """A list that goes on beyond what is read of it, runs in circles, or is an empty shell; one line."""


class Family(Protocol):
    """A family of sites that share a content-management system."""

    name: str
    #: How the address of a list is formed, as a path with its query.
    start: re.Pattern[str]

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """The pages of the list at an address, in order, as many as it has: `portals.listing` stops at its caps.

        Raises `FetchError` for a page that could not be had and `ListError` for one that cannot be understood,
        after the sheets before it.
        """
        ...

    def key(self, address: str) -> str:
        """What an article is known by: the same for two addresses of one article."""
        ...
