"""Pages as a copier, a camera or a stamp leave them: bitmaps of a PDF, spoilt on purpose."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
from PIL import Image

Picture = npt.NDArray[np.uint8]
#: a fixed moment, so that the same pages give the same PDF
_MOMENT: Final = time.gmtime(1_700_000_000)


@dataclass(frozen=True, slots=True)
class Spoiling:
    """What happens to a page: degrees of skew, spread of noise, share of specks, JPEG quality (0: none) …"""

    skew: float = 0.0
    noise: float = 0.0
    specks: float = 0.0
    jpeg: int = 0
    stamps: int = 0
    copied: bool = False
    shade: float = 0.0
    blur: float = 0.0
    turn: int = 0


SPOILINGS: Final = {
    "clean": Spoiling(),
    "skew-right": Spoiling(skew=1.2, jpeg=75),
    "skew-left": Spoiling(skew=-2.0, noise=4),
    "noise": Spoiling(noise=16, skew=0.4),
    "specks": Spoiling(specks=0.004, skew=-0.6),
    "jpeg-40": Spoiling(jpeg=40, skew=0.3),
    "stamp": Spoiling(stamps=2, jpeg=80, skew=0.5),
    "photocopy": Spoiling(copied=True, skew=-0.8, specks=0.001),
    "shade": Spoiling(shade=0.45, noise=5, jpeg=70, skew=0.7),
    "office-copier": Spoiling(skew=0.9, noise=8, specks=0.0005, jpeg=60, stamps=1, shade=0.2, blur=0.5),
    "upside-down": Spoiling(turn=180, jpeg=75, skew=0.3),
    "on-its-side": Spoiling(turn=90, jpeg=75, skew=-0.4),
}


def pages(pdf: bytes, dpi: int) -> list[Picture]:
    """Every page as RGB."""
    document = pdfium.PdfDocument(pdf)
    return [np.asarray(page.render(scale=dpi / 72).to_pil().convert("RGB")) for page in document]


def spoil(page: Picture, how: Spoiling, dpi: int, rng: np.random.Generator) -> Picture:
    """The page after everything that `how` says, in the order a scanner meets it."""
    out = page
    for _ in range(how.stamps):
        out = _stamped(out, dpi, rng)
    if how.copied:
        out = _copied(out, rng)
    if how.skew:
        out = _skewed(out, how.skew)
    if how.shade:
        out = _shaded(out, how.shade, rng)
    if how.blur:
        out = np.asarray(cv2.GaussianBlur(out, (0, 0), how.blur * dpi / 150), np.uint8)
    if how.noise:
        out = _clipped(out + _grain(out, how.noise, rng))
    if how.specks:
        out = _specked(out, how.specks, rng)
    if how.turn:
        out = np.ascontiguousarray(np.rot90(out, how.turn // 90))
    if how.jpeg:
        done, data = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, how.jpeg])
        out = _decoded(data) if done else out
    return out


def _decoded(jpeg: npt.NDArray[Any]) -> Picture:
    picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def _grain(page: Picture, spread: float, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Noise of the brightness, alike in the three colours."""
    return (rng.standard_normal(page.shape[:2], np.float32) * np.float32(spread))[:, :, None]


def _clipped(values: npt.NDArray[Any]) -> Picture:
    clipped: Picture = np.clip(values, 0, 255).astype(np.uint8)
    return clipped


def _skewed(page: Picture, degrees: float) -> Picture:
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return np.asarray(turned, np.uint8)


def _shaded(page: Picture, depth: float, rng: np.random.Generator) -> Picture:
    """Light that falls off to one corner."""
    height, width = page.shape[:2]
    corner = rng.integers(0, 2, 2)
    down = np.abs(np.linspace(0, 1, height) - corner[0])[:, None]
    across = np.abs(np.linspace(0, 1, width) - corner[1])[None, :]
    return _clipped(page * (1 - depth * (down + across) / 2).astype(np.float32)[:, :, None])


def _specked(page: Picture, share: float, rng: np.random.Generator) -> Picture:
    out = page.copy()
    drawn = rng.random(page.shape[:2], np.float32)
    out[drawn < share / 2] = 0
    out[drawn > 1 - share / 2] = 255
    return out


