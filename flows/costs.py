"""What reading a document costs, roughly, before anybody has looked into it."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from portals.captures import Capture

Kind = Literal["page", "pdf", "word", "sheet", "office", "picture"]

#: Processor seconds for a document of average size, `office` in a batch; measured, see
#: docs/decisions/0018-pictures-of-an-article.md.
SECONDS: Final[dict[Kind, float]] = {
    "page": 0.02,
    "pdf": 0.1,
    "word": 0.07,
    "sheet": 0.05,
    "office": 0.25,
    "picture": 2.0,
}
#: A native report of fifteen pages has 100 to 420 KB, a scanned page 150 KB and more: what is larger is taken for
#: a scan. Wrongly so for one with large fonts or photographs, whose batch then is smaller than it might be.
_SCAN_BYTES: Final = 500_000
_SCANNED_PAGE_BYTES: Final = 250_000
#: No report has many more pages, and one document is never worth more than a batch or two.
_MOST_PAGES: Final = 10

_SUFFIXES: Final[dict[str, Kind]] = {
    **dict.fromkeys((".html", ".htm", ".shtml"), "page"),
    ".pdf": "pdf",
    ".docx": "word",
    **dict.fromkeys((".xlsx", ".xls", ".et"), "sheet"),
    **dict.fromkeys((".doc", ".wps", ".rtf", ".odt"), "office"),
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".webp", ".tif", ".tiff"), "picture"),
}
_MEDIA_TYPES: Final[dict[str, Kind]] = {
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "sheet",
    "application/vnd.ms-excel": "sheet",
    "application/msword": "office",
    "application/vnd.ms-works": "office",
    "application/rtf": "office",
}


def seconds(capture: Capture) -> float:
    """The processor time to expect, by name, media type and size."""
    kind = _kind(capture)
    if kind == "pdf" and capture.size > _SCAN_BYTES:
        return SECONDS["picture"] * min(capture.size / _SCANNED_PAGE_BYTES, _MOST_PAGES)
    return SECONDS[kind]


def through_office(capture: Capture) -> bool:
    """Whether it looks like a file that LibreOffice converts first."""
    return _kind(capture) == "office"


def _kind(capture: Capture) -> Kind:
    """By the name, which servers that call everything application/octet-stream leave alone; else as stated."""
    suffix = PurePosixPath(unquote(urlsplit(capture.address).path)).suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    return "picture" if capture.media_type.startswith("image/") else _MEDIA_TYPES.get(capture.media_type, "page")
