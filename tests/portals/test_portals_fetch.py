from __future__ import annotations

import gzip
import logging
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from portals_support import HOST, OTHER, Answer, FakeTime, Site

from portals.fetch import Fetcher, Limits
from portals.limits import Times
from portals.problems import FetchError
from portals.robots import RobotsRules
from portals.transport import Network
from portals.units import PortalSource

HTML = {"Content-Type": "text/html; charset=GBK"}
BASE = f"http://{HOST}"


def fails(fetcher: Fetcher, address: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.get(address)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_page_comes_with_its_request_and_response(site: Site, fetching, fake: FakeTime) -> None:
    site.put("/a.html", Answer("年度报告".encode("gbk"), headers=HTML))
    fetched = fetching().get(f"{BASE}/a.html")
    assert fetched.body.decode("gbk") == "年度报告"
    assert (fetched.status, fetched.media_type, fetched.charset) == (200, "text/html", "gbk")
    assert fetched.at == fake.now() and fetched.final_address == f"{BASE}/a.html"
    sent = site.requests[-1]
    assert sent.host == HOST, "the Host header is the logical one"
    assert sent.headers["User-Agent"] == "gouji/0.1 (sample)"
    assert dict(fetched.answer.request_headers)["Host"] == HOST
    assert fetched.answer.header("etag").startswith('"')


def test_real_hosts_need_a_contact_and_carry_it(site: Site, fake: FakeTime) -> None:
    portal = PortalSource("real", "real.gansu.example", "trs", 0, 1)
    with pytest.raises(ValueError, match="contact"):
        Fetcher([portal], fake.times)
    sample = PortalSource("sample", HOST, "trs", 0, 1, None, "http")
    site.put("/", "x")
    with Fetcher([sample], fake.times, contact="mailto:ops@gouji.example", network=Network({HOST: site.at})) as it:
        it.get(f"{BASE}/")
    assert site.requests[-1].headers["User-Agent"] == "gouji/0.1 (+mailto:ops@gouji.example)"


def test_validators_give_a_304_without_body(site: Site, fetching) -> None:
    site.put("/a", "same")
    fetcher = fetching()
    first = fetcher.get(f"{BASE}/a")
    again = fetcher.get(f"{BASE}/a", etag=first.answer.header("etag"), last_modified="x\xff")
    assert (again.status, again.body) == (304, b"")
    assert "If-Modified-Since" not in site.requests[-1].headers, "not ASCII: not sent back"
    site.put("/b", Answer(b"", 304))
    assert fails(fetcher, f"{BASE}/b").code == "unexpected"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate"])
def test_encoded_bodies_are_kept_and_decoded(site: Site, fetching, encoding: str) -> None:
    body = b"<p>0</p>" * 999
    packer = zlib.compressobj(wbits=-15)
    raw = {
        "gzip": gzip.compress(body),
        "deflate": zlib.compress(body),
        "raw deflate": packer.compress(body) + packer.flush(),
    }[encoding]
    site.put("/a", Answer(raw, headers={"Content-Encoding": encoding.rsplit(maxsplit=1)[-1]}))
    fetched = fetching().get(f"{BASE}/a")
    assert fetched.body == body and fetched.answer.raw == raw


@pytest.mark.parametrize(
    ("raw", "encoding", "code"),
    [
        (b"not gzip", "gzip", "encoding"),
        (gzip.compress(b"x" * 1000, mtime=0)[:-9], "gzip", "encoding"),
        (b"x", "br", "encoding"),
        (gzip.compress(b"\0" * 3_000_000, mtime=0), "gzip", "too_large"),
        (b"x" * 1_000_001, "identity", "too_large"),
    ],
)
def test_broken_and_swollen_bodies(site: Site, fetching, raw: bytes, encoding: str, code: str) -> None:
    site.put("/a", Answer(raw, headers={"Content-Encoding": encoding}))
    assert fails(fetching(max_bytes=1_000_000), f"{BASE}/a").code == code


def test_a_body_without_length_is_cut_at_the_cap(site: Site, fetching) -> None:
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in [b"x" * 4096] * 100) + b"0\r\n\r\n"
    site.put("/a", Answer(chunked, headers={"Transfer-Encoding": "chunked"}))
    assert fails(fetching(max_bytes=100_000), f"{BASE}/a").code == "too_large"
    assert len(fetching().get(f"{BASE}/a").body) == 409_600


