"""Families whose lists are pages: VSB, TRS, content_N, column, Enorth-like, phpcms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from samples.sites.publication import Corner, File
from samples.sites.routes import Route, Shelf
from samples.sites.style import Line, Place, Style, frame, items, numbered, sheets


class Vsb(Style):
    """`name.htm`, then `name/N.htm` with N counting down."""

    family = "vsb"
    element = ('<div id="vsb_content"><p class="export">【<a href="/export?type=pdf">打印</a>】</p>', "</div>")

    def meta(self, published: date) -> str:
        """Only the text says when."""
        return '<meta name="createDate" content="2011-01-01">'

    def start(self, corner: Corner) -> str:
        """See `Style.start`."""
        return f"/zfxxgk/{corner.name}.htm"

    def article(self, place: Place) -> str:
        """See `Style.article`."""
        return f"/info/{numbered(place.corner.name)}/{place.number}.htm"

    def other(self, place: Place) -> str:
        """The dynamic address of the same article."""
        tree = numbered(place.corner.name)
        return f"/content.jsp?urltype=news.NewsContentUrl&wbtreeid={tree}&wbnewsid={place.number}"

    def attachment(self, place: Place, file: File) -> str:
        """See `Style.attachment`."""
        file_id = numbered(place.number, file.name)
        return f"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid={file_id}"

    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """See `Style.lists`."""
        pages = sheets(lines)
        for number, page in enumerate(pages, 1):
            left = len(pages) - number
            pager = (
                f'<a href="/zfxxgk/{corner.name}/{left}.htm">下页</a><a href="/zfxxgk/{corner.name}/1.htm">尾页</a>'
            )
            html = frame(
                "年报", "", f"<ul>{items(page)}</ul>共{len(lines)}条 {number}/{len(pages)}{pager if left else ''}"
            )
            path = self.start(corner) if number == 1 else f"/zfxxgk/{corner.name}/{left + 1}.htm"
            yield Route(path, shelf.body(html.encode()))


class Trs(Style):
    """`index.html`, `index_1.html`, …; only a script says how many."""

    family = "trs"
    element = ('<div class="TRS_Editor">', "</div>")

    def start(self, corner: Corner) -> str:
        """See `Style.start`."""
        return f"/{corner.name}/zfxxgknb/"

    def article(self, place: Place) -> str:
        """See `Style.article`."""
        folder = f"{self.start(place.corner)}{place.folder_year + 1}{place.published:%m}"
        return f"{folder}/t{place.published:%Y%m%d}_{place.number}.html"

    def attachment(self, place: Place, file: File) -> str:
        """See `Style.attachment`."""
        suffix = file.name.rpartition(".")[2]
        folder = self.article(place).rpartition("/")[0]
        return f"{folder}/P0{place.published:%Y%m%d}{numbered(place.number, file.name)}.{suffix}"

    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """See `Style.lists`."""
        pages, start = sheets(lines), self.start(corner)
        for number, page in enumerate(pages):
            script = f'<script>createPageHTML({len(pages)}, {number}, "index", "html");</script>'
            body = shelf.body(frame("年报", "", f"<ul>{items(page)}</ul>{script}").encode())
            yield Route(f"{start}index_{number}.html" if number else start, body)


class Content(Style):
    """Folders and `?page=2`; in variant 1 each page only leads to the next, in variant 2 nothing says so."""

    family = "content_n"
    variants = 3

    def start(self, corner: Corner) -> str:
        """See `Style.start`."""
        return f"/zwgk/{corner.name}/xxgkndbg"

    def article(self, place: Place) -> str:
        """See `Style.article`."""
        return f"{self.start(place.corner)}/{place.folder_year}n/content_{place.number}"

    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """See `Style.lists`."""
        return _by_parameter(shelf, self.start(corner), "page", sheets(lines), corner.variant)


class Column(Style):
    """`/content/column/N?pageIndex=2`, a script with the number of pages; in variant 1 nothing says how many."""

    family = "column"
    variants = 2
    element = ('<div class="j-fontContent">', "</div>")

    def start(self, corner: Corner) -> str:
        """See `Style.start`."""
        return f"/content/column/{numbered(corner.name)}"

    def article(self, place: Place) -> str:
        """See `Style.article`."""
        return f"/zwzx/{place.corner.name}/{place.number}.html"

    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """See `Style.lists`."""
        pages = sheets(lines)
        script = "" if corner.variant else f"<script>Ls.pagination({{pageCount: {len(pages)}}})</script>"
        return _by_parameter(shelf, self.start(corner), "pageIndex", pages, 2, script)


class Enorth(Style):
    """Each page leads to the next by its 下一页."""

    family = "enorth"

    def meta(self, published: date) -> str:
        """Only the text says when."""
        return '<meta name="createDate" content="2011-01-01">'

    def start(self, corner: Corner) -> str:
        """See `Style.start`."""
        return f"/xxgk/{corner.name}/index.shtml"

    def article(self, place: Place) -> str:
        """See `Style.article`."""
        day = place.published
        return f"/system/{place.folder_year + 1}/{day:%m}/{day:%d}/0{place.number}.shtml"

    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """See `Style.lists`."""
        pages, start = sheets(lines), self.start(corner)
        for number, page in enumerate(pages, 1):
            after = f'<a href="more_{number + 1}.shtml">下一页</a>' if number < len(pages) else ""
            body = shelf.body(frame("年报", "", f"<ul>{items(page)}</ul>{after}").encode())
            yield Route(start if number == 1 else start.replace("index", f"more_{number}"), body)


class Phpcms(Style):
    """`index.php?m=content&c=index&a=lists&catid=N&page=2`; a pager shows the pages near by and the last."""

    family = "phpcms"

    def meta(self, published: date) -> str:
        """Only the text says when."""
        return '<meta name="createDate" content="2011-01-01">'

    def start(self, corner: Corner) -> str:
        """See `Style.start`."""
        return f"/index.php?m=content&c=index&a=lists&catid={numbered(corner.name)}"

    def article(self, place: Place) -> str:
        """See `Style.article`."""
        category = numbered(place.corner.name)
        return f"/index.php?m=content&c=index&a=show&catid={category}&id={place.number}"

    def attachment(self, place: Place, file: File) -> str:
        """See `Style.attachment`."""
        return f"/uploadfile/{place.published:%Y/%m%d}/{place.number}/{file.name}"

    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """See `Style.lists`."""
        for route in _by_parameter(shelf, self.start(corner), "page", sheets(lines), 0):
            category = str(numbered(corner.name))
            needs = {"a": "lists", "catid": category, **route.needs}
            yield Route("/index.php", route.file, needs=needs)


def _by_parameter(
    shelf: Shelf, start: str, name: str, pages: Sequence[Sequence[Line]], variant: int, script: str = ""
) -> Iterator[Route]:
    """Pages that a parameter numbers: with a pager (0), with a 下一页 (1), or without either (2)."""
    joint = "&" if "?" in start else "?"
    for number, page in enumerate(pages, 1):
        near = sorted({n for n in (number + 1, len(pages)) if number < n <= len(pages)})
        shown = {0: [(n, str(n)) for n in near], 1: [(n, "下一页") for n in near[:1]]}.get(variant, [])
        pager = "".join(f'<a href="{start}{joint}{name}={n}">{text}</a>' for n, text in shown)
        body = shelf.body(frame("年报", "", f"<ul>{items(page)}</ul>{pager}{script}").encode())
        yield Route(start, body, needs={name: str(number)} if number > 1 else {})
    if variant == 2:
        # What a page beyond the last looks like: the last one again.
        yield Route(start, body, needs={name: str(len(pages) + 1)})
