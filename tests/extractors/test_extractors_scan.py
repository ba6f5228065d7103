"""Scanned reports: every statutory cell as printed, whatever the scanner did; doubt where there is reason."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest
from scan_makers import Made, Pixels, Spoil, bitmaps, make_report, scanned_pdf, spoil, tiff

from extractors.limits import Limits
from extractors.pdf import read_pdf
from extractors.scan import read_scan
from form.errors import DocumentError
from form.grid import Document, Grid
from form.reading import Reading
from form.recognise import read_reports

PDF = "application/pdf"


@cache
def report(layout: str) -> Made:
    return make_report(layout)


@cache
def with_tables(layout: str, dpi: int) -> tuple[Pixels, ...]:
    """The pages of a report that hold grids (the others only cost time here)."""
    pages = bitmaps(report(layout).pdf, dpi)
    numbers = {grid.page for grid in read_pdf(report(layout).pdf, limits=Limits()).grids}
    return tuple(page for number, page in enumerate(pages, start=1) if number in numbers)


def scan(pages: Sequence[Pixels], how: Spoil, dpi: int) -> Document:
    spoilt = [spoil(page, how, seed) for seed, page in enumerate(pages)]
    return read_scan(scanned_pdf(spoilt, dpi), PDF, limits=Limits())


def readings(document: Document) -> dict[str, Reading]:
    (found,) = read_reports(document)
    return {reading.key: reading for reading in found.readings}


def wrong(found: dict[str, Reading], made: Made) -> dict[str, tuple[str, float]]:
    """The cells that differ from the truth: what was read, and how surely."""
    return {
        key: (found[key].printed, found[key].confidence) if key in found else ("(missing)", 0.0)
        for key, value in made.cells.items()
        if key not in found or found[key].value != value
    }


SPOILT = [
    ("typst-official", 200, Spoil()),
    ("typst-compact", 150, Spoil(skew=2.6, noise=6)),
    ("fpdf-boxes", 150, Spoil(skew=-1.3, jpeg=60, blur=0.5)),
    ("fpdf-bars", 200, Spoil(skew=0.7, stamp=True, jpeg=70)),
    ("typst-official", 300, Spoil(noise=14, levels=(40, 235), jpeg=50)),
    ("fpdf-boxes", 200, Spoil(turns=1)),
    ("fpdf-bars", 150, Spoil(turns=2, skew=-2.0)),
    ("typst-compact", 200, Spoil(turns=3)),
]


@pytest.mark.parametrize(("layout", "dpi", "how"), SPOILT)
def test_every_cell_is_exact(layout: str, dpi: int, how: Spoil) -> None:
    found = readings(scan(with_tables(layout, dpi), how, dpi))
    assert wrong(found, report(layout)) == {}
    assert {key for key in found if key not in report(layout).cells} == set()


@pytest.mark.parametrize("how", [Spoil(), Spoil(skew=1.7, noise=10, jpeg=50, blur=0.5)])
def test_at_100_dpi_nothing_is_wrong_with_confidence(how: Spoil) -> None:
    found = readings(scan(with_tables("fpdf-boxes", 100), how, 100))
    missed = wrong(found, report("fpdf-boxes"))
    assert {key: seen for key, seen in missed.items() if seen[1] >= 0.9} == {}
    assert len(missed) < 0.1 * len(report("fpdf-boxes").cells)


def test_pictures_of_several_pages_give_places_on_them() -> None:
    pages = with_tables("fpdf-boxes", 150)
    done: list[tuple[int, int]] = []
    document = read_scan(tiff(pages, 150), "image/tiff", limits=Limits(), on_page=lambda n, of: done.append((n, of)))
    assert wrong(readings(document), report("fpdf-boxes")) == {}
    assert done == [(n, len(pages)) for n in range(1, len(pages) + 1)]
    for grid in document.grids:
        for cell in grid.cells:
            assert cell.bbox is not None and cell.page == grid.page
            x0, y0, x1, y1 = cell.bbox
            assert 0 < x0 < x1 < 596 and 0 < y0 < y1 < 843


def test_places_are_those_of_the_native_page() -> None:
    """Also on a page that lies on its side: the box is on the page as shown."""
    made = report("fpdf-boxes")
    native = {r.key: r for r in read_reports(read_pdf(made.pdf, limits=Limits()))[0].readings}
    pages = [spoil(page, Spoil(turns=1)) for page in bitmaps(made.pdf, 150)]
    wanted = {grid.page for grid in read_pdf(made.pdf, limits=Limits()).grids if grid.page is not None}
    found = readings(read_scan(scanned_pdf(pages, 150), PDF, limits=Limits(), pages=wanted))
    assert {block.page for block in read_scan(scanned_pdf(pages, 150), PDF, limits=Limits(), pages={2}).blocks} == {2}
    for key, reading in found.items():
        there = native[key]
        assert reading.page == there.page
        assert reading.bbox is not None and there.bbox is not None
        x0, y0, x1, y1 = there.bbox
        # A quarter turn clockwise: what was up is right, what was left is up.
        assert reading.bbox == pytest.approx((y0, 595.28 - x1, y1, 595.28 - x0), abs=2.5)


def test_twice_read_twice_the_same() -> None:
    page = with_tables("typst-compact", 150)[:1]
    one, other = (scan(page, Spoil(noise=10, jpeg=60), 150) for _ in range(2))
    assert one == other


def test_title_and_sections_are_read() -> None:
    made = report("fpdf-bars")
    document = read_scan(scanned_pdf(bitmaps(made.pdf, 150)[:1], 150), PDF, limits=Limits())
    text = "".join("" if isinstance(block, Grid) else block.text for block in document.blocks)
    assert made.draft.unit.name in text.replace(" ", "")
    assert "2023" in text
    assert "总体情况" in text


def test_what_holds_no_text_is_no_text() -> None:
    blank = np.full((1170, 827, 3), 255, np.uint8)
    with pytest.raises(DocumentError) as caught:
        read_scan(scanned_pdf([blank], 100), PDF, limits=Limits())
    assert caught.value.code == "no_text"


def test_a_photo_is_no_report() -> None:
    y, x = np.mgrid[0:900, 0:1200].astype(np.float32)
    waves = np.stack([np.sin(x / 90 + c) * np.cos(y / 70 - c) * 110 + 128 for c in range(3)], axis=-1)
    noisy = np.clip(waves + np.random.default_rng(3).normal(0, 12, waves.shape), 0, 255).astype(np.uint8)
    with pytest.raises(DocumentError) as caught:
        read_reports(read_scan(scanned_pdf([noisy], 100), PDF, limits=Limits()))
    assert caught.value.code in ("no_text", "not_a_report")
