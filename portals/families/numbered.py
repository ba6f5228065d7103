"""Families whose lists are plain pages numbered by a parameter, or leading from each to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from portals.families.base import FetchPage, Sheet, ask
from portals.families.markup import number
from portals.families.turning import by_parameter, counted, followed, with_parameter

_COUNT: Final = re.compile(r"(?:pageCount|totalPages?)[\"']?\s{0,9}[:=]\s{0,9}[\"']?(\d{1,12})")


class _Plain:
    """What these families share: an article is known by its address."""

    def key(self, address: str) -> str:
        """The address."""
        return address


class Content(_Plain):
    """庆阳 and its counties: folders, articles `…/content_N`; how lists turn their pages was not seen."""

    name = "content_n"
    start = re.compile(r"(?:/[\w-]+)+/?")

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """See `Family.sheets`."""
        yield from by_parameter(fetch, fetch(ask(start)), "page")


class Column(_Plain):
    """陇南 and its counties: `/content/column/N?pageIndex=2`; a script may name the number of pages."""

    name = "column"
    start = re.compile(r"/content/column/\d+(?:\?[\w=&]+)?|(?:/[\w-]+)*/public/column/\d+\?[\w=&]+")

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """See `Family.sheets`."""
        first = fetch(ask(start))
        pages = number(_COUNT, first.text)
        if pages:
            yield from counted(fetch, first, pages, lambda n: with_parameter(first.address, "pageIndex", n))
        else:
            yield from by_parameter(fetch, first, "pageIndex")


class Enorth(_Plain):
    """兰州新区: articles `/system/Y/M/D/N.shtml`; its lists were not seen, so their 下一页 is followed."""

    name = "enorth"
    start = re.compile(r"(?:/[\w-]+)+/(?:index\.shtml)?")

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """See `Family.sheets`."""
        yield from followed(fetch, fetch(ask(start)))


class Phpcms(_Plain):
    """Old phpcms sites: `index.php?m=content&c=index&a=lists&catid=N&page=2`."""

    name = "phpcms"
    start = re.compile(r"/index\.php\?m=content&c=index&a=lists&catid=\d+")

    def sheets(self, fetch: FetchPage, start: str) -> Iterator[Sheet]:
        """See `Family.sheets`."""
        yield from by_parameter(fetch, fetch(ask(start)), "page")
