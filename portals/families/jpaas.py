"""Hanweb JPAAS: the column page names the parameters of a call that gives each page of the list as a fragment."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlencode

from portals import addresses
from portals.families.base import FetchPage, ListError, Page, Row, Sheet, ask
from portals.families.markup import base, fragment, number, sheet
from portals.families.turning import followed

_CALL: Final = "/api-gateway/jpaas-publish-server/front/page/build/unit"
#: `bulidstatic` is the vendor's spelling.
_PARAMETERS: Final = {
    "parseType": "bulidstatic",
    "webId": "",
    "tplSetId": "",
    "pageType": "column",
    "tagId": "",
    "editType": "null",
    "pageId": "",
}
_NEEDED: Final = ("webId", "tplSetId", "pageId", "tagId")
_VALUE: Final = {
    name: re.compile(rf"(?<!\w){name}[\"']?\s{{0,9}}[:=]\s{{0,9}}[\"']?([^\"'&,}}\s<>]{{1,200}})", re.IGNORECASE)
    for name in _PARAMETERS
}
_PAGES: Final = re.compile(r"(?:totalpages?|pagecount)[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,12})", re.IGNORECASE)
_COUNT: Final = re.compile(
    r"(?:totalcount|totalrecords?|\bcount)[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,12})", re.IGNORECASE
)
_SIZE: Final = 20
_MANY: Final = 10_000


class Jpaas:
    """Lists of JPAAS sites, `…/index.html`."""

    name = "jpaas"
    start = re.compile(r"(?:/[\w-]+)+/index\.html")

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """See `Family.sheets`. A column page without the call's parameters is read as it stands."""
        first = fetch(ask(start))
        parameters = _parameters(first.text)
        if parameters is None:
            yield from followed(fetch, first)
            return
        known: set[str] = set()
        links_start = base(first)
        for turn in range(1, _MANY):
            # Bare calls are answered with 403.
            page = fetch(ask(_call(first, parameters, turn), first))
            rows, pages = _answer(page, links_start)
            fresh = {row.address for row in rows} - known
            if turn > 1 and pages is not None and not rows:
                raise ListError(f"page {turn} of {pages} is empty")
            if turn > 1 and pages is None and not fresh:
                return
            known |= fresh
            # The column page itself may have rows, and the lists below.
            around = sheet(first) if turn == 1 else Sheet(page.address, ())
            yield Sheet(page.address, (*rows, *around.rows), pages, around.columns)
            if not rows or (pages is not None and turn >= pages):
                return

    def key(self, address: str) -> str:
        """The address."""
        return address


def _parameters(text: str) -> dict[str, str] | None:
    """The call's parameters as a page names them, in attributes, in JSON or in a script; None without them."""
    text = html.unescape(text)
    found = {name: hit[1] for name, pattern in _VALUE.items() if (hit := pattern.search(text))}
    return {**_PARAMETERS, **found} if all(name in found for name in _NEEDED) else None


def _call(first: Page, parameters: dict[str, str], page_number: int) -> str:
    paging = json.dumps({"pageNo": page_number, "pageSize": _SIZE}, separators=(",", ":"))
    return addresses.join(first.address, f"{_CALL}?{urlencode({**parameters, 'paramJson': paging})}") or ""


def _answer(page: Page, start: str) -> tuple[tuple[Row, ...], int | None]:
    """The rows of an answer, whose links are relative to `start`, and how many pages it says there are."""
    try:
        piece = json.loads(page.text)["data"]["html"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ListError(f"the fragment call gave no list: {type(error).__name__}") from error
    if not isinstance(piece, str):
        raise ListError("the fragment call gave no HTML")
    pages = number(_PAGES, piece)
    if pages is None and (count := number(_COUNT, piece)) is not None:
        pages = -(-count // _SIZE)
    return fragment(piece, start), pages
