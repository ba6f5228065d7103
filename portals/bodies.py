"""Bodies: undoing the content encoding within a size cap, and decoding the text of pages."""

from __future__ import annotations

import codecs
import re
import zlib
from typing import Final

from portals.problems import FetchError

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


def inflate(raw: bytes, encoding: str, cap: int) -> bytes:
    """The body without its Content-Encoding: identity, gzip or deflate.

    Raises `FetchError`: 'encoding' for another or a broken one, 'too_large' beyond `cap` bytes, however
    small the compressed form was.
    """
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"} or not raw:
        return raw
    if encoding in {"gzip", "x-gzip"}:
        return _decompress(raw, zlib.MAX_WBITS | 16, cap)
    if encoding == "deflate":
        # Zlib streams by the standard, raw deflate from some servers: the first byte tells.
        return _decompress(raw, zlib.MAX_WBITS if raw[0] & 0x0F == 8 else -zlib.MAX_WBITS, cap)
    raise FetchError("encoding", f"Content-Encoding {encoding[:40]!r}")


def _decompress(raw: bytes, bits: int, cap: int) -> bytes:
    inflater = zlib.decompressobj(bits)
    try:
        body = inflater.decompress(raw, cap + 1)
    except zlib.error as error:
        raise FetchError("encoding", str(error)) from error
    if len(body) > cap:
        raise FetchError("too_large", f"more than {cap} bytes when decompressed")
    if not inflater.eof:
        raise FetchError("encoding", "the compressed body is cut off")
    return body


def is_page(body: bytes, media_type: str) -> bool:
    """Whether a body is an HTML page, by its content; the media type decides only where that is silent."""
    if body.startswith((b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return False
    return bool(_MARKUP.search(body[:4096])) or "html" in media_type


def text(body: bytes, charset: str) -> str:
    """The text of a page: by its mark, the header, its own meta, else UTF-8, else GB 18030; never fails."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    meta = _META.search(body[:4096])
    for name in (charset, meta[1].decode("ascii") if meta else "", "utf-8"):
        decoded = _try(body, name)
        if decoded is not None:
            return decoded
    return body.decode("gb18030", "replace")


def _try(body: bytes, name: str) -> str | None:
    codec = _CHARSETS.get(name.lower())
    try:
        return body.decode(codec) if codec else None
    except UnicodeError:
        return None
