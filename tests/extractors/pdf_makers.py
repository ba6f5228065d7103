"""Makes small PDFs whose tables are drawn in the ways producers draw them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import pylopdf_fonts_zh_cn
import pypdfium2 as pdfium
import typst
from fpdf import FPDF

Box = tuple[float, float, float, float]
Pen = Callable[[FPDF, float, float, float, float], None]

#: The drawn table's place: left, top (from the top of A4), column widths, row height, in points.
LEFT, TOP, WIDTHS, HEIGHT = 80.0, 120.0, (120.0, 60.0, 60.0, 90.0), 24.0
A4 = (595.28, 841.89)

ROWS = (
    ("信息内容", "本年制发件数", "本年废止件数", "现行有效件数"),
    ("规章", "1", "0", "11"),
    ("行政规范性文件", "8", "26", "66"),
    ("行政许可", "", "3 001", "447228"),
    ("行政强制", "-", "", "96171.6"),
)


def stroke(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    pdf.line(x0, y0, x1, y1)


def thin_fill(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    pdf.rect(x0 - 0.25, y0 - 0.25, x1 - x0 + 0.5, y1 - y0 + 0.5, style="F")


def thick_fill(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    """Rules 4 points thick; the upright ones stop at the edges of the others."""
    if x0 == x1:
        pdf.rect(x0 - 2, y0 + 2, 4, y1 - y0 - 4, style="F")
    else:
        pdf.rect(x0, y0 - 2, x1 - x0, 4, style="F")


def double(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    """Two rules 3 points apart."""
    for shift in (-1.5, 1.5):
        pdf.line(
            x0 + (shift if x0 == x1 else 0),
            y0 + (shift if y0 == y1 else 0),
            x1 + (shift if x0 == x1 else 0),
            y1 + (shift if y0 == y1 else 0),
        )


def wide_stroke(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    pdf.set_line_width(3)
    pdf.line(x0, y0, x1, y1)


def dashes(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    """Each dash a line of its own, 4 points long, 4 points apart, the last one at the end."""
    length = max(x1 - x0, y1 - y0)
    across = y0 == y1
    for at in (*range(0, int(length) - 4, 8), length - 4):
        if across:
            pdf.line(x0 + at, y0, x0 + at + 4, y0)
        else:
            pdf.line(x0, y0 + at, x0, y0 + at + 4)


def dots(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    for at in range(0, int(max(x1 - x0, y1 - y0)) + 1, 2):
        x, y = (x0 + at, y0) if y0 == y1 else (x0, y0 + at)
        pdf.rect(x - 0.4, y - 0.4, 0.8, 0.8, style="F")


def dash_pattern(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    pdf.set_dash_pattern(dash=3, gap=3)
    pdf.line(x0, y0, x1, y1)


def per_cell(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    """A rule in pieces, one for each cell it bounds, as word processors write them."""
    edges = [LEFT + sum(WIDTHS[:i]) for i in range(len(WIDTHS) + 1)] if y0 == y1 else []
    rows = [TOP + HEIGHT * i for i in range(len(ROWS) + 1)] if x0 == x1 else []
    for a, b in pairwise(edges):
        pdf.line(a, y0, b, y0)
    for a, b in pairwise(rows):
        pdf.line(x0, a, x0, b)


def shaded(pdf: FPDF, x0: float, y0: float, x1: float, y1: float) -> None:
    """A rule, and behind the row below it a background, and behind its text a highlight."""
    pdf.set_fill_color(220, 220, 220)
    if y0 == y1 and y0 < TOP + HEIGHT * len(ROWS):
        pdf.rect(x0, y0, x1 - x0, HEIGHT, style="F")
        pdf.rect(x0 + 4, y0 + 6, 40, 12, style="F")
    pdf.line(x0, y0, x1, y1)


PENS: tuple[Pen, ...] = (
    stroke,
    thin_fill,
    thick_fill,
    double,
    wide_stroke,
    dashes,
    dots,
    dash_pattern,
    per_cell,
    shaded,
)


def blank(font_size: float = 9.0, *, han: bool = True, compress: bool = True) -> FPDF:
    pdf = FPDF(unit="pt", format="A4")
    pdf.set_compression(compress)
    pdf.set_auto_page_break(False)
    if han:
        pdf.add_font("han", fname=pylopdf_fonts_zh_cn.sans_path())
    pdf.set_font("han" if han else "courier", size=font_size)
    pdf.add_page()
    return pdf


@cache
def drawn(pen: Pen = stroke, rows: Sequence[Sequence[str]] = ROWS) -> bytes:
    """A page with a title, the table and a printed page number; rules drawn by `pen`."""
    pdf = blank()
    pdf.text(LEFT, 90, "二、主动公开政府信息情况")
    draw_table(pdf, pen, rows)
    pdf.text(LEFT, TOP + HEIGHT * len(rows) + 30, "三、收到和处理政府信息公开申请情况")
    pdf.text(290, 810, "- 3 -")
    return bytes(pdf.output())


def draw_table(pdf: FPDF, pen: Pen, rows: Sequence[Sequence[str]] = ROWS) -> None:
    right, bottom = LEFT + sum(WIDTHS), TOP + HEIGHT * len(rows)
    for i in range(len(rows) + 1):
        pen(pdf, LEFT, TOP + HEIGHT * i, right, TOP + HEIGHT * i)
    for i in range(len(WIDTHS) + 1):
        x = LEFT + sum(WIDTHS[:i])
        pen(pdf, x, TOP, x, bottom)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            # Low in the cell: the font's own box reaches below the rule, the printed glyphs do not.
            pdf.text(LEFT + sum(WIDTHS[:c]) + 3, TOP + HEIGHT * (r + 1) - 1.5, text)


def cell_box(row: int, column: int, page: tuple[float, float] = A4) -> Box:
    """Where a cell of the drawn table lies on the unturned page, origin at the bottom left."""
    x = LEFT + sum(WIDTHS[:column])
    y = page[1] - TOP - HEIGHT * (row + 1)
    return (x, y, x + WIDTHS[column], y + HEIGHT)


def saved(document: pdfium.PdfDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def changed(data: bytes, change: Callable[[pdfium.PdfPage], Any]) -> bytes:
    """The PDF with something done to its first page."""
    document = pdfium.PdfDocument(data)
    page = document[0]
    change(page)
    return saved(document)


def as_form(data: bytes, matrix: pdfium.PdfMatrix, size: tuple[float, float]) -> bytes:
    """The first page drawn as a form XObject on a new page, moved by `matrix`."""
    document, source = pdfium.PdfDocument.new(), pdfium.PdfDocument(data)
    form = source.page_as_xobject(0, document).as_pageobject()
    form.transform(matrix)
    page = document.new_page(*size)
    page.insert_obj(form)
    page.gen_content()
    return saved(document)


def typeset(source: str) -> bytes:
    """A PDF by typst, in Noto Sans SC."""
    head = '#set page(width: 595pt, height: 842pt, margin: 70pt)\n#set text(font: "Noto Sans SC", size: 9pt)\n'
    compiled = typst.compile(
        (head + source).encode(),
        font_paths=[str(pylopdf_fonts_zh_cn.sans_path().parent)],
        ignore_system_fonts=True,
    )
    assert isinstance(compiled, bytes)
    return compiled


def raw(content: bytes, *, extra: Sequence[bytes] = (), resources: bytes = b"") -> bytes:
    """A one-page PDF with this content stream; `extra` are whole objects, numbered from 6."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> " + resources + b" >> >>",
        b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
        *extra,
    ]
    out, offsets = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    return out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