def test_a_body_that_ends_early_is_tried_again(site: Site, fetching, fake: FakeTime) -> None:
    site.put("/a", Answer(b"whole body", cut=4), Answer(b"whole body"))
    assert fetching().get(f"{BASE}/a").body == b"whole body"
    assert fake.slept == [2.0]
    site.put("/b", Answer(b"whole body", cut=4))
    assert fails(fetching(), f"{BASE}/b").code == "network"


def test_slow_servers_are_left(site: Site, fetching, fake: FakeTime) -> None:
    real = Times(fake.now, fake.sleep, time.monotonic)
    site.put("/drip", Answer(b"x" * 3000, drip=0.02))
    error = fails(fetching(times=real, max_seconds=0.1, attempts=1), f"{BASE}/drip")
    assert error.code == "timeout"
    site.put("/wait", Answer(b"x", delay=0.3))
    assert fails(fetching(max_seconds=0.1, attempts=1), f"{BASE}/wait").code == "timeout"


@pytest.mark.parametrize(
    ("status", "code", "asked"),
    [
        (401, "blocked", 1),
        (403, "blocked", 1),
        (412, "blocked", 1),
        (521, "blocked", 1),
        (404, "missing", 1),
        (410, "missing", 1),
        (400, "unexpected", 1),
        (204, "unexpected", 1),
        (500, "server", 3),
        (502, "server", 3),
        (503, "throttled", 3),
        (429, "throttled", 3),
    ],
)
def test_statuses(site: Site, fetching, status: int, code: str, asked: int) -> None:
    site.put("/a", Answer(b"" if status == 204 else b"<script>", status))
    error = fails(fetching(), f"{BASE}/a")
    assert (error.code, error.status) == (code, status)
    assert site.paths.count("/a") == asked


def test_retry_after_in_seconds_is_obeyed(site: Site, fetching, fake: FakeTime) -> None:
    site.put("/a", Answer(b"", 429, {"Retry-After": "37"}), "ok")
    assert fetching().get(f"{BASE}/a").body == b"ok"
    assert fake.slept == [37.0]


