"""A real HTTP server on loopback whose answers are programmed, and a clock that nobody waits for."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from portals.limits import Times

HOST = "sample.gansu.example"
OTHER = "other.gansu.example"


@dataclass
class Answer:
    """A programmed response; `drip` seconds lie between the bytes of the body, `delay` before it."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})
    delay: float = 0.0
    drip: float = 0.0
    cut: int = 0
    validators: bool = True


@dataclass
class Seen:
    """A request as the server saw it."""

    path: str
    host: str
    headers: dict[str, str]
    started: float
    status: int = 0
    sent: int = 0
    method: str = "GET"
    body: bytes = b""


class Site:
    """The server: `put` programs answers (the last one of a path repeats), `requests` is the log."""

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self.answers: dict[str, list[Answer]] = {}
        self.active = self.most_active = self.open = 0
        self.lock = threading.Lock()
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                site.serve(self)

            def do_POST(self) -> None:
                site.serve(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: object, client_address: object) -> None:
                pass

            def process_request(self, request: Any, client_address: Any) -> None:
                with site.lock:
                    site.open += 1
                super().process_request(request, client_address)

            def shutdown_request(self, request: Any) -> None:
                super().shutdown_request(request)
                with site.lock:
                    site.open -= 1

        self.server = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def at(self) -> tuple[str, int]:
        return ("127.0.0.1", self.server.server_address[1])

    @property
    def paths(self) -> list[str]:
        return [seen.path for seen in self.requests]

    def settle(self) -> None:
        """Wait until all is logged that clients asked for which are gone; asks for robots.txt itself."""
        # Connections are taken in order: once this one is answered, those before it have been.
        with socket.create_connection(self.at) as own:
            own.sendall(b"GET /robots.txt HTTP/1.1\r\nConnection: close\r\n\r\n")
            while own.recv(4096):
                pass
        while self.open:
            time.sleep(0.001)

    def put(self, path: str, *answers: Answer | str | bytes, host: str = HOST) -> None:
        made = [a if isinstance(a, Answer) else Answer(a.encode() if isinstance(a, str) else a) for a in answers]
        self.answers[host + path] = made

    def redirect(self, path: str, target: str, *, host: str = HOST, status: int = 302) -> None:
        self.put(path, Answer(b"", status, {"Location": target.encode().decode("latin-1")}), host=host)

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        host = handler.headers.get("Host", "")
        seen = Seen(handler.path, host, dict(handler.headers.items()), time.monotonic(), method=handler.command)
        seen.body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        with self.lock:
            self.requests.append(seen)
            self.active += 1
            self.most_active = max(self.most_active, self.active)
            waiting = self.answers.get(host + handler.path, [Answer(b"nothing here", 404)])
            answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        try:
            self.send(handler, answer, seen)
        finally:
            with self.lock:
                self.active -= 1

    def send(self, handler: BaseHTTPRequestHandler, answer: Answer, seen: Seen) -> None:
        time.sleep(answer.delay)
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:12]}"'
        plain = answer.status == 200 and answer.validators
        same = plain and handler.headers.get("If-None-Match") == etag
        seen.status = 304 if same else answer.status
        handler.send_response(seen.status)
        for key, value in answer.headers.items():
            handler.send_header(key, value)
        if plain:
            handler.send_header("ETag", etag)
        if "Transfer-Encoding" not in answer.headers and not same:
            handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        body = b"" if same else answer.body
        if answer.drip:
            for byte in body:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(answer.drip)
        else:
            handler.wfile.write(body[: len(body) - answer.cut])
        seen.sent = len(body)
        handler.wfile.flush()
        if answer.cut:
            handler.close_connection = True


class FakeTime:
    """Time that passes only when someone sleeps; threads may share it."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self.start = datetime(2025, 3, 1, 20, 0, tzinfo=UTC)
        self.lock = threading.Lock()

    def clock(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.slept.append(seconds)
            self.seconds += seconds

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)

    @property
    def times(self) -> Times:
        return Times(self.now, self.sleep, self.clock, lambda: 0.0)


SOURCES = """
[[portals]]
name = "sample"
host = "sample.gansu.example"
family = "trs"
delay_seconds = 0.0
concurrency = 2
serve = "site"
"""


def unit_toml(unit_id: str, name: str, **more: object) -> str:
    values: dict[str, object] = {
        "id": unit_id,
        "code": unit_id[:6],
        "name": name,
        "aliases": [],
        "level": "county",
        "kind": "aggregate",
        "parent": "620100",
        "portal": "sample",
        "path": f"/{unit_id}/zfxxgknb/",
        "first_year": 2019,
        "last_year": 2024,
        **more,
    }
    lines = [f"{key} = {_toml(value)}" for key, value in values.items()]
    return "\n".join(["[[units]]", *lines, ""])


def _toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return str(value) if isinstance(value, int | float) else f'"{value}"'


PROVINCE = SOURCES + "".join(
    [
        unit_toml("620000", "甘肃省人民政府", level="province", parent=""),
        unit_toml("620100", "兰州市人民政府", level="prefecture", parent="620000"),
        unit_toml("620102", "兰州市城关区人民政府", aliases=["城关区政务公开办"]),
        unit_toml("620102-bgs", "兰州市城关区人民政府办公室", kind="office", parent="620102"),
        unit_toml("620102-czj", "兰州市城关区财政局", kind="department", parent="620102"),
        unit_toml("620103", "兰州市七里河区人民政府"),
        unit_toml("620103-czj", "兰州市七里河区财政局", kind="department", parent="620103"),
    ]
)


def list_page(items: list[tuple[str, str, str]], pager: str = "") -> str:
    """A TRS list page: (href, title, date) items and the script that pages it."""
    rows = "".join(f'<li><a href="{h}" title="{t}">{t[:8]}…</a><span>{d}</span></li>' for h, t, d in items)
    return f"<html><body><ul class='nav'><li><a href='/'>首页</a></li></ul><ul>{rows}</ul>{pager}</body></html>"


def article_page(title: str, links: str = "", text: str = "一、总体情况") -> str:
    """An article page with a table and, perhaps, attachments."""
    return (
        f"<html><head><title>{title}</title></head><body><div class='TRS_Editor'><p>{text}</p>"
        f"<table><tr><td>1</td></tr></table>{links}</div></body></html>"
    )
