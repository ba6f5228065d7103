"""How the portals are reached: the operator's proxy and certificates, from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from flows.exits import UnusableError
from portals.transport import Network

#: socks5h: the proxy resolves the names, as an HTTP proxy does.
SCHEMES = ("http", "https", "socks5h")


def network(loopback: Mapping[str, tuple[str, int]]) -> Network:
    """The network of a run; $GOUJI_PROXY and $GOUJI_CA_FILE where they are set.

    Raises UnusableError for a proxy that is no `scheme://host:port` and a file that cannot be read.
    """
    proxy = os.environ.get("GOUJI_PROXY", "").strip()
    ca_file = os.environ.get("GOUJI_CA_FILE", "").strip()
    if proxy:
        _check_proxy(proxy)
    if not ca_file:
        return Network(loopback, proxy=proxy)
    path = Path(ca_file).expanduser()
    try:
        if b"-----BEGIN CERTIFICATE-----" not in path.read_bytes():
            raise UnusableError(f"GOUJI_CA_FILE: {path} holds no certificate (PEM)")
    except OSError as error:
        raise UnusableError(f"GOUJI_CA_FILE: {path}: {error.strerror or type(error).__name__}") from error
    return Network(loopback, ca_file=path, proxy=proxy)


def _check_proxy(proxy: str) -> None:
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port is not None
    except ValueError:
        usable = False
    if not usable:
        raise UnusableError(f"GOUJI_PROXY must be scheme://host:port with one of {', '.join(SCHEMES)}")
