"""Bodies: undoing the content encoding within a size cap, and decoding the text of pages."""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from typing import Final

from portals.problems import FetchError

_GZIP: Final = zlib.MAX_WBITS | 16
#: What is fed at once, and how often one may begin anew: after each gzip member the rest of a chunk is copied.
_CHUNK: Final = 8192
_MEMBERS: Final = 10_000
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([a-zA-Z0-9_-]{2,40})", re.IGNORECASE)
#: The charsets believed, and their codecs. GBK pages often use characters of its superset; Latin-1 fits any
#: bytes and so proves nothing; some of Python's codecs are too slow to be left to strangers.
_CHARSETS: Final = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "x-gbk", "cp936", "gb_2312-80"), "gb18030"),
    "big5": "big5",
    "utf-16": "utf-16",
}
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
    """The text of a page; never fails.

    By its mark, else by the header, its own meta or UTF-8, as far as the bytes obey; GB only where they are no
    UTF-8, which Chinese text in GB never is. Damaged UTF-8 (a title cut inside a character) is UTF-8 still; what
    remains is GB 18030. Extractors decide likewise (`extractors.charset`).
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    meta = _META.search(body[:4096])
    for codec in _codecs(charset, meta[1].decode("ascii") if meta else ""):
        try:
            return body.decode(codec)
        except UnicodeError:
            continue
    damaged = body.decode("utf-8", "replace")
    return damaged if _is_mostly_whole(damaged) else body.decode("gb18030", "replace")


def _codecs(*declared: str) -> Iterator[str]:
    for name in declared:
        codec = _CHARSETS.get(name.lower())
        if codec == "gb18030":
            yield "utf-8"
        if codec:
            yield codec
    yield "utf-8"


def _is_mostly_whole(decoded: str) -> bool:
    """Whether more characters beyond ASCII were read than were not: other encodings read as UTF-8 are mostly torn."""
    torn = decoded.count("\ufffd")
    return len(decoded) - len(decoded.encode("ascii", "ignore")) > 2 * torn
