"""What the families' sample sites share: a page's frame, lines of lists, numbers that are the same every time."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import ClassVar

from samples.sites.publication import Corner, File
from samples.sites.routes import Route, Shelf

#: Lines on a page of a list.
SIZE = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list: where it leads (path and query), what it says, the date beside it if there is one."""

    target: str
    title: str
    published: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an article goes: its corner, a number of its own, its date, and the year that its folder says."""

    corner: Corner
    number: int
    published: date
    folder_year: int


class Style(ABC):
    """One family: how its addresses are formed, how its articles look, how its lists turn pages."""

    family: ClassVar[str]
    #: How many ways of turning pages it has.
    variants: ClassVar[int] = 1

    @abstractmethod
    def start(self, corner: Corner) -> str:
        """The path of a corner's list, as the registry gives it."""

    @abstractmethod
    def article(self, place: Place) -> str:
        """The path (and query) of an article."""

    @abstractmethod
    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """The routes of a corner's list."""

    def attachment(self, place: Place, file: File) -> str:
        """The path (and query) of a file that hangs on an article."""
        folder = self.article(place).rpartition("/")[0]
        return f"{folder}/files/{place.number}/{file.name}"

    def other(self, place: Place) -> str:
        """A second address of the same article; the same one where the family has none."""
        return self.article(place)

    def page(self, title: str, source: str, published: date, body: str) -> str:
        """An article's page. 索引号, a stamp of the site's move and the year of the folder are no dates of it."""
        opening, closing = self.element
        return frame(
            title,
            f'<meta name="ArticleTitle" content="{escape(title)}">'
            f'<meta name="ContentSource" content="{escape(source)}">{self.meta(published)}',
            f"<p>索引号：620000/2010-00123　生成日期：2010-06-01</p><h1>{escape(title)}</h1>"
            f"<p>{self.printed_date(published)}　来源：{escape(source)}</p>{opening}{body}{closing}",
        )

    element: ClassVar[tuple[str, str]] = ("<div class='content'>", "</div>")

    def meta(self, published: date) -> str:
        """What the head says of the date."""
        return f'<meta name="PubDate" content="{published} 09:30">'

    def printed_date(self, published: date) -> str:
        """What the page says of the date."""
        return f"发布时间：{published}"


def frame(title: str, head: str, body: str) -> str:
    """A page of the site with its navigation."""
    links = "".join(f'<li><a href="/{path}">{name}</a></li>' for path, name in (("", "首页"), ("zwgk/", "政务公开")))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f'<body><ul class="nav">{links}</ul>{body}'
        "<footer>网站标识码 6200000000　更新于 2011-01-01</footer></body></html>"
    )


def items(lines: Sequence[Line], base: str = "") -> str:
    """Lines of a list as `<li>`; long titles are cut off, whole in `title`."""
    return "\n".join(_item(line, base) for line in lines)


def _item(line: Line, base: str) -> str:
    shown = line.title if len(line.title) <= 24 else f"{line.title[:22]}…"
    day = f"<span>{line.published}</span>" if line.published else ""
    target = escape(line.target if "://" in line.target else base + line.target)
    return f'<li><a href="{target}" title="{escape(line.title)}">{escape(shown)}</a>{day}</li>'


def sheets(lines: Sequence[Line], size: int = SIZE) -> list[Sequence[Line]]:
    """The lines of each page."""
    return [lines[start : start + size] for start in range(0, len(lines), size)] or [[]]


def hexed(*parts: object) -> str:
    """32 hexadecimal digits, the same for the same parts."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:32]


def numbered(*parts: object) -> int:
    """A number of five digits, the same for the same parts."""
    return 10000 + int(hexed(*parts)[:8], 16) % 89999
