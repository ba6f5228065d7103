"""Hanweb, classic: rows in XML inside the page, more of them by POST to `dataproxy.jsp`, or static `?pageNum=`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from portals import addresses
from portals.families.base import FetchPage, ListError, Page, Row, Sheet, ask
from portals.families.markup import MAX_ROWS, base, fragment, number, sheet
from portals.families.turning import linked, parameter

_PROXY: Final = "/module/web/jpage/dataproxy.jsp"
_TOTAL: Final = re.compile(r"totalrecord[\"']?\s{0,9}(?:[:=>]|&gt;)\s{0,9}[\"']?(\d{1,12})", re.IGNORECASE)
_SIZE: Final = re.compile(r"perpage[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,12})", re.IGNORECASE)
_FIELDS: Final = (
    "col",
    "appid",
    "webid",
    "path",
    "columnid",
    "sourceContentType",
    "unitid",
    "webname",
    "permissiontype",
)
_FIELD: Final = {
    name: re.compile(rf"(?<![\w]){name}[\"']?\s{{0,9}}[:=]\s{{0,9}}[\"']?([^\"'&,}}\s<>]{{0,200}})")
    for name in _FIELDS
}
#: As a group of the sites' own script: three pages of at most 20 records are asked for at once.
_PAGES_AT_ONCE: Final = 3


class Hanweb:
    """Lists of classic Hanweb sites, `/col/colN/index.html`."""

    name = "hanweb"
    start = re.compile(r"/col/col\d+/index\.html(?:\?[\w=&]+)?|/module/xxgk/xxgkAnnualReport\.jsp\?[\w=&]+")

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """See `Family.sheets`."""
        first = fetch(ask(start))
        total, size = number(_TOTAL, first.text), number(_SIZE, first.text)
        form = _form(first.text) if _PROXY in first.text else None
        if form and total is not None and size:
            yield from _proxied(fetch, first, form, total, min(size, 100))
        else:
            yield from linked(fetch, first, parameter("pageNum", first.address))

    def key(self, address: str) -> str:
        """The address."""
        return address


def _proxied(
    fetch: FetchPage, first: Page, form: tuple[tuple[str, str], ...], total: int, size: int
) -> Iterator[Sheet]:
    """The records of the page, then groups of records by POST until there are as many as the page says."""
    shown, start = sheet(first), base(first)
    found = records(first.text, start) or shown.rows
    have, group = _length(first.text), size * _PAGES_AT_ONCE
    pages = 1 + max(0, -(-(total - have) // group))
    yield Sheet(first.address, found, pages, shown.columns)
    while have < total:
        end = min(have + group, total)
        query = f"startrecord={have + 1}&endrecord={end}&perpage={size}"
        page = fetch(ask(addresses.join(first.address, f"{_PROXY}?{query}") or "", first, form))
        count = _length(page.text)
        if not count:
            raise ListError(f"records {have + 1} to {end} of {total} are missing")
        yield Sheet(page.address, records(page.text, start), pages)
        have += count


def records(text: str, start: str) -> tuple[Row, ...]:
    """The rows in the `<record>`s of a page or an answer; `start` is what their links are relative to."""
    return tuple(row for piece in _pieces(text) for row in fragment(piece, start))


def _length(text: str) -> int:
    return sum(1 for _ in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """What stands in `<record><![CDATA[…]]></record>`, by searching forward only: a page may be hostile."""
    at = 0
    for _ in range(MAX_ROWS):
        at = text.find("<record>", at)
        opened = text.find("<![CDATA[", at) if at >= 0 else -1
        closed = text.find("]]>", opened) if opened >= 0 else -1
        if closed < 0:
            return
        yield text[opened + len("<![CDATA[") : closed]
        at = closed


def _form(text: str) -> tuple[tuple[str, str], ...] | None:
    """The fields that the site's script would send; None where the page does not name its column."""
    found = {name: hit[1] for name, pattern in _FIELD.items() if (hit := pattern.search(text))}
    return tuple(found.items()) if "columnid" in found and "unitid" in found else None
