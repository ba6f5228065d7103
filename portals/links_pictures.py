"""The pictures of an article whose report is in them (docs/decisions/0018-pictures-of-an-article.md)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals import addresses

#: Cells that are whole labels of the statutory tables and stand in no menu; of so many the page has the tables.
_LABELS: Final = frozenset((
    "自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "结果维持", "结果纠正", "尚未审结",
    "制发件数", "废止件数", "现行有效件数", "处理决定数量",
    "本年新制作数量", "本年新公开数量", "对外公开总数量", "上一年项目数量",
))  # fmt: skip
_ENOUGH_LABELS: Final = 3
#: Characters of cells that are looked at, tables within tables counting each time; a label's cell is short.
_MAX_CELL_TEXT: Final = 20_000_000
_LONG_CELL: Final = 2000
#: Pictures looked at, and how far above one the margin of the page, or a link, may be.
_MAX_IMAGES: Final = 2000
_NEAR: Final = 50
_WHITE: Final = re.compile(r"\s+")

_PICTURE: Final = re.compile(r"\.(?:jpe?g|jfif|png|gif|bmp|webp|tiff?)$", re.IGNORECASE)
#: Editors keep the address here until the picture scrolls into view.
_SOURCES: Final = ("data-original", "data-src", "src")
#: What scripts answer is counted, drawn anew or guarded, and no page of a report.
_SCRIPT: Final = re.compile(r"\.(?:jspx?|do|action|php|aspx?|ashx|cgi|svg|ico|cur)$", re.IGNORECASE)
_DECORATION: Final = re.compile(
    r"(?:^|[/_.-])(?:icons?|logo|banner|qr(?:code)?|ewm|erweima|weixin|wechat|weibo|share|arrow|dot|line|blank|spacer|"
    r"loading|filetypeimages|emoji|emotion|smiley|face|print|count(?:er)?|stat|hits?|visit|tongji|piwik)[\d]*(?=[/_.-]|$)",
    re.IGNORECASE,
)
_SAYS_DECORATION: Final = re.compile(r"二维码|扫一扫|图标|分享|打印|返回|logo|微信|微博", re.IGNORECASE)
_MARGIN: Final = re.compile(
    r"(?:^|[\s_-])(?:header|head|top|footer|foot|nav|menu|side|sidebar|banner|logo|share|ewm|qrcode|copyright|links?)"
    r"\d*(?=[\s_-]|$)",
    re.IGNORECASE,
)
#: As shown, in pixels; a page of a report is larger, whatever the column it stands in.
_LEAST: Final = (200, 60)
_PIXELS: Final = re.compile(r"\s*(\d{1,6})(?:\.\d*)?\s*(?:px)?\s*;?\s*$", re.IGNORECASE)
_STYLED: Final = {
    name: re.compile(rf"(?:^|;)\s*{name}\s*:([^;]{{1,40}})", re.IGNORECASE) for name in ("width", "height")
}
#: A picture so often on one page is a bullet.
_REPEATED: Final = 3


def is_picture(address: str, media_type: str) -> bool:
    """Whether a linked file was listed as a picture: by what the server calls it, else by its name."""
    return media_type.startswith("image/") or bool(_PICTURE.search(unquote(urlsplit(address).path)))


def holds_the_tables(tree: LexborHTMLParser) -> bool:
    """Whether the page itself has a statutory table, by the labels that are cells of it."""
    found: set[str] = set()
    budget = _MAX_CELL_TEXT
    for node in tree.css("td,th"):
        whole = node.text(deep=True)
        budget -= len(whole)
        if budget < 0:
            return False
        text = _WHITE.sub("", whole) if len(whole) < _LONG_CELL else ""
        if text in _LABELS:
            found.add(text)
            if len(found) == _ENOUGH_LABELS:
                return True
    return False


def content_pictures(scope: LexborNode, page: str, base: str, *, whole_page: bool) -> Iterator[tuple[str, str]]:
    """Address and name of each picture that may be a page of the report, in order.

    `base` is what the page's links are joined to.
    Left out: other sites, icons, QR codes, counters, what is declared small, what leads elsewhere, what comes
    again and again; with `whole_page`, where no element is known to be the article's own, margins too.
    """
    shown = [(node, address) for node in scope.css("img")[:_MAX_IMAGES] if (address := _source(node, base))]
    often = Counter(address for _, address in shown)
    for node, address in shown:
        if often[address] < _REPEATED and not _decorates(node, address, page) and not _aside(node, whole_page):
            yield address, _said(node) or unquote(urlsplit(address).path).rpartition("/")[2]


def _source(node: LexborNode, base: str) -> str | None:
    for name in _SOURCES:
        address = addresses.join(base, node.attributes.get(name) or "")
        if address is not None:
            return address
    return None


def _decorates(node: LexborNode, address: str, page: str) -> bool:
    path = unquote(urlsplit(address).path)
    return (
        not _same_site(address, page)
        or bool(_SCRIPT.search(path))
        or bool(_DECORATION.search(path))
        or bool(_SAYS_DECORATION.search(_said(node)))
        or any(size is not None and size < least for size, least in zip(_declared(node), _LEAST, strict=True))
    )


def _same_site(address: str, base: str) -> bool:
    """Whether the hosts are one or one is below the other; `www.` counts for nothing."""
    one, other = ((urlsplit(a).hostname or "").removeprefix("www.") for a in (address, base))
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def _said(node: LexborNode) -> str:
    return " ".join((node.attributes.get("alt") or node.attributes.get("title") or "").split())[:300]


def _declared(node: LexborNode) -> tuple[int | None, int | None]:
    """Width and height in pixels as the page declares them; None where it does not, or in other units."""
    style = node.attributes.get("style") or ""
    sizes = []
    for name, pattern in _STYLED.items():
        styled = pattern.search(style)
        hit = _PIXELS.match(styled[1] if styled else node.attributes.get(name) or "")
        sizes.append(int(hit[1]) if hit else None)
    return sizes[0], sizes[1]


def _aside(node: LexborNode, whole_page: bool) -> bool:
    """Whether a picture stands in a margin of the page, or is a link to something other than a picture."""
    above = node.parent
    for _ in range(_NEAR):
        if above is None:
            break
        names = above.attributes if above.tag not in ("body", "html") else {}
        if above.tag == "a" and _leads_elsewhere(names.get("href") or ""):
            return True
        if whole_page and _MARGIN.search(f"{names.get('class') or ''} {names.get('id') or ''}"):
            return True
        above = above.parent
    return False


def _leads_elsewhere(href: str) -> bool:
    return addresses.join("http://x/", href) is not None and not _PICTURE.search(unquote(urlsplit(href).path))
