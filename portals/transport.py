"""Where connections may lead: to public addresses of registry hosts, or to loopback for samples.

Names are resolved here, every answer checked, and the connection made to the very address that was
checked, so that a second DNS answer cannot lead elsewhere.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import certifi

from portals.problems import FetchError

Resolve = Callable[[str], Collection[str]]
_TRIES: Final = 3
#: Seconds that a checked answer of the name system is used for.
_KEPT_SECONDS: Final = 300.0

_GLOBAL_V6: Final = ipaddress.IPv6Network("2000::/3")
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
#: Not for the public, though Python's tables call them global: protocol assignments (one cloud's metadata among
#: them), the old 6to4 relays, another cloud's host agent, IPv6 for documentation.
_NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(one) for one in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "3fff::/20")
)


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
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is None and address not in _GLOBAL_V6:
            return False
        address = inner or address
    special = any(address.version == net.version and address in net for net in _NOT_PUBLIC)
    return address.is_global and not address.is_multicast and not special


@dataclass(frozen=True, slots=True)
class Network:
    """How hosts are reached: by `lookup` and TLS, or, for the hosts of `loopback`, at a port of our own.

    `loopback` (logical host -> address and port) is the explicit sample mode; nothing else may lead to an
    address that is not public. `ca_file` holds the trusted certificate authorities (PEM). With a `proxy`
    (`http://host:port`, https, socks5h) it is the proxy that resolves names and connects: only the names
    are checked here.
    """

    loopback: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    lookup: Resolve = resolve
    ca_file: Path = field(default_factory=lambda: Path(certifi.where()))
    proxy: str = ""


class Pins:
    """Host -> the addresses to connect to, each checked; remembered for a while, then asked and checked anew."""

    def __init__(self, network: Network, clock: Callable[[], float]) -> None:
        self._network, self._clock = network, clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}

    def targets(self, host: str, port: int) -> tuple[tuple[str, int], ...]:
        """Where to connect for a host's port, the best first.

        Raises FetchError('private') if any answer is not public, 'network' if there is none.
        """
        if host in self._network.loopback:
            return (self._network.loopback[host],)
        with self._lock:
            asked, found = self._known.get(host, (0.0, ()))
        if not found or self._clock() - asked > _KEPT_SECONDS:
            found = self._checked(host)
            with self._lock:
                self._known[host] = (self._clock(), found)
        return tuple((ip, port) for ip in found)

    def _checked(self, host: str) -> tuple[str, ...]:
        found = tuple(self._network.lookup(host))
        for ip in found:
            if not is_public(ip):
                raise FetchError("private", f"{host} resolves to {ip}")
        if not found:
            raise FetchError("network", f"{host}: no address")
        return found[:_TRIES]