def test_retry_after_as_a_date_is_obeyed(site: Site, fetching, fake: FakeTime) -> None:
    until = (fake.now() + timedelta(seconds=50)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    site.put("/a", Answer(b"", 503, {"Retry-After": until}), "ok")
    assert fetching().get(f"{BASE}/a").body == b"ok"
    assert fake.slept == [50.0]


@pytest.mark.parametrize(
    "value",
    ["soon", "-5", "Wed, 99 Foo 2025", "9" * 5000, "Wed, 01 Jan 1000 00:00:00", "01 Jan 99999999999 00:00:00 GMT"],
)
def test_a_senseless_retry_after_means_the_usual_pause(site: Site, fetching, fake: FakeTime, value: str) -> None:
    site.put("/a", Answer(b"", 429, {"Retry-After": value}), "ok")
    assert fetching().get(f"{BASE}/a").body == b"ok"
    assert fake.slept == [2.0]


def test_a_long_retry_after_is_not_sat_out(site: Site, fetching, fake: FakeTime) -> None:
    site.put("/a", Answer(b"", 429, {"Retry-After": "86400"}))
    assert fails(fetching(), f"{BASE}/a").code == "throttled"
    assert site.paths.count("/a") == 1 and sum(fake.slept) == 0


def test_a_host_that_asks_for_an_hour_is_left_alone_for_it(site: Site, fetching, fake: FakeTime) -> None:
    site.put("/a", Answer(b"", 503, {"Retry-After": "3600"}))
    site.put("/b", "b")
    site.put("/b", "b", host=OTHER)
    fetcher = fetching()
    assert fails(fetcher, f"{BASE}/a").status == 503
    for _ in range(9):
        error = fails(fetcher, f"{BASE}/b")
        assert (error.code, error.status, error.evidence) == ("throttled", None, None)
        assert "3600" in error.detail
    assert fetcher.get(f"http://{OTHER}/b").body == b"b", "other hosts go on"
    assert sum(fake.slept) == 0 and site.paths.count("/b") == 1
    fake.sleep(3600)
    assert fetcher.get(f"{BASE}/b").body == b"b"


def test_who_waits_for_a_turn_hears_that_the_host_is_left_alone(site: Site, fetching) -> None:
    site.put("/a", Answer(b"", 429, {"Retry-After": "3600"}, delay=0.2))
    for n in range(4):
        site.put(f"/{n}", "x")
    fetcher = fetching(concurrency=1)
    site.put("/ok", "x")
    fetcher.get(f"{BASE}/ok")
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(fails, fetcher, f"{BASE}/a")
        while "/a" not in site.paths:
            time.sleep(0.001)
        others = list(pool.map(lambda n: fails(fetcher, f"{BASE}/{n}").code, range(4)))
    assert first.result().status == 429 and others == ["throttled"] * 4
    assert site.paths == ["/robots.txt", "/ok", "/a"]


def test_pauses_grow_and_end(site: Site, fetching, fake: FakeTime) -> None:
    site.put("/a", Answer(b"", 500))
    fetcher = fetching(attempts=4)
    fails(fetcher, f"{BASE}/a")
    assert fake.slept == [2.0, 4.0, 8.0]


def test_a_host_that_only_fails_is_given_up(site: Site, fetching) -> None:
    site.put("/a", Answer(b"", 500))
    site.put("/ok", "ok")
    fetcher = fetching(attempts=1, failures=3)
    for _ in range(3):
        assert "500" in fails(fetcher, f"{BASE}/a").detail
    assert "not tried" in fails(fetcher, f"{BASE}/ok").detail
    assert site.paths == ["/robots.txt", "/a", "/a", "/a"]
    site.put("/ok", "ok", host=OTHER)
    assert fetcher.get(f"http://{OTHER}/ok").body == b"ok", "other hosts go on"


def test_redirects_are_followed_and_kept(site: Site, fetching) -> None:
    site.redirect("/a", "/b?x=1")
    site.redirect("/b?x=1", f"http://{OTHER}/c/年.html", status=301)
    site.put("/c/%E5%B9%B4.html", "there", host=OTHER)
    fetched = fetching().get(f"{BASE}/a")
    assert fetched.body == b"there" and fetched.address == f"{BASE}/a"
    assert fetched.final_address == f"http://{OTHER}/c/%E5%B9%B4.html"
    assert [exchange.status for exchange in fetched.exchanges] == [302, 301, 200]
    assert [seen.host for seen in site.requests if seen.path == "/robots.txt"] == [HOST, OTHER]


def test_redirects_in_circles_and_without_end(site: Site, fetching) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    assert fails(fetching(), f"{BASE}/a").code == "redirects"
    for n in range(9):
        site.redirect(f"/{n}", f"/{n + 1}")
    site.put("/9", "x")
    assert fails(fetching(), f"{BASE}/0").code == "redirects"
    assert fetching(max_redirects=9).get(f"{BASE}/0").body == b"x"


def test_a_redirect_that_is_not_followed_is_evidence(site: Site, fetching) -> None:
    site.redirect("/a", "/b")
    site.put("/b", Answer(b"moved", 302, {"Location": "http://evil.example/"}))
    evidence = fails(fetching(), f"{BASE}/a").evidence
    assert evidence and evidence.address == f"{BASE}/a" and evidence.body == b"moved"
    assert [hop.header("location") for hop in evidence.exchanges] == ["/b", "http://evil.example/"]
    site.redirect("/b", "/a")
    circle = fails(fetching(), f"{BASE}/a").evidence
    assert circle and len(circle.exchanges) == 2
    site.redirect("/b", f"http://{OTHER}/c")
    site.put("/robots.txt", "User-agent: *\nDisallow: /", host=OTHER)
    forbidden = fails(fetching(), f"{BASE}/a")
    assert forbidden.code == "robots" and forbidden.evidence and len(forbidden.evidence.exchanges) == 2


def test_a_redirect_to_a_private_address_is_evidence(site: Site, fake: FakeTime) -> None:
    site.redirect("/a", "http://inside.gansu.example/b")
    portals = [
        PortalSource(name, host, "trs", 0, 1, None, "http")
        for name, host in (("sample", HOST), ("inside", "inside.gansu.example"))
    ]
    network = Network({HOST: site.at}, lookup=lambda _: ["10.0.0.1"])
    with Fetcher(portals, fake.times, contact="x", network=network) as fetcher:
        error = fails(fetcher, f"{BASE}/a")
    assert error.code == "private" and error.evidence and len(error.evidence.exchanges) == 1


def test_a_host_that_is_closed_is_not_refused_by_who_leads_to_it(site: Site, fetching, fake: FakeTime) -> None:
    site.redirect("/a", f"http://{OTHER}/c")
    site.put("/c", Answer(b"", 403), host=OTHER)
    fetcher = fetching(refusals=1)
    assert fails(fetcher, f"{BASE}/a").status == 403
    slept = len(fake.slept)
    assert fails(fetcher, f"{BASE}/a").status is None, "not asked"
    site.put("/ok", "ok")
    assert fetcher.get(f"{BASE}/ok").body == b"ok" and len(fake.slept) == slept


def test_validators_go_only_to_the_address_that_gave_them(site: Site, fetching) -> None:
    site.redirect("/a", "/b")
    site.put("/b", "same")
    fetcher = fetching()
    first = fetcher.get(f"{BASE}/a")
    again = fetcher.get(f"{BASE}/a", etag=first.etag, last_modified="Mon", came_from=first.final_address)
    assert again.status == 304
    assert [("If-None-Match" in seen.headers, seen.path) for seen in site.requests[-2:]] == [
        (False, "/a"),
        (True, "/b"),
    ]
    site.redirect("/a", "/c")
    site.put("/c", "same")
    moved = fetcher.get(f"{BASE}/a", etag=first.etag, last_modified="Mon", came_from=first.final_address)
    assert moved.status == 200 and "If-Modified-Since" not in site.requests[-1].headers
    site.put("/c", Answer(b"", 304))
    assert fails(fetcher, f"{BASE}/a").code == "unexpected", "304 to a request without validators"


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/",
        "http://sample.gansu.example.evil.example/",
        "http://evilsample.gansu.example/",
        "http://sample.gansu.example./",
        "http://sample.gansu.example:8080/",
        "http://sample.gansu.example@evil.example/",
        "http://evil.example\\@sample.gansu.example/",
        "//127.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "ftp://sample.gansu.example/",
        "javascript:alert(1)",
        "http://[",
        "",
    ],
)
def test_only_registry_hosts_are_ever_asked(site: Site, fetching, target: str) -> None:
    site.redirect("/a", target)
    fetcher = fetching()
    assert fails(fetcher, f"{BASE}/a").code == "refused"
    if target:
        assert fails(fetcher, target).code == "refused"
    assert site.paths == ["/robots.txt", "/a"]


