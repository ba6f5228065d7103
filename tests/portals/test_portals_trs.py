from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portals_support import list_page

from portals import listing as lists
from portals.exchange import Request
from portals.families.base import Entry, ListError, Page
from portals.families.trs import count_pages
from portals.links import linked
from portals.problems import FetchError
from portals.units import PortalSource, Unit

PORTAL = PortalSource("sample", "sample.gansu.example", "trs", 0, 2, None, "http")
UNIT = Unit(
    "620102", "620102", "城关区人民政府", (), "county", "aggregate", None, "sample", "/620102/nb/", 2019, None
)
BASE = "http://sample.gansu.example/620102/nb/"


def listing(pages: dict[str, str], asked: list[str] | None = None) -> Iterator[Entry]:
    def fetch(request: Request) -> Page:
        address = request.address
        if asked is not None:
            asked.append(address)
        name = address.removeprefix(BASE)
        if name not in pages:
            raise FetchError("missing", "HTTP 404", 404)
        return Page(address, pages[name])

    return lists.entries(fetch, PORTAL, UNIT)


def test_entries_come_as_listed() -> None:
    page = list_page(
        [
            ("./202401/t20240131_1.html", "城关区2023年政府信息公开工作年度报告", "2024-01-31"),
            ("../bm/a.html#top", "2022年政府信息公开年度报告", "[2023年1月9日]"),
            ("/files/2021 年报.pdf", "2021年政府信息公开年度报告（PDF）", ""),
            ("./202401/t20240131_1_ghb.html", "城关区2023年政府信息公开工作年度报告", "2024-01-31"),
            ("b.html", "2020年政府信息公开年度报告（图片版）", "2021-02-30"),
            ("c.html", "政府信息公开指南", "2020-01-01"),
            ("javascript:void(0)", "2019年政府信息公开年度报告", "2020-01-01"),
            ("http://elsewhere.example/x.html", "2018年政府信息公开年度报告", "2019-01-01"),
        ]
    )
    host, plain = "http://sample.gansu.example", "城关区2023年政府信息公开工作年度报告"
    years = {year: f"{year}年政府信息公开年度报告" for year in range(2018, 2023)}
    assert [(e.address, e.title, e.published, e.year, e.rank) for e in listing({"": page})] == [
        (f"{BASE}202401/t20240131_1.html", plain, date(2024, 1, 31), 2023, 0),
        (f"{host}/620102/bm/a.html", years[2022], date(2023, 1, 9), 2022, 0),
        (f"{host}/files/2021%20%E5%B9%B4%E6%8A%A5.pdf", years[2021] + "（PDF）", None, 2021, 0),
        (f"{BASE}202401/t20240131_1_ghb.html", plain, date(2024, 1, 31), 2023, 1),
        (f"{BASE}b.html", years[2020] + "（图片版）", None, 2020, 1),
        ("http://elsewhere.example/x.html", years[2018], date(2019, 1, 1), 2018, 0),
    ]


@pytest.mark.parametrize(
    ("pager", "pages"),
    [
        ("<script>createPageHTML(5, 0, 'index', 'html');</script>", 5),
        ("<script>createPageHTML('page_div',12, 1,'index','html',118);</script>", 12),
        ("<script>var countPage = 3//共多少页\n createPageHTML(countPage, 0, 'index','html')</script>", 3),
        ("<script>var countPage=4;</script>", 4),
        ("<script>createPageHTML(0, 0, 'index', 'html');</script>", 1),
        ("<script>function createPageHTML(_nPageCount, _nCurrIndex){}</script>", None),
        ("<script>createPageHTML(99999999999999, 0);</script>", 1),
        ("", None),
    ],
)
def test_the_number_of_pages(pager: str, pages: int | None) -> None:
    assert count_pages(pager) == pages


def page_of(*numbers: int, pager: str = "") -> str:
    return list_page([(f"{n}.html", f"第{n}局2023年政府信息公开年度报告", "") for n in numbers], pager)


