"""Bytes of a page -> text: by mark, by declaration, by trial; one rule for fetching pages and for reading them."""

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
#: The charsets believed, and their codecs. GB2312 and GBK are parts of GB 18030: pages declare the small ones and use
#: the large one. Latin-1 fits any bytes and so proves nothing; some of Python's codecs are too slow for strangers.
_CHARSETS: Final = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(
        ("gb2312", "gbk", "gb18030", "x-gbk", "cp936", "gb_2312-80", "euc-cn", "hz", "hz-gb-2312"), "gb18030"
    ),
    **dict.fromkeys(("big5", "big5-hkscs", "x-big5"), "big5hkscs"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16be"), "utf-16"),
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
#: so many characters beyond ASCII for each torn one are UTF-8, whatever else the bytes may be;
_WHOLE: Final = 20
#: and so many where they are nothing else: other encodings read as UTF-8 are mostly torn
_MOSTLY: Final = 2


def decode(data: bytes, charset: str | None = None) -> str:
    """The text of a page; `charset` is what the HTTP header declares. Never fails.

    By its mark, else by the header, its own meta or UTF-8, as far as the bytes obey; GB only where they are no UTF-8,
    which Chinese text in GB never is. Damaged UTF-8 (a title cut inside a character) is UTF-8 still, though its bytes
    may happen to be GB; what remains is GB 18030.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "replace")
    meta = _META.search(data[:_META_WITHIN])
    for codec in _codecs(charset or "", meta[1].decode("ascii") if meta else ""):
        try:
            return data.decode(codec)
        except UnicodeError:
            continue
    damaged = data.decode("utf-8", "replace")
    torn = damaged.count("\ufffd")
    beyond = len(damaged) - len(damaged.encode("ascii", "ignore"))
    if beyond > _WHOLE * torn:
        return damaged
    try:
        return data.decode("gb18030")
    except UnicodeError:
        gb = data.decode("gb18030", "replace")
        # GB takes whole pairs for torn ones: where it is torn as often, it has swallowed more.
        return damaged if beyond > _MOSTLY * torn or torn <= gb.count("\ufffd") else gb


def _codecs(*declared: str) -> Iterator[str]:
    for name in declared:
        codec = _CHARSETS.get(name.strip().lower())
        if codec == "gb18030":
            # Damage is looked at before GB: `decode` goes on to it.
            break
        if codec:
            yield codec
    yield "utf-8"
