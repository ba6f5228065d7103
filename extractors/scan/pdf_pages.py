"""Pages of a PDF as bitmaps: the embedded picture where it is all the page shows, else the page drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import cv2
import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from extractors.limits import Limits
from extractors.pdf.opening import opened
from extractors.scan.canvas import SCALE, Bitmap
from extractors.scan.pictures import MAX_PIXELS
from form.errors import DocumentError

#: The embedded picture must cover this share of the page's sides.
_COVERS: Final = 0.9
#: Sides of a page in points: PDF's own bound.
_MAX_SIDE: Final = 14_400.0
#: Pixels of a page that is drawn; one larger than A3 is drawn coarser.
_DRAWN: Final = 8_000_000
#: A page that draws more than this is not one picture.
_FEW: Final = 400
#: channels of a bitmap -> OpenCV's way to RGB
_TO_RGB: Final = {3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}


class PdfPages:
    """The pages of a PDF; `count` is their number."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self.count = len(document)

    def page(self, number: int) -> Bitmap:
        """Page `number` (from 1). Raises `DocumentError`: truncated, too_large, too_complex."""
        try:
            page = self._document[number - 1]
        except pdfium.PdfiumError:
            raise DocumentError("truncated", f"page {number} cannot be read") from None
        try:
            size = page.get_size()
            if not all(1.0 <= side <= _MAX_SIDE for side in size):
                raise DocumentError("too_complex", f"page {number} measures {size} points")
            pixels = _embedded(page, number)
            return Bitmap(number, _drawn(page, size) if pixels is None else pixels, size)
        except (pdfium.PdfiumError, ValueError) as error:
            raise DocumentError("truncated", f"page {number}: {error}") from None
        finally:
            page.close()

    def __iter__(self) -> Iterator[Bitmap]:
        for number in range(1, self.count + 1):
            yield self.page(number)


@contextmanager
def pdf_pages(data: bytes, limits: Limits) -> Iterator[PdfPages]:
    """The pages of a PDF. Raises `DocumentError` as `extractors.pdf.opening.opened`."""
    with opened(data, limits):
        pass
    document = pdfium.PdfDocument(data)
    try:
        yield PdfPages(document)
    finally:
        document.close()


def _embedded(page: Any, number: int) -> np.ndarray[Any, np.dtype[np.uint8]] | None:
    """The pixels of the page's one picture, turned as the page is; None where the page shows more than it."""
    picture = _only_picture(page)
    if picture is None:
        return None
    width, height = picture.get_px_size()
    if width * height > MAX_PIXELS:
        raise DocumentError("too_large", f"page {number}: {width} × {height} pixels")
    pixels = _rgb(picture.get_bitmap(render=False))
    return np.ascontiguousarray(np.rot90(pixels, -page.get_rotation() // 90))


def _only_picture(page: Any) -> Any | None:
    if raw.FPDFPage_CountObjects(page) > _FEW or raw.FPDFPage_GetAnnotCount(page):
        return None
    shown = [found for found in page.get_objects(max_depth=1) if not _is_hidden(found)]
    if len(shown) != 1 or shown[0].type != raw.FPDF_PAGEOBJ_IMAGE:
        return None
    matrix = shown[0].get_matrix()
    left, bottom, right, top = page.get_bbox()
    upright = abs(matrix.b) + abs(matrix.c) < 0.01 * (abs(matrix.a) + abs(matrix.d)) and matrix.a > 0 < matrix.d
    fills = matrix.a >= _COVERS * (right - left) and matrix.d >= _COVERS * (top - bottom)
    within = (
        abs(matrix.e - left) <= 1
        and abs(matrix.f - bottom) <= 1
        and abs(matrix.e + matrix.a - right) <= 1
        and abs(matrix.f + matrix.d - top) <= 1
    )
    masked = raw.FPDFPageObj_HasTransparency(shown[0].raw)
    return shown[0] if upright and fills and within and not masked else None


def _is_hidden(found: Any) -> bool:
    """Text that is not drawn, as OCR leaves it over a scan."""
    if found.type != raw.FPDF_PAGEOBJ_TEXT:
        return False
    return bool(raw.FPDFTextObj_GetTextRenderMode(found.raw) == raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def _drawn(page: Any, size: tuple[float, float]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    scale = min(SCALE, (_DRAWN / (size[0] * size[1])) ** 0.5)
    return _rgb(page.render(scale=scale, may_draw_forms=False, rev_byteorder=True))


def _rgb(bitmap: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """A copy as rows of gray or RGB."""
    values = bitmap.to_numpy()
    if values.ndim == 2 or values.shape[2] == 1:
        return np.array(values.reshape(values.shape[:2]), np.uint8)
    if bitmap.rev_byteorder:
        return np.ascontiguousarray(values[:, :, :3], np.uint8)
    return np.asarray(cv2.cvtColor(values, _TO_RGB[values.shape[2]]), np.uint8)
