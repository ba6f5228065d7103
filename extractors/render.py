"""A page of a document as a picture, in the frame of the boxes that its reader gives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from extractors.limits import Limits
from extractors.sniff import PICTURES, sniff
from form.errors import DocumentError

if TYPE_CHECKING:
    from PIL import Image

#: enough to read the smallest print of a report, and to see a stamp over it
DPI: Final = 150.0
_POINTS_AN_INCH: Final = 72.0


def render_page(
    data: bytes, page: int, *, more: Sequence[bytes] = (), limits: Limits | None = None
) -> tuple[Image.Image, tuple[float, float]]:
    """Page `page` (from 1) in RGB, and its width and height in points; a box's origin is the picture's bottom left.

    The pages of a PDF or picture are its own; those of any other document are the pictures in it, in the
    order of `extractors.office_pictures`, then `more`. They are shown at `DPI`, less where a page is huge or its
    picture has less. Raises `DocumentError` as the readers do. Not thread-safe: PDFium is not.
    """
    limits = limits or Limits()
    kind = sniff(data)
    if kind == "pdf":
        from extractors.pdf.render import render_pdf_page

        return render_pdf_page(data, page, DPI, limits)
    if kind in PICTURES:
        return _picture(data, page, limits)
    from extractors.office_pictures import pictures

    found = pictures(data, more=more, limits=limits)
    if not 1 <= page <= len(found):
        raise DocumentError("truncated", f"no picture {page} of {len(found)}")
    return _picture(found[page - 1], 1, limits)


def _picture(data: bytes, page: int, limits: Limits) -> tuple[Image.Image, tuple[float, float]]:
    from PIL import Image

    from extractors.scan.pictures import Pictures

    bitmap = Pictures(data, limits).page(page)
    image = Image.fromarray(bitmap.pixels).convert("RGB")
    scale = image.width / bitmap.size[0]
    shown = min(scale, DPI / _POINTS_AN_INCH)
    if shown < scale:
        # Averaged, so that thin print stays legible.
        smaller = max(1, round(image.width * shown / scale)), max(1, round(image.height * shown / scale))
        image = image.resize(smaller, Image.Resampling.BOX)
    return image, bitmap.size
