"""Reads a native PDF: page by page characters, rules, grids, lines."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Final

import pypdfium2.raw as pdfium
from pypdfium2 import PDFIUM_INFO

from extractors.limits import Limits
from extractors.pdf import native
from extractors.pdf.annotations import annotated, doubted_under
from extractors.pdf.frame import Frame
from extractors.pdf.glyphs import Text, read_text, text_turns
from extractors.pdf.lattice import PageGrids
from extractors.pdf.lines import arrange
from extractors.pdf.loose import Interval
from extractors.pdf.opening import opened, opened_page
from extractors.pdf.rules import RuleReader
from extractors.pdf.tables import page_tables
from form.errors import DocumentError
from form.grid import Cell, Document, Grid, Paragraph

MEDIA_TYPE: Final = "application/pdf"
READER: Final = f"camelot {version('camelot-py')} + pdfium {PDFIUM_INFO.build}"

#: Sides of a page in points: PDF's own bound.
_MAX_SIDE = 14_400.0
#: With fewer characters a page than this, a document of pictures counts as having no text layer.
_SPARSE = 30
#: A page without text is a picture if one covers this share of it.
_MOST = 0.5
#: A text layer with a larger share of characters that mean nothing is no text layer.
_MEANINGLESS = 0.3


@dataclass(slots=True)
class _Reading:
    """What has been read of a document so far."""

    limits: Limits
    rules: RuleReader = field(default_factory=RuleReader)
    blocks: list[Paragraph | Grid] = field(default_factory=list)
    characters: int = 0
    meaningless: int = 0
    cells: int = 0
    warnings: list[str] = field(default_factory=list)
    pictured: list[int] = field(default_factory=list)
    carried: Sequence[Interval] = ()


def read_pdf(data: bytes, *, limits: Limits) -> Document:
    """The paragraphs and grids of a PDF with a text layer, pages from 1, in reading order.

    A paragraph is a printed line; printed page numbers are left out. A cell's bbox is in points of the
    page as shown, origin at the bottom left. `metadata` has `pdf_title` where the file names one (often
    a template's) and `pdf_warning` where a character inside a grid's frame fell into no cell; such
    characters also follow as a paragraph; and `image_pages`, the numbers (`3,4`) of pages that are pictures, where
    other pages have text.

    Raises `DocumentError`: empty, truncated, encrypted, mislabelled, too_large, too_many_pages,
    too_complex, no_text. Not thread-safe: PDFium is not.
    """
    reading = _Reading(limits)
    with opened(data, limits) as (document, count):
        for index in range(count):
            with opened_page(document, index) as (page, text_page):
                _read_page(reading, index + 1, page, text_page)
        metadata = _metadata(document)
    _check_text(reading, count)
    if reading.pictured:
        metadata["image_pages"] = ",".join(map(str, reading.pictured))
    if reading.warnings:
        metadata["pdf_warning"] = "; ".join(reading.warnings)
    return Document(tuple(reading.blocks), MEDIA_TYPE, READER, metadata)


def _read_page(reading: _Reading, number: int, page: int, text_page: int) -> None:
    shown = _shown(page, number)
    text = read_text(text_page)
    _count_text(reading, text)
    turns = text_turns(text, shown)
    upright = shown.turned(turns)
    drawn = reading.rules.read(page, upright)
    if not len(text.index) and drawn.pictured >= _MOST:
        reading.pictured.append(number)
    if drawn.unseen and drawn.pictured < _MOST:
        text = text.painted(drawn.unseen)
    found, reading.carried = page_tables(text, drawn, number, reading.limits, reading.carried)
    _count_cells(reading, found, number)
    if found.grids and (boxes := annotated(page, upright)):
        found = replace(found, grids=tuple((top, doubted_under(grid, boxes)) for top, grid in found.grids))
    reading.blocks += [
        _turned_back(block, upright.back(turns)) if turns and isinstance(block, Grid) else block
        for block in arrange(found.outside, found.grids, number, upright.size[1])
    ]
    if found.lost:
        reading.blocks.append(Paragraph(found.lost, number))


def _shown(page: int, number: int) -> Frame:
    box = pdfium.FS_RECTF()
    if not native.page_box(page, ctypes.addressof(box)):
        raise DocumentError("truncated", f"page {number} has no size")
    frame = Frame((box.left, box.bottom, box.right, box.top), native.page_rotation(page) % 4)
    if not all(0.0 < side <= _MAX_SIDE for side in frame.size):
        raise DocumentError("too_complex", f"page {number} measures {frame.size} points")
    return frame


def _count_text(reading: _Reading, text: Text) -> None:
    reading.characters += len(text.index)
    reading.meaningless += text.meaningless
    if reading.characters > reading.limits.max_text:
        raise DocumentError("too_large", f"more than {reading.limits.max_text} characters")


def _count_cells(reading: _Reading, found: PageGrids, number: int) -> None:
    reading.cells += sum(grid.rows * grid.columns for _, grid in found.grids)
    if reading.cells > reading.limits.max_cells:
        raise DocumentError("too_complex", f"more than {reading.limits.max_cells} cells")
    if found.lost:
        reading.warnings.append(f"page {number}: in no cell: {found.lost}")


def _turned_back(grid: Grid, shown: Frame) -> Grid:
    """A grid of a page whose text stands sideways, with boxes of the page as shown."""

    def back(cell: Cell) -> Cell:
        return cell._replace(bbox=shown.bbox(cell.bbox)) if cell.bbox else cell

    return replace(grid, cells=tuple(back(cell) for cell in grid.cells))


def _check_text(reading: _Reading, pages: int) -> None:
    if not reading.characters:
        raise DocumentError("no_text", "no characters: the pages are pictures or blank")
    if reading.meaningless > _MEANINGLESS * reading.characters:
        raise DocumentError("no_text", f"{reading.meaningless} of {reading.characters} characters have no meaning")
    if reading.rules.images and reading.characters < _SPARSE * pages and not reading.cells:
        raise DocumentError("no_text", f"pictures, and {reading.characters} characters on {pages} pages")


def _metadata(document: int) -> dict[str, str]:
    size = native.meta_text(document, b"Title", None, 0)
    if not 2 < size <= 2_000:
        return {}
    buffer = ctypes.create_string_buffer(size)
    native.meta_text(document, b"Title", buffer, size)
    title = " ".join(buffer.raw.decode("utf-16-le", "replace").rstrip("\0").split())
    return {"pdf_title": title} if title else {}
