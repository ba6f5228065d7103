"""A saved file as it is: what document it holds, and what it says itself of its address, title and dates."""

from __future__ import annotations

import email
import email.policy
import email.utils
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import Message
from pathlib import PurePosixPath
from typing import Final

from portals import addresses, bodies
from portals.imports.manifest import ImportFaultError
from portals.parsing import TooDeepError, parse
from portals.saved import MHTML

#: Browsers write the length of the address before it, in four digits.
_SAVED_FROM: Final = re.compile(rb"<!--\s*saved from url=\(\d{4}\)(\S{1,2000})\s*-->", re.IGNORECASE)
_DATE: Final = re.compile(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})")
_MOST_PARTS: Final = 2000
#: Media types by name, as the readers go by content anyway.
_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html",
    ".htm": "text/html",
    ".shtml": "text/html",
    ".mht": MHTML,
    ".mhtml": MHTML,
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".wps": "application/vnd.ms-works",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".et": "application/vnd.ms-excel",
    ".ofd": "application/ofd",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".webp": "image/webp",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Something that came with a page: a picture or a file."""

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Content:
    """The document in a saved file; '' and None for what it does not say. `parts` are by absolute address."""

    body: bytes
    media_type: str
    charset: str = ""
    address: str = ""
    title: str = ""
    saved: datetime | None = None
    published: date | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)

    @property
    def is_page(self) -> bool:
        """Whether it is an HTML page."""
        return bodies.is_page(self.body, self.media_type)

    @property
    def text(self) -> str:
        """The text of a page."""
        return bodies.text(self.body, self.charset)


def media_type(name: str) -> str:
    """The media type of a file by its name; '' for what is no document."""
    return _TYPES.get(PurePosixPath(name).suffix.lower(), "")


def read(name: str, data: bytes) -> Content:
    """The document in a file. Raises `ImportFaultError` for a file that holds none."""
    kind = media_type(name)
    if kind == MHTML:
        return _mhtml(data)
    if not kind:
        raise ImportFaultError("neither a page nor a document (html, mhtml, pdf, doc, docx, wps, xls, xlsx, et, ofd)")
    if not data.strip():
        raise ImportFaultError("the file is empty")
    if not bodies.is_page(data, kind):
        return Content(data, kind)
    found = _SAVED_FROM.search(data[:4096])
    address = found[1].decode("latin-1") if found else ""
    return _page(Content(data, "text/html", address=addresses.join(address, address) or ""))


def _page(saved: Content) -> Content:
    """The page with what its head says of it."""
    try:
        tree = parse(saved.text)
    except TooDeepError as error:
        raise ImportFaultError(f"the page is no page of a site: {error}") from error
    metas = {
        (node.attributes.get("name") or "").lower(): node.attributes.get("content") or "" for node in tree.css("meta")
    }
    node = tree.css_first("title")
    title = metas.get("articletitle") or (node.text(deep=True) if node is not None else "")
    day = _DATE.search(metas.get("pubdate", ""))
    try:
        published = date(int(day[1]), int(day[2]), int(day[3])) if day else None
    except ValueError:
        published = None
    return Content(
        body=saved.body,
        media_type=saved.media_type,
        charset=saved.charset,
        address=saved.address,
        title=" ".join(title.split())[:300],
        saved=saved.saved,
        published=published,
        parts=saved.parts,
    )


def _mhtml(data: bytes) -> Content:
    """The page of a MHTML file (RFC 2557): its first HTML part, and the other parts by their Content-Location."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    parts: dict[str, Part] = {}
    root: Message | None = None
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            raise ImportFaultError(f"more than {_MOST_PARTS} parts")
        if part.is_multipart():
            continue
        if root is None and part.get_content_type() == "text/html":
            root = part
            continue
        where = str(part.get("Content-Location", "")).strip()
        address = addresses.join(where, where)
        if address is not None:
            parts[address] = Part(_payload(part), part.get_content_type())
    if root is None:
        raise ImportFaultError("no page in this MHTML file")
    address = str(message.get("Snapshot-Content-Location") or root.get("Content-Location") or "").strip()
    charset = root.get_content_charset() or ""
    saved = Content(
        body=_payload(root),
        media_type="text/html",
        charset=charset,
        address=addresses.join(address, address) or "",
        saved=_moment(str(message.get("Date", ""))),
        parts=parts,
    )
    if not saved.body.strip():
        raise ImportFaultError("the page in this MHTML file is empty")
    return _page(saved)


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _moment(value: str) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
