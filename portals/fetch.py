"""The one client that visits portals: identified, limited, bounded, and only where the registry says."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from portals import addresses, bodies, obstacles, statuses
from portals.client import Client
from portals.exchange import Exchange, Fetched, Headers, Request
from portals.hosts import Host
from portals.limits import Limits, Times
from portals.problems import FetchError, Kind
from portals.robots import PRODUCT, Robots, RobotsRules
from portals.transport import Network, Pins
from portals.units import PortalSource

__all__ = ["Fetcher", "Limits"]

log = logging.getLogger(__name__)

_RETRIED: Final = frozenset({"throttled", "server", "timeout", "network"})
#: Redirects that keep the method; the others are followed by GET, as browsers do.
_SAME_METHOD: Final = frozenset({307, 308})
_ROBOTS_BYTES: Final = 512 * 1024


class Fetcher:
    """Fetches addresses of the given portals' hosts; share one among threads, close it at the end.

    `contact` (an address where operators can reach us) goes into the User-Agent; it may be None only
    where every host is on `network.loopback`. Environment proxies, netrc and cookies are not used.
    `robots` is the log of what each host's robots.txt said; `on_robots` is told of each reading.
    """

    def __init__(
        self,
        portals: Collection[PortalSource],
        times: Times,
        *,
        contact: str | None = None,
        network: Network | None = None,
        limits: Limits | None = None,
        on_robots: Callable[[Robots], object] = lambda robots: None,
    ) -> None:
        network = network or Network()
        self.limits = limits or Limits()
        self._hosts = {host: Host(portal, self.limits, times) for portal in portals for host in portal.all_hosts}
        if contact is None and not self._hosts.keys() <= network.loopback.keys():
            raise ValueError("a contact address is needed to visit real portals")
        if contact is not None and not (contact.isascii() and contact.isprintable() and contact.strip()):
            raise ValueError("the contact address must be printable ASCII")
        self.robots: list[Robots] = []
        self._on_robots = on_robots
        self._times = times
        self._client = Client(network, self.limits, Pins(network, times.clock))
        self._headers: Headers = (
            ("User-Agent", f"{PRODUCT}/0.1 (+{contact})" if contact else f"{PRODUCT}/0.1 (sample)"),
            ("Accept", "*/*"),
            ("Accept-Encoding", "gzip, deflate"),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def get(
        self,
        asked: Request | str,
        *,
        etag: str = "",
        last_modified: str = "",
        came_from: str = "",
        kind: Kind = "document",
    ) -> Fetched:
        """What an address gives; with validators of an earlier capture, perhaps a 304 without body.

        The validators go to the address that gave them: the one asked for, or `came_from`, where redirects led then.

        Redirects are followed within the registry's hosts, each host at its own pace and by its own
        robots.txt. A page that is no document, whatever its status, is recognised as what it is
        (`portals.obstacles`). Raises `FetchError`, with evidence where something was received; nothing else.
        """
        request = asked if isinstance(asked, Request) else Request(asked)
        validators = (("If-None-Match", etag), ("If-Modified-Since", last_modified))
        known = tuple(
            (name, value) for name, value in validators if value and value.isascii() and value.isprintable()
        )
        conditions = {came_from or request.address: known} if known else {}
        exchanges: list[Exchange] = []
        try:
            self._follow(request, conditions, self.limits.max_bytes, self._obey_robots, exchanges)
            fetched = self._fetched(request, exchanges, conditional=exchanges[-1].address in conditions)
            if fetched.status == 200:
                obstacles.check(fetched, kind)
        except FetchError as error:
            exchanges += [error.exchange] if error.exchange is not None else []
            said_so = error.exchange is not None or error.evidence is not None
            if error.evidence is None and exchanges:
                # Of a redirect that is not followed, or to what does not answer, the way there is all there is.
                error.evidence = self._evidence(request, tuple(exchanges))
            if error.code == "blocked" and said_so and error.evidence is not None:
                self._host_of(error.evidence.answer).refused()
            raise
        self._host_of(fetched.answer).answered()
        return fetched

    def _fetched(self, request: Request, exchanges: list[Exchange], *, conditional: bool) -> Fetched:
        answer = exchanges[-1]
        if answer.status == 304 and not conditional:
            raise FetchError("unexpected", "304 to a request without validators", 304)
        raw = answer.raw if answer.status == 200 else b""
        try:
            body = bodies.inflate(raw, answer.header("content-encoding"), self.limits.max_bytes)
        except FetchError as error:
            error.exchange = exchanges.pop()
            raise
        return Fetched(request.key, self._times.now(), body, tuple(exchanges))

    def _evidence(self, request: Request, exchanges: tuple[Exchange, ...]) -> Fetched:
        """What was received instead of a document; a body that cannot be decoded stays as it is."""
        answer = exchanges[-1]
        try:
            body = bodies.inflate(answer.raw, answer.header("content-encoding"), self.limits.max_bytes)
        except FetchError:
            body = answer.raw
        return Fetched(request.key, self._times.now(), body, exchanges)

    def _host_of(self, exchange: Exchange) -> Host:
        return self._hosts[addresses.check(exchange.address, self._hosts)]

    def _follow(
        self,
        request: Request,
        conditions: Mapping[str, Headers],
        cap: int,
        permit: Callable[[Host, str], None],
        exchanges: list[Exchange],
    ) -> None:
        """Fill `exchanges` up to an answer that is no redirect; each hop checked before use.

        `conditions` are the validators of addresses.
        """
        while True:
            name = addresses.check(request.address, self._hosts)
            permit(self._hosts[name], request.address)
            headers = (*request.headers, *conditions.get(request.address, ()))
            exchanges.append(self._attempt(name, request, headers, cap))
            if exchanges[-1].status not in statuses.REDIRECTS:
                return
            target = self._redirect(exchanges)
            form = request.form if exchanges[-1].status in _SAME_METHOD else None
            request = Request(target, request.headers, form)

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

    def _attempt(self, name: str, request: Request, headers: Headers, cap: int) -> Exchange:
        """One address, tried again where that may help, each time after a pause for the whole host."""
        host, attempt = self._hosts[name], 0
        if (closed := host.closed()) is not None:
            raise closed
        failure: FetchError | None = None
        while True:
            with host.gate.turn():
                # While this one waited, another may have been told to stay away.
                if (closed := host.closed()) is not None:
                    raise failure or closed
                try:
                    exchange = self._client.send(request, name, (*self._headers, *headers), cap)
                    statuses.check(exchange, self._times.now())
                except FetchError as error:
                    failure = error
                else:
                    return exchange
            last = attempt + 1 >= self.limits.attempts
            if failure.code not in _RETRIED or not host.failed(failure, attempt, last):
                raise failure
            attempt += 1

    def _obey_robots(self, host: Host, address: str) -> None:
        with host.lock:
            if host.rules is None:
                host.rules = self._read_robots(host, address)
        if (error := host.unreachable) is not None:
            raise FetchError(error.code, f"robots.txt: {error.detail}", error.status)
        if not host.rules.allows(address):
            raise FetchError("robots", "Disallow, or a Crawl-delay too long")

    def _read_robots(self, host: Host, address: str) -> RobotsRules:
        """robots.txt of the host, once a run: absent means all is allowed, unreachable that nothing is."""
        request = Request(addresses.join(address, "/robots.txt") or "")
        name = addresses.check(request.address, self._hosts)
        exchanges: list[Exchange] = []
        status: int | None = None
        text, verdict = "", "rules"
        try:
            self._follow(request, {}, _ROBOTS_BYTES, lambda _host, _address: None, exchanges)
            status = exchanges[-1].status
            body = bodies.inflate(exchanges[-1].raw, exchanges[-1].header("content-encoding"), _ROBOTS_BYTES)
            text = bodies.text(body, "utf-8")
        except FetchError as error:
            status = error.status
            exchanges += [error.exchange] if error.exchange else []
            verdict = "none"
            # RFC 9309: a client error means there are no rules; a failing server, that we must stay away.
            if error.code not in {"missing", "blocked", "unexpected", "refused", "redirects"}:
                verdict = "unreachable"
                host.unreachable = error
        rules = RobotsRules(text)
        if rules.delay is not None:
            host.gate.slow(rules.delay)
        fetched = self._evidence(request, tuple(exchanges)) if exchanges else None
        robots = Robots(name, self._times.now(), status, verdict, rules.delay, text, fetched)
        self.robots.append(robots)
        self._on_robots(robots)
        log.info("robots.txt of %s: %s (status %s, delay %s)", name, verdict, status, rules.delay)
        return rules
