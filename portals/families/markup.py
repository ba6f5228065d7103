"""Rows, pagers and sub-columns in the HTML of hostile list pages; every count and length has a cap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals import addresses, titles
from portals.families.base import Page, Row, Sheet
from portals.links_pictures import holds_the_tables

MAX_ROWS: Final = 2000
_MAX_TITLE: Final = 300
_ITEMS: Final = frozenset({"li", "tr", "dd", "dt", "p"})
_DATE: Final = re.compile(r"(?<!\d)(20\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")
_NEXT: Final = re.compile(r"^(?:下一?页|后一?页|下页|next|[>›»]{1,2})\W{0,4}$", re.IGNORECASE)

#: A site's column of annual reports, believed anywhere; a folder of one year; one of a sort of bodies, believed
#: only below the list itself.
_REPORT_COLUMN: Final = re.compile(r"^(?:政府)?信息公开(?:工作)?(?:年报|年度报告|工作年报|年度工作报告)$")
_YEAR_COLUMN: Final = re.compile(r"^(?:20\d\d|二〇[一二]\S)(?:年|年度|年年报|年度报告|年度年报)?$")
_BODY_COLUMN: Final = re.compile(
    r"^(?:[市县区州省各本镇乡]{0,3}(?:人民)?政府(?:办公?室?|办公厅|部门|工作部门|组成部门|机构)?"
    r"|[市县区州省各]{0,2}(?:直|属|级)?(?:部门|单位|机关|机构)(?:单位)?"
    r"|(?:各)?(?:乡镇|镇乡|街道|县区|区县|县\(?市\)?区|县\(区\)|市州|园区)(?:街道|人民政府|政府)?|垂直管理部门|驻[市县区州]单位)"
    r"(?:\(?街道\)?)?(?:年报|年度报告)?$"
)


def sheet(page: Page, pages: int | None = None) -> Sheet:
    """A page of a list as its links have it; a page that itself holds a report's tables is a row too."""
    tree = LexborHTMLParser(page.text)
    found = list(rows(tree, page.address))
    if holds_the_tables(tree):
        found.append(Row(page.address, _own_title(tree)))
    return Sheet(page.address, tuple(found), pages, tuple(_columns(tree, page.address)))


def fragment(html: str, base: str) -> tuple[Row, ...]:
    """The rows of a piece of HTML that a script would have put into the page."""
    return tuple(rows(LexborHTMLParser(html), base))


def rows(tree: LexborHTMLParser, base: str) -> Iterator[Row]:
    """The links of list items, table rows and the like."""
    for link in tree.css("a[href]")[:MAX_ROWS]:
        item = _item(link)
        address = addresses.join(base, link.attributes.get("href") or "")
        if item is not None and address is not None:
            yield Row(address, _title(link), day(item.text(deep=True).replace(link.text(deep=True), "", 1)))


def day(text: str) -> date | None:
    """The first date in a text; None where there is none, or none of the calendar."""
    found = _DATE.search(text[:2000])
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def plain(html: str) -> str:
    """A title without the marks that a search puts into it."""
    text = LexborHTMLParser(html[:2000]).text(deep=True) if "<" in html or "&" in html else html
    return " ".join(text.split())[:_MAX_TITLE]


def links(page: Page) -> Iterator[tuple[str, str]]:
    """Address and text of every link of a page."""
    for link in LexborHTMLParser(page.text).css("a[href]")[:MAX_ROWS]:
        address = addresses.join(page.address, link.attributes.get("href") or "")
        if address is not None:
            yield address, " ".join(link.text(deep=True).split())


def next_page(page: Page) -> str | None:
    """Where the page's 下一页 leads."""
    return next((address for address, text in links(page) if _NEXT.match(text)), None)


def number(pattern: re.Pattern[str], text: str) -> int | None:
    """The first whole number that a pattern's first group catches, if it is sane."""
    found = pattern.search(text)
    return int(found[1]) if found and len(found[1]) < 10 else None


def _item(link: LexborNode) -> LexborNode | None:
    above = link.parent
    while above is not None and above.tag not in _ITEMS:
        above = above.parent
    return above


def _title(link: LexborNode) -> str:
    """The title attribute where it says more: the text is often cut off with an ellipsis."""
    text = " ".join(link.text(deep=True).split())
    whole = " ".join((link.attributes.get("title") or "").split())
    return (whole if len(whole) >= len(text.rstrip(".…")) else text)[:_MAX_TITLE]


def _own_title(tree: LexborHTMLParser) -> str:
    """What a page that is a report calls itself: a heading, else its title."""
    heads = [
        " ".join(node.text(deep=True).split())[:_MAX_TITLE] for node in tree.css("ucaptitle,h1,h2,h3,title")[:20]
    ]
    return next((head for head in heads if titles.sort(head)), heads[0] if heads else "")


def _columns(tree: LexborHTMLParser, base: str) -> Iterator[str]:
    """The lists that a page leads to: by their names, where they lie, and because no date stands beside them."""
    host, below = urlsplit(base).netloc, _below(base)
    for link in tree.css("a[href]")[:MAX_ROWS]:
        name = "".join(link.text(deep=True).split()).translate(_BRACKETS)
        if len(name) > 20 or not (sort := _column_sort(name)):
            continue
        address = addresses.join(base, link.attributes.get("href") or "")
        if address is None or urlsplit(address).netloc != host or address == base or _dated(link):
            continue
        if sort == "report" or address.startswith(below) or (sort == "year" and _alike(base, address)):
            yield address


def _column_sort(name: str) -> str | None:
    if _REPORT_COLUMN.match(name):
        return "report"
    if _YEAR_COLUMN.match(name):
        return "year"
    return "body" if _BODY_COLUMN.match(name) else None


def _below(base: str) -> tuple[str, ...]:
    """What addresses below a list begin with: its folder, unless that is the site's; the folder of its name."""
    folder, _, name = base.rpartition("/")
    own = (f"{folder}/",) if urlsplit(folder).path.count("/") > 1 else ()
    stem = name.partition(".")[0]
    return (*own, f"{folder}/{stem}/") if stem and stem != "index" else own


def _dated(link: LexborNode) -> bool:
    item = _item(link)
    return item is not None and day(item.text(deep=True)) is not None


_BRACKETS: Final = str.maketrans("（）", "()")
_DIGITS: Final = re.compile(r"\d+")


def _alike(one: str, other: str) -> bool:
    """Whether two addresses differ in their numbers only, as columns of one site do."""
    return _DIGITS.sub("0", one) == _DIGITS.sub("0", other)
