from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portals_support import HOST, Answer, Site, article_page, list_page

from portals import obstacles
from portals.archive import Archive
from portals.crawl import Run, crawl
from portals.fetch import Fetcher
from portals.problems import FetchError, Kind
from portals.registry import Registry

BASE = f"http://{HOST}"
MENU = "<ul>" + "".join(f"<li><a href='/{n}'>栏目{n}</a></li>" for n in range(60)) + "</ul>"
FILLER = "<p>" + "本机关主动公开政府信息，依法办理公开申请。" * 20 + "</p>"


def page(body: str, title: str = "", head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


#: what is sent, what it is, a word of the detail
BLOCKED = {
    "a challenge of nothing but scripts": (
        page("", head="<script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=73191;</script>"),
        "blocked",
        "瑞数",
    ),
    "a cookie and a reload": (
        page("", head="<script>document.cookie='_x='+(1+2)+';path=/';location.href=location.pathname</script>"),
        "blocked",
        "脚本跳转",
    ),
    "a cloud's slider": (
        page("<div id='renderData'></div>", head="<script>var arg1='0123456789ABCDEF0123456789ABCDEF'</script>"),
        "blocked",
        "阿里云",
    ),
    "a firewall": (page("<h1>您的请求疑似存在安全威胁，已被网站管理员设置拦截</h1>"), "blocked", "拦截"),
    "a firewall in English": (
        page("The requested URL was rejected. Please consult with your administrator. Your support ID is: 1234"),
        "blocked",
        "rejected",
    ),
    "a refusal with a menu around it": (page(f"<nav>{MENU}</nav><p>403 Forbidden</p>{MENU}"), "blocked", "orbidden"),
    "too many visits": (page("<div>访问过于频繁，请完成验证后继续</div>"), "blocked", "频繁"),
    "a login": (
        page("<h2>统一身份认证</h2><form><label>用户名</label><input><input type='password'></form>", "用户登录"),
        "blocked",
        "登录",
    ),
    "a shell": (
        page("<div id='app'></div><script src='/js/app.3f2a.js'></script>", "某县人民政府"),
        "blocked",
        "空壳",
    ),
    "no script, no page": (
        page(
            "<noscript>We're sorry but this site doesn't work. Please enable JavaScript.</noscript><div id=app></div>"
        ),
        "blocked",
        "JavaScript",
    ),
    "nothing": (b" \r\n\t", "blocked", "空白"),
    "not found": (
        page("<div>抱歉，您访问的页面不存在或已被删除！</div>" + MENU, "某县人民政府"),
        "missing",
        "不存在",
    ),
    "not found by its title": (page("<a href='/'>返回首页</a>", "404 Not Found"), "missing", "404"),
    "an article that was withdrawn": (page("<p>该信息已被撤销。</p>"), "missing", "撤销"),
    "a server in trouble": (page("<h1>系统繁忙，请稍后再试</h1>"), "server", "繁忙"),
    "a stack trace": (page("<pre>HTTP Status 500 – java.lang.NullPointerException</pre>"), "server", "500"),
    "words that were lost": (
        page(FILLER).decode().encode("gb18030")[:400] + b"\xff\xfe\xfd" * 200,
        "damaged",
        "乱码",
    ),
    "words that were wrongly stored": (page(FILLER + "锟斤拷" * 9), "damaged", "锟斤拷"),
    "a page cut off in a table": (page(FILLER + "<table><tr><td>1</td>")[:-14], "damaged", "残缺"),
    "a page cut off in a tag": (page(FILLER + "<p class='x")[:-15], "damaged", "残缺"),
}


@pytest.mark.parametrize("name", BLOCKED)
def test_what_is_no_document_is_recognised(name: str) -> None:
    body, code, word = BLOCKED[name]
    found = obstacles.found(body, "text/html", "", "document")
    assert found is not None and found[0] == code and word in found[1], found


FINE = {
    "a report": article_page("某局2023年政府信息公开工作年度报告").encode(),
    "a report whose site has a login, a search and a challenge's own scripts": page(
        f"<div class='login'><input type='password'>登录</div><script>$_ts=1;document.cookie='a=1'</script>{FILLER}"
    ),
    "a cover with nothing but a file": page(
        "<h1>某局年度报告</h1><a href='P1.pdf'>附件</a>", head="<script></script>"
    ),
    "a report in pictures": page("<div id='zoom'><img src='1.jpg'></div><script>count()</script>", "某局年度报告"),
    "a short report that speaks of what it did not find": page(
        "<p>本机关2023年未收到申请，相关政府信息不存在，未予公开。</p>", "某局2023年政府信息公开工作年度报告"
    ),
    "a long report that speaks of refusals": page(FILLER + "<p>访问被拒绝、系统错误、页面不存在等问题已整改。</p>"),
    "a page without an end that is otherwise whole": page(FILLER)[: -len("</body></html>")],
    "a PDF": b"%PDF-1.7 403 Forbidden",
    "a JSON list": b'{"data": {"total": 0}}',
}


@pytest.mark.parametrize("name", FINE)
def test_documents_are_left_alone(name: str) -> None:
    media_type = "application/json" if FINE[name].startswith(b"{") else "text/html" if b"<" in FINE[name] else ""
    assert obstacles.found(FINE[name], media_type, "", "document") is None


@pytest.mark.parametrize(
    ("media_type", "address", "kind", "code"),
    [
        ("application/pdf", "http://a.example/P1", "attachment", "damaged"),
        ("image/png", "http://a.example/1", "attachment", "damaged"),
        ("", "http://a.example/P1.PDF?v=2", "document", "damaged"),
        ("text/html", "http://a.example/%E5%B9%B4%E6%8A%A5.docx", "document", "damaged"),
        ("text/html", "http://a.example/1.html", "document", "blocked"),
        ("", "http://a.example/1.html", "document", "blocked"),
        ("application/json", "http://a.example/list", "list", "blocked"),
    ],
)
def test_an_empty_file_is_no_refusal_an_empty_page_may_be(
    media_type: str, address: str, kind: Kind, code: str
) -> None:
    found = obstacles.found(b" \n", media_type, "", kind, address)
    assert found is not None and found[0] == code


def test_a_list_may_be_a_shell() -> None:
    shell = BLOCKED["a shell"][0]
    assert obstacles.found(shell, "text/html", "", "list") is None
    assert obstacles.found(BLOCKED["a firewall"][0], "text/html", "", "list") is not None


REPORTS = [(f"{y}.html", f"某区财政局{y}年政府信息公开工作年度报告", f"{y + 1}-01-20") for y in range(2020, 2024)]
NEWS = [(f"{n}.html", "关于召开会议的通知", "2024-01-20") for n in range(4)]
LOGIN_BOX = "<form>公务邮箱登录 用户名<input> 密码<input type='password'></form>"
NO_SCRIPTS = "<noscript>您的浏览器不支持JavaScript，请开启JavaScript后浏览本站</noscript>"


def listing(items: list[tuple[str, str, str]], around: str, title: str = "2023年-某区人民政府") -> bytes:
    rows = "".join(f"<li><a href='{href}'>{name}</a><span>{day}</span></li>" for href, name, day in items)
    return page(f"<ul>{rows}</ul>{around}", title)


@pytest.mark.parametrize(
    "around",
    [
        "<div class='foot'>承办：某区政府办公室 网站维护：某区大数据中心</div>",
        "<div class='foot'>网站建设与维护：某区信息中心　陇ICP备05000001号</div>",
        "<div class='footer'>系统维护 某区信息中心，已接入云防护</div>",
        LOGIN_BOX,
        NO_SCRIPTS,
        "<script>$_ts=window['$_ts'];</script>",
    ],
)
@pytest.mark.parametrize("items", [REPORTS, NEWS])
def test_a_list_is_not_judged_by_its_margins(items: list[tuple[str, str, str]], around: str) -> None:
    assert obstacles.found(listing(items, around), "text/html", "", "list", f"{BASE}/nb/") is None


@pytest.mark.parametrize(
    ("credit", "notice"),
    [
        ("网站维护：某中心", "网站维护：本站将于今晚恢复"),
        ("网站建设与维护 某中心", "网站建设升级维护中"),
        ("系统运行维护：某公司", "系统正在进行技术升级"),
        ("网站维护单位 某中心", "网站维护通知"),
        ("网站维护中心 某路1号", "网站维护中"),
        ("网站维护电话 0931", "系统升级，请稍后访问"),
    ],
)
def test_who_maintains_a_site_is_no_notice_of_maintenance(credit: str, notice: str) -> None:
    for kind in ("list", "document"):
        assert obstacles.found(page(f"<p>{credit}</p>"), "text/html", "", kind) is None
        found = obstacles.found(page(f"<p>{notice}</p>"), "text/html", "", kind)
        assert found is not None and found[0] == "server"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        # A menu that names the column of reports, with no year, is on every page of a site.
        (page(f"<ul><li><a href='/nb/'>政府信息公开年报</a></li></ul>{LOGIN_BOX}"), "blocked"),
        (listing(NEWS, LOGIN_BOX, "用户登录"), "blocked"),
        (listing(NEWS, "<p>抱歉，您访问的页面不存在</p>"), "missing"),
        (listing(NEWS, "<p>您的请求已被拦截</p>"), "blocked"),
        (listing(NEWS, "<p>网站正在维护，请稍后访问</p>"), "server"),
    ],
)
def test_news_and_menus_beside_an_obstacle_make_it_no_list(body: bytes, code: str) -> None:
    found = obstacles.found(body, "text/html", "", "list", f"{BASE}/nb/")
    assert found is not None and found[0] == code


