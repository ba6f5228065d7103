"""What every family of sites does: list the annual reports of a unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from portals.units import PortalSource, Unit


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


#: Fetches a list page; raises `portals.problems.FetchError`.
FetchPage = Callable[[str], Page]


class ListError(Exception):
    """A list that goes on beyond what is read of it, or runs in circles; one line."""


class Family(Protocol):
    """A family of sites that share a content-management system."""

    name: str

    def entries(self, fetch: FetchPage, portal: PortalSource, unit: Unit) -> Iterator[Entry]:
        """The annual reports listed for a unit, in the order of the list.

        Yields what it has before raising `FetchError` (a page that could not be had) or `ListError`.
        """
        ...
