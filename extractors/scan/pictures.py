"""Pictures (png, jpg, tiff, gif, bmp, webp) as pages: sizes are checked before anything is decoded."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from extractors.limits import Limits
from extractors.scan.canvas import Bitmap
from form.errors import DocumentError

_FORMATS: Final = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP")
#: The only one of them that has pages; further frames of the others are animation.
_PAGED: Final = "TIFF"
#: Pixels of one page: A3 at 600 dpi has 70 million, A4 35 million.
MAX_PIXELS: Final = 60_000_000
#: A side in pixels; less holds no table.
_LEAST_SIDE: Final = 40
#: Dots to the inch where the file names none, or none that can be.
_USUAL_DPI: Final = 150.0
_POSSIBLE_DPI: Final = (50.0, 1_200.0)

_BROKEN: Final = (OSError, ValueError, SyntaxError, EOFError, struct.error, IndexError, KeyError, TypeError)


class Pictures:
    """The pages of a picture file; `count` is their number."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raises `DocumentError`: empty, too_large, mislabelled, truncated, too_many_pages."""
        if not data:
            raise DocumentError("empty")
        if len(data) > limits.max_bytes:
            raise DocumentError("too_large", f"{len(data)} bytes")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._image = Image.open(io.BytesIO(data), formats=_FORMATS)
        except UnidentifiedImageError:
            raise DocumentError("mislabelled", "no picture that can be read") from None
        except Image.DecompressionBombError:
            raise DocumentError("too_large", f"more than {MAX_PIXELS} pixels") from None
        except _BROKEN as error:
            raise DocumentError("truncated", type(error).__name__) from None
        self.count = self._frames(limits.max_pages) if self._image.format == _PAGED else 1

    def page(self, number: int) -> Bitmap:
        """Page `number` (from 1). Raises `DocumentError`: too_large, truncated."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._image.seek(number - 1)
                _check_size(self._image.size, number)
                dpi = self._image.info.get("dpi")
                upright = ImageOps.exif_transpose(self._image)
                pixels = _pixels(upright)
        except DocumentError:
            raise
        except Image.DecompressionBombError:
            raise DocumentError("too_large", f"page {number}: more than {MAX_PIXELS} pixels") from None
        except (*_BROKEN, MemoryError) as error:
            raise DocumentError("truncated", f"page {number}: {type(error).__name__}") from None
        height, width = pixels.shape[:2]
        per_inch = _dpi(dpi)
        return Bitmap(number, pixels, (width * 72 / per_inch, height * 72 / per_inch))

    def __iter__(self) -> Iterator[Bitmap]:
        for number in range(1, self.count + 1):
            yield self.page(number)

    def _frames(self, most: int) -> int:
        """The number of pages; asked one by one, for a file may name millions."""
        for count in range(1, most + 1):
            try:
                self._image.seek(count)
            except EOFError:
                return count
            except _BROKEN as error:
                raise DocumentError("truncated", f"page {count + 1}: {type(error).__name__}") from None
        raise DocumentError("too_many_pages", f"more than {most} pages")


def _check_size(size: tuple[int, int], number: int) -> None:
    if size[0] * size[1] > MAX_PIXELS:
        raise DocumentError("too_large", f"page {number}: {size[0]} × {size[1]} pixels")
    if min(size) < _LEAST_SIDE:
        raise DocumentError("no_text", f"page {number}: {size[0]} × {size[1]} pixels")


def _pixels(image: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Rows of gray or of RGB; what is transparent is white."""
    if image.mode.startswith("I") or image.mode == "F":
        values = np.asarray(image, np.float64)
        top = 255.0 / max(float(values.max()), 1.0)
        return np.clip(values * top, 0, 255).astype(np.uint8)
    if image.mode in ("1", "L"):
        return np.asarray(image.convert("L"))
    if image.mode in ("RGBA", "LA", "PA", "P") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
    return np.asarray(image.convert("RGB"))


def _dpi(named: object) -> float:
    """Dots to the inch as the file names them, if both directions are alike and can be true."""
    if isinstance(named, tuple) and len(named) == 2:
        across, down = (float(value) for value in named)
        low, high = _POSSIBLE_DPI
        if low <= across <= high and abs(across - down) <= 0.02 * across:
            return across
    return _USUAL_DPI
