"""The loopback portals: one folder a host, static files or a table of routes, with the manners of real servers."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit
from zlib import crc32

from samples.sites.routes import NAME as TABLE
from samples.sites.routes import Table

_ERROR_PAGE: Final = "<html><head><title>{code}</title></head><body><h1>{code} {phrase}</h1></body></html>"
_TYPES: Final = {".html": "text/html", ".pdf": "application/pdf", ".txt": "text/plain"}
#: An idle connection is dropped after this many seconds.
_IDLE_SECONDS: Final = 30
_LONGEST_FORM: Final = 65536


class Loopback:
    """A running portal: where it listens, and how often each host, path and status was asked for."""

    def __init__(self, address: str, port: int) -> None:
        self.address = address
        self.port = port
        #: On the second night some pages have changed.
        self.night = 1
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[str | int]:
        return iter((self.address, self.port))

    @property
    def counts(self) -> Counter[tuple[str, str, int]]:
        """Requests so far by (host, path, status); a copy."""
        with self._lock:
            return self._counts.copy()

    def record(self, host: str, path: str, status: int) -> None:
        """Counts one answer."""
        with self._lock:
            self._counts[host, path, status] += 1


@contextmanager
def serve(routes: Mapping[str, Path]) -> Iterator[Loopback]:
    """Serves `routes` (host of the address -> folder) on a free port of 127.0.0.1 until the block ends.

    The Host header chooses the folder; other hosts get 421. A folder with a table of routes (`samples.sites`) is
    served by it; of any other one, only GET and HEAD, only files below the folder.
    """
    server = _Server({host.lower(): folder.resolve() for host, folder in routes.items()})
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.loopback
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, roots: Mapping[str, Path]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.roots = roots
        self.tables = {host: Table(root) for host, root in roots.items() if (root / TABLE).is_file()}
        self._grudged: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self.loopback = Loopback("127.0.0.1", self.server_port)

    def grudges(self, host: str, target: str, times: int) -> bool:
        """Whether a request comes too early for a route that refuses the first `times`."""
        with self._lock:
            self._grudged[host, target] += times > 0
            return self._grudged[host, target] <= times and times > 0


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "Tengine"
    sys_version = ""
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: requests are counted instead."""

    def _answer(self) -> None:
        root = self.server.roots.get(self._host)
        if root is None:
            self._fail(HTTPStatus.MISDIRECTED_REQUEST)
            return
        if self._host in self.server.tables:
            self._answer_by(self.server.tables[self._host])
            return
        if self.command == "POST":
            self.close_connection = True  # its form stays unread
            self._fail(HTTPStatus.METHOD_NOT_ALLOWED)
            return
        path = unquote(urlsplit(self.path).path)
        file = find_file(root, path)
        if file is None:
            self._fail(HTTPStatus.NOT_FOUND)
        elif file.is_dir():
            self._send(HTTPStatus.MOVED_PERMANENTLY, {"Location": urlsplit(self.path).path + "/"}, b"")
        else:
            self._send_file(file)

    def _answer_by(self, table: Table) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        form = self.rfile.read(min(size, _LONGEST_FORM)).decode("ascii", "replace")
        method = "GET" if self.command == "HEAD" else self.command
        route = table.find(method, self.path, form)
        if route is None:
            self._fail(HTTPStatus.NOT_FOUND)
            return
        time.sleep(route.delay)
        if route.referer and not self.headers.get("Referer"):
            self._fail(HTTPStatus.FORBIDDEN)
        elif self.server.grudges(self._host, self.path, route.grudging):
            self._send(HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "1"}, b"")
        else:
            body = table.body(route, self.server.loopback.night)
            self._send_body(HTTPStatus(route.status), {"Content-Type": route.media_type, **route.headers}, body)

    @property
    def _host(self) -> str:
        return self.headers.get("Host", "").rsplit(":", 1)[0].lower()

    def _send_file(self, file: Path) -> None:
        data = file.read_bytes()
        changed = formatdate(file.stat().st_mtime, usegmt=True)
        self._send_body(HTTPStatus.OK, {"Content-Type": content_type(file, data), "Last-Modified": changed}, data)

    def _send_body(self, status: HTTPStatus, headers: Mapping[str, str], data: bytes) -> None:
        """A body with its tag, or that it is the one known already."""
        if status is not HTTPStatus.OK:
            self._send(status, headers, data)
            return
        tag = f'"{hashlib.sha256(data).hexdigest()[:20]}"'
        known = {part.strip().removeprefix("W/") for part in self.headers.get("If-None-Match", "").split(",")}
        if known & {tag, "*"}:
            self._send(HTTPStatus.NOT_MODIFIED, {**headers, "ETag": tag}, b"")
            return
        self._send(status, {**headers, "ETag": tag}, data)

    def _fail(self, status: HTTPStatus) -> None:
        page = _ERROR_PAGE.format(code=status.value, phrase=status.phrase).encode()
        self._send(status, {"Content-Type": "text/html"}, page)

    def _send(self, status: HTTPStatus, headers: Mapping[str, str], data: bytes) -> None:
        self.server.loopback.record(self._host, urlsplit(self.path).path, status.value)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def find_file(root: Path, path: str) -> Path | None:
    """The file or folder that a decoded path names below `root`; None outside it or where nothing lies.

    A path that ends in / names the folder's index.html; symbolic links do not lead out.
    """
    parts = path.split("/")
    if "\0" in path or "\\" in path or ".." in parts:
        return None
    file = root.joinpath(*filter(None, parts))
    if path.endswith("/"):
        file /= "index.html"
    resolved = file.resolve()
    return resolved if resolved.exists() and resolved.is_relative_to(root) else None


def content_type(file: Path, data: bytes) -> str:
    """By the name alone, as servers do; some pages in UTF-8 say so, the rest leave the charset to the reader."""
    guess = _TYPES.get(file.suffix, "application/octet-stream")
    utf8 = b'charset="utf-8"' in data[:1024]
    if guess == "text/html" and utf8 and crc32(file.name.encode()) % 2:
        return "text/html; charset=utf-8"
    return guess
