"""Bodies: undoing the content encoding within a size cap, and decoding the text of pages."""

from __future__ import annotations

import re
import zlib
from typing import Final

from form.charset import decode
from portals.problems import FetchError

_GZIP: Final = zlib.MAX_WBITS | 16
#: What is fed at once, and how often one may begin anew: after each gzip member the rest of a chunk is copied.
_CHUNK: Final = 8192
_MEMBERS: Final = 10_000
_MARKUP: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|div)[\s>]", re.IGNORECASE)


def inflate(raw: bytes, encoding: str, cap: int, *, exact: bool = False) -> bytes:
    """The body without its Content-Encoding: identity, gzip (all members) or deflate.

    `exact`: `cap` is the body's known size; members beyond it were not read when it was received.
    Raises `FetchError`: 'encoding' for another or a broken one, 'too_large' beyond `cap` bytes, however
    small the compressed form was.
    """
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"} or not raw:
        return raw
    if encoding in {"gzip", "x-gzip"}:
        return _decompress(raw, _GZIP, cap, exact=exact)
    if encoding == "deflate":
        # Zlib streams by the standard, raw deflate from some servers: the first byte tells.
        return _decompress(raw, zlib.MAX_WBITS if raw[0] & 0x0F == 8 else -zlib.MAX_WBITS, cap)
    raise FetchError("encoding", f"Content-Encoding {encoding[:40]!r}")


def _decompress(raw: bytes, bits: int, cap: int, *, exact: bool = False) -> bytes:
    view, at, room = memoryview(raw), 0, cap + 1
    parts: list[bytes] = []
    for _ in range(_MEMBERS):
        inflater = zlib.decompressobj(bits)
        while at < len(raw) and not inflater.eof:
            chunk = view[at : at + _CHUNK]
            try:
                parts.append(inflater.decompress(chunk, room))
            except zlib.error as error:
                raise FetchError("encoding", str(error)) from error
            room -= len(parts[-1])
            if not room:
                raise FetchError("too_large", f"more than {cap} bytes when decompressed")
            at += len(chunk) - len(inflater.unused_data)
        if not inflater.eof:
            raise FetchError("encoding", "the compressed body is cut off")
        if bits != _GZIP or not raw.startswith(b"\x1f\x8b", at) or (exact and room == 1):
            return b"".join(parts)
    raise FetchError("encoding", f"more than {_MEMBERS} gzip members")


def is_page(body: bytes, media_type: str) -> bool:
    """Whether a body is an HTML page, by its content; the media type decides only where that is silent."""
    if body.startswith((b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return False
    return bool(_MARKUP.search(body[:4096])) or "html" in media_type


def text(body: bytes, charset: str) -> str:
    """The text of a page; never fails. `charset` is what its header declares."""
    return decode(body, charset)
