"""Addresses found on hostile pages: resolved, brought to one spelling, and checked before any use."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

from portals.hijacked import is_hijacked
from portals.problems import FetchError

_MAX_LENGTH: Final = 2000
#: What every parser of addresses reads alike.
_PLAIN: Final = re.compile(r"[!-~]+")
#: An address with nothing to look at twice: no port, user or backslash.
_COMMON: Final = re.compile(r"https?://([a-z0-9.-]+)/[!-\[\]-~]*")
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
#: Kept as they are in paths and queries; everything else (Chinese file names, spaces) is percent-encoded.
_SAFE: Final = "/%:@!$&'()*+,;=~-._?"
#: What a Java server adds to every link for those who send no cookie: another address each night for the same page.
_SESSION: Final = re.compile(r";jsessionid=[^/?;]*", re.IGNORECASE)


def join(base: str, link: str) -> str | None:
    """The absolute address of a link, without fragment and session; None where it leads nowhere fetchable."""
    link = "".join(ch for ch in link if ch >= " ").strip()
    if not link or link.startswith("#"):
        return None
    try:
        parts = urlsplit(urljoin(base, link))
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host or parts.username is not None:
        return None
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        host = f"{host}:{port}"
    path = _SESSION.sub("", parts.path) if ";" in parts.path else parts.path
    address = urlunsplit((parts.scheme, host, quote(path or "/", _SAFE), quote(parts.query, _SAFE), ""))
    return address if len(address) <= _MAX_LENGTH else None


def check(address: str, hosts: Collection[str]) -> str:
    """The host of an address that may be fetched.

    Raises `FetchError('refused')` unless it is http or https, on the default port, without user name,
    and its host is exactly one of `hosts`: look-alikes and parts of names do not count, nor do letters that a
    client might fold into others. What is checked must be what every parser sees: plain ASCII without white space.
    """
    common = _COMMON.fullmatch(address)
    if common is not None and common[1] in hosts and len(address) <= _MAX_LENGTH and not is_hijacked(common[1]):
        return common[1]
    if not _PLAIN.fullmatch(address):
        raise FetchError("refused", f"not a plain address: {address[:100]!r}")
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise FetchError("refused", f"not an address: {address[:100]}") from error
    if parts.scheme not in _DEFAULT_PORTS:
        raise FetchError("refused", f"scheme {parts.scheme!r}")
    if "@" in parts.netloc or "\\" in address or port not in {None, _DEFAULT_PORTS[parts.scheme]}:
        raise FetchError("refused", f"user name or port in {parts.netloc[:100]}")
    if host is not None and is_hijacked(host):
        raise FetchError("refused", f"host {host[:100]} is known to replay pages with altered text")
    if host is None or host not in hosts or len(address) > _MAX_LENGTH:
        raise FetchError("refused", f"host {(host or '')[:100]} is not in the registry")
    return host