def test_pages_follow_one_another() -> None:
    asked: list[str] = []
    pager = "<script>createPageHTML(3, 0, 'index', 'html');</script>"
    pages = {"": page_of(1, 2, pager=pager), "index_1.html": page_of(3), "index_2.html": page_of(4, 5)}
    assert [e.address for e in listing(pages, asked)] == [f"{BASE}{n}.html" for n in (1, 2, 3, 4, 5)]
    assert asked == [BASE, f"{BASE}index_1.html", f"{BASE}index_2.html"]


def test_what_came_before_a_missing_page_is_kept() -> None:
    found = []
    with pytest.raises(FetchError):
        for entry in listing({"": page_of(1, pager="<script>createPageHTML(3)</script>")}):
            found.append(entry.address)
    assert found == [f"{BASE}1.html"]


def test_a_list_that_runs_in_circles_ends() -> None:
    asked: list[str] = []
    pages = {"": page_of(1, pager="<script>createPageHTML(90)</script>")}
    pages |= {f"index_{n}.html": page_of(n % 2) for n in range(1, 90)}
    with pytest.raises(ListError, match="page 2 repeats"):
        list(listing(pages, asked))
    assert len(asked) == 2


def test_a_list_without_end_is_read_in_part() -> None:
    asked: list[str] = []
    pages = {"": page_of(1, pager="<script>createPageHTML(5000)</script>")}
    pages |= {f"index_{n}.html": page_of(n + 1) for n in range(1, 300)}
    found = []
    with pytest.raises(ListError, match="5000 pages claimed, 100 read"):
        for entry in listing(pages, asked):
            found.append(entry)
    assert len(found) == len(asked) == 100


def test_pages_without_reports_are_no_circle() -> None:
    pages = {"": page_of(1, pager="<script>createPageHTML(4)</script>"), "index_3.html": page_of(2)}
    pages |= {f"index_{n}.html": list_page([("x.html", "通知", "")]) for n in (1, 2)}
    assert len(list(listing(pages))) == 2


@given(st.text(max_size=300))
def test_any_page_can_be_read(text: str) -> None:
    with contextlib.suppress(ListError):
        list(listing({"": f"<ul><li><a href='{text}' title='2023年政府信息公开年度报告'>{text}</a>{text}"}))
    linked(text, BASE)
    linked(f"<div class=TRS_Editor><a href='{text}.pdf'>{text}</a>", BASE)


def test_a_swollen_page_is_cut() -> None:
    items = [(f"{n}.html", "2023年政府信息公开年度报告" + "长" * 1000, "") for n in range(3000)]
    found = list(listing({"": list_page(items)}))
    assert len(found) < 2000 + 1 and max(len(e.title) for e in found) == 300
    assert len(linked("<body>" + "".join(f"<a href={n}.pdf>x</a>" for n in range(99)), BASE)) == 20


def test_attachments_of_the_article() -> None:
    html = """<html><body><div class="nav"><a href="/zn.pdf">政府信息公开指南</a></div>
      <div class="TRS_Editor"><p><a href="./P020240131.PDF" title="城关区年度报告.pdf">下载</a>
      <a href="a.docx?x=1#p">年度报告（Word）</a><a href="./P020240131.PDF">again</a>
      <a href="/system/download.jsp?id=3">表格.xlsx</a><a href="b.html">正文</a></p></div>
      <div class="fj"><a href="c.xls">附件：统计表</a></div>
      <p><a href="d.pdf">2023年政府信息公开工作年度报告</a></p>
      <footer><a href="e.pdf">附件：隐私</a></footer></body></html>"""
    host = "http://sample.gansu.example"
    assert [(link.address, link.title) for link in linked(html, f"{BASE}t1.html")] == [
        (f"{BASE}P020240131.PDF", "城关区年度报告.pdf"),
        (f"{BASE}a.docx?x=1", "年度报告（Word）"),
        (f"{host}/system/download.jsp?id=3", "表格.xlsx"),
        (f"{BASE}c.xls", "附件：统计表"),
        (f"{BASE}d.pdf", "2023年政府信息公开工作年度报告"),
    ]


def test_without_an_article_element_the_whole_body_counts() -> None:
    html = "<body><header><a href=x.pdf>x</a></header><div><a href=a.pdf>下载</a></div></body>"
    assert [link.address for link in linked(html, BASE)] == [f"{BASE}a.pdf"]
    assert linked("", BASE) == []
