"""The pictures inside a document, for reports whose tables are pictures."""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote_to_bytes

from PIL import Image

from extractors.limits import Limits
from extractors.office_xml import local, parse
from extractors.office_zip import Package
from extractors.sniff import PICTURES, THROUGH_OFFICE, sniff
from extractors.word import main_part

#: in pixels; seals, QR codes and rules are smaller than a table that can be read
_LEAST: Final = (400, 150)
_RELATION: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DATA: Final = re.compile(rb"""src\s*=\s*["']?\s*data:image/[a-z+.-]{1,20};base64,([A-Za-z0-9+/=%\s]{64,})""", re.I)
_DIGITS: Final = re.compile(r"\d+")


def pictures(data: bytes, *, more: Sequence[bytes] = (), limits: Limits | None = None) -> list[bytes]:
    """The pictures of a docx, xlsx, doc, wps, rtf, odt or HTML file that may show a table, in order, each once.

    Those of HTML are its `data:` addresses, then `more`: files of their own that the page shows. Vector pictures
    (EMF, WMF) are left out. Raises `DocumentError` where the file cannot be opened or converted.
    """
    limits = limits or Limits()
    kind = sniff(data)
    found: Iterable[bytes]
    if kind == "docx":
        found = _of_docx(data, limits)
    elif kind == "xlsx":
        found = _of_xlsx(data, limits)
    elif kind == "html":
        found = (*_of_html(data), *more)
    elif kind in THROUGH_OFFICE:
        from extractors.office import docx_of

        found = _of_docx(docx_of(data, limits=limits), limits)
    else:
        return []
    kept: dict[bytes, None] = {}
    for picture in found:
        if len(kept) < limits.max_pictures and _may_show_a_table(picture):
            kept[picture] = None
    return list(kept)


def _of_docx(data: bytes, limits: Limits) -> Iterator[bytes]:
    """The pictures of the main part in the order in which it shows them."""
    package = Package(data, limits)
    main = PurePosixPath(main_part(package))
    relations = str(main.parent / "_rels" / f"{main.name}.rels")
    if relations not in package.names:
        return
    targets = {r.get("Id"): str(r.get("Target")) for r in parse(package.part(relations), relations)}
    for node in parse(package.part(str(main)), str(main)).iter("{*}blip", "{*}imagedata"):
        target = targets.get(node.get(_RELATION + ("embed" if local(node) == "blip" else "id")), "")
        name = target.lstrip("/") if target.startswith("/") else str(main.parent / target)
        if name in package.names:
            yield package.part(name)


def _of_xlsx(data: bytes, limits: Limits) -> Iterator[bytes]:
    package = Package(data, limits)
    names = (name for name in package.names if name.startswith("xl/media/"))
    for name in sorted(names, key=lambda n: ([int(x) for x in _DIGITS.findall(n)], n)):
        yield package.part(name)


def _of_html(data: bytes) -> Iterator[bytes]:
    for hit in _DATA.finditer(data):
        try:
            yield base64.b64decode(b"".join(unquote_to_bytes(hit[1]).split()))
        except (binascii.Error, ValueError):
            continue


def _may_show_a_table(picture: bytes) -> bool:
    if sniff(picture) not in PICTURES:
        return False
    try:
        with Image.open(io.BytesIO(picture)) as image:
            wide, high = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return False
    return wide >= _LEAST[0] and high >= _LEAST[1]
