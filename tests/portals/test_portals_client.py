"""Where connections lead, and that nothing can lead them elsewhere."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from portals_support import HOST, OTHER, Answer, FakeTime, Site

from portals import client as client_module
from portals import transport
from portals.exchange import Request
from portals.fetch import Fetcher
from portals.limits import Limits
from portals.problems import FetchError
from portals.transport import Network, is_public
from portals.units import PortalSource

BASE = f"http://{HOST}"
REAL = "real.gansu.example"


def portal(host: str = REAL) -> PortalSource:
    return PortalSource("real", host, "trs", 0, 1)


def fails(fetcher: Fetcher, asked: Request | str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetcher.get(asked)
    return caught.value


@pytest.mark.parametrize(
    "ip",
    ["0.0.0.0", "127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
     "100.100.100.200", "192.0.0.192", "168.63.129.16", "192.88.99.1", "198.18.0.1", "203.0.113.9", "224.0.1.1",
     "240.0.0.1", "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1",
     "fe80::1%1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2002:7f00:1::", "2001:0:7f00:1::",
     "64:ff9b::a00:1", "64:ff9b:1::1", "2001:db8::1", "3fff::1", "5f00::1", "1234", "0x7f000001", "2130706433",
     "127.1", "nonsense", ""],
)  # fmt: skip
def test_addresses_that_are_not_public(ip: str) -> None:
    assert not is_public(ip)


@pytest.mark.parametrize("ip", ["1.2.4.8", "202.100.64.68", "2400:3200::1", "64:ff9b::1.2.4.8", "2002:102:408::1"])
def test_addresses_that_are_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize("ips", [["10.0.0.1"], ["1.2.4.8", "127.0.0.1"], ["::ffff:169.254.169.254"], ["localhost"]])
def test_names_that_resolve_inside_are_refused(fake: FakeTime, ips: list[str]) -> None:
    network = Network(lookup=lambda host: ips)
    with Fetcher([portal()], fake.times, contact="x", network=network) as fetcher:
        assert fails(fetcher, f"http://{REAL}/").code == "private"


@pytest.fixture
def connected(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every address that a connection is opened to; none is really made."""
    opened: list[tuple[str, int]] = []
    really = client_module._Handle._open

    def note(handle: client_module._Handle, purpose: int, address: tuple[object, ...]) -> socket.socket | int:
        made = really(handle, purpose, address)
        if isinstance(made, socket.socket):
            made.close()
            opened.append((str(address[3][0]), int(address[3][1])))  # type: ignore[index]
        return -1

    monkeypatch.setattr(client_module._Handle, "_open", note)
    return opened


def test_the_connection_goes_to_the_address_that_was_checked(
    fake: FakeTime, connected: list[tuple[str, int]]
) -> None:
    """The name system gives a public address once and loopback ever after: that second answer leads nowhere."""
    answers = iter([["1.2.4.8"], *[["127.0.0.1"]] * 9])
    asked: list[str] = []

    def lookup(host: str) -> list[str]:
        asked.append(host)
        return next(answers)

    limits = Limits(attempts=2, failures=99)
    with Fetcher([portal()], fake.times, contact="x", network=Network(lookup=lookup), limits=limits) as fetcher:
        assert fails(fetcher, f"https://{REAL}/a").code == "network"
        assert connected == [("1.2.4.8", 443)] * 2 and asked == [REAL], "no second answer is asked for meanwhile"
        fake.seconds += 3600
        fetcher._hosts[REAL].unreachable = fetcher._hosts[REAL].rules = None
        assert fails(fetcher, f"https://{REAL}/a").code == "private", "a later answer is checked anew"
        assert connected == [("1.2.4.8", 443)] * 2


def test_every_checked_address_is_tried(fake: FakeTime, connected: list[tuple[str, int]]) -> None:
    network = Network(lookup=lambda host: ["1.2.4.8", "2400:3200::1"])
    with Fetcher([portal()], fake.times, contact="x", network=network, limits=Limits(attempts=1)) as fetcher:
        assert fails(fetcher, f"http://{REAL}/a").code == "network"
    assert connected == [("1.2.4.8", 80), ("2400:3200::1", 80)]


