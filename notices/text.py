"""Hostile text made harmless to read: what cannot be seen is shown, what is too long is cut."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

#: Control, format (zero width, bidirectional), surrogate and private-use characters, line separators.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
#: Printable ASCII without quotes, angle brackets, backslash, braces, back-tick: safe inside an attribute.
_ADDRESS: Final = re.compile(r"[!#-;=?-\[\]_a-z|~]+")


def _shown(character: str) -> str:
    if unicodedata.category(character) in _HIDDEN:
        return f"⟨U+{ord(character):04X}⟩"
    return character


def visible(text: str) -> str:
    """Return `text` as one line in which hidden characters stand as ⟨U+202E⟩.

    Tabs, line breaks and runs of blanks become one blank. The result holds no control character, no
    mark that turns the direction of what follows, and can always be encoded as UTF-8.
    """
    if text.isprintable() and "  " not in text:
        # Nothing to hide and nothing to fold, as nearly always: no blank but the plain one is printable.
        return text.strip(" ")
    folded = re.sub(r"[ \t\r\n\u3000\u00a0]+", " ", text).strip(" ")
    return "".join(map(_shown, folded))


def clip(text: str, length: int) -> str:
    """Return at most `length` characters of `text`, and say how long it was where it was cut."""
    return text if len(text) <= length else f"{text[:length]}…（共 {len(text)} 字符）"


def link(address: str | None) -> str | None:
    """Return an address that may be put into `href`, or None: http(s), ASCII, with a host, no credentials."""
    if not address or not _ADDRESS.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc else None


def plain(text: str | None, length: int) -> str:
    """Return `text` visible and at most `length` characters long; '' for None."""
    return clip(visible(text or ""), length)
