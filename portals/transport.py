"""Where connections really go: to public addresses of registry hosts, or to loopback for samples.

The name is resolved here, every answer checked, and the connection made to the very address that was
checked, so that a second DNS answer cannot lead elsewhere.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx

from portals.problems import FetchError

Resolve = Callable[[str], Collection[str]]
_TRIES: Final = 3


def resolve(host: str) -> list[str]:
    """The IP addresses of a host by the system's resolver, IPv4 first; FetchError('network') if none."""
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise FetchError("network", f"{host}: {error}") from error
    found = {str(answer[4][0]) for answer in answers}
    return sorted(found, key=lambda ip: (":" in ip, ip))


def is_public(ip: str) -> bool:
    """Whether an IP address is one of the open Internet; an embedded IPv4 address counts for itself."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address.sixtofour or address
    return address.is_global and not address.is_multicast


@dataclass(frozen=True, slots=True)
class Network:
    """How hosts are reached: by `lookup` and TLS, or, for the hosts of `loopback`, at a port of our own.

    `loopback` (logical host -> address and port) is the explicit sample mode; nothing else may lead to an
    address that is not public.
    """

    loopback: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    lookup: Resolve = resolve
    tls: ssl.SSLContext = field(default_factory=lambda: httpx.create_ssl_context(trust_env=False))


class PinnedTransport(httpx.BaseTransport):
    """Sends each request to a checked IP address, keeping the Host header and the TLS name.

    One pool a host: TLS connections must not be shared by two names that resolve to one server.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._pools: dict[str, httpx.HTTPTransport] = {}
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Connect to the first address that answers; FetchError('private') if any is not public."""
        host = request.url.host
        pool = self._pool(host)
        failure: Exception = FetchError("network", f"{host}: no address")
        for ip, port in self._targets(host):
            try:
                return pool.handle_request(_pinned(request, host, ip, port))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()

    def _targets(self, host: str) -> list[tuple[str, int | None]]:
        if host in self._network.loopback:
            return [self._network.loopback[host]]
        found = list(self._network.lookup(host))
        for ip in found:
            if not is_public(ip):
                raise FetchError("private", f"{host} resolves to {ip}")
        return [(ip, None) for ip in found[:_TRIES]]

    def _pool(self, host: str) -> httpx.HTTPTransport:
        with self._lock:
            if host not in self._pools:
                self._pools[host] = httpx.HTTPTransport(verify=self._network.tls, trust_env=False)
            return self._pools[host]


def _pinned(request: httpx.Request, host: str, ip: str, port: int | None) -> httpx.Request:
    url = request.url.copy_with(host=ip, port=port or request.url.port)
    extensions = {**request.extensions, "sni_hostname": host}
    return httpx.Request(request.method, url, headers=request.headers, stream=request.stream, extensions=extensions)
