"""TRS: static lists `index.html`, `index_1.html`, …, whose number only a script call on the page tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals import addresses, titles
from portals.families.base import Entry, FetchPage, ListError, Page
from portals.units import PortalSource, Unit

_MAX_PAGES: Final = 100
_MAX_LINKS: Final = 2000
_MAX_TITLE: Final = 300

#: createPageHTML(5, 0, "index", "html"), createPageHTML('page', 5, 1, …), createPageHTML(countPage, …)
_CALL: Final = re.compile(r"createPageHTML\s*\(([^()]{1,200})\)")
_COUNT: Final = re.compile(r"\bcountPage\s*=\s*(\d{1,9})")
_DATE: Final = re.compile(r"(20\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})")


class Trs:
    """Lists of TRS WCM sites."""

    name = "trs"

    def entries(self, fetch: FetchPage, portal: PortalSource, unit: Unit) -> Iterator[Entry]:
        """See `Family.entries`. Pages that repeat an earlier one end the list with a `ListError`."""
        first = fetch(portal.address(unit.path))
        total = count_pages(first.text)
        seen: set[tuple[str, ...]] = set()
        for number in range(min(total, _MAX_PAGES)):
            page = fetch(addresses.join(first.address, f"index_{number}.html") or "") if number else first
            listed = list(_listed(page, unit.id))
            links = tuple(entry.address for entry in listed)
            if number and links and links in seen:
                raise ListError(f"page {number + 1} repeats an earlier one")
            seen.add(links)
            yield from listed
        if total > _MAX_PAGES:
            raise ListError(f"{total} pages claimed, {_MAX_PAGES} read")


def count_pages(text: str) -> int:
    """How many pages the list says it has; 1 where it does not say."""
    counted = _COUNT.search(text)
    for call in _CALL.finditer(text):
        for argument in call[1].split(","):
            value = argument.strip()
            if value.isdecimal() and len(value) < 10:
                return max(int(value), 1)
            if value == "countPage":
                break
    return max(int(counted[1]), 1) if counted else 1


def _listed(page: Page, unit_id: str) -> Iterator[Entry]:
    """The annual reports among the list items of a page."""
    tree = LexborHTMLParser(page.text)
    for link in tree.css("li a[href]")[:_MAX_LINKS]:
        title = _title(link)
        address = addresses.join(page.address, link.attributes.get("href") or "")
        if address is None or (sort := titles.sort(title, address)) is None:
            continue
        rank = 0 if sort == "report" else 1
        yield Entry(address, title, _published(link), unit_id, titles.year(title), rank)


def _title(link: LexborNode) -> str:
    """The title attribute where there is one: the text is often cut off with an ellipsis."""
    whole = link.attributes.get("title") or link.text(deep=True)
    return " ".join(whole.split())[:_MAX_TITLE]


def _published(link: LexborNode) -> date | None:
    """The date printed in the list item beside the link."""
    item = link.parent
    while item is not None and item.tag != "li":
        item = item.parent
    beside = item.text(deep=True).replace(link.text(deep=True), "", 1) if item is not None else ""
    found = _DATE.search(beside)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
