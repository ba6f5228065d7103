"""The HTTP client: libcurl, one request at a time a connection, to the address that was checked and no other.

Nothing of libcurl's own judgement is used: no redirects, no cookies, no netrc, no environment, no name system.
"""

from __future__ import annotations

import ipaddress
import math
import socket
import threading
from typing import Any, Final

import pycurl

from portals.exchange import Exchange, Headers, Request
from portals.limits import Limits
from portals.problems import FetchError
from portals.transport import Network, Pins

_PORTS: Final = {"http": 80, "https": 443}
#: Answers that have no body, whatever length they state.
_BODILESS: Final = frozenset({204, 304})
#: Errors with a meaning of their own; every other one is the network's.
_CODES: Final = {
    pycurl.E_OPERATION_TIMEDOUT: "timeout",
    pycurl.E_FILESIZE_EXCEEDED: "too_large",
    pycurl.E_URL_MALFORMAT: "refused",
}


class _UnreachedError(Exception):
    """No connection to this address: another one of the host may answer."""


class Client:
    """Sends requests over kept connections; threads may share one. Close it at the end."""

    def __init__(self, network: Network, limits: Limits, pins: Pins) -> None:
        self._network, self._limits, self._pins = network, limits, pins
        self._idle: dict[str, list[_Handle]] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close every connection."""
        with self._lock:
            for handles in self._idle.values():
                for handle in handles:
                    handle.close()
            self._idle.clear()

    def send(self, request: Request, host: str, headers: Headers, cap: int) -> Exchange:
        """The answer to one request, its body at most `cap` bytes as sent; `headers` without Host.

        `host` is that of the address, as `portals.addresses.check` gave it. Raises `FetchError`.
        """
        port = _PORTS[request.address.partition(":")[0]]
        failure = ""
        for target in self._targets(host, port):
            handle = self._take(host)
            try:
                handle.lead(host, port, target)
                return handle.perform(request, (("Host", host), *headers), cap)
            except _UnreachedError as error:
                failure = str(error)
            finally:
                self._give_back(host, handle)
        raise FetchError("network", failure)

    def _targets(self, host: str, port: int) -> tuple[tuple[str, int] | None, ...]:
        if self._network.proxy and host not in self._network.loopback:
            return (None,)
        return self._pins.targets(host, port)

    def _take(self, host: str) -> _Handle:
        """A handle of this host alone: TLS connections must not be shared by two names of one server."""
        with self._lock:
            idle = self._idle.setdefault(host, [])
            return idle.pop() if idle else _Handle(self._network, self._limits, host)

    def _give_back(self, host: str, handle: _Handle) -> None:
        with self._lock:
            self._idle[host].append(handle)


class _Handle:
    """One libcurl handle and what it receives."""

    def __init__(self, network: Network, limits: Limits, host: str) -> None:
        self._curl = curl = pycurl.Curl()
        self._lines: list[bytes] = []
        self._body = bytearray()
        self._cap = 0
        self._swollen = False
        self._ip = ""
        self._led: tuple[str, int, tuple[str, int] | None] | None = None
        for option, value in _settings(network, limits, host).items():
            curl.setopt(option, value)
        curl.setopt(pycurl.HEADERFUNCTION, self._header)
        curl.setopt(pycurl.WRITEFUNCTION, self._write)
        curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)

    def close(self) -> None:
        self._curl.close()

    def lead(self, host: str, port: int, target: tuple[str, int] | None) -> None:
        """Connect to `target` when asked for `host`; None leaves it to the proxy."""
        if self._led == (host, port, target):
            return
        self._led = (host, port, target)
        self._ip = target[0] if target else ""
        to = f"{host}:{port}:{_bracketed(target[0])}:{target[1]}" if target else ""
        self._curl.setopt(pycurl.CONNECT_TO, [to] if to else [])

    def perform(self, request: Request, headers: Headers, cap: int) -> Exchange:
        curl, body = self._curl, request.body
        self._lines.clear()
        self._body.clear()
        self._cap, self._swollen = cap, False
        if request.form is not None:
            headers = (
                *headers,
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Content-Length", str(len(body))),
            )
            curl.setopt(pycurl.POSTFIELDS, body)
        else:
            curl.setopt(pycurl.HTTPGET, 1)
        curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in headers] + ["Expect:"])
        curl.setopt(pycurl.MAXFILESIZE_LARGE, cap)
        curl.setopt(pycurl.URL, request.address)
        try:
            curl.perform()
        except pycurl.error as error:
            raise self._as_fetch_error(error) from error
        protocol, reason, received = self._head()
        exchange = Exchange(
            address=request.address,
            request_headers=headers,
            protocol=protocol,
            status=curl.getinfo(pycurl.RESPONSE_CODE),
            reason=reason,
            headers=received,
            raw=bytes(self._body),
            method=request.method,
            request_body=body,
            ip=self._ip,
        )
        _check_length(exchange)
        return exchange

    def _as_fetch_error(self, error: pycurl.error) -> Exception:
        number, text = error.args
        if self._swollen:
            return FetchError("too_large", f"more than {self._cap} bytes")
        late = number == pycurl.E_OPERATION_TIMEDOUT and self._curl.getinfo(pycurl.REQUEST_SIZE) == 0
        if late or number == pycurl.E_COULDNT_CONNECT:
            return _UnreachedError(text)
        return FetchError(_CODES.get(number, "network"), text)

    def _head(self) -> tuple[str, str, Headers]:
        """Protocol, reason and headers; lines end as the server likes, and bytes that are no ASCII are kept."""
        first, *lines = self._lines or [b""]
        protocol, _, reason = (*first.split(None, 2), b"", b"")[:3]
        headers = []
        for line in lines:
            name, colon, value = line.partition(b":")
            if colon:
                headers.append((name.strip().decode("latin-1"), value.strip().decode("latin-1")))
        return protocol.decode("latin-1"), reason.strip().decode("latin-1"), tuple(headers)

    def _header(self, line: bytes) -> None:
        """One line; only the last response of an exchange counts (100 Continue), and no trailers."""
        ended = not self._lines or not self._lines[-1].strip()
        if ended and line.startswith(b"HTTP/"):
            self._lines = [line]
        elif not self._body:
            self._lines.append(line)

    def _write(self, chunk: bytes) -> int:
        """The body as it comes; a count other than the chunk's ends the transfer."""
        if len(self._body) + len(chunk) > self._cap:
            self._swollen = True
            return 0
        self._body += chunk
        return len(chunk)

    def _open(self, _purpose: int, address: Any) -> socket.socket | int:
        """The last word on where a connection leads: the checked address, however libcurl came by another."""
        family, kind, protocol, where = address
        if self._ip and ipaddress.ip_address(_text(where[0])) != ipaddress.ip_address(self._ip):
            return int(pycurl.SOCKET_BAD)
        return socket.socket(family, kind, protocol)


