"""VSB (博达): page 1 is `name.htm`, the next ones `name/N.htm` with N counting down to 1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, urlsplit

from portals.families.base import FetchPage, Page, Sheet, ask
from portals.families.markup import links, sheet
from portals.families.turning import counted

_ARTICLE: Final = re.compile(r"/info/\d+/(\d+)\.htm$")


class Vsb:
    """Lists of VSB sites."""

    name = "vsb"
    start = re.compile(r"(?:/[\w-]+)+\.htm")

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """See `Family.sheets`."""
        first = fetch(ask(start))
        stem = first.address.removesuffix(".htm")
        older = _older(first, stem)
        if older:
            yield from counted(fetch, first, older + 1, lambda n: f"{stem}/{older + 2 - n}.htm")
        else:
            yield sheet(first)

    def key(self, address: str) -> str:
        """An article's number: it has a static address and, as `content.jsp?…wbnewsid=`, one or more others."""
        parts = urlsplit(address)
        found = _ARTICLE.search(parts.path)
        news = found[1] if found else parse_qs(parts.query).get("wbnewsid", [""])[0]
        return f"{parts.hostname} {news}" if news.isdecimal() else address


def _older(first: Page, stem: str) -> int:
    """The number of the page after the first: the highest that the pager names."""
    pattern = re.compile(re.escape(urlsplit(stem).path) + r"/(\d{1,6})\.htm$")
    hits = (pattern.search(urlsplit(address).path) for address, _ in links(first))
    return max((int(hit[1]) for hit in hits if hit), default=0)