def _copied(page: Picture, rng: np.random.Generator) -> Picture:
    """A photocopy's contrast: black or white, edges ragged."""
    grey = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY).astype(np.float32)
    grey = cv2.GaussianBlur(grey, (0, 0), 0.6) + _grain(page, 12, rng)[:, :, 0]
    return np.repeat(np.where(grey < 150, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)


def _stamped(page: Picture, dpi: int, rng: np.random.Generator) -> Picture:
    """A red seal of 42 mm somewhere over the page: ring, star and a line of text, ink letting the print through."""
    height, width = page.shape[:2]
    radius = round(21 / 25.4 * dpi)
    x = int(rng.integers(radius, width - radius))
    y = int(rng.integers(radius, height - radius))
    ink = np.zeros((height, width), np.uint8)
    cv2.circle(ink, (x, y), radius, 255, max(2, dpi // 40))
    points = [_on_circle(x, y, radius * (0.32 if i % 2 == 0 else 0.13), i * 36 - 90) for i in range(10)]
    cv2.fillPoly(ink, [np.array(points, np.int32)], 255)
    cv2.putText(ink, "20240107", _on_circle(x, y, radius * 0.75, 140), cv2.FONT_HERSHEY_SIMPLEX, dpi / 260, 255, 2)
    strength = (ink * np.float32(0.8 / 255))[:, :, None]
    red = np.array([205, 30, 40], np.float32)
    # ink multiplies: black print under it stays black
    return _clipped(page * (1 - strength + strength * red / 255))


def _on_circle(x: int, y: int, radius: float, degrees: float) -> tuple[int, int]:
    angle = np.deg2rad(degrees)
    return int(x + radius * np.cos(angle)), int(y + radius * np.sin(angle))


def as_pdf(pictures: Sequence[Picture], dpi: int, quality: int = 85, bilevel: bool = False) -> bytes:
    """An image-only PDF: JPEG pages, or fax-coded black and white."""
    images = [Image.fromarray(picture).convert("1" if bilevel else "RGB") for picture in pictures]
    out = io.BytesIO()
    first, *rest = images
    # black and white is coded as a fax: there is no quality to choose
    options = {"creationDate": _MOMENT, "modDate": _MOMENT} | ({} if bilevel else {"quality": quality})
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=dpi, **options)
    return out.getvalue()


def as_image(pictures: Sequence[Picture], dpi: int, kind: str) -> bytes:
    """One long picture of all pages (png, jpeg), or a tiff with a page each."""
    out = io.BytesIO()
    if kind == "tiff":
        first, *rest = (Image.fromarray(picture) for picture in pictures)
        first.save(out, "TIFF", save_all=True, append_images=rest, dpi=(dpi, dpi), compression="tiff_deflate")
        return out.getvalue()
    width = max(picture.shape[1] for picture in pictures)
    padded = [np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), constant_values=255) for p in pictures]
    options = {"quality": 85} if kind == "jpeg" else {}
    Image.fromarray(np.vstack(padded)).save(out, kind.upper(), dpi=(dpi, dpi), **options)
    return out.getvalue()


def with_text_layer(scan: bytes, texts: Sequence[str]) -> bytes:
    """The scan with an invisible text a page, as bad recognition software leaves it."""
    from fpdf import FPDF

    source = pdfium.PdfDocument(scan)
    layer = FPDF(unit="pt")
    layer.set_creation_date(datetime(2023, 11, 14, tzinfo=UTC))
    for page, text in zip(source, texts, strict=True):
        layer.add_page(format=page.get_size())
        layer.set_font("helvetica", size=9)
        layer.text_mode = 3
        layer.set_xy(40, 60)
        layer.multi_cell(500, 12, text)
    over = pdfium.PdfDocument(bytes(layer.output()))
    for index, page in enumerate(source):
        form = over.page_as_xobject(index, source).as_pageobject()
        page.insert_obj(form)
        page.gen_content()
    out = io.BytesIO()
    source.save(out)
    return out.getvalue()
