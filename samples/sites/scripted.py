"""Families whose lists come by a call of a script: UCAP, Hanweb classic, Hanweb JPAAS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from math import ceil

from samples.sites.publication import Corner, File
from samples.sites.routes import Route, Shelf
from samples.sites.style import SIZE, Line, Place, Style, frame, hexed, items, numbered, sheets

_SEARCH = "<script>load('/common/search/' + $('#channelId').val())</script>"


class Ucap(Style):
    """A shell and a search call in JSON; in variant 1 older static pages `list_2.shtml`."""

    family = "ucap"
    variants = 2
    element = ("<ucapcontent>", "</ucapcontent>")

    def start(self, corner: Corner) -> str:
        """See `Style.start`."""
        name = "list" if corner.variant else "zfxxgk_zdgk"
        return f"/{corner.name}/c{numbered(corner.name)}/{name}.shtml"

    def article(self, place: Place) -> str:
        """See `Style.article`."""
        folder = f"{place.folder_year + 1}{place.published:%m}"
        return f"/{place.corner.name}/c{numbered(place.corner.name)}/{folder}/{hexed(place.number)}.shtml"

    def attachment(self, place: Place, file: File) -> str:
        """See `Style.attachment`."""
        return f"{self.article(place).removesuffix('.shtml')}/files/{file.name}"

    def printed_date(self, published: date) -> str:
        """See `Style.printed_date`."""
        return f"<publishtime>{published} 10:00</publishtime>"

    def meta(self, published: date) -> str:
        """Only the body says when."""
        return '<meta name="SiteIDCode" content="6200000001">'

    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """See `Style.lists`."""
        start, pages = self.start(corner), sheets(lines)
        if corner.variant:
            folder = start.rpartition("/")[0]
            for number, page in enumerate(pages, 1):
                pager = "".join(f'<a href="list_{n}.shtml">{n}</a>' for n in range(2, len(pages) + 1) if n != number)
                html = frame("年报", "", f"<ul>{items(page)}</ul><div class='page'>{pager}</div>")
                path = start if number == 1 else f"{folder}/list_{number}.shtml"
                yield Route(path, shelf.body(html.encode()))
            return
        channel = hexed("channel", corner.name)
        shell = frame(
            "年报", "", f'<div id="list"></div><input type="hidden" id="channelId" value="{channel}">{_SEARCH}'
        )
        yield Route(start, shelf.body(shell.encode()))
        for number, page in enumerate(pages, 1):
            results: list[dict[str, object]] = [
                {
                    "title": line.title,
                    "url": line.target,
                    "publishedTimeStr": f"{line.published} 10:00:00" if line.published else None,
                    "manuscriptId": hexed(line.target),
                    "channelName": "年报",
                    "domainMetaList": [],
                }
                for line in page
            ]
            data = {"data": {"total": len(lines), "rows": SIZE, "page": number, "results": results}}
            body = shelf.body(json.dumps(data, ensure_ascii=False).encode())
            needs = {"_isJson": "true", "page": str(number)}
            yield Route(f"/common/search/{channel}", body, "application/json;charset=UTF-8", needs=needs)


class Hanweb(Style):
    """Records in the page, the rest by POST; in variant 1 pages `?uid=…&pageNum=2`."""

    family = "hanweb"
    variants = 2
    element = ('<div id="zoom">', "</div>")

    def start(self, corner: Corner) -> str:
        """See `Style.start`."""
        return f"/col/col{numbered(corner.name)}/index.html"

    def article(self, place: Place) -> str:
        """See `Style.article`."""
        day = place.published
        folder = f"{place.folder_year + 1}/{day.month}/{day.day}"
        return f"/art/{folder}/art_{numbered(place.corner.name)}_{place.number}.html"

    def attachment(self, place: Place, file: File) -> str:
        """See `Style.attachment`."""
        suffix = file.name.rpartition(".")[2]
        return f"/module/download/downfile.jsp?classid=0&filename={hexed(place.number, file.name)}.{suffix}"

    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """See `Style.lists`."""
        return self._static(shelf, corner, lines) if corner.variant else self._proxied(shelf, corner, lines)

    def _proxied(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        start, column, size = self.start(corner), numbered(corner.name), 2
        unit = numbered("unit", corner.name)
        group = 3 * size
        script = (
            f"jpage({{proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:{size},totalRecord:{len(lines)},"
            f"proxyParam:{{'col':1,'appid':1,'webid':3,'path':'/','columnid':{column},'sourceContentType':1,"
            f"'unitid':{unit},'webname':'样例','permissiontype':0}}}})"
        )
        records = f'<div id="{unit}"><script type="text/xml">{_store(lines[:group], len(lines))}</script></div>'
        page = frame("年报", "", f"{records}<script>{script}</script>")
        yield Route(start, shelf.body(page.encode()))
        for first in range(group, len(lines), group):
            body = shelf.body(_store(lines[first : first + group], len(lines)).encode())
            needs = {
                "startrecord": str(first + 1),
                "columnid": str(column),
                "unitid": str(unit),
                "perpage": str(size),
            }
            yield Route("/module/web/jpage/dataproxy.jsp", body, "text/xml", "POST", needs)

    def _static(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        start, uid, pages = self.start(corner), numbered("uid", corner.name), sheets(lines)
        for number, page in enumerate(pages, 1):
            near = {n for n in (number - 1, number + 1, len(pages)) if 1 <= n <= len(pages)} - {number}
            pager = "".join(f'<a href="{start}?uid={uid}&pageNum={n}">{n}</a>' for n in sorted(near))
            html = frame("年报", "", f"<ul>{items(page)}</ul>{pager}")
            needs = {"uid": str(uid), "pageNum": str(number)}
            yield Route(start, shelf.body(html.encode()), needs=needs if number > 1 else {})
            if number == 1:
                yield Route(start, shelf.body(html.encode()), needs=needs)


def _store(lines: Sequence[Line], total: int) -> str:
    records = "".join(f"<record><![CDATA[\n{items([line])}]]></record>" for line in lines)
    return f"<datastore><totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>"


class Jpaas(Style):
    """A column page with the parameters of a call for fragments; in variant 1 a folder for each year."""

    family = "jpaas"
    variants = 2
    element = ('<div id="zoom">', "</div>")

    def start(self, corner: Corner) -> str:
        """See `Style.start`."""
        return f"/{corner.name}/zwgk/zfxxgknb/index.html"

    def article(self, place: Place) -> str:
        """See `Style.article`."""
        folder = f"/{place.corner.name}/zwgk/zfxxgknb/{place.folder_year}n/art/{place.published.year}"
        return f"{folder}/art_{hexed(place.corner.name, place.number)}.html"

    def lists(self, shelf: Shelf, corner: Corner, lines: Sequence[Line]) -> Iterator[Route]:
        """See `Style.lists`."""
        start = self.start(corner)
        if not corner.variant:
            yield from self._column(shelf, start, corner.name, lines)
            return
        # Lines stand in the folder of the year in which they came out, whatever year they are for.
        years = sorted({line.published.year if line.published else 2020 for line in lines}, reverse=True)
        folders = "".join(f'<li><a href="{year}n/index.html">{year}年</a></li>' for year in years)
        yield Route(start, shelf.body(frame("年报", "", f"<ul>{folders}</ul>").encode()))
        for year in years:
            own = [line for line in lines if (line.published.year if line.published else 2020) == year]
            address = start.replace("index.html", f"{year}n/index.html")
            yield from self._column(shelf, address, f"{corner.name}{year}", own)

    def _column(self, shelf: Shelf, start: str, name: str, lines: Sequence[Line]) -> Iterator[Route]:
        page_id, pages = hexed("page", name), ceil(len(lines) / SIZE) or 1
        data = {
            "webId": hexed("web")[:8],
            "tplSetId": hexed("tpl")[:12],
            "pageId": page_id,
            "parseType": "bulidstatic",
            "pageType": "column",
            "tagId": "当前栏目列表",
            "editType": "null",
        }
        box = f'<div class="list" querydata="{escape(json.dumps(data, ensure_ascii=False))}"></div>'
        yield Route(start, shelf.body(frame("年报", "", box).encode()))
        for number, page in enumerate(sheets(lines), 1):
            html = f'<ul>{items(page)}</ul><div class="page" totalpage="{pages}" pageno="{number}"></div>'
            body = shelf.body(json.dumps({"success": True, "data": {"html": html}}, ensure_ascii=False).encode())
            yield Route(
                "/api-gateway/jpaas-publish-server/front/page/build/unit",
                body,
                "application/json",
                needs={"pageId": page_id, "parseType": "bulidstatic", "tagId": "当前栏目列表"},
                holds={"paramJson": f'"pageNo":{number},'},
                referer=True,
            )
