"""Reports whose tables are pictures inside a Word file, a workbook or a page."""

from __future__ import annotations

import base64
import io
from urllib.parse import quote

import docx
import openpyxl
import pylopdf_fonts_zh_cn as fonts
import pypdfium2 as pdfium
import pytest
from office_makers import TITLE, paper, saved, values, word
from openpyxl.drawing.image import Image as SheetImage
from PIL import Image, ImageDraw, ImageFont
from scan_makers import bitmaps, make_report, scanned_pdf

from extractors.limits import Limits
from extractors.office_pictures import pictures
from extractors.pdf import READER, read_pdf
from extractors.read import read, read_pictures
from form.errors import DocumentError
from form.grid import Grid
from form.recognise import read_reports

WIDE, HIGH = 130, 64


def drawn(grid: Grid) -> bytes:
    """A table as a picture, 150 dots to the inch."""
    image = Image.new("L", (grid.columns * WIDE + 80, grid.rows * HIGH + 80), 255)
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(fonts.sans_path()), 26)
    for cell in grid.cells:
        left, top = 40 + cell.column * WIDE, 40 + cell.row * HIGH
        right, bottom = left + cell.column_span * WIDE, top + cell.row_span * HIGH
        pen.rectangle((left, top, right, bottom), outline=0, width=2)
        pen.text(((left + right) / 2, (top + bottom) / 2), cell.text, 0, font, "mm")
    return png(image)


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", dpi=(150, 150))
    return buffer.getvalue()


@pytest.fixture(scope="module")
def table() -> bytes:
    return drawn(paper.to_grid(paper.disputes(values(), paper.Style())))


SEAL = png(Image.new("RGB", (120, 120), "red"))


def word_of(*shown: bytes) -> bytes:
    document = docx.Document()
    document.add_paragraph(TITLE)
    for picture in shown:
        document.add_picture(io.BytesIO(picture))
    return saved(document)


def page_of(*shown: bytes) -> bytes:
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(p).decode()}">' for p in shown)
    return f"<html><h1>{TITLE}</h1>{images}</html>".encode()


@pytest.mark.parametrize("make", [word_of, page_of])
def test_a_table_that_is_a_picture_is_read_with_the_text_around_it(make, table: bytes) -> None:  # type: ignore[no-untyped-def]
    data = make(SEAL, table)
    text = read(data)
    with pytest.raises(DocumentError) as caught:
        read_reports(text)
    assert caught.value.code == "not_a_report"
    document = read_pictures(data)
    assert document is not None and document.media_type == text.media_type
    (report,) = read_reports(document)
    expected = {key: figure for key, figure in values().items() if key.startswith("disputes")}
    assert {r.key: r.printed for r in report.readings} == expected
    assert (report.title, report.year) == (TITLE, 2023)
    assert {(r.page, r.bbox is None) for r in report.readings} == {(1, False)}


def test_pictures_stand_in_their_order_each_once_without_small_ones() -> None:
    first, second = (png(Image.new("L", (500, 300), shade)) for shade in (10, 20))
    assert pictures(word_of(second, SEAL, first, second)) == [second, first]
    assert pictures(page_of(second, SEAL, first, second)) == [second, first]
    book = openpyxl.Workbook()
    for picture in (first, second):
        book.active.add_image(SheetImage(io.BytesIO(picture)))
    assert len(pictures(saved(book))) == 2
    assert pictures(page_of(first, second), limits=Limits(max_pictures=1)) == [first]


def test_addresses_of_pictures_may_be_quoted_broken_and_damaged() -> None:
    picture = png(Image.new("L", (500, 300), 10))
    code = base64.b64encode(picture).decode()
    broken = "\r\n".join(code[i : i + 76] for i in range(0, len(code), 76))
    for written in (quote(code), broken):
        assert pictures(f"<p><img src='data:image/png;base64,{written}'>".encode()) == [picture]
    for damaged in (code[:-1], "A" * 100, code[: len(code) // 2]):
        found = pictures(f"<p><img src='data:image/png;base64,{damaged}'>".encode())
        assert all(p.startswith(b"\x89PNG") for p in found)


def test_files_without_pictures_give_none() -> None:
    for data in (word("<w:p/>"), b"<p>x</p>", b"text", page_of(SEAL), word_of(SEAL)):
        assert pictures(data) == []
        assert read_pictures(data) is None


def mixed(pdf: bytes, pictured: set[int]) -> bytes:
    """A PDF in which some pages, from 1, are pictures of themselves."""
    scans = scanned_pdf(bitmaps(pdf, 200), 200)
    made, native, scanned = pdfium.PdfDocument.new(), pdfium.PdfDocument(pdf), pdfium.PdfDocument(scans)
    for number in range(1, len(native) + 1):
        made.import_pages(scanned if number in pictured else native, [number - 1])
    return saved(made)


def test_a_pdf_in_which_some_pages_are_pictures_is_read_as_a_whole() -> None:
    report = make_report("fpdf-boxes")
    whole = read_pdf(report.pdf, limits=Limits())
    tables = sorted({grid.page for grid in whole.grids if grid.page})
    data = mixed(report.pdf, {tables[-1]})
    document = read(data)
    assert [b.page for b in document.blocks] == sorted(b.page or 0 for b in document.blocks)
    assert "ocr" in document.reader
    (found,) = read_reports(document)
    assert {r.key: r.value for r in found.readings} == report.cells


def test_a_picture_page_without_a_table_makes_no_cell_less_sure() -> None:
    report = make_report("fpdf-boxes")
    tables = {grid.page for grid in read_pdf(report.pdf, limits=Limits()).grids}
    other = next(n for n in range(1, max(p or 0 for p in tables) + 2) if n not in tables)
    document = read(mixed(report.pdf, {other}))
    assert document.reader == READER
    (found,) = read_reports(document)
    assert {r.key: r.value for r in found.readings} == report.cells


def test_a_picture_without_a_table_adds_no_report() -> None:
    empty = png(Image.new("L", (600, 400), 255))
    assert read_pictures(word_of(empty)) is None
