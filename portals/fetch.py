"""The one client that visits portals: identified, limited, bounded, and only where the registry says."""

from __future__ import annotations

import email.utils
import logging
import math
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

import httpx

from portals import addresses, bodies
from portals.exchange import Exchange, Fetched, Request
from portals.limits import HostGate, Times
from portals.problems import FetchError
from portals.robots import PRODUCT, Robots, RobotsRules
from portals.transport import Network, PinnedTransport
from portals.units import PortalSource

log = logging.getLogger(__name__)

#: Statuses with a meaning of their own. 401 to 451: refusals, by a person or a firewall; 521 is what one
#: Chinese CDN answers with its script challenge.
_CODES: Final = {
    **dict.fromkeys((401, 403, 407, 412, 451, 521), "blocked"),
    **dict.fromkeys((429, 503), "throttled"),
    **dict.fromkeys((404, 410), "missing"),
}
_RETRIED: Final = frozenset({"throttled", "server", "timeout", "network"})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_ROBOTS_BYTES: Final = 512 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one fetch: bytes (received and decompressed), seconds in all, redirects, attempts.

    The first pause between attempts is `backoff` seconds, each next one twice as long, or the server's
    Retry-After where that is longer; a Retry-After beyond `longest_wait` gives up at once. After
    `failures` addresses in a row that a host failed to answer, the rest of it is left alone.
    """

    max_bytes: int = 30 * 1024 * 1024
    max_seconds: float = 120.0
    max_redirects: int = 5
    attempts: int = 3
    backoff: float = 2.0
    longest_wait: float = 120.0
    failures: int = 5
    connect_seconds: float = 15.0
    read_seconds: float = 30.0


class _Host:
    """What is known of one host in this run."""

    def __init__(self, gate: HostGate) -> None:
        self.gate = gate
        self.lock = threading.Lock()
        self.rules: RobotsRules | None = None
        self.unreachable: tuple[str, str, int | None] | None = None
        self.failures = 0


class Fetcher:
    """Fetches addresses of the given portals' hosts; share one among threads, close it at the end.

    `contact` (an address where operators can reach us) goes into the User-Agent; it may be None only
    where every host is on `network.loopback`. Environment proxies, netrc and cookies are not used.
    `robots` is the log of what each host's robots.txt said.
    """

    def __init__(
        self,
        portals: Collection[PortalSource],
        times: Times,
        *,
        contact: str | None = None,
        network: Network | None = None,
        limits: Limits | None = None,
    ) -> None:
        network = network or Network()
        self._hosts = {
            host: _Host(HostGate(portal.delay_seconds, portal.concurrency, times))
            for portal in portals
            for host in portal.all_hosts
        }
        if contact is None and not self._hosts.keys() <= network.loopback.keys():
            raise ValueError("a contact address is needed to visit real portals")
        self.limits = limits or Limits()
        self.robots: list[Robots] = []
        self._times = times
        # The transport alone: a client on top would keep cookies, read the environment's proxies and
        # parse every Location before we have checked it.
        self._transport = PinnedTransport(network)
        self._headers = {
            "User-Agent": f"{PRODUCT}/0.1 (+{contact})" if contact else f"{PRODUCT}/0.1 (sample)",
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
        }
        timeout = httpx.Timeout(self.limits.read_seconds, connect=self.limits.connect_seconds)
        self._extensions = {"timeout": timeout.as_dict()}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    def get(self, asked: Request | str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """What an address gives; with validators of an earlier capture, perhaps a 304 without body.

        Redirects are followed within the registry's hosts, each host at its own pace and by its own
        robots.txt, without the form of a POST. Raises `FetchError`, nothing else.
        """
        request = asked if isinstance(asked, Request) else Request(asked)
        validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        known = {key: value for key, value in validators.items() if value and value.isascii()}
        exchanges = self._follow(
            request, {**dict(request.headers), **known}, self.limits.max_bytes, self._obey_robots
        )
        answer = exchanges[-1]
        if answer.status == 304 and not known:
            raise FetchError("unexpected", "304 to a request without validators", 304)
        body = answer.raw if answer.status == 200 else b""
        inflated = bodies.inflate(body, answer.header("content-encoding"), self.limits.max_bytes)
        return Fetched(request.address, self._times.now(), inflated, exchanges)

    def _follow(
        self, request: Request, headers: Mapping[str, str], cap: int, permit: Callable[[_Host, str], None]
    ) -> tuple[Exchange, ...]:
        """The exchanges from an address to an answer that is no redirect; each hop checked before use."""
        exchanges: list[Exchange] = []
        while True:
            host = self._hosts[addresses.check(request.address, self._hosts)]
            permit(host, request.address)
            exchanges.append(self._attempt(host, request, headers, cap))
            if exchanges[-1].status not in _REDIRECTS:
                return tuple(exchanges)
            request = Request(self._redirect(exchanges))

    def _redirect(self, exchanges: list[Exchange]) -> str:
        answer = exchanges[-1]
        if len(exchanges) > self.limits.max_redirects:
            raise FetchError("redirects", f"more than {self.limits.max_redirects}", answer.status)
        # Raw bytes in a header are percent-encoded as they stand, whatever charset they were meant in.
        location = quote(answer.header("location").encode("latin-1"), safe="/%:@!$&'()*+,;=~-._?#[]\\")
        target = addresses.join(answer.address, location)
        if target is None:
            raise FetchError("refused", f"redirect to {location[:100]!r}", answer.status)
        if target in {exchange.address for exchange in exchanges}:
            raise FetchError("redirects", f"a loop at {target}", answer.status)
        return target

    def _attempt(self, host: _Host, request: Request, headers: Mapping[str, str], cap: int) -> Exchange:
        """One address, tried again where that may help, each time after a pause for the whole host."""
        if host.failures >= self.limits.failures:
            raise FetchError("network", f"not tried: {host.failures} failures in a row on this host")
        for remaining in reversed(range(self.limits.attempts)):
            try:
                with host.gate.turn():
                    exchange = self._exchange(request, headers, cap)
                self._raise_for_status(exchange)
            except FetchError as error:
                if error.code not in _RETRIED:
                    raise
                # Even the last failure slows the host down for whoever comes next.
                pause = self.limits.backoff * 2 ** (self.limits.attempts - 1 - remaining)
                host.gate.hold(min(max(pause, error.retry_after), self.limits.longest_wait))
                if not remaining or error.retry_after > self.limits.longest_wait:
                    host.failures += 1
                    raise
            else:
                host.failures = 0
                return exchange
        raise AssertionError("the last attempt returns or raises")

    def _exchange(self, asked: Request, headers: Mapping[str, str], cap: int) -> Exchange:
        form = {} if asked.form is None else {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
        try:
            request = httpx.Request(
                asked.method,
                asked.address,
                content=asked.body,
                headers={**self._headers, **headers, **form},
                extensions=self._extensions,
            )
            response = self._transport.handle_request(request)
            try:
                raw = self._body(response, cap)
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise FetchError("timeout", type(error).__name__) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError("network", str(error) or type(error).__name__) from error
        return Exchange(
            address=asked.address,
            method=request.method,
            request_body=asked.body,
            request_headers=_pairs(request.headers),
            protocol=response.http_version,
            status=response.status_code,
            reason=response.reason_phrase,
            headers=_pairs(response.headers),
            raw=raw,
        )

    def _body(self, response: httpx.Response, cap: int) -> bytes:
        """The body as sent, bounded in bytes and, against a server that only drips, in seconds."""
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > cap:
            raise FetchError("too_large", f"{declared[:20]} bytes", response.status_code)
        ends = self._times.clock() + self.limits.max_seconds
        raw = bytearray()
        for chunk in response.iter_raw():
            raw += chunk
            if len(raw) > cap:
                raise FetchError("too_large", f"more than {cap} bytes", response.status_code)
            if self._times.clock() > ends:
                raise FetchError("timeout", f"more than {self.limits.max_seconds:g} s", response.status_code)
        return bytes(raw)

    def _retry_after(self, exchange: Exchange) -> float:
        """Seconds the server asks us to wait: 0 where it does not say."""
        value = exchange.header("retry-after").strip()
        if value.isdecimal() and len(value) < 10:
            return float(value)
        try:
            until = email.utils.parsedate_to_datetime(value)
        except ValueError:
            return 0.0
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return max(0.0, math.ceil((until - self._times.now()).total_seconds()))

    def _raise_for_status(self, exchange: Exchange) -> None:
        status = exchange.status
        if status in {200, 304} or status in _REDIRECTS:
            return
        code = _CODES.get(status, "server" if status >= 500 else "unexpected")
        detail = f"HTTP {status} {exchange.reason}".rstrip()
        raise FetchError(code, detail, status, self._retry_after(exchange))

    def _obey_robots(self, host: _Host, address: str) -> None:
        with host.lock:
            if host.rules is None:
                host.rules = self._read_robots(host, address)
        if host.unreachable is not None:
            raise FetchError(*host.unreachable)
        if not host.rules.allows(address):
            raise FetchError("robots", "Disallow, or a Crawl-delay too long")

    def _read_robots(self, host: _Host, address: str) -> RobotsRules:
        """robots.txt of the host, once a run: absent means all is allowed, unreachable that nothing is."""
        source = addresses.join(address, "/robots.txt") or ""
        name = addresses.check(source, self._hosts)
        status: int | None = None
        text, verdict = "", "rules"
        try:
            answer = self._follow(Request(source), {}, _ROBOTS_BYTES, lambda _host, _address: None)[-1]
            status = answer.status
            body = bodies.inflate(answer.raw, answer.header("content-encoding"), _ROBOTS_BYTES)
            text = bodies.text(body, "utf-8")
        except FetchError as error:
            status = error.status
            verdict = "none"
            # RFC 9309: a client error means there are no rules; a failing server, that we must stay away.
            if error.code not in {"missing", "blocked", "unexpected", "refused", "redirects"}:
                verdict = "unreachable"
                host.unreachable = (error.code, f"robots.txt: {error.detail}", error.status)
        rules = RobotsRules(text)
        if rules.delay is not None:
            host.gate.slow(rules.delay)
        self.robots.append(Robots(name, self._times.now(), status, verdict, rules.delay, text))
        log.info("robots.txt of %s: %s (status %s, delay %s)", name, verdict, status, rules.delay)
        return rules


def _pairs(headers: httpx.Headers) -> tuple[tuple[str, str], ...]:
    return tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in headers.raw)