def _check_length(exchange: Exchange) -> None:
    """Raises `FetchError` for a body shorter than its head says, where libcurl does not take the head at its word.

    That is where white space stands before the colon, and beside a Transfer-Encoding that is none.
    """
    said, encoding = exchange.header("content-length"), exchange.header("transfer-encoding").lower()
    if exchange.status in _BODILESS or encoding not in {"", "identity"} or not said.isdecimal() or len(said) > 18:
        return
    if int(said) > len(exchange.raw):
        raise FetchError("network", f"end of response with {int(said) - len(exchange.raw)} bytes missing")


def _settings(network: Network, limits: Limits, host: str) -> dict[int, Any]:
    proxy = "" if host in network.loopback else network.proxy
    return {
        pycurl.NOSIGNAL: 1,
        pycurl.PROTOCOLS: pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS,
        pycurl.HTTP_VERSION: pycurl.CURL_HTTP_VERSION_1_1,
        pycurl.FOLLOWLOCATION: 0,
        # The path that robots.txt was asked about is the path that is sent.
        pycurl.PATH_AS_IS: 1,
        pycurl.HTTP_CONTENT_DECODING: 0,
        pycurl.MAXCONNECTS: 2,
        pycurl.CONNECTTIMEOUT_MS: math.ceil(limits.connect_seconds * 1000),
        pycurl.TIMEOUT_MS: math.ceil(limits.max_seconds * 1000),
        pycurl.LOW_SPEED_LIMIT: 1,
        pycurl.LOW_SPEED_TIME: max(1, math.ceil(limits.read_seconds)),
        pycurl.SSL_VERIFYPEER: 1,
        pycurl.SSL_VERIFYHOST: 2,
        pycurl.CAINFO: str(network.ca_file),
        pycurl.PROXY_CAINFO: str(network.ca_file),
        pycurl.PROXY: proxy,
        pycurl.NOPROXY: "",
    }


def _bracketed(ip: str) -> str:
    return f"[{ip}]" if ":" in ip else ip


def _text(value: str | bytes) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else value
