"""What belongs to an article page: the files attached to it, and its pictures where the report is in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals import addresses, titles
from portals.bases import base_of
from portals.links_pictures import content_pictures, holds_the_tables
from portals.parsing import parse

_MAX_ATTACHMENTS: Final = 20
_MAX_PICTURES: Final = 20
#: Links looked at, and how far above one its page's margin may be.
_MAX_LINKS: Final = 5000
_NEAR: Final = 50
_FILE: Final = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd)$", re.IGNORECASE)
#: Scripts that hand out files (VSB, Hanweb), and the exports that VSB's pages offer.
_SCRIPT: Final = re.compile(r"/(?:download|downfile)\.jsp$", re.IGNORECASE)
_FILE_NAMED: Final = re.compile(r"(?:^|&)(?:filename|wbfileid)=", re.IGNORECASE)
_EXPORT: Final = re.compile(r"^[【\[]?下载(?:word|pdf)[】\]]?$", re.IGNORECASE)
#: Where the families put the article itself; the first that is there counts.
_ARTICLE: Final = (
    "ucapcontent",
    ".TRS_Editor",
    ".trs_editor_view",
    "#vsb_content",
    "#zoom",
    "#zoomcon",
    ".j-fontContent",
    ".article-content",
    "article",
)
#: Parts of a page that are the same on every page of a site.
_CHROME: Final = frozenset({"nav", "header", "footer", "aside"})


def names_a_file(address: str) -> bool:
    """Whether an address names a document file by its suffix."""
    return bool(_FILE.search(unquote(urlsplit(address).path)))


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a file: absolute address, and what the page calls it."""

    address: str
    title: str


def linked(html: str, address: str) -> list[Link]:
    """The attachments of an article, then its pictures, each in order and once, at most 20 of either.

    Attachments are files (pdf, doc, docx, wps, xls, xlsx, et, ofd), by their names or because a site's download
    script gives them. Outside the article's own element only links
    that call themselves an attachment or an annual report count: pages list guides and catalogues in their margins.

    Pictures are listed only where the page itself holds no statutory table and no attached file calls itself the
    report: nothing is asked of a portal that nobody will read. Raises `TooDeepError` for a page that is not parsed.
    """
    tree = parse(html)
    files = _attachments(tree, address)
    return [*files, *_pictures(tree, address, files)]


def _article(tree: LexborHTMLParser) -> LexborNode | None:
    return next((node for selector in _ARTICLE if (node := tree.css_first(selector)) is not None), None)


def _attachments(tree: LexborHTMLParser, address: str) -> list[Link]:
    inside, base = _article(tree), base_of(tree, address)
    found: dict[str, Link] = {}
    for scope in (inside, tree.body):
        for link in _files(scope, base):
            if scope is inside or inside is None or _calls_itself_one(link):
                found.setdefault(link.address, link)
    return list(found.values())[:_MAX_ATTACHMENTS]


def _pictures(tree: LexborHTMLParser, address: str, files: Sequence[Link]) -> list[Link]:
    inside = _article(tree)
    scope = inside or tree.body
    if scope is None or holds_the_tables(tree) or any(_is_report(link) for link in files):
        return []
    found: dict[str, Link] = {}
    for picture, name in content_pictures(scope, address, base_of(tree, address), whole_page=inside is None):
        found.setdefault(picture, Link(picture, name))
    return list(found.values())[:_MAX_PICTURES]


def _files(scope: LexborNode | None, base: str) -> list[Link]:
    links = []
    for node in scope.css("a[href]")[:_MAX_LINKS] if scope is not None else []:
        address = addresses.join(base, node.attributes.get("href") or "")
        title = " ".join((node.attributes.get("title") or node.text(deep=True)).split())[:300]
        if address is None or _in_chrome(node):
            continue
        parts = urlsplit(address)
        path = unquote(parts.path)
        handed_out = _SCRIPT.search(path) and _FILE_NAMED.search(parts.query)
        if handed_out or any(
            pattern.search(text) for pattern, text in ((_FILE, path), (_FILE, title), (_EXPORT, title))
        ):
            links.append(Link(address, title or path.rpartition("/")[2]))
    return links


def _in_chrome(node: LexborNode) -> bool:
    above = node.parent
    for _ in range(_NEAR):
        if above is None or above.tag in _CHROME:
            return above is not None
        above = above.parent
    return False


def _calls_itself_one(link: Link) -> bool:
    return "附件" in link.title or bool(_EXPORT.search(link.title)) or _is_report(link)


def _is_report(link: Link) -> bool:
    return titles.sort(_FILE.sub("", link.title)) is not None
