"""Which pictures of an article are asked for: the pages of a report, not what decorates every page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portals_support import HOST, Answer, Site, article_page, list_page

from portals.archive import Archive
from portals.crawl import Run, crawl
from portals.documents import documents
from portals.links import linked
from portals.registry import Registry

BASE = f"http://{HOST}/620102/t1.html"
FOLDER = BASE.removesuffix("t1.html")
TITLE = "城关区2023年政府信息公开工作年度报告"


def article(inner: str, outside: str = "") -> str:
    return f"<html><body><h1>{TITLE}</h1><div class='TRS_Editor'>{inner}</div>{outside}</body></html>"


def listed(html: str) -> list[str]:
    return [link.address for link in linked(html, BASE)]


def test_pages_of_a_report_in_order_each_once() -> None:
    html = article(
        "<p><img src='./W1.jpg' alt='第一页'></p><img data-src='W2.PNG' src='/images/loading.gif'>"
        "<img src='./W1.jpg'><img src='/picture/0/a1b2' width='100%'><a href='W4.jpg'><img src='W4.jpg'></a>"
        f"<img src='http://img.{HOST}/W5.webp' style='width: 650px; height: 900px'>"
    )
    assert [(link.address, link.title) for link in linked(html, BASE)] == [
        (f"{FOLDER}W1.jpg", "第一页"),
        (f"{FOLDER}W2.PNG", "W2.PNG"),
        (f"http://{HOST}/picture/0/a1b2", "a1b2"),
        (f"{FOLDER}W4.jpg", "W4.jpg"),
        (f"http://img.{HOST}/W5.webp", "W5.webp"),
    ]


@pytest.mark.parametrize(
    "image",
    [
        "<img src='/images/icon_pdf.gif'>",
        "<img src='/ueditor/dialogs/attachment/fileTypeImages/x.gif'>",
        "<img src='/img/qrcode.png'>",
        "<img src='W1.png' alt='扫一扫在手机打开当前页'>",
        "<img src='W1.png' width='120' height='120'>",
        "<img src='W1.png' style='height:20px;width:690px'>",
        "<img src='/count/hits.jsp?id=3'>",
        "<img src='/visit.do?id=3'>",
        "<img src='http://hm.baidu.com/hm.gif'>",
        "<img src='http://evil-sample.gansu.example/W1.png'>",
        "<img src='data:image/png;base64,AAAA'>",
        "<img src='javascript:x'><img><img src=''>",
        "<a href='/zt/index.html'><img src='W1.png'></a>",
        "<img src='b.gif'>" * 3,
    ],
)
def test_decoration_is_not_asked_for(image: str) -> None:
    assert listed(article(image)) == []


def test_without_an_article_element_the_margins_do_not_count() -> None:
    html = (
        f"<body><div class='page-header'><img src='a.jpg'></div><p id='menu'><img src='b.jpg'></p><h1>{TITLE}</h1>"
        "<div class='content'><img src='c.jpg'></div><div class='friend-links'><img src='d.jpg'></div></body>"
    )
    assert listed(html) == [f"{FOLDER}c.jpg"]
    assert listed(article("<img src='c.jpg'>", "<img src='e.jpg'>")) == [f"{FOLDER}c.jpg"]


def test_a_page_with_the_tables_or_with_the_report_attached_needs_no_picture() -> None:
    image = "<img src='W1.jpg'>"
    table = "<table><tr><td>自 然 人</td><th>商业<br>企业</th><td><p>科研机构</p></td></tr></table>"
    assert listed(article(image + table)) == []
    menu = "<table><tr><td>行政许可</td><td>行政处罚</td><td>行政强制</td><td>规章</td><td>结果维持</td></tr></table>"
    prose = "<table><tr><td>自然人、商业企业、科研机构申请22件，结果维持3件。</td></tr></table>"
    assert listed(article(image + menu + prose)) == [f"{FOLDER}W1.jpg"]
    assert listed(article(f"{image}<a href='P1.pdf'>{TITLE}.pdf</a>")) == [f"{FOLDER}P1.pdf"]
    assert listed(article(f"{image}<a href='P1.doc'>申请表.doc</a>")) == [f"{FOLDER}P1.doc", f"{FOLDER}W1.jpg"]


def test_no_more_than_twenty() -> None:
    assert len(listed(article("".join(f"<img src='{n}.jpg'>" for n in range(50))))) == 20


@given(st.text(max_size=200))
def test_any_page_can_be_searched(text: str) -> None:
    linked(f"<div class=TRS_Editor><a href='{text}'><img src='{text}.jpg' width='{text}' style='{text}'>{text}", BASE)


def test_pictures_are_captured_like_attachments(site: Site, registry: Registry, run: Run, archive: Archive) -> None:
    folder = "/620102/zfxxgknb"
    page = article_page(TITLE, "<img src='W1.jpg'><img src='W2'><img src='gone.jpg'><a href='P1.doc'>申请表</a>")
    site.put(f"{folder}/", list_page([(f"{folder}/t1.html", TITLE, "2024-01-31")]))
    site.put(f"{folder}/t1.html", page)
    site.put(f"{folder}/P1.doc", Answer(b"doc", headers={"Content-Type": "application/msword"}))
    for name in ("W1.jpg", "W2"):
        site.put(f"{folder}/{name}", Answer(name.encode(), headers={"Content-Type": "image/jpeg"}))
    result = crawl(registry.portals["sample"], [registry.units["620102"]], run)
    assert [(problem.code, problem.kind) for problem in result.problems] == [("missing", "attachment")]
    (found,) = documents(archive, registry)
    assert [capture.address.rpartition("/")[2] for capture in found.attachments] == ["P1.doc"]
    assert [archive.read(capture.capture_id) for capture in found.pictures] == [b"W1.jpg", b"W2"]
    assert {capture.parent_address for capture in found.pictures} == {found.article.address}
