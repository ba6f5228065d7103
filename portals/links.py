"""The files attached to an article page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals import addresses, titles

_MAX_ATTACHMENTS: Final = 20
_FILE: Final = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd)$", re.IGNORECASE)
#: Where the families put the article itself; the first that is there counts.
_ARTICLE: Final = (
    "ucapcontent",
    ".TRS_Editor",
    ".trs_editor_view",
    "#vsb_content",
    "#zoom",
    "#zoomcon",
    ".article-content",
    "article",
)
#: Parts of a page that are the same on every page of a site.
_CHROME: Final = frozenset({"nav", "header", "footer", "aside"})


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a file: absolute address, and what the page calls it."""

    address: str
    title: str


def attachments(html: str, address: str) -> list[Link]:
    """The files (pdf, doc, docx, wps, xls, xlsx, et, ofd) linked in the article, in order, each once.

    Outside the article's own element only links that call themselves an attachment or an annual report
    count: pages list guides and catalogues in their margins. At most 20.
    """
    tree = LexborHTMLParser(html)
    inside = next((node for selector in _ARTICLE if (node := tree.css_first(selector)) is not None), None)
    found: dict[str, Link] = {}
    for scope in (inside, tree.body):
        for link in _files(scope, address):
            if scope is inside or inside is None or _calls_itself_one(link):
                found.setdefault(link.address, link)
    return list(found.values())[:_MAX_ATTACHMENTS]


def _files(scope: LexborNode | None, base: str) -> list[Link]:
    links = []
    for node in scope.css("a[href]") if scope is not None else []:
        address = addresses.join(base, node.attributes.get("href") or "")
        title = " ".join((node.attributes.get("title") or node.text(deep=True)).split())[:300]
        if address is None or _in_chrome(node):
            continue
        path = unquote(urlsplit(address).path)
        if _FILE.search(path) or _FILE.search(title):
            links.append(Link(address, title or path.rpartition("/")[2]))
    return links


def _in_chrome(node: LexborNode) -> bool:
    above = node.parent
    while above is not None:
        if above.tag in _CHROME:
            return True
        above = above.parent
    return False


def _calls_itself_one(link: Link) -> bool:
    return "附件" in link.title or titles.sort(_FILE.sub("", link.title)) is not None
