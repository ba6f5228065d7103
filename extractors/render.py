"""A page of a document as a picture, in the frame of the boxes that its reader gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from extractors.limits import Limits
from extractors.sniff import sniff
from form.errors import DocumentError

if TYPE_CHECKING:
    from PIL import Image

#: enough to read the smallest print of a report, and to see a stamp over it
DPI: Final = 150.0
_PICTURES: Final = ("png", "jpeg", "gif", "bmp", "tiff", "webp")


def has_pages(data: bytes) -> bool:
    """Whether a document has pages that `render_page` can draw: PDFs and pictures."""
    return sniff(data) in ("pdf", *_PICTURES)


def render_page(data: bytes, page: int, limits: Limits | None = None) -> tuple[Image.Image, float]:
    """Page `page` (from 1) in RGB, and its pixels a point; a box's origin is the picture's bottom left.

    A PDF's page is drawn at `DPI`, less where it is huge; a picture is as it is. Raises `DocumentError` as
    `extractors.read` does, and for documents without pages. Not thread-safe: PDFium is not.
    """
    kind = sniff(data)
    if kind == "pdf":
        from extractors.pdf.render import render_pdf_page

        return render_pdf_page(data, page, DPI, limits or Limits())
    raise DocumentError("unsupported", f"no pages to draw in {kind}")
