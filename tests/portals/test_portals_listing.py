"""A unit's lists together: lists below them, caps, shells, signposts; and whose a listed report is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from portals_support import article_page

from portals import listing
from portals.attribution import Attribution, shared
from portals.exchange import Request
from portals.families.base import Entry, ListError, Page
from portals.links import linked
from portals.problems import FetchError
from portals.registry import Registry
from portals.units import PortalSource, Unit

HOST = "x.gansu.example"
PORTAL = PortalSource("x", HOST, "jpaas", 0, 1)
UNIT = Unit(
    "620102", "620102", "城关区人民政府", (), "county", "aggregate", None, "x", "/zw/nb/index.html", 2019, None
)
REPORT = "{}{}年政府信息公开工作年度报告"


def li(href: str, title: str, day: str = "2024-01-31") -> str:
    return f"<li><a href='{href}'>{title}</a><span>{day}</span></li>"


def page(*rows: str) -> str:
    return f"<html><body><ul>{''.join(rows)}</ul></body></html>"


class Web:
    def __init__(self, pages: dict[str, str]) -> None:
        self.pages, self.asked = pages, list[str]()

    def __call__(self, request: Request) -> Page:
        path = request.address.removeprefix(f"http://{HOST}")
        self.asked.append(path)
        if path not in self.pages:
            raise FetchError("missing", "HTTP 404", 404)
        return Page(request.address, self.pages[path])


def found(pages: dict[str, str], unit: Unit = UNIT, portal: PortalSource = PORTAL) -> tuple[list[Entry], str, Web]:
    """Entries, the error that ended them, what was asked."""
    web, entries = Web(pages), list[Entry]()
    try:
        for entry in listing.entries(web, portal, unit):
            entries.append(entry)
    except (ListError, FetchError) as error:
        return entries, str(error), web
    return entries, "", web


def test_folders_of_years_and_bodies_below_a_list_are_read() -> None:
    pages = {
        "/zw/nb/index.html": page(
            li("2023/index.html", "2023年", ""),
            li("2022n/index.html", "2022年度报告", ""),
            li("/other/2021/index.html", "2021年", ""),
            li("/zw/nb/zy/index.html", "友情链接", ""),
            li("https://elsewhere.example/2020/", "2020年", ""),
        ),
        "/zw/nb/2023/index.html": page(li("szf/index.html", "县政府", ""), li("bmdw/index.html", "县直部门", "")),
        "/zw/nb/2023/szf/index.html": page(li("a.html", REPORT.format("城关区", 2023))),
        # The folder of 2023 holds a report for 2022; it is in that of 2022 as well.
        "/zw/nb/2023/bmdw/index.html": page(li("/zw/nb/b.html", REPORT.format("财政局", 2022))),
        "/zw/nb/2022n/index.html": page(li("/zw/nb/b.html", REPORT.format("财政局", 2022))),
    }
    entries, error, web = found(pages)
    assert not error
    assert [(entry.address.removeprefix(f"http://{HOST}"), entry.year) for entry in entries] == [
        ("/zw/nb/b.html", 2022),
        ("/zw/nb/2023/szf/a.html", 2023),
    ]
    assert len(web.asked) == len(set(web.asked)) == 5


def test_a_folder_that_does_not_exist_is_no_fault_and_one_that_fails_is() -> None:
    pages = {"/zw/nb/index.html": page(li("2023/index.html", "2023年", ""), li("a.html", REPORT.format("", 2022)))}
    entries, error, _ = found(pages)
    assert len(entries) == 1 and not error
    pages["/zw/nb/2023/index.html"] = "<html>稍候</html>"
    entries, error, _ = found(pages)
    assert len(entries) == 1 and "empty shell" in error


def test_a_site_column_of_annual_reports_is_believed_anywhere() -> None:
    unit = replace(UNIT, path="/", basis="home")
    pages = {
        "/": page(li("/xw/1.html", "新闻"), li("/zw/nb/index.html", "政府信息公开年报", "")),
        "/zw/nb/index.html": page(li("a.html", REPORT.format("", 2023))),
    }
    entries, error, web = found(pages, unit)
    assert [entry.year for entry in entries] == [2023] and not error and web.asked == ["/", "/zw/nb/index.html"]


def test_a_signpost_is_read_no_further_than_its_first_page_and_must_lead_somewhere() -> None:
    trs = replace(PORTAL, family="trs")
    unit = replace(UNIT, path="/zw/czyjs/", basis="neighbour")
    pages = {"/zw/czyjs/": page(li("1.html", "预算")) + "<script>createPageHTML(50, 0)</script>"}
    entries, error, web = found(pages, unit, trs)
    assert (entries, len(web.asked)) == ([], 1) and "should lead to the annual reports" in error
    pages["/zw/czyjs/"] += page(li("/zw/nb/", "政府信息公开年度报告", ""))
    pages["/zw/nb/"] = page(li("a.html", REPORT.format("", 2023)))
    entries, error, web = found(pages, unit, trs)
    assert len(entries) == 1 and not error and web.asked == ["/zw/czyjs/", "/zw/nb/"]


def test_every_list_of_a_unit_is_read() -> None:
    unit = replace(UNIT, also=("/zw/tzgg/index.html",))
    pages = {
        "/zw/nb/index.html": page(li("a.html", REPORT.format("", 2023))),
        "/zw/tzgg/index.html": page(
            li("b.html", REPORT.format("", 2024)), li("/zw/nb/a.html", REPORT.format("", 2023))
        ),
    }
    assert [entry.year for entry in found(pages, unit)[0]] == [2023, 2024]


@pytest.mark.parametrize(
    "text", ["", "<html><body>系统维护中</body></html>", page(li("/", "首页", ""), li("/x", "登录", ""))]
)
def test_a_page_that_is_no_list_is_not_an_empty_one(text: str) -> None:
    entries, error, _ = found({"/zw/nb/index.html": text})
    assert entries == [] and "empty shell" in error


def test_a_list_of_other_notices_is_an_empty_one() -> None:
    assert found({"/zw/nb/index.html": page(li("1.html", "通知"))})[:2] == ([], "")


@pytest.mark.parametrize("around", ["", li("/n.html", "关于召开会议的通知", "2024-02-02")])
def test_a_report_counts_wherever_its_link_stands(around: str) -> None:
    title = REPORT.format("城关区", 2023)
    items = (
        f"<div class=item><a href='{n}.html' title='{title}'>城关区2023年…</a> <span>2024-01-2{n}</span></div>"
        for n in range(2)
    )
    flat = f"<div><a href='2.html'>{title}</a> 2024-01-22<br><a href='3.html'>{title}</a> 2024-01-23</div>"
    entries, error, _ = found({"/zw/nb/index.html": page(around) + "".join(items) + flat})
    assert not error
    assert [(entry.address.rpartition("/")[2], entry.title, str(entry.published)) for entry in entries] == [
        ("0.html", title, "2024-01-20"),
        ("1.html", title, "2024-01-21"),
        # Whose a date is that stands between two links is not guessed.
        ("2.html", title, "None"),
        ("3.html", title, "None"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        "<div class=row><div class=t><a href='1.html'>{0}</a></div><div class=d>2024-01-21</div></div>",
        "<div class=row><div class=d>2024-01-21</div><div class=t><h3><a href='1.html'>{0}</a></h3></div></div>",
        "<ul><li><p><a href='1.html'>{0}</a></p><div>2024-01-21</div></li></ul>",
        "<ul><li><div><p>· <a href='1.html'>{0}</a></p></div><div>[2024-01-21]</div></li></ul>",
        "<dl><dt><a href='1.html'>{0}</a></dt><dd>发布时间：2024-01-21</dd></dl>",
    ],
)
def test_the_date_of_a_row_may_stand_in_a_box_of_its_own(row: str) -> None:
    others = row.replace("1.html", "2.html").replace("01-21", "01-22")
    titles = [REPORT.format("城关区", year) for year in (2023, 2022)]
    html = f"<div>{row.format(titles[0])}{others.format(titles[1])}</div>"
    entries, error, _ = found({"/zw/nb/index.html": html})
    assert not error
    assert [str(entry.published) for entry in entries] == ["2024-01-21", "2024-01-22"]


@pytest.mark.parametrize(
    "html",
    [
        "<div><div><a href='1.html'>{0}</a></div><div>2024-01-21</div><div><a href='2.html'>x</a></div></div>",
        "<ul><li><a href='1.html'>{0}</a></li></ul><div>今天是2024年1月21日</div>",
        "<div><p><a href='1.html'>{0}</a></p><p>更多</p></div><div>2024-01-21</div>",
    ],
)
def test_a_date_that_may_be_of_something_else_is_not_taken(html: str) -> None:
    entries, _, _ = found({"/zw/nb/index.html": html.format(REPORT.format("城关区", 2023))})
    assert [entry.published for entry in entries] == [None]


def test_a_crumb_that_names_the_column_beside_a_date_of_the_page_is_no_report() -> None:
    """It was one: sixteen addresses of the sample site were asked for in vain."""
    crumb = "\n".join(
        (
            "<table><tr><td><p>当前位置：<a href='/'>首页</a> &gt; <a href='./../'>政府信息公开年报</a></p>",
            "<table><tr><td>公开日期</td><td>2025-02-11</td></tr></table>",
            "<h1>政府信息公开年报</h1>",
            "<p>发布时间：2025-02-11　来源：城关区</p>",
            "{}</td></tr></table>",
        )
    )
    entries, _, _ = found({"/zw/nb/index.html": crumb.format(page(li("a.html", REPORT.format("城关区", 2023))))})
    assert [entry.address.rpartition("/")[2] for entry in entries] == ["a.html"]


def test_a_menu_that_names_the_column_of_reports_is_no_report() -> None:
    menu = (
        "<div><a href='/'>首页</a> &gt; <a href='index.html'>城关区政府信息公开工作年度报告</a></div>"
        "<div><a href='/gk/nb/'>政府信息公开年报</a><a href='/gk/zd/'>城关区政府信息公开制度</a></div>"
    )
    entries, error, web = found({"/zw/nb/index.html": menu + page(li("/n.html", "关于召开会议的通知"))})
    assert not error and not entries
    assert web.asked == ["/zw/nb/index.html", "/gk/nb/"], "it is read as a list"


@pytest.mark.parametrize("base", ["/gov/", f"http://{HOST}/gov/", "../../gov/x.jsp"])
def test_links_are_relative_to_the_base_that_a_page_names(base: str) -> None:
    row = li("info/a.html", REPORT.format("城关区", 2023))
    entries, error, _ = found({"/zw/nb/index.html": f"<head><base href='{base}'></head>{page(row)}"})
    assert not error and [entry.address for entry in entries] == [f"http://{HOST}/gov/info/a.html"]
    html = f"<base href='{base}'><div id=zoom><a href='f/1.pdf'>附件</a><img src='f/2.jpg'></div>"
    assert [link.address for link in linked(html, f"http://{HOST}/zw/nb/a.html")] == [
        f"http://{HOST}/gov/f/1.pdf",
        f"http://{HOST}/gov/f/2.jpg",
    ]


@pytest.mark.parametrize("base", ["javascript:x", "file:///etc/", "data:,", "", "#", "ftp://x/", "http://a:b@c/"])
def test_a_base_that_is_no_address_counts_for_nothing(base: str) -> None:
    html = f"<base href='{base}'><div id=zoom><a href='1.pdf'>附件</a></div>"
    assert [link.address for link in linked(html, f"http://{HOST}/a/b.html")] == [f"http://{HOST}/a/1.pdf"]


def test_lists_below_without_end_are_capped() -> None:
    pages = {
        f"/zw/nb/{'2023/' * depth}index.html": page(
            li("2023/index.html", "2023年", ""), li("a.html", REPORT.format("", 2023))
        )
        for depth in range(200)
    }
    entries, error, web = found(pages)
    assert f"more than {listing.MAX_COLUMNS} lists below" in error
    assert len(web.asked) == listing.MAX_COLUMNS + 1 == len(entries)


def test_a_page_beyond_all_measure_is_not_parsed() -> None:
    entries, error, _ = found({"/zw/nb/index.html": "x" * (listing.MAX_CHARACTERS + 1)})
    assert entries == [] and "characters" in error


def test_a_vsb_article_under_two_addresses_is_one_entry() -> None:
    vsb, unit = replace(PORTAL, family="vsb"), replace(UNIT, path="/zw/nb.htm")
    title = REPORT.format("", 2023)
    rows = page(
        li("/info/2/77.htm", title), li("/content.jsp?wbtreeid=2&wbnewsid=77", title), li("/info/2/78.htm", title)
    )
    entries, _, _ = found({"/zw/nb.htm": rows}, unit, vsb)
    assert [entry.address.rpartition("/")[2] for entry in entries] == ["77.htm", "78.htm"]


def test_hosts_of_one_site_and_its_schemes_are_one() -> None:
    portal = replace(PORTAL, hosts=("www.x.gansu.example",))
    title = REPORT.format("", 2023)
    hrefs = ("a.html", "https://x.gansu.example/zw/nb/a.html", "http://www.x.gansu.example/zw/nb/a.html")
    more = ("http://other.gansu.example/zw/nb/a.html", "a.html?id=2")
    entries, _, _ = found({"/zw/nb/index.html": page(*(li(href, title) for href in (*hrefs, *more)))}, portal=portal)
    assert [entry.address for entry in entries] == [
        f"http://{HOST}/zw/nb/a.html",
        more[0],
        f"http://{HOST}/zw/nb/a.html?id=2",
    ]


def test_a_list_that_is_a_report_itself_is_an_entry() -> None:
    cells = "".join(f"<td>{label}</td>" for label in ("自然人", "商业企业", "科研机构"))
    text = article_page(REPORT.format("城关区民委", 2023), text=f"<h1>{REPORT.format('城关区民委', 2023)}</h1>")
    entries, error, _ = found({"/zw/nb/index.html": text.replace("<td>1</td>", cells)})
    assert [(entry.address, entry.year) for entry in entries] == [
        (f"http://{HOST}/zw/nb/index.html", 2023)
    ] and not error


# whose it is


@pytest.fixture
def group(registry: Registry) -> tuple[Unit, ...]:
    ids = ("620102", "620102-bgs", "620102-czj")
    return tuple(replace(registry.units[name], path="/same/") for name in ids)


def test_units_with_the_same_lists_are_read_together(registry: Registry, group: tuple[Unit, ...]) -> None:
    alone = registry.units["620103"]
    assert shared([alone, *reversed(group)]) == [group, (alone,)]
    assert shared([group[0], replace(group[1], portal="y")]) == [(group[0],), (replace(group[1], portal="y"),)]
    assert shared([group[0], replace(group[1], also=("/b/",))]) == [(group[0],), (replace(group[1], also=("/b/",)),)]


@pytest.mark.parametrize(
    ("title", "owner"),
    [
        ("兰州市城关区人民政府2023年政府信息公开工作年度报告", "620102"),
        ("城关区2023年政府信息公开工作年度报告", "620102"),
        ("城关区人民政府办公室2023年政府信息公开工作年度报告", "620102-bgs"),
        ("财政局2023年政府信息公开工作年度报告", "620102-czj"),
        ("2023年政府信息公开工作年度报告", "620102"),  # nobody named: the keeper's
        ("甘肃省人民政府2022年政府信息公开工作年度报告", "620102"),  # a copy: the document will say
        ("城关区体育局2022年政府信息公开工作年度报告", "620102"),  # not in the registry: likewise
    ],
)
def test_titles_say_whose_a_report_is(registry: Registry, group: tuple[Unit, ...], title: str, owner: str) -> None:
    known = {**registry.units, **{unit.id: unit for unit in group}}
    assert Attribution(known.values()).owner(title, group) == owner


def test_a_report_of_a_sharer_that_is_not_asked_for_is_left_out(registry: Registry, group: tuple[Unit, ...]) -> None:
    known = {**registry.units, **{unit.id: unit for unit in group}}
    attribution = Attribution(known.values())
    assert attribution.owner("财政局2023年政府信息公开工作年度报告", group[:2]) is None
    assert attribution.owner("城关区2023年政府信息公开工作年度报告", group[1:2]) is None
    assert attribution.owner("甘肃省人民政府2023年政府信息公开工作年度报告", group[1:2]) == "620102-bgs"


# what hangs on an article


def test_files_that_scripts_hand_out_are_attachments() -> None:
    download = "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=99"
    html = f"""<body><div id="vsb_content"><p>附件【<a href="{download}">统计表</a>】</p>
      <p>【<a href="/export.jsp?t=doc">下载Word</a>】【<a href="javascript:print()">打印</a>】</p>
      <a href="/module/download/downfile.jsp?classid=0&filename=ab12.pdf">年报</a><a href="/download.jsp">下载中心</a>
      </div><ul><li><a href="/sys/downfile.jsp?filename=x.pdf">指南</a></li></ul></body>"""
    found = linked(html, f"http://{HOST}/info/1/2.htm")
    assert [(link.address.removeprefix(f"http://{HOST}"), link.title) for link in found] == [
        (download, "统计表"),
        ("/export.jsp?t=doc", "下载Word"),
        ("/module/download/downfile.jsp?classid=0&filename=ab12.pdf", "年报"),
    ]
