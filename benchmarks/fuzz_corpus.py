"""What the fuzz run starts from: sample reports of every format, and real ones where they are at hand."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

from PIL import Image

from extractors.html import read_html
from form.grid import Document, Grid, Paragraph

Corpus = dict[str, list[bytes]]
REAL = Path(__file__).resolve().parents[1].parent / "shared" / "reports"


def make_corpus(folder: Path, units: int = 6, *, pictures: bool = True) -> Corpus:
    """Reader -> documents; a sample province of `units` units is written to `folder`.

    Pictures take the longest to make.
    """
    from samples.province import write_province

    write_province(folder, units=units, years=(2019, 2022), seed=7)
    files = sorted(path for path in [*(folder / "site").rglob("*"), *_real()] if path.is_file())
    found: Corpus = {
        "html": [p.read_bytes() for p in files if p.suffix in (".html", ".htm")],
        "pdf": [p.read_bytes() for p in files if p.suffix == ".pdf" and p.stat().st_size > 2_000],
        "docx": [p.read_bytes() for p in files if p.suffix == ".docx"],
    }
    # List pages hold no tables; the longest pages are reports.
    found["html"] = sorted(found["html"], key=lambda data: (-len(data), data))[:30]
    documents = [read_html(data) for data in found["html"][:6]]
    found["docx"] += [_docx(document) for document in documents]
    found["xlsx"] = [_xlsx(document) for document in documents]
    found["image"] = list(_pictures(found["pdf"][:3])) if pictures else []
    return found


def _real() -> Iterable[Path]:
    return REAL.iterdir() if REAL.is_dir() else ()


def _docx(document: Document) -> bytes:
    import docx

    paper = docx.Document()
    for block in document.blocks:
        if isinstance(block, Paragraph):
            paper.add_paragraph(block.text)
            continue
        table = paper.add_table(block.rows, block.columns)
        for cell in block.cells:
            last = (
                min(cell.row + cell.row_span, block.rows) - 1,
                min(cell.column + cell.column_span, block.columns) - 1,
            )
            table.cell(cell.row, cell.column).merge(table.cell(*last)).text = cell.text
    return _saved(paper)


def _xlsx(document: Document) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    row = 1
    for block in document.blocks:
        if isinstance(block, Grid):
            for cell in block.cells:
                at = sheet.cell(row + cell.row, cell.column + 1)
                at.value = int(cell.text) if cell.text.isdecimal() else cell.text
                if cell.row_span > 1 or cell.column_span > 1:
                    stop = row + cell.row + cell.row_span - 1, cell.column + cell.column_span
                    sheet.merge_cells(start_row=at.row, start_column=at.column, end_row=stop[0], end_column=stop[1])
            row += block.rows
        else:
            sheet.cell(row, 1).value = block.text
            row += 1
    return _saved(book)


def _saved(thing: object) -> bytes:
    file = io.BytesIO()
    thing.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def _pictures(pdfs: Iterable[bytes]) -> Iterable[bytes]:
    from extractors.limits import Limits
    from extractors.pdf.render import render_pdf_page
    from form.errors import DocumentError

    for data in pdfs:
        pages: list[Image.Image] = []
        for number in (1, 2):
            try:
                pages.append(render_pdf_page(data, number, 100, Limits())[0])
            except DocumentError:
                break
        for style in ("PNG", "JPEG", "TIFF", "PDF"):
            file = io.BytesIO()
            more = {"save_all": True, "append_images": pages[1:]} if style in ("TIFF", "PDF") else {}
            if pages:
                pages[0].save(file, style, **more)
                yield file.getvalue()
