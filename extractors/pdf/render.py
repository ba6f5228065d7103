"""A page of a PDF as a picture, in the frame that the boxes of its cells are in."""

from __future__ import annotations

from typing import Final

import pypdfium2 as pdfium
from PIL import Image

from extractors.limits import Limits
from extractors.pdf.opening import opened
from form.errors import DocumentError

#: a picture of more pixels would be drawn smaller: some 120 MB
MAX_PIXELS: Final = 40_000_000
_POINTS_AN_INCH: Final = 72.0
#: sides of a page in points: PDF's own bound
_MAX_SIDE: Final = 14_400.0


def render_pdf_page(data: bytes, page: int, dpi: float, limits: Limits) -> tuple[Image.Image, tuple[float, float]]:
    """Page `page` (from 1) as shown, in RGB, and its width and height in points.

    The resolution is `dpi`, or less where the page is so large that `MAX_PIXELS` would not do. Raises
    `DocumentError` as `read_pdf` does. Not thread-safe: PDFium is not.
    """
    with opened(data, limits) as (_, count):
        if not 1 <= page <= count:
            raise DocumentError("truncated", f"no page {page} of {count}")
    try:
        with pdfium.PdfDocument(data) as document:
            sheet = document[page - 1]
            width, height = sheet.get_size()
            if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
                raise DocumentError("too_complex", f"page {page} measures {width:g} x {height:g} points")
            scale = min(dpi / _POINTS_AN_INCH, (MAX_PIXELS / (width * height)) ** 0.5)
            return sheet.render(scale=scale).to_pil().convert("RGB"), (width, height)
    except pdfium.PdfiumError as error:
        raise DocumentError("truncated", f"page {page}: {error}") from error
