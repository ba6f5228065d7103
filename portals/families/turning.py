"""The ways a list turns its pages, apart from what calls a family's own scripts make."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from portals.families.base import FetchPage, Page, Sheet, ask
from portals.families.markup import links, next_page, sheet

#: More is never looked for, whatever a page says; `portals.listing` stops earlier.
_MANY: Final = 10_000


def counted(fetch: FetchPage, first: Page, pages: int, address: Callable[[int], str]) -> Iterator[Sheet]:
    """A list that says how many pages it has; `address` gives those from the second on."""
    yield sheet(first, pages)
    for number in range(2, min(pages, _MANY) + 1):
        yield sheet(fetch(ask(address(number), first)), pages)


def linked(fetch: FetchPage, first: Page, number_of: Callable[[str], int | None]) -> Iterator[Sheet]:
    """A list whose pages link to one another; `number_of` tells a page's number from its address, if it is one."""
    waiting: dict[int, str] = {}
    done = {1}
    page = first
    while True:
        for address, _ in links(page):
            number = number_of(address)
            if number is not None and number not in done and 1 < number < _MANY:
                waiting.setdefault(number, address)
        # Without a pager the page says nothing of how many there are.
        yield sheet(page, max([*done, *waiting]) if waiting or len(done) > 1 else None)
        if not waiting:
            return
        number = min(waiting)
        done.add(number)
        page = fetch(ask(waiting.pop(number), page))


def followed(fetch: FetchPage, first: Page) -> Iterator[Sheet]:
    """A list of which each page only leads to the next."""
    page, seen = first, {first.address}
    while True:
        following = next_page(page)
        yield sheet(page)
        if following is None or following in seen:
            return
        seen.add(following)
        page = fetch(ask(following, page))


def probed(fetch: FetchPage, first: Page, address: Callable[[int], str]) -> Iterator[Sheet]:
    """A list that says nothing: asked for further pages until one brings no row that is new."""
    known: set[str] = set()
    for number in range(1, _MANY):
        found = sheet(fetch(ask(address(number), first)) if number > 1 else first)
        fresh = {row.address for row in found.rows} - known
        if number > 1 and not fresh:
            return
        known |= fresh
        yield found


def parameter(name: str, first: str) -> Callable[[str], int | None]:
    """`number_of` for pages that a parameter numbers; all else that the first address names must be the same."""
    path, fixed = urlsplit(first).path, {pair for pair in parse_qsl(urlsplit(first).query) if pair[0] != name}

    def number_of(address: str) -> int | None:
        parts = urlsplit(address)
        query = parse_qsl(parts.query)
        value = dict(query).get(name, "")
        same = parts.path == path and fixed <= set(query)
        return int(value) if same and re.fullmatch(r"\d{1,6}", value, re.ASCII) else None

    return number_of


def with_parameter(address: str, name: str, value: int) -> str:
    """An address with one parameter of its query set."""
    parts = urlsplit(address)
    query = [(key, old) for key, old in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return urlunsplit(parts._replace(query=urlencode([*query, (name, str(value))])))


def by_parameter(fetch: FetchPage, first: Page, name: str) -> Iterator[Sheet]:
    """By the pager's links where there are any, else by its 下一页, else by asking."""
    number_of = parameter(name, first.address)
    if any(number_of(address) for address, _ in links(first)):
        yield from linked(fetch, first, number_of)
    elif next_page(first) is not None:
        yield from followed(fetch, first)
    else:
        yield from probed(fetch, first, lambda number: with_parameter(first.address, name, number))