@given(st.one_of(st.binary(), st.text().map(page), st.text().map(str.encode)))
def test_any_body_is_judged(body: bytes) -> None:
    found = obstacles.found(body, "text/html", "", "document")
    assert found is None or (found[1] and "\n" not in found[1] and FetchError(*found).code == found[0])


@pytest.mark.parametrize(
    "word", ["document.cookie=", "页面", "访问", "<script ", "_$aa", "<table>", "<div>", "<a>", "<", "<!--", "&#x;"]
)
def test_a_megabyte_of_what_is_looked_for_does_no_harm(word: str) -> None:
    """No pattern that goes through it again and again, no recursion into it; it is no refusal either."""
    found = obstacles.found(page(FILLER + word * (1_000_000 // len(word.encode()))), "text/html", "", "document")
    assert found is None or found[0] == "damaged"


def test_a_blocked_answer_is_kept_as_evidence_and_is_no_document(
    site: Site, registry: Registry, run: Run, archive: Archive
) -> None:
    items = [(f"{n}.html", f"城关区{2019 + n}年政府信息公开工作年度报告", "") for n in range(4)]
    site.put("/620102/zfxxgknb/", list_page(items))
    challenge = BLOCKED["a challenge of nothing but scripts"][0]
    site.put("/620102/zfxxgknb/0.html", Answer(challenge, 412))
    site.put("/620102/zfxxgknb/1.html", Answer(challenge))
    site.put("/620102/zfxxgknb/2.html", BLOCKED["not found"][0])
    site.put("/620102/zfxxgknb/3.html", article_page(items[3][1]))
    result = crawl(registry.portals["sample"], [registry.units["620102"]], run)
    assert [(p.code, p.status) for p in result.problems] == [("blocked", 412), ("blocked", 200), ("missing", 200)]
    assert "瑞数" in result.problems[0].detail and "412" in result.problems[0].detail
    assert [c.address for c in archive.captures()] == [f"{BASE}/620102/zfxxgknb/3.html"]
    assert [archive.read(p.evidence) for p in result.problems[:2]] == [challenge] * 2
    assert list(archive.problems()) == sorted(result.problems, key=lambda p: p.address)


def test_a_refusal_does_not_displace_what_was_captured(
    site: Site, registry: Registry, run: Run, archive: Archive
) -> None:
    address = f"{BASE}/620102/zfxxgknb/0.html"
    site.put("/620102/zfxxgknb/", list_page([("0.html", "城关区2019年政府信息公开工作年度报告", "")]))
    site.put("/620102/zfxxgknb/0.html", article_page("x"), BLOCKED["a firewall"][0])
    for started in (run.started_at, run.started_at.replace(year=2026)):
        crawl(
            registry.portals["sample"],
            [registry.units["620102"]],
            Run(run.fetcher, archive, run.now, started),
        )
    latest = archive.latest(address)
    assert latest is not None and "一、总体情况" in archive.read(latest.capture_id).decode()
    (problem,) = archive.problems()
    assert (problem.code, problem.address) == ("blocked", address) and "拦截" in archive.read(
        problem.evidence
    ).decode()


def test_refusals_slow_the_host_down_and_end_the_visit(site: Site, fetching, fake) -> None:
    site.put("/ok", "ok")
    for n in range(9):
        site.put(f"/{n}", Answer(b"<h1>403 Forbidden</h1>", 403 if n % 2 else 200))
    fetcher: Fetcher = fetching(delay=1.0, refusals=4)
    codes = []
    for n in range(6):
        with pytest.raises(FetchError) as caught:
            fetcher.get(f"{BASE}/{n}")
        codes.append((caught.value.code, caught.value.evidence is not None))
    assert codes == [("blocked", True)] * 4 + [("blocked", False)] * 2
    assert site.paths == ["/robots.txt", "/0", "/1", "/2", "/3"], "the rest is left alone"
    assert fake.slept == [1.0, 2.0, 4.0, 8.0], "each pause longer than the last"


def test_a_page_that_comes_ends_a_row_of_refusals(site: Site, fetching) -> None:
    site.put("/ok", "ok")
    site.put("/no", Answer(b"", 403))
    fetcher: Fetcher = fetching(refusals=2)
    for _ in range(4):
        with pytest.raises(FetchError):
            fetcher.get(f"{BASE}/no")
        assert fetcher.get(f"{BASE}/ok").body == b"ok"