def test_robots_rules_are_obeyed_and_logged(site: Site, fetching, caplog: pytest.LogCaptureFixture) -> None:
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: gouji\nDisallow: /private/\nAllow: /private/open\n"
    site.put("/robots.txt", rules)
    site.put("/private/open", "x")
    site.redirect("/moved", "/private/b")
    fetcher = fetching()
    with caplog.at_level(logging.INFO):
        assert fails(fetcher, f"{BASE}/private/a").code == "robots"
        assert fails(fetcher, f"{BASE}/moved").code == "robots"
        assert fetcher.get(f"{BASE}/private/open").body == b"x"
    assert site.paths == ["/robots.txt", "/moved", "/private/open"], "never asked for what is disallowed"
    (log,) = fetcher.robots
    assert (log.host, log.status, log.verdict, log.text) == (HOST, 200, "rules", rules)
    assert f"robots.txt of {HOST}: rules" in caplog.text


@pytest.mark.parametrize(
    ("line", "ours"),
    [
        ("User-agent: gouji/0.1", True),
        ("user-agent:Gouji/2", True),
        ("User-Agent: gouji 0.1 # version", True),
        ("  useragent : GOUJI", True),
        ("User-agent: gouji-bot/0.1", False),
        ("User-agent: goujibot", False),
        ("User-agent: other (like gouji/0.1)", False),
    ],
)
def test_a_group_with_a_version_is_ours(line: str, ours: bool) -> None:
    rules = RobotsRules(f"User-agent: *\nDisallow: /all\n\n{line}\nDisallow: /own\nCrawl-delay: 7\n")
    assert rules.allows(f"{BASE}/own") is not ours
    assert rules.allows(f"{BASE}/all") is ours, "who has a group of its own does not keep to that of all"
    assert rules.delay == (7 if ours else None)


