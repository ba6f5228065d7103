"""Bytes of a page -> text: by mark, by declaration, by trial."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META: Final = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_\-:]{2,40})""", re.IGNORECASE)
_META_WITHIN: Final = 4096
#: GB2312 and GBK are parts of GB 18030; pages declare the small ones and use the large one
_CHINESE: Final = frozenset({"gb2312", "gbk", "gb18030", "cp936", "x-gbk", "hz", "gb_2312-80"})
#: what servers declare without looking
_IDLE: Final = frozenset({"iso8859-1", "iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii", "windows-1252"})


def decode(data: bytes, charset: str | None = None) -> str:
    """The text of a page; `charset` is what the HTTP header declares.

    A declaration counts only if the bytes obey it, and GB only if they are not well-formed UTF-8: Chinese
    text in GB never is. Undecodable bytes become U+FFFD only when nothing fits.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    for name in _candidates(data, charset):
        try:
            return data.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("gb18030" if _declared_chinese(data, charset) else "utf-8", "replace")


def _candidates(data: bytes, charset: str | None) -> Iterator[str]:
    for name in (charset, _meta(data)):
        if not name or name.lower() in _IDLE:
            continue
        if name.lower() in _CHINESE:
            yield "utf-8"
            yield "gb18030"
        elif _known(name):
            yield name
    yield "utf-8"
    yield "gb18030"


def _known(name: str) -> bool:
    """Whether the name is a text encoding of Python's (not, say, `zip` or `rot13`)."""
    try:
        return bool(getattr(codecs.lookup(name), "_is_text_encoding", False))
    except LookupError:
        return False


def _meta(data: bytes) -> str | None:
    hit = _META.search(data[:_META_WITHIN])
    return hit[1].decode("ascii") if hit else None


def _declared_chinese(data: bytes, charset: str | None) -> bool:
    return any((name or "").lower() in _CHINESE for name in (charset, _meta(data)))
