"""Every family's ways of turning pages, on pages from memory; and that no page, however hostile, breaks a reader."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from portals_support import article_page

from portals.exchange import Request
from portals.families import FAMILIES
from portals.families.base import ListError, Page, Sheet
from portals.families.marks import looks_like
from portals.problems import FetchError

HOST = "http://x.gansu.example"
Answer = Callable[[Request], str | None]


class Web:
    """Answers from memory, and what was asked for."""

    def __init__(self, answers: dict[str, str] | Answer) -> None:
        self.answers, self.asked = answers, list[Request]()

    def __call__(self, request: Request) -> Page:
        self.asked.append(request)
        path = request.address.removeprefix(HOST)
        found = self.answers(request) if callable(self.answers) else self.answers.get(path)
        if found is None:
            raise FetchError("missing", "HTTP 404", 404)
        return Page(request.address, found)

    @property
    def paths(self) -> list[str]:
        return [request.address.removeprefix(HOST) for request in self.asked]


def read(family: str, start: str, answers: dict[str, str] | Answer) -> tuple[list[Sheet], Web]:
    web = Web(answers)
    return list(FAMILIES[family].sheets(web, HOST + start)), web


def titles(sheets: list[Sheet]) -> list[str]:
    return [row.title for sheet in sheets for row in sheet.rows]


def ul(*names: str, more: str = "") -> str:
    rows = "".join(
        f"<li><a href='/{name}.html'>{name}</a><span>2024-01-{9 + n}</span></li>" for n, name in enumerate(names)
    )
    return f"<html><body><ul>{rows}</ul>{more}</body></html>"


# UCAP

CHANNEL = "0123456789abcdef" * 2


def search(page: int, total: int, *names: str, size: int = 2) -> str:
    results = [
        {"title": f"<em>{name}</em>", "url": f"/{name}.shtml", "publishedTimeStr": "2024-01-31 10:00:00"}
        for name in names
    ]
    return json.dumps({"data": {"total": total, "rows": size, "page": page, "results": results}})


def ucap(request: Request, total: int = 3) -> str | None:
    parts = urlsplit(request.address)
    if parts.path != f"/common/search/{CHANNEL}":
        return f'<input id="channelId" type="hidden" value="{CHANNEL}"><a href="/s/c1/2023/index.shtml">x</a>'
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    assert query["_isJson"] == query["_isAgg"] == "true" and query["_rangeTimeGte"] == ""
    page = int(query["page"])
    return search(page, total, *("一二三"[2 * page - 2 : 2 * page]))


@pytest.mark.parametrize(
    "shell",
    [
        f'<input id="channelId" type="hidden" value="{CHANNEL}">',
        f"<script>var channelId = '{CHANNEL}';</script>",
        f'<div data-x="1"></div><script>load({{"channel_id":"{CHANNEL}"}})</script>',
        f"<script>$.get('/common/search/{CHANNEL}?_isAgg=true')</script>",
    ],
)
def test_ucap_calls_the_search_of_its_channel(shell: str) -> None:
    start = "/gsszf/c100054/zfxxgk_zdgk.shtml"
    sheets, web = read("ucap", start, lambda r: shell if r.address.endswith(start) else ucap(r))
    assert titles(sheets) == ["一", "二", "三"]
    assert [sheet.pages for sheet in sheets] == [2, 2]
    assert sheets[0].rows[0].published == date(2024, 1, 31)
    assert sheets[0].rows[0].address == f"{HOST}/%E4%B8%80.shtml"
    assert len(web.asked) == 3 and dict(web.asked[1].headers) == {"Referer": HOST + start}


def test_ucap_takes_the_call_itself_as_a_start() -> None:
    sheets, web = read("ucap", f"/common/search/{CHANNEL}", ucap)
    assert titles(sheets) == ["一", "二", "三"] and len(web.asked) == 2


def test_ucap_with_nothing_published_is_no_fault() -> None:
    sheets, _ = read("ucap", f"/common/search/{CHANNEL}", lambda r: search(1, 0))
    assert [sheet.rows for sheet in sheets] == [()] and sheets[0].pages == 1


def test_ucap_that_breaks_its_promise_is_told() -> None:
    with pytest.raises(ListError, match="page 2 of 2 is empty"):
        read(
            "ucap",
            f"/common/search/{CHANNEL}",
            lambda r: search(1, 4, "一", "二") if r.address.endswith("=1") else search(2, 4),
        )


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "<html>",
        "[]",
        '{"data": null}',
        '{"data": {"total": 5, "rows": 0, "results": []}}',
        '{"data": {"total": "many", "rows": 20, "results": []}}',
        '{"data": {"total": 5, "rows": 20, "results": {"0": 1}}}',
        '{"data": {"total": -5, "rows": 20, "results": []}}',
        '{"data": {"total": 1e999, "rows": 20, "results": []}}',
        '{"data": {"total": ' + "9" * 5000 + ', "rows": 20, "results": []}}',
        "[" * 100_000,
    ],
)
def test_ucap_answers_that_are_no_list(answer: str) -> None:
    with pytest.raises(ListError):
        read("ucap", f"/common/search/{CHANNEL}", lambda r: answer)


def test_ucap_results_of_any_shape_are_skipped() -> None:
    data = {
        "data": {
            "total": 1,
            "rows": 20,
            "results": [
                None,
                3,
                {},
                {"url": 1, "title": "x"},
                {"url": "/a", "title": None},
                {"url": "/a", "title": "好"},
            ],
        }
    }
    sheets, _ = read("ucap", f"/common/search/{CHANNEL}", lambda r: json.dumps(data))
    assert titles(sheets) == ["好"]


def test_ucap_older_sites_have_static_pages() -> None:
    pages = {
        "/x/c1/list.shtml": ul("一", more="<a href='list_2.shtml'>2</a>"),
        "/x/c1/list_2.shtml": ul("二", more="<a href='list_3.shtml'>3</a>"),
        "/x/c1/list_3.shtml": ul("三", more="<a href='list_2.shtml'>2</a>"),
    }
    sheets, web = read("ucap", "/x/c1/list.shtml", pages)
    assert titles(sheets) == ["一", "二", "三"] and len(web.asked) == 3


# Hanweb classic


def store(*names: str) -> str:
    records = "".join(f"<record><![CDATA[{ul(name)}]]></record>" for name in names)
    return f"<datastore><nextgroup><![CDATA[<a href='/x'>]]></nextgroup><recordset>{records}</recordset></datastore>"


PROXY = (
    "<script>jpage({proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:1,totalRecord:5,proxyParam:{'col':1,"
    "'appid':1,'webid':3,'path':'/','columnid':18829,'sourceContentType':1,'unitid':44,'webname':'兰州市','permissiontype':0}})</script>"
)


def test_hanweb_posts_for_the_records_that_the_page_lacks() -> None:
    def answer(request: Request) -> str:
        if request.form is None:
            return f"<script type='text/xml'>{store('一', '二', '三')}</script>{PROXY}"
        query = dict(parse_qsl(urlsplit(request.address).query))
        assert query == {"startrecord": "4", "endrecord": "5", "perpage": "1"}
        return store("四", "五")

    sheets, web = read("hanweb", "/col/col18829/index.html", answer)
    assert titles(sheets) == ["一", "二", "三", "四", "五"]
    assert dict(web.asked[1].form or ()) == {
        "col": "1",
        "appid": "1",
        "webid": "3",
        "path": "/",
        "columnid": "18829",
        "sourceContentType": "1",
        "unitid": "44",
        "webname": "兰州市",
        "permissiontype": "0",
    }
    assert web.asked[1].method == "POST" and ("Referer", f"{HOST}/col/col18829/index.html") in web.asked[1].headers


@pytest.mark.parametrize(("head", "folder"), [("", "/col/col1/"), ("<base href='/gov/'>", "/gov/")])
def test_hanweb_records_start_from_the_page_that_shows_them(head: str, folder: str) -> None:
    def answer(request: Request) -> str:
        shown = (
            f"{head}<script type='text/xml'>{store('a')}</script>{PROXY.replace('totalRecord:5', 'totalRecord:2')}"
        )
        return (shown if request.form is None else store("b")).replace("href='/b", "href='b").replace("'/a", "'a")

    sheets, _ = read("hanweb", "/col/col1/index.html", answer)
    assert [row.address for sheet in sheets for row in sheet.rows] == [f"{HOST}{folder}{name}.html" for name in "ab"]


def test_hanweb_records_that_never_come_are_told() -> None:
    first = f"<script type='text/xml'>{store('一')}</script>{PROXY}"
    with pytest.raises(ListError, match="records 2 to 4 of 5 are missing"):
        read("hanweb", "/col/col18829/index.html", lambda r: first if r.form is None else store())


def test_hanweb_static_pages_by_uid() -> None:
    start = "/col/col1/index.html"
    pages = {
        start: ul(
            "一",
            more=f"<a href='{start}?uid=7&pageNum=2'>2</a><a href='/col/col2/index.html?uid=7&pageNum=9'>其他</a>",
        ),
        f"{start}?uid=7&pageNum=2": ul("二", more=f"<a href='{start}?uid=7&pageNum=3'>3</a>"),
        f"{start}?uid=7&pageNum=3": ul("三", more=f"<a href='{start}?uid=7&pageNum=1'>1</a>"),
    }
    sheets, web = read("hanweb", start, pages)
    assert titles(sheets) == ["一", "二", "三"] and len(web.asked) == 3


# Hanweb JPAAS

UNIT_DATA = {
    "webId": "3f2a",
    "tplSetId": "9c1",
    "pageId": "77aa",
    "tagId": "当前栏目列表",
    "parseType": "bulidstatic",
    "pageType": "column",
    "editType": "null",
}


@pytest.mark.parametrize(
    "box",
    [
        f"<div querydata='{json.dumps(UNIT_DATA, ensure_ascii=False)}'></div>",
        f'<div querydata="{json.dumps(UNIT_DATA, ensure_ascii=False)}"></div>'.replace('{"', "{&quot;").replace(
            '"}', "&quot;}"
        ),
        "<script " + " ".join(f'{name}="{value}"' for name, value in UNIT_DATA.items()) + "></script>",
        "<script>var u='/api-gateway/x?"
        + "&".join(f"{name}={value}" for name, value in UNIT_DATA.items())
        + "'</script>",
    ],
)
@pytest.mark.parametrize("pager", ["<div totalpage='2'></div>", "<div count='21'></div>", ""])
def test_jpaas_asks_for_fragments_with_the_page_as_referer(box: str, pager: str) -> None:
    def answer(request: Request) -> str:
        parts = urlsplit(request.address)
        if not parts.path.startswith("/api-gateway"):
            return box
        query = dict(parse_qsl(parts.query))
        paging = json.loads(query.pop("paramJson"))
        assert query == UNIT_DATA and dict(request.headers)["Referer"] == f"{HOST}/x/zfxxgknb/index.html"
        names = {1: ["一", "二"], 2: ["三"]}.get(paging["pageNo"], ["三"])
        return json.dumps({"success": True, "data": {"html": ul(*names, more=pager)}})

    sheets, web = read("jpaas", "/x/zfxxgknb/index.html", answer)
    assert titles(sheets) == ["一", "二", "三"]
    assert len(web.asked) == (3 if pager else 4), "one more where nothing says how many pages there are"


@pytest.mark.parametrize(("head", "folder"), [("", "/x/zfxxgknb/"), ("<base href='/gov/'>", "/gov/")])
def test_jpaas_fragments_start_from_the_page_that_shows_them(head: str, folder: str) -> None:
    def answer(request: Request) -> str:
        if "/api-gateway" in request.address:
            return json.dumps({"data": {"html": ul("a", "b", more="<div totalpage='1'></div>").replace("'/", "'")}})
        return f"{head}<div querydata='{json.dumps(UNIT_DATA)}'></div>"

    sheets, _ = read("jpaas", "/x/zfxxgknb/index.html", answer)
    assert [row.address for sheet in sheets for row in sheet.rows] == [f"{HOST}{folder}{name}.html" for name in "ab"]


@pytest.mark.parametrize("answer", ["", "{}", '{"data": {"html": null}}', '{"data": []}', "<html>", "[" * 100_000])
def test_jpaas_answers_that_are_no_list(answer: str) -> None:
    box = f"<div querydata='{json.dumps(UNIT_DATA)}'></div>"
    with pytest.raises(ListError):
        read("jpaas", "/x/index.html", lambda r: answer if "/api-gateway/" in r.address else box)


def test_jpaas_page_without_parameters_is_read_as_it_stands() -> None:
    sheets, web = read("jpaas", "/x/index.html", {"/x/index.html": ul("一")})
    assert titles(sheets) == ["一"] and len(web.asked) == 1


# VSB


def test_vsb_pages_count_down() -> None:
    pager = "<a href='nb/3.htm'>下页</a><a href='nb/1.htm'>尾页</a><a href='other/9.htm'>9</a>"
    pages = {"/zfxxgk/nb.htm": ul("一", more=pager)} | {
        f"/zfxxgk/nb/{n}.htm": ul(name) for n, name in ((3, "二"), (2, "三"), (1, "四"))
    }
    sheets, web = read("vsb", "/zfxxgk/nb.htm", pages)
    assert titles(sheets) == ["一", "二", "三", "四"]
    assert web.paths == ["/zfxxgk/nb.htm", "/zfxxgk/nb/3.htm", "/zfxxgk/nb/2.htm", "/zfxxgk/nb/1.htm"]


def test_vsb_articles_are_one_under_both_addresses() -> None:
    key = FAMILIES["vsb"].key
    static = f"{HOST}/info/2381/644672.htm"
    assert key(static) == key(f"{HOST}/content.jsp?urltype=news.NewsContentUrl&wbtreeid=5069&wbnewsid=644672")
    assert key(static) != key(f"{HOST}/info/2381/644673.htm")
    assert key(f"{HOST}/nb.htm") == f"{HOST}/nb.htm"


def test_a_list_page_that_is_a_report_is_a_row_itself() -> None:
    cells = "".join(f"<td>{label}</td>" for label in ("自然人", "商业企业", "科研机构"))
    page = f"<html><title>州民委</title><h1>甘南州民委2023年政府信息公开年度报告</h1><table><tr>{cells}</table>"
    sheets, _ = read("vsb", "/zfxxgk/mzw.htm", {"/zfxxgk/mzw.htm": page})
    assert [(row.address, row.title) for row in sheets[0].rows] == [
        (f"{HOST}/zfxxgk/mzw.htm", "甘南州民委2023年政府信息公开年度报告")
    ]


# numbered pages


def test_content_pages_by_pager_by_next_or_by_asking() -> None:
    start = "/gk/zfxxgk/xxgkndbg"
    by_pager = {
        start: ul("一", more=f"<a href='{start}?page=2'>2</a><a href='{start}?page=3'>末页</a>"),
        f"{start}?page=2": ul("二"),
        f"{start}?page=3": ul("三"),
    }
    assert titles(read("content_n", start, by_pager)[0]) == ["一", "二", "三"]
    by_next = {
        start: ul("一", more=f"<a href='{start}/p2'>下一页</a>"),
        f"{start}/p2": ul("二", more=f"<a href='{start}'>上一页</a><a href='{start}/p3'>下一页 &gt;</a>"),
        f"{start}/p3": ul("三", more=f"<a href='{start}/p3'>下一页</a>"),
    }
    assert titles(read("content_n", start, by_next)[0]) == ["一", "二", "三"]
    silent = {start: ul("一"), f"{start}?page=2": ul("二"), f"{start}?page=3": ul("二")}
    assert titles(read("content_n", start, silent)[0]) == ["一", "二"]


def test_column_pages_by_count_or_by_asking() -> None:
    start = "/zfxxgk/public/column/32129260?type=4&catId=142202557&action=list"
    counted = {
        start: ul("一", more="<script>Ls.pagination({pageCount: 2})</script>"),
        f"{start}&pageIndex=2": ul("二"),
    }
    sheets, web = read("column", start, counted)
    assert titles(sheets) == ["一", "二"] and web.paths == list(counted)
    silent = {start: ul("一"), f"{start}&pageIndex=2": ul("二"), f"{start}&pageIndex=3": ul("一")}
    assert titles(read("column", start, silent)[0]) == ["一", "二"]


def test_enorth_follows_the_next_page() -> None:
    pages = {
        "/x/index.shtml": ul("一", more="<a href='more_2.shtml'>下一页</a>"),
        "/x/more_2.shtml": ul("二", more="<a href='index.shtml'>上一页</a><a href='more_2.shtml'>下一页</a>"),
    }
    assert titles(read("enorth", "/x/index.shtml", pages)[0]) == ["一", "二"]


def test_phpcms_pages_of_its_own_category_only() -> None:
    start = "/index.php?m=content&c=index&a=lists&catid=12"
    pages = {
        start: ul(
            "一",
            more=f"<a href='{start}&page=2'>2</a><a href='/index.php?m=content&c=index&a=lists&catid=9&page=2'>2</a>",
        ),
        f"{start}&page=2": ul("二"),
    }
    sheets, web = read("phpcms", start, pages)
    assert titles(sheets) == ["一", "二"] and len(web.asked) == 2


# all of them

STARTS = {
    "ucap": "/gsszf/c100054/zfxxgk_zdgk.shtml",
    "hanweb": "/col/col18829/index.html",
    "jpaas": "/lxz/zwgk/zfxxgknb/index.html",
    "vsb": "/zfxxgk/zfxxgknb2.htm",
    "trs": "/zwgk/zfxxgknb/",
    "content_n": "/gk/zfxxgk/xxgkndbg",
    "column": "/content/column/4640170",
    "enorth": "/xxgk/nb/index.shtml",
    "phpcms": "/index.php?m=content&c=index&a=lists&catid=12",
}
SCRAPS = st.sampled_from(
    [
        "<li><a href='/a.html' title='2023年政府信息公开年度报告'>x</a>2024-01-31</li>",
        "<record><![CDATA[<li><a href='b'>",
        "]]></record>",
        "dataproxy.jsp totalRecord:99 perPage:2 columnid:1 unitid:2",
        "/module/web/jpage/dataproxy.jsp",
        f"channelId='{CHANNEL}'",
        '{"data":{"total":3,"rows":1,"results":[{"title":"t","url":"/u","publishedTimeStr":"2024"}]}}',
        '{"data":{"html":"<li><a href=c>2023年政府信息公开年报</a>"}}',
        "webId='1' tplSetId='2' pageId='3' tagId='4'",
        "createPageHTML(9, 0)",
        "pageCount: 7",
        "<a href='?page=2'>2</a><a href='?pageIndex=99999'>9</a><a href='zfxxgknb2/9.htm'>下页</a>",
        "<a href='2023/index.html'>2023年</a>",
        "<table><tr><td>自然人<td>结果维持<td>尚未审结<td>制发件数",
        "\x00\ufffd<!--",
        "<" * 50,
    ]
)


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(sorted(STARTS)),
    st.lists(st.lists(SCRAPS | st.text(max_size=40), max_size=6).map("".join), min_size=1, max_size=4),
)
def test_no_page_breaks_a_family(family: str, texts: list[str]) -> None:
    asked = 0

    def fetch(request: Request) -> Page:
        nonlocal asked
        asked += 1
        request.body, request.key  # noqa: B018  # what is asked for can be sent
        return Page(request.address, texts[(asked - 1) % len(texts)])

    try:
        for number, sheet in enumerate(FAMILIES[family].sheets(fetch, HOST + STARTS[family])):
            assert len(sheet.rows) <= 2001 and all(row.address.startswith("http") for row in sheet.rows)
            if number > 20:
                break
    except ListError as error:
        assert "\n" not in str(error)


def test_starts_are_formed_as_the_families_form_them() -> None:
    for family, start in STARTS.items():
        assert FAMILIES[family].start.fullmatch(start)
    for family, wrong in (
        ("hanweb", "/index.html"),
        ("vsb", "/nb/"),
        ("jpaas", "/nb/"),
        ("trs", "/nb.htm"),
        ("ucap", "/nb/"),
    ):
        assert not FAMILIES[family].start.fullmatch(wrong)


def test_hostile_pages_are_read_in_time_that_grows_with_them() -> None:
    """Patterns that look ahead without end would take hours here, not the second or so that the parser needs."""
    n = 300_000
    for text in (
        "<record>" * (n // 8),
        "<record><![CDATA[" * (n // 17),
        "columnid" * (n // 8),
        "createPageHTML(" * (n // 15),
        "channelId" + " " * n,
        "webId=" + "a" * n,
        "totalRecord" + " " * n,
        "<a href='?page=2'>" * 3000,
    ):
        for family in FAMILIES.values():
            web = Web(lambda r, text=text: text)
            try:
                for number, _ in enumerate(family.sheets(web, HOST + STARTS[family.name])):
                    if number > 1:
                        break
            except ListError:
                pass
            assert len(web.asked) < 5


def test_marks_tell_families_apart() -> None:
    assert looks_like("<script>createPageHTML(1)</script>") == ("trs",)
    assert looks_like(f"<script>$.get('/common/search/{CHANNEL}')") == ("ucap",)
    assert looks_like(article_page("x")) == ("trs",)
    assert looks_like("plain") == ()
