"""Bytes -> document, whatever they are: the one door to the readers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from extractors.limits import Limits
from extractors.sniff import MEDIA_TYPES, PICTURES, THROUGH_OFFICE, Kind, sniff
from form.errors import DocumentError
from form.grid import Cell, Document, Grid, Paragraph

#: a report is rarely longer, and recognising a page takes about a second
_FIRST_PAGES: Final = 20
_KNOWN_SUFFIXES: Final = frozenset((".pdf", ".html", ".htm", ".docx", ".doc", ".wps", ".xlsx", ".xls", ".et"))


def read(data: bytes, *, name: str = "", charset: str | None = None, limits: Limits | None = None) -> Document:
    """Read a file by what it is.

    `name` only serves to say where the content belies it; `charset` is the one that the HTTP header
    declares. Raises `DocumentError` with the reason; never anything else for any bytes.
    """
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        raise DocumentError("too_large", f"{len(data)} 字节，上限 {limits.max_bytes}")
    kind = sniff(data)
    if kind == "empty":
        raise DocumentError("empty")
    # Each reader is imported when it is needed: the PDF reader's libraries take a second.
    if kind == "pdf":
        return _read_pdf(data, limits)
    if kind == "html":
        from extractors.html import read_html

        return read_html(data, charset=charset, limits=limits)
    if kind in PICTURES:
        from extractors.scan import read_scan

        return read_scan(data, MEDIA_TYPES[kind], limits=limits)
    return _read_office(data, kind, limits) or _refuse(data, kind, name, limits)


def read_pictures(
    data: bytes, *, more: Sequence[bytes] = (), charset: str | None = None, limits: Limits | None = None
) -> Document | None:
    """The document again with what its pictures show, for one whose text holds no report; None without pictures.

    The pictures of a docx, xlsx, doc or page follow its own text, `page` counting them from 1 and `bbox` being
    theirs; `more` are those of a page that are files of their own. A PDF is read as pictures of its first pages.
    Raises `DocumentError` as `read` does.
    """
    limits = limits or Limits()
    kind = sniff(data)
    if kind == "pdf":
        from extractors.scan import read_scan

        return read_scan(data, MEDIA_TYPES[kind], limits=limits, pages=range(1, _FIRST_PAGES + 1))
    from extractors.office_pictures import pictures

    found = pictures(data, more=more, limits=limits)
    if not found:
        return None
    shown = _shown(found, limits)
    if not shown:
        return None
    text = read(data, charset=charset, limits=limits)
    blocks = [*text.blocks, *(block for _, block in shown)]
    return replace(text, blocks=tuple(blocks), reader=shown[0][0])


def _shown(found: Sequence[bytes], limits: Limits) -> list[tuple[str, Paragraph | Grid]]:
    """The reader and each block of the pictures; those that cannot be read give none."""
    from extractors.scan import read_scan

    shown: list[tuple[str, Paragraph | Grid]] = []
    for page, picture in enumerate(found, 1):
        try:
            document = read_scan(picture, MEDIA_TYPES[sniff(picture)], limits=limits)
        except DocumentError:
            # A seal, a photograph: it is the document that then has no report.
            continue
        shown.extend((document.reader, _on(block, page)) for block in document.blocks)
    return shown


def _on(block: Paragraph | Grid, page: int) -> Paragraph | Grid:
    if isinstance(block, Paragraph):
        return replace(block, page=page)
    cells: list[Cell] = [cell._replace(page=page) for cell in block.cells]
    return replace(block, cells=tuple(cells), page=page)


def _read_pdf(data: bytes, limits: Limits) -> Document:
    """A PDF by its text; where it has none, or on the pages that are pictures, by recognition."""
    from extractors.pdf import read_pdf

    try:
        document = read_pdf(data, limits=limits)
    except DocumentError as error:
        if error.code != "no_text":
            raise
        from extractors.scan import read_scan

        return read_scan(data, MEDIA_TYPES["pdf"], limits=limits)
    pages = [int(page) for page in document.metadata.get("image_pages", "").split(",") if page]
    # With more of them it is a report with photographs, and reading them would take its whole time.
    return _with_scanned(document, data, pages, limits) if 0 < len(pages) <= limits.max_pictures else document


def _with_scanned(document: Document, data: bytes, pages: Sequence[int], limits: Limits) -> Document:
    """The document with its picture pages in their places; those without a table, covers say, add only lines."""
    from extractors.scan import read_scan

    try:
        scanned = read_scan(data, MEDIA_TYPES["pdf"], limits=limits, pages=frozenset(pages))
    except DocumentError:
        # Photographs or blank sheets: the text stands as it is.
        return document
    blocks = sorted((*document.blocks, *scanned.blocks), key=lambda block: block.page or 0)
    # Whoever weighs a figure must see that some were recognised.
    reader = f"{document.reader}; {scanned.reader}" if scanned.grids else document.reader
    return replace(document, blocks=tuple(blocks), reader=reader)


def _read_office(data: bytes, kind: Kind, limits: Limits) -> Document | None:
    """The document of an office file; None for every other kind."""
    if kind in ("docx", "wordxml"):
        from extractors.word import read_docx, read_word_xml

        return (read_docx if kind == "docx" else read_word_xml)(data, limits=limits)
    if kind in ("xlsx", "xls"):
        from extractors.sheet import read_sheet

        return read_sheet(data, limits=limits)
    if kind in THROUGH_OFFICE:
        from extractors.office import read_office

        return read_office(data, limits=limits)
    return None


def _refuse(data: bytes, kind: Kind, name: str, limits: Limits) -> Document:
    """Say why there is no reader. Always raises `DocumentError`."""
    if kind == "encrypted":
        raise DocumentError("encrypted")
    if kind == "zip":
        from extractors.office_zip import Package

        Package(data, limits)
    if kind == "ole":
        from extractors.office_ole import compound

        if not compound(data).streams:
            raise DocumentError("truncated", "OLE: no streams")
    suffix = PurePath(name).suffix.lower()
    if suffix in _KNOWN_SUFFIXES:
        raise DocumentError("mislabelled", f"{suffix} 文件的内容是 {MEDIA_TYPES[kind]}")
    raise DocumentError("unsupported", MEDIA_TYPES[kind])
