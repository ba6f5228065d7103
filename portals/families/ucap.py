"""UCAP (开普): the list page is a shell, its rows come from a search call in JSON; older sites have static pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from portals import addresses
from portals.families.base import FetchPage, ListError, Page, Row, Sheet, ask
from portals.families.markup import MAX_ROWS, day, plain, sheet
from portals.families.turning import linked

_CHANNEL: Final = (
    re.compile(r"/common/search/([0-9a-f]{32})\b"),
    re.compile(r"channel_?id[\"']?\s{0,9}[:=,]\s{0,9}[\"']?([0-9a-f]{32})\b", re.IGNORECASE),
    re.compile(r"[\"']channelId[\"'][^<>]{0,100}?value\s{0,9}=\s{0,9}[\"']([0-9a-f]{32})\b", re.IGNORECASE),
)
_QUERY: Final = "_isAgg=true&_isJson=true&_pageSize=20&_template=index&_rangeTimeGte=&_channelName="
_STATIC: Final = re.compile(r"/(?:list|index)_(\d{1,6})\.s?html$")


class Ucap:
    """Lists of UCAP sites; a start address may be the shell, or the search call itself."""

    name = "ucap"
    start = re.compile(r"(?:/[\w-]+)+/[\w-]+\.shtml|/common/search/[0-9a-f]{32}")

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """See `Family.sheets`."""
        channel = _CHANNEL[0].search(start)
        columns: tuple[str, ...] = ()
        if channel is None:
            shell = fetch(ask(start))
            channel = _channel(shell.text)
            if channel is None:
                yield from linked(fetch, shell, _numbered)
                return
            columns = sheet(shell).columns
        number = pages = 1
        while number <= pages:
            call = addresses.join(start, f"/common/search/{channel[1]}?{_QUERY}&page={number}") or ""
            found, pages = _results(fetch(ask(call, Page(start, ""))))
            if not found and pages and number <= pages:
                raise ListError(f"page {number} of {pages} is empty")
            yield Sheet(call, found, max(pages, 1), columns if number == 1 else ())
            number += 1

    def key(self, address: str) -> str:
        """The address."""
        return address


def _channel(text: str) -> re.Match[str] | None:
    return next((found for pattern in _CHANNEL if (found := pattern.search(text))), None)


def _numbered(address: str) -> int | None:
    found = _STATIC.search(address)
    return int(found[1]) if found else None


def _results(page: Page) -> tuple[tuple[Row, ...], int]:
    """The rows of an answer, and how many pages there are in all (0 where there are no rows at all)."""
    try:
        data = json.loads(page.text)["data"]
        total, size, results = int(data["total"]), int(data["rows"]), data["results"]
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
        raise ListError(f"the search call gave no list: {type(error).__name__}") from error
    if not isinstance(results, list) or not 0 <= total < 10**9 or (total and not 0 < size < 10**6):
        raise ListError(f"the search call claims {str(total)[:20]} rows, {str(size)[:20]} a page")
    found = tuple(row for result in results[:MAX_ROWS] if (row := _row(result, page.address)))
    return found, -(-total // size) if total else 0


def _row(result: Any, base: str) -> Row | None:
    """One result; None for what has no title or leads nowhere."""
    if not isinstance(result, Mapping):
        return None
    url, title, published = (result.get(name) for name in ("url", "title", "publishedTimeStr"))
    address = addresses.join(base, url) if isinstance(url, str) else None
    if address is None or not isinstance(title, str):
        return None
    return Row(address, plain(title), day(published) if isinstance(published, str) else None)
