"""Opening a PDF: what makes a file unusable, and handles that are given back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pypdfium2.raw as pdfium

from extractors.limits import Limits
from extractors.pdf import native
from form.errors import DocumentError

#: Readers accept a header within this many bytes, and a trailer within so many of the end.
_HEADER, _TRAILER = 1024, 4096

_PROTECTED = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)


@contextmanager
def opened(data: bytes, limits: Limits) -> Iterator[tuple[int, int]]:
    """A document's handle and its number of pages.

    Raises `DocumentError`: empty, too_large, mislabelled, truncated, encrypted, too_many_pages.
    """
    _check(data, limits)
    document = native.load_document(data, len(data), None)
    if not document:
        if pdfium.FPDF_GetLastError() in _PROTECTED:
            raise DocumentError("encrypted", "a password is needed")
        raise DocumentError("truncated", "the file's structure is broken")
    try:
        yield document, _pages(document, limits)
    finally:
        native.close_document(document)


@contextmanager
def opened_page(document: int, index: int) -> Iterator[tuple[int, int]]:
    """Handles of a page (from 0) and of its text. Raises `DocumentError` (truncated)."""
    page = native.load_page(document, index)
    if not page:
        raise DocumentError("truncated", f"page {index + 1} cannot be read")
    try:
        text = native.load_text(page)
        if not text:
            raise DocumentError("truncated", f"text of page {index + 1} cannot be read")
        try:
            yield page, text
        finally:
            native.close_text(text)
    finally:
        native.close_page(page)


def _check(data: bytes, limits: Limits) -> None:
    if not data.strip():
        raise DocumentError("empty")
    if len(data) > limits.max_bytes:
        raise DocumentError("too_large", f"{len(data)} bytes")
    if b"%PDF-" not in data[:_HEADER]:
        raise DocumentError("mislabelled", "no PDF header")
    # PDFium mends files cut short by giving the pages that are left: figures would be missing silently.
    if b"%%EOF" not in data[-_TRAILER:]:
        raise DocumentError("truncated", "no end of file mark")


def _pages(document: int, limits: Limits) -> int:
    count: int = native.page_count(document)
    if count < 1:
        raise DocumentError("truncated", "no pages")
    if count > limits.max_pages:
        raise DocumentError("too_many_pages", f"{count} pages, at most {limits.max_pages}")
    return count
