"""Rows, pagers and sub-columns in the HTML of hostile list pages; every count and length has a cap."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals import addresses, titles
from portals.bases import base_of
from portals.families.base import ListError, Page, Row, Sheet
from portals.links_pictures import holds_the_tables
from portals.parsing import TooDeepError, parse

MAX_ROWS: Final = 2000
_MAX_TITLE: Final = 300
#: Characters around links that are looked at for dates: long items with many links would cost their product.
_MAX_AROUND: Final = 20_000_000
#: How far above a link its list item may be; nodes on either side of a link that are looked at for its date.
_NEAR: Final = 12
_BESIDE: Final = 4
_ITEMS: Final = frozenset({"li", "tr", "dd", "dt", "p"})
#: Items that are whole rows, and how many boxes around another one or a link may be one: link, heading, cell.
_ROWS: Final = frozenset({"li", "tr"})
_BOXES: Final = 3
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


@dataclass(frozen=True, slots=True)
class _Link:
    """A link of a page: where it leads, its words, its title, whether it is a row of a list, the date beside it."""

    address: str
    text: str
    title: str
    listed: bool
    published: date | None


def sheet(page: Page, pages: int | None = None) -> Sheet:
    """A page of a list as its links have it; a page that itself holds a report's tables is a row too."""
    tree = _tree(page.text)
    found = list(_links(tree, page.address))
    rows = list(_rows(found))
    if holds_the_tables(tree):
        rows.append(Row(page.address, _own_title(tree)))
    return Sheet(page.address, tuple(rows), pages, tuple(_columns(found, page.address)))


def fragment(html: str, base: str) -> tuple[Row, ...]:
    """The rows of a piece of HTML that a script would have put into the page whose links start from `base`."""
    return tuple(rows(_tree(html), base))


def base(page: Page) -> str:
    """What the links of a page are relative to, and those of every fragment that its scripts put into it."""
    return base_of(_tree(page.text), page.address)


def rows(tree: LexborHTMLParser, address: str) -> Iterator[Row]:
    """The rows of a page: links in list items, and links to reports wherever they stand."""
    return _rows(_links(tree, address))


def _rows(found: Iterable[_Link]) -> Iterator[Row]:
    return (Row(link.address, link.title, link.published) for link in found if link.listed)


def _tree(html: str) -> LexborHTMLParser:
    try:
        return parse(html)
    except TooDeepError as error:
        raise ListError(str(error)) from error


def _links(tree: LexborHTMLParser, page: str) -> Iterator[_Link]:
    """The links of a page; the text around them is looked at for dates up to a measure."""
    base, budget = base_of(tree, page), _MAX_AROUND
    for link in tree.css("a[href]")[:MAX_ROWS]:
        address = addresses.join(base, link.attributes.get("href") or "")
        if address is None:
            continue
        text, item = link.text(deep=True), _item(link)
        words = " ".join(text.split())
        title = _title(link, words)
        is_report = address != page and titles.sort(title) is not None
        names_one = item is None and is_report
        around = item.text(deep=True).replace(text, "", 1) if budget > 0 and item is not None else ""
        budget -= len(around) + len(text)
        published = day(around)
        # Menus and crumbs lead to the column of reports by its name alone: a date farther off is not theirs.
        names_column = is_report and _names_column(words, title)
        if published is None and budget > 0 and is_report and not (item and names_column):
            around = (_beside(link) or "") if names_column else _beside_row(link if item is None else item)
            budget -= len(around)
            published = day(around)
        listed = item is not None or (names_one and (published is not None or not names_column))
        yield _Link(address, words, title, listed, published)


def _names_column(*names: str) -> bool:
    return any(_column_sort(_name(name)) == "report" for name in names)


def _beside_row(node: LexborNode) -> str:
    """What stands next to a link or its item, or next to the boxes that hold nothing else."""
    for _ in range(_BOXES):
        around = _beside(node)
        above = node.parent
        if around is None or around.strip() or above is None or node.tag in _ROWS:
            return around or ""
        node = above
    return ""


def _beside(link: LexborNode) -> str | None:
    """What stands next to a node in the same element; None where another link does: the date may be that one's."""
    around = ""
    for step in ("prev", "next"):
        node = getattr(link, step)
        for _ in range(_BESIDE):
            if node is None:
                break
            if node.tag == "a" or (not node.tag.startswith("-") and node.css_first("a[href]") is not None):
                return None
            around += f" {node.text(deep=True)}"
            node = getattr(node, step)
    return around


def day(text: str) -> date | None:
    """The first date in a text; None where there is none, or none of the calendar."""
    found = _DATE.search(text[:2000])
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def plain(html: str) -> str:
    """A title without the marks that a search puts into it."""
    text = parse(html[:2000]).text(deep=True) if "<" in html or "&" in html else html
    return " ".join(text.split())[:_MAX_TITLE]


def links(page: Page) -> Iterator[tuple[str, str]]:
    """Address and text of every link of a page."""
    tree = _tree(page.text)
    base = base_of(tree, page.address)
    for link in tree.css("a[href]")[:MAX_ROWS]:
        address = addresses.join(base, link.attributes.get("href") or "")
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
    """The list item, table row or paragraph that a link stands in, if it is near."""
    above = link.parent
    for _ in range(_NEAR):
        if above is None or above.tag in _ITEMS:
            return above
        above = above.parent
    return None


def _title(link: LexborNode, text: str) -> str:
    """The title attribute where it says more: the text is often cut off with an ellipsis."""
    whole = " ".join((link.attributes.get("title") or "").split())
    return (whole if len(whole) >= len(text.rstrip(".…")) else text)[:_MAX_TITLE]


def _own_title(tree: LexborHTMLParser) -> str:
    """What a page that is a report calls itself: a heading, else its title."""
    heads = [
        " ".join(node.text(deep=True).split())[:_MAX_TITLE] for node in tree.css("ucaptitle,h1,h2,h3,title")[:20]
    ]
    return next((head for head in heads if titles.sort(head)), heads[0] if heads else "")


def _columns(found: Sequence[_Link], base: str) -> Iterator[str]:
    """The lists that a page leads to: by their names, where they lie, and because no date stands beside them."""
    host, below = urlsplit(base).netloc, _below(base)
    for link in found:
        name = _name(link.text)
        sort = _column_sort(name) if len(name) <= 20 and link.published is None else None
        if sort is None or urlsplit(link.address).netloc != host or link.address == base:
            continue
        if sort == "report" or link.address.startswith(below) or (sort == "year" and _alike(base, link.address)):
            yield link.address


def _name(text: str) -> str:
    return text.replace(" ", "").translate(_BRACKETS)


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


_BRACKETS: Final = str.maketrans("（）", "()")
_DIGITS: Final = re.compile(r"\d+")


def _alike(one: str, other: str) -> bool:
    """Whether two addresses differ in their numbers only, as columns of one site do."""
    return _DIGITS.sub("0", one) == _DIGITS.sub("0", other)
