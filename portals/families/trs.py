"""TRS: static lists `index.html`, `index_1.html`, …, whose number only a script call on the page tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from portals import addresses
from portals.families.base import FetchPage, Sheet, ask
from portals.families.markup import sheet
from portals.families.turning import counted

#: createPageHTML(5, 0, "index", "html"), createPageHTML('page', 5, 1, …), createPageHTML(countPage, …)
_CALL: Final = re.compile(r"createPageHTML\s*\(([^()]{1,200})\)")
_COUNT: Final = re.compile(r"\bcountPage\s*=\s*(\d{1,9})")


class Trs:
    """Lists of TRS WCM sites."""

    name = "trs"
    start = re.compile(r"(?:/[\w-]+)+/(?:index\.html)?")

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """See `Family.sheets`."""
        first = fetch(ask(start))
        pages = count_pages(first.text)
        if pages is None:
            yield sheet(first)
        else:
            yield from counted(
                fetch, first, pages, lambda n: addresses.join(first.address, f"index_{n - 1}.html") or ""
            )

    def key(self, address: str) -> str:
        """The address: an elder-friendly copy `_ghb.html` is an entry of its own, of rank 1."""
        return address


def count_pages(text: str) -> int | None:
    """How many pages the list says it has; None where it does not say."""
    for call in _CALL.finditer(text):
        for argument in call[1].split(","):
            value = argument.strip()
            if value.isdecimal() and len(value) < 10:
                return max(int(value), 1)
            if value == "countPage":
                break
    counted_ = _COUNT.search(text)
    return max(int(counted_[1]), 1) if counted_ else None