@pytest.mark.parametrize(
    ("answer", "verdict", "code"),
    [
        (Answer(b"", 404), "none", None),
        (Answer(b"", 403), "none", None),
        (Answer(b"", 302, {"Location": "http://elsewhere.example/robots.txt"}), "none", None),
        (Answer(b"<html><p>not found</p></html>"), "rules", None),
        (Answer(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /"), "rules", "robots"),
        (Answer("User-agent: *\nDisallow: /\n# 注".encode("gb18030")), "rules", "robots"),
        (Answer(b"User-agent: *\nCrawl-delay: 99999"), "rules", "robots"),
        (Answer(b"", 500), "unreachable", "server"),
        (Answer(b"", 429), "unreachable", "throttled"),
        (Answer(b"x" * 600_000), "unreachable", "too_large"),
    ],
)
def test_what_robots_answers_mean(site: Site, fetching, answer: Answer, verdict: str, code: str | None) -> None:
    site.put("/robots.txt", answer)
    site.put("/a", "x")
    fetcher = fetching()
    if code is None:
        assert fetcher.get(f"{BASE}/a").body == b"x"
    else:
        assert fails(fetcher, f"{BASE}/a").code == code
        assert "/a" not in site.paths
    assert [log.verdict for log in fetcher.robots] == [verdict]


def test_robots_that_moved_within_the_registry_count(site: Site, fetching) -> None:
    site.redirect("/robots.txt", f"http://{OTHER}/r.txt")
    site.put("/r.txt", "User-agent: *\nDisallow: /a", host=OTHER)
    assert fails(fetching(), f"{BASE}/a").code == "robots"


def test_robots_are_read_once_however_many_ask(site: Site, fetching) -> None:
    site.put("/robots.txt", Answer(b"User-agent: *\nDisallow:", delay=0.05))
    for n in range(8):
        site.put(f"/{n}", str(n))
    fetcher = fetching(concurrency=8)
    with ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda n: fetcher.get(f"{BASE}/{n}").body, range(8)))
    assert bodies == [b"%d" % n for n in range(8)]
    assert site.paths.count("/robots.txt") == 1 and len(fetcher.robots) == 1


def test_the_server_never_sees_more_at_once_than_agreed(site: Site, fetching) -> None:
    for n in range(12):
        site.put(f"/{n}", Answer(b"x", delay=0.03))
    fetcher = fetching(concurrency=3)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: fetcher.get(f"{BASE}/{n}"), range(12)))
    assert site.most_active == 3


