"""Makes scans: reports drawn, turned into bitmaps and spoilt as scanners, copiers and stamps do."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from samples import pdf_fpdf, pdf_typst
from samples.draft import Draft
from samples.figures import unit_reports
from samples.habits import choose_habits, print_as
from samples.narrative import tell
from samples.page import Page, Paper
from samples.tables import build_form
from samples.units import choose_units

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Made:
    """A report as PDF, and its figures by key (None where blank)."""

    pdf: bytes
    cells: dict[str, Decimal | None]
    draft: Draft


@dataclass(frozen=True)
class Spoil:
    """What happens to a page: degrees askew, noise (gray levels), blur (pixels), JPEG quality, and the rest."""

    skew: float = 0.0
    noise: float = 0.0
    blur: float = 0.0
    jpeg: int = 0
    stamp: bool = False
    levels: tuple[int, int] = (0, 255)
    turns: int = 0


def make_report(layout: str, seed: int = 7) -> Made:
    """A consistent report of the sample province in one of its PDF layouts, figures printed plainly."""
    rng = Random(seed)
    unit = choose_units(12)[seed % 12]
    draft = next(d for d in unit_reports(unit, (2022, 2023), seed) if d.year == 2023)
    published = date(2024, 1, 25)
    habits = choose_habits(draft, rng)
    print_as(habits, draft)
    story = tell(draft, published, rng)
    paper = Paper(Page(story.title, unit.name, published), story, build_form(draft, habits))
    renderer = pdf_typst if layout in pdf_typst.LAYOUTS else pdf_fpdf
    return Made(renderer.render_report(paper, layout), draft.cells, draft)


def bitmaps(pdf: bytes, dpi: int) -> list[Pixels]:
    """The pages as RGB."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [np.asarray(page.render(scale=dpi / 72).to_pil().convert("RGB")) for page in document]
    finally:
        document.close()


def spoil(pixels: Pixels, how: Spoil, seed: int = 0) -> Pixels:
    """The page as it comes off the scanner."""
    rng = np.random.default_rng(seed)
    page = pixels.astype(np.float32)
    height, width = page.shape[:2]
    if how.stamp:
        page = _stamped(page)
    if how.blur:
        page = cv2.GaussianBlur(page, (0, 0), how.blur)
    low, high = how.levels
    page = low + page / 255 * (high - low)
    if how.skew:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), how.skew, 1)
        page = cv2.warpAffine(page, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(high,) * 3)
    if how.noise:
        page = page + rng.normal(0, how.noise, page.shape[:2])[..., None]
    out = np.ascontiguousarray(np.rot90(np.clip(page, 0, 255).astype(np.uint8), -how.turns))
    return np.asarray(Image.open(io.BytesIO(encoded(out, "JPEG", quality=how.jpeg)))) if how.jpeg else out


def _stamped(page: Any) -> Any:
    """A round red stamp over the middle of the page."""
    height, width = page.shape[:2]
    mask = np.zeros((height, width), np.float32)
    cv2.circle(mask, (int(width * 0.55), int(height * 0.5)), int(width * 0.12), 0.75, max(2, width // 200))
    cv2.circle(mask, (int(width * 0.55), int(height * 0.5)), int(width * 0.035), 0.75, -1)
    red = np.minimum(page, np.array([225, 40, 50], np.float32))
    return page * (1 - mask[..., None]) + red * mask[..., None]


def encoded(pixels: Pixels, kind: str, **options: Any) -> bytes:
    """A picture file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def scanned_pdf(pages: Sequence[Pixels], dpi: int, quality: int = 90) -> bytes:
    """A PDF of one picture a page."""
    first, *rest = (Image.fromarray(page) for page in pages)
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=dpi, quality=quality)
    return out.getvalue()


def tiff(pages: Sequence[Pixels], dpi: int) -> bytes:
    """A TIFF of several pages."""
    first, *rest = (Image.fromarray(page).convert("L") for page in pages)
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=rest, compression="tiff_deflate", dpi=(dpi, dpi))
    return out.getvalue()
