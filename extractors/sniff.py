"""What bytes are, by what they hold, never by a name."""

from __future__ import annotations

import re
from typing import Final, Literal

from extractors.limits import Limits
from extractors.office_ole import MAGIC, compound
from extractors.office_zip import Package
from form.errors import DocumentError

Kind = Literal[
    "empty", "pdf", "html", "docx", "xlsx", "odt", "ofd", "zip", "doc", "works", "xls", "encrypted", "ole", "rtf",
    "wordxml", "png", "jpeg", "gif", "bmp", "tiff", "webp", "text", "unknown",
]  # fmt: skip

_MAGIC: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (MAGIC, "ole"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"{\\rtf", "rtf"),
)
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_TAG: Final = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|table|tr|td|div|p|span|script|!--|\?xml|h[1-6]|ul|font|center)\b",
    re.IGNORECASE,
)
#: Word's XML in one file, which many systems write from templates and call .doc
#: (each alone: such a search goes by its first letters, an alternation tries every place)
_WORD_XML: Final = tuple(map(re.compile, (rb'progid="Word\.Document"', rb"<w:wordDocument\b", rb"<pkg:package\b")))
_WITHIN: Final = 8192
#: PDF readers accept the mark within the first kilobyte
_PDF_WITHIN: Final = 1024

#: what [Content_Types].xml calls the main part, else the part that is there
_MAIN_TYPES: Final[tuple[tuple[bytes, Kind], ...]] = (
    (b"wordprocessingml.document.main+xml", "docx"),
    (b"wordprocessingml.template.main+xml", "docx"),
    (b"ms-word.document.macroEnabled.main+xml", "docx"),
    (b"spreadsheetml.sheet.main+xml", "xlsx"),
    (b"spreadsheetml.template.main+xml", "xlsx"),
    (b"ms-excel.sheet.macroEnabled.main+xml", "xlsx"),
)
_MAIN_PARTS: Final[tuple[tuple[str, Kind], ...]] = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("OFD.xml", "ofd"),
)
_ODT: Final = b"mimetypeapplication/vnd.oasis.opendocument.text"
#: MS Works names the first, WPS Office writes Word's own streams
_STREAMS: Final[tuple[tuple[tuple[str, ...], Kind], ...]] = (
    (("EncryptedPackage",), "encrypted"),
    (("WordDocument",), "doc"),
    (("Workbook", "Book"), "xls"),
    (("MatOST", "MM", "CONTENTS"), "works"),
)
_SMALL: Final = Limits()

#: kinds that are one picture, or several
PICTURES: Final[frozenset[Kind]] = frozenset(("png", "jpeg", "gif", "bmp", "tiff", "webp"))
#: kinds that LibreOffice converts to docx before they are read
THROUGH_OFFICE: Final[frozenset[Kind]] = frozenset(("doc", "works", "rtf", "odt"))

MEDIA_TYPES: Final[dict[Kind, str]] = {
    "pdf": "application/pdf",
    "html": "text/html",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ofd": "application/ofd",
    "zip": "application/zip",
    "doc": "application/msword",
    "works": "application/vnd.ms-works",
    "xls": "application/vnd.ms-excel",
    "encrypted": "application/x-ole-storage",
    "ole": "application/x-ole-storage",
    "rtf": "application/rtf",
    "wordxml": "application/xml",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "webp": "image/webp",
    "text": "text/plain",
    "unknown": "application/octet-stream",
}


def sniff(data: bytes) -> Kind:
    """The kind of a file's content. A container that cannot be opened is 'zip' or 'ole'."""
    head = data[:_WITHIN]
    if not data.strip(b"\x00 \t\r\n"):
        return "empty"
    if head.startswith(b"%PDF-"):
        return "pdf"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return _container(data, kind)
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"BM") and head[6:10] == b"\x00" * 4:
        return "bmp"
    return _marked(head)


def _container(data: bytes, kind: Kind) -> Kind:
    if kind == "zip":
        return _zipped(data)
    if kind == "ole":
        file = compound(data)
        for names, held in _STREAMS:
            if file.has(*names):
                return held
    return kind


def _zipped(data: bytes) -> Kind:
    if _ODT in data[:120]:
        return "odt"
    try:
        package = Package(data, _SMALL)
        types = package.content_types()
    except DocumentError:
        return "zip"
    for kind_type, kind in _MAIN_TYPES:
        if kind_type in types:
            return kind
    for part, kind in _MAIN_PARTS:
        if part in package.names:
            return kind
    return "zip"


def _marked(head: bytes) -> Kind:
    plain = _narrow(head)
    if any(mark.search(plain) for mark in _WORD_XML):
        return "wordxml"
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