def test_libcurl_may_open_no_other_address(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever misleads libcurl, the socket to another address than the checked one is not opened."""
    handle = client_module._Handle(Network(), Limits(), REAL)
    handle.lead(REAL, 80, ("1.2.4.8", 80))
    refused = handle._open(0, (socket.AF_INET, socket.SOCK_STREAM, 6, ("127.0.0.1", site.at[1])))
    assert not isinstance(refused, socket.socket)
    opened = handle._open(0, (socket.AF_INET, socket.SOCK_STREAM, 6, ("1.2.4.8", 80)))
    assert isinstance(opened, socket.socket)
    opened.close()
    handle.close()


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1/", "http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
     "http://[::ffff:7f00:1]/", "http://2130706433/", "http://0x7f.1/", "http://localhost/", f"http://{HOST}:22/",
     f"https://{HOST}:80/", "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/",
     f"http://{HOST}.evil.example/", f"http://evil{HOST}/", f"http://{HOST}@evil.example/",
     f"http://evil.example#@{HOST}/", f"http://{HOST}%00.evil.example/", f"http://{HOST}.:80/",
     f"http://{HOST.replace('s', 'ｓ', 1)}/", f"http://{HOST.replace('a', 'а', 1)}/",
     f"http://{HOST.replace('s', 'ſ')}/",
     "http://xn--smple-4ve.gansu.example/", f"http:/\t/{HOST}/\r\nX: 1", f"http://{HOST}/\r\nInjected: 1"],
)  # fmt: skip
def test_redirects_and_addresses_that_lead_elsewhere(site: Site, fetching, target: str) -> None:
    fetcher = fetching()
    assert fails(fetcher, target).code == "refused"
    site.put("/a", Answer(b"", 302, {"Location": "".join(target.split("\r\n")).encode().decode("latin-1")}))
    site.put("/", Answer(b"home"))
    try:
        landed = fetcher.get(f"{BASE}/a").final_address
    except FetchError as error:
        assert error.code in {"refused", "missing"}
    else:
        assert landed.startswith(f"{BASE}/"), "folded by the standard into the very host that is registered"
    assert {seen.host for seen in site.requests} <= {HOST}


def test_the_path_that_was_checked_is_sent_as_it_is(site: Site, fetching) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /private")
    site.put("/a/../private", "as it stands")
    assert fetching().get(f"{BASE}/a/../private").body == b"as it stands"
    assert "/private" not in site.paths


def test_a_form_is_posted_and_recorded(site: Site, fetching) -> None:
    site.put("/list.jsp?a=1", Answer(b"<record>", headers={"Content-Type": "text/xml"}))
    form = (("columnid", "18829"), ("webname", "某市"))
    fetched = fetching().get(Request(f"{BASE}/list.jsp?a=1", (("Referer", f"{BASE}/col/"),), form))
    sent = site.requests[-1]
    assert (sent.method, sent.body) == ("POST", b"columnid=18829&webname=%E6%9F%90%E5%B8%82")
    assert sent.headers["Referer"] == f"{BASE}/col/"
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    answer = fetched.answer
    assert (answer.method, answer.request_body, answer.ip) == ("POST", sent.body, "127.0.0.1")
    assert fetched.address == f"{BASE}/list.jsp?a=1&__wb_method=POST&{sent.body.decode()}"
    assert dict(answer.request_headers) == sent.headers, "what the archive says was sent is what was sent"


def test_a_request_is_recorded_as_the_server_saw_it(site: Site, fetching) -> None:
    site.put("/a", "x")
    fetched = fetching().get(f"{BASE}/a", etag='"e"', last_modified="Sat, 01 Mar 2025 20:00:00 GMT")
    assert dict(fetched.answer.request_headers) == site.requests[-1].headers


@pytest.mark.parametrize(
    ("status", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
def test_redirects_of_a_form(site: Site, fetching, status: int, method: str) -> None:
    site.redirect("/a", "/b", status=status)
    site.put("/b", "x")
    fetching().get(Request(f"{BASE}/a", form=(("k", "v"),)))
    assert (site.requests[-1].path, site.requests[-1].method) == ("/b", method)


def test_headers_without_end_are_cut_off(site: Site, fetching) -> None:
    site.put("/a", Answer(b"x", headers={f"X-{n}": "y" * 2000 for n in range(400)}))
    assert fails(fetching(attempts=1), f"{BASE}/a").code == "network"


def test_connections_are_kept_and_belong_to_one_host(site: Site, fetching) -> None:
    made: list[object] = []
    site.server.get_request = lambda really=site.server.get_request: made.append(1) or really()  # type: ignore[method-assign,func-returns-value]
    site.put("/a", "x")
    site.put("/a", "y", host=OTHER)
    fetcher = fetching()
    for _ in range(3):
        assert fetcher.get(f"{BASE}/a").body == b"x"
        assert fetcher.get(f"http://{OTHER}/a").body == b"y"
    assert len(made) == 2


class _Proxy(BaseHTTPRequestHandler):
    """A proxy that answers itself and notes what it was asked for."""

    server: _ProxyServer

    def do_GET(self) -> None:
        self.server.asked.append(self.requestline)
        self.send_response(200)
        self.send_header("Content-Length", "7")
        self.end_headers()
        self.wfile.write(b"proxied")

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.requestline)
        self.send_error(403)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _ProxyServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Proxy)
        self.asked: list[str] = []


@pytest.fixture
def proxy() -> Iterator[_ProxyServer]:
    server = _ProxyServer()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_a_configured_proxy_resolves_and_connects(site: Site, proxy: _ProxyServer, fake: FakeTime) -> None:
    def lookup(host: str) -> list[str]:
        raise AssertionError(f"{host} is the proxy's to resolve")

    network = Network({HOST: site.at}, lookup, proxy=f"http://127.0.0.1:{proxy.server_address[1]}")
    site.put("/a", "direct")
    portals = [portal(), PortalSource("sample", HOST, "trs", 0, 1)]
    with Fetcher(portals, fake.times, contact="x", network=network, limits=Limits(attempts=1)) as fetcher:
        fetched = fetcher.get(f"http://{REAL}/a")
        assert (fetched.body, fetched.answer.ip) == (b"proxied", "")
        assert fails(fetcher, f"https://{REAL}/a").code == "network"
        assert fails(fetcher, "http://evil.example/").code == "refused"
        assert fetcher.get(f"{BASE}/a").body == b"direct", "samples are ours: never through a proxy"
    assert proxy.asked == [f"GET http://{REAL}/{path} HTTP/1.1" for path in ("robots.txt", "a")] + [
        f"CONNECT {REAL}:443 HTTP/1.1"
    ]


def test_the_environment_names_no_proxy(site: Site, fetching, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.put("/a", "x")
    assert fetching().get(f"{BASE}/a").body == b"x"


def test_the_name_system_is_asked_once_in_a_while(fake: FakeTime) -> None:
    asked: list[str] = []
    pins = transport.Pins(Network(lookup=lambda host: asked.append(host) or ["1.2.4.8"]), fake.clock)  # type: ignore[func-returns-value]
    for seconds in (0, 200, 90, 20):
        fake.seconds += seconds
        assert pins.targets(REAL, 443) == (("1.2.4.8", 443),)
    assert len(asked) == 2


@contextmanager
def answering(raw: bytes, fake: FakeTime) -> Iterator[Fetcher]:
    """A fetcher of a server that answers everything with these bytes."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(4096)
            self.request.sendall(raw)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        network = Network({HOST: ("127.0.0.1", server.server_address[1])})
        with Fetcher([portal(HOST)], fake.times, network=network, limits=Limits(attempts=1)) as fetcher:
            yield fetcher
        server.shutdown()


def test_a_server_that_speaks_something_else(fake: FakeTime) -> None:
    with answering(b"SSH-2.0-OpenSSH_9.6\r\n", fake) as fetcher:
        assert fails(fetcher, f"{BASE}/").code == "network"


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"HTTP/1.1 200 OK\nETag: e\nContent-Length: 1\n\n", "OK"),
        (b"HTTP/1.1 200\nETag: e\nContent-Length: 1\n\n", ""),
        (b"HTTP/1.1\t200 All right\r\nETag: e\r\nContent-Length: 1\r\n\r\n", "All right"),
        (b"HTTP/1.1 200 OK\r\nETag: e\r\nHTTP/2: h2\r\nContent-Length: 1\r\n\r\n", "OK"),
        (b"HTTP/1.1 100 Continue\r\nETag: no\r\n\r\nHTTP/1.1 200 OK\nETag: e\nContent-Length: 1\n\n", "OK"),
    ],
)
def test_heads_of_unusual_servers(fake: FakeTime, head: bytes, reason: str) -> None:
    with answering(head + b"x", fake) as fetcher:
        answer = fetcher.get(f"{BASE}/a").answer
    assert (answer.protocol, answer.status, answer.reason, answer.raw) == ("HTTP/1.1", 200, reason, b"x")
    assert (answer.header("etag"), answer.header("content-length")) == ("e", "1")


