"""WARC 1.1 records as bytes (ISO 28500:2017), each a gzip member of its own.

Written here and not by warcio: its writer takes 0.2 ms a pair of records, more than all the rest of an unchanged
page (docs/decisions/0029). What it reads, and what other tools read, is tested.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from portals.exchange import Exchange, Headers

_TYPES: Final = {
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
    "request": "application/http; msgtype=request",
    "warcinfo": "application/warc-fields",
    "metadata": "application/warc-fields",
}
_SMALL: Final = 4096
_SMALL_WINDOW: Final = 12


def record(kind: str, fields: Iterable[tuple[str, str]], block: bytes, media_type: str = "") -> bytes:
    """One record, compressed; its type and length are added to the fields."""
    head = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        *(f"{name}: {value}" for name, value in fields),
        f"Content-Type: {media_type or _TYPES[kind]}",
        f"Content-Length: {len(block)}",
        "\r\n",
    ]
    whole = "\r\n".join(head).encode() + block + b"\r\n\r\n"
    # A small record needs no large window: setting one up is what costs.
    small = len(whole) <= _SMALL
    packer = zlib.compressobj(6, zlib.DEFLATED, (_SMALL_WINDOW if small else zlib.MAX_WBITS) | 16, 4 if small else 8)
    return packer.compress(whole) + packer.flush()


def digest(payload: bytes) -> str:
    """The digest that WARC tools expect: SHA-1 in base 32. Integrity rests on the index's SHA-256."""
    return "sha1:" + base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode("ascii")


def date(at: datetime) -> str:
    """A WARC-Date."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def record_id(*named: object) -> str:
    """A record id made of what it names, not of chance (a UUID of version 8, RFC 9562)."""
    mark = hashlib.blake2b(" ".join(map(str, named)).encode(), digest_size=16).hexdigest()
    return f"<urn:uuid:{mark[:8]}-{mark[8:12]}-8{mark[13:16]}-8{mark[17:20]}-{mark[20:]}>"


def request_block(exchange: Exchange) -> bytes:
    """The request as it was sent."""
    target = exchange.address.split("/", 3)[3] if exchange.address.count("/") > 2 else ""
    return _head(f"{exchange.method} /{target} HTTP/1.1", exchange.request_headers) + exchange.request_body


def response_head(exchange: Exchange) -> bytes:
    """The headers as received; chunks are already joined, so their header must not ask for it again."""
    headers = tuple(
        (f"X-Archive-Orig-{name}" if name.lower() == "transfer-encoding" else name, value)
        for name, value in exchange.headers
    )
    return _head(f"{exchange.protocol} {exchange.status} {exchange.reason}", headers)


def _head(first: str, headers: Headers) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in headers), "\r\n"]
    return "\r\n".join(lines).encode("latin-1", "replace")
