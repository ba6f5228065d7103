"""The one door to the second readers, by media type."""

from __future__ import annotations

from typing import Final

from extractors.limits import Limits
from form.errors import DocumentError
from form.grid import Document

_PDF: Final = "application/pdf"
_HTML: Final = "text/html"
_DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def readable_again(media_type: str) -> bool:
    """Whether there is a second reader for a format."""
    return media_type in (_PDF, _HTML, _DOCX)


def read_again(data: bytes, media_type: str, *, limits: Limits | None = None, charset: str | None = None) -> Document:
    """The document as a reader sees it that shares neither parser nor cell assignment with the first.

    `charset` is what the HTTP header declares (pages only). Raises `DocumentError`: unsupported where no second
    reader exists, too_complex or too_large over the limits; and whatever the libraries raise on hostile bytes.
    """
    limits = limits or Limits()
    if len(data) > limits.max_bytes:
        raise DocumentError("too_large", f"{len(data)} bytes")
    # Imported where needed: Camelot takes a second.
    if media_type == _PDF:
        from extractors.second.pdf import read_pdf_again

        return read_pdf_again(data, limits=limits)
    if media_type == _HTML:
        from extractors.second.page import read_html_again

        return read_html_again(data, charset=charset, limits=limits)
    if media_type == _DOCX:
        from extractors.second.word import read_docx_again

        return read_docx_again(data, limits=limits)
    raise DocumentError("unsupported", media_type)