def test_a_status_alone_on_a_bare_line(fake: FakeTime) -> None:
    with answering(b"HTTP/1.1 404\nContent-Length: 0\n\n", fake) as fetcher:
        assert fails(fetcher, f"{BASE}/a").code == "missing"


def test_bytes_at_the_end_of_a_header_are_no_white_space(fake: FakeTime) -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Name: " + "增加".encode() + b" \r\nContent-Length: 1\r\n\r\n"
    with answering(head + b"x", fake) as fetcher:
        assert fetcher.get(f"{BASE}/a").answer.header("x-name").encode("latin-1").decode() == "增加"


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 9",
        b"HTTP/1.0 200 OK\r\nContent-Length: 9",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9, 9",
        b"HTTP/1.1 200 OK\r\nContent-Length : 9",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 9",
        b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 9",
    ],
)
def test_a_body_shorter_than_its_head_says_is_not_whole(fake: FakeTime, head: bytes) -> None:
    with answering(head + b"\r\n\r\nshort", fake) as fetcher:
        error = fails(fetcher, f"{BASE}/a")
    assert (error.code, error.detail) == ("network", "robots.txt: end of response with 4 bytes missing")


def test_a_304_may_state_the_length_of_what_it_does_not_send(fake: FakeTime) -> None:
    with answering(b"HTTP/1.1 304 Not Modified\r\nContent-Length : 9\r\n\r\n", fake) as fetcher:
        assert fetcher.get(f"{BASE}/a", etag="e").status == 304