def test_the_server_sees_the_agreed_gaps(site: Site, fetching, fake: FakeTime) -> None:
    for n in range(6):
        site.put(f"/{n}", "x")
    fetcher = fetching(times=Times(fake.now), delay=0.05, concurrency=4)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: fetcher.get(f"{BASE}/{n}"), range(6)))
    arrived = sorted(seen.started - began for seen in site.requests)
    assert len(arrived) == 7
    # A busy machine brings any of them later, and none of them earlier.
    assert all(at >= 0.05 * n for n, at in enumerate(arrived)), arrived


def test_crawl_delay_is_honoured_when_it_is_longer(site: Site, fetching, fake: FakeTime) -> None:
    site.put("/robots.txt", "User-agent: gouji\nCrawl-delay: 7\n")
    for n in range(3):
        site.put(f"/{n}", "x")
    fetcher = fetching(delay=1.0)
    for n in range(3):
        fetcher.get(f"{BASE}/{n}")
    assert fake.slept == [1.0, 7.0, 7.0]
    assert fetcher.robots[0].delay == 7


def test_cookies_and_proxies_are_not_used(site: Site, fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    site.put("/a", Answer(b"x", headers={"Set-Cookie": "token=1; Path=/"}))
    fetcher = fetching()
    fetcher.get(f"{BASE}/a")
    fetcher.get(f"{BASE}/a")
    assert "Cookie" not in site.requests[-1].headers


@pytest.mark.parametrize(
    "ip",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "224.0.1.1", "100.64.0.1", "::1",
     "fe80::1", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "nonsense"],
)  # fmt: skip
def test_names_that_resolve_inside_are_refused(fake: FakeTime, ip: str) -> None:
    asked: list[str] = []

    def lookup(host: str) -> list[str]:
        asked.append(host)
        return ["203.0.113.9", ip] if ip == "nonsense" else [ip]

    portal = PortalSource("real", "real.gansu.example", "trs", 0, 1, None, "http")
    with Fetcher([portal], fake.times, contact="x", network=Network(lookup=lookup)) as fetcher:
        assert fails(fetcher, "http://real.gansu.example/").code == "private"
    assert asked == ["real.gansu.example"]


def test_a_name_that_cannot_be_resolved(fake: FakeTime) -> None:
    portal = PortalSource("real", "no-such-host.invalid", "trs", 0, 1)
    with Fetcher([portal], fake.times, contact="x", limits=Limits(attempts=1)) as fetcher:
        error = fails(fetcher, "https://no-such-host.invalid/")
    assert error.code == "network" and "robots.txt" in error.detail


def test_tls_is_checked_for_the_logical_name(tmp_path: Path, fake: FakeTime) -> None:
    import ssl
    from http.server import HTTPServer, SimpleHTTPRequestHandler

    import trustme

    authority = trustme.CA()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

        def __init__(self, *args: object) -> None:
            super().__init__(*args, directory=str(tmp_path))  # type: ignore[arg-type]

    (tmp_path / "a").write_bytes(b"secret")
    results = {}
    for name in (HOST, "elsewhere.example"):
        server = HTTPServer(("127.0.0.1", 0), Quiet)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        portal = PortalSource("p", HOST, "trs", 0, 1)
        network = Network({HOST: ("127.0.0.1", server.server_address[1])}, ca_file=tmp_path / "ca.pem")
        with Fetcher([portal], fake.times, network=network, limits=Limits(attempts=1)) as fetcher:
            try:
                results[name] = fetcher.get(f"https://{HOST}/a").body.decode()
            except FetchError as error:
                results[name] = error.code
        server.shutdown()
        server.server_close()
    assert results == {HOST: "secret", "elsewhere.example": "network"}


def test_time_of_a_fetch_is_utc(site: Site, fetching) -> None:
    site.put("/a", "x")
    assert fetching().get(f"{BASE}/a").at == datetime(2025, 3, 1, 20, 0, tzinfo=UTC)
