"""What bytes are, by what they hold, never by a name."""

from __future__ import annotations

import re
from typing import Final, Literal

Kind = Literal["empty", "pdf", "html", "zip", "ole", "image", "rtf", "text", "unknown"]

_MAGIC: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"RIFF", "image"),
    (b"{\\rtf", "rtf"),
)
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_TAG: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|table|tr|td|div|p|span|script|!--|\?xml|h[1-6]|ul|font|center)\b",
    re.IGNORECASE,
)
_WITHIN: Final = 8192
#: PDF readers accept the mark within the first kilobyte
_PDF_WITHIN: Final = 1024

MEDIA_TYPES: Final[dict[Kind, str]] = {
    "pdf": "application/pdf",
    "html": "text/html",
    "zip": "application/zip",
    "ole": "application/x-ole-storage",
    "image": "image/*",
    "rtf": "application/rtf",
    "text": "text/plain",
    "unknown": "application/octet-stream",
}


def sniff(data: bytes) -> Kind:
    """The kind of a file's content."""
    head = data[:_WITHIN]
    if not data.strip(b"\x00 \t\r\n"):
        return "empty"
    if head.startswith(b"%PDF-"):
        return "pdf"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    plain = _narrow(head)
    if _TAG.search(plain):
        return "html"
    if b"%PDF-" in head[:_PDF_WITHIN]:
        return "pdf"
    return "unknown" if b"\x00" in plain else "text"


def _narrow(head: bytes) -> bytes:
    """The ASCII of a head, from UTF-16 too."""
    if head.startswith(_BOMS[1:]):
        return head.replace(b"\x00", b"")
    return head
