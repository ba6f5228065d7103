"""Reports as PDF by fpdf2: two layouts, one with a box a cell, one whose rules are thin filled bars."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from fpdf import FPDF

from samples.flow import PAGE_HEIGHT, PAGE_WIDTH, Box, Flow, Look, Sheet
from samples.font import character_widths, small_font
from samples.page import Paper

_LOOKS: Final = {
    "fpdf-boxes": Look(72, 14, 8.5, 3.0, cut_rows=False, upright_results=True, bars=False, number="- {} -"),
    "fpdf-bars": Look(60, 12, 9.5, 2.0, cut_rows=True, upright_results=False, bars=True, number="— {} —"),
}
LAYOUTS: Final = tuple(_LOOKS)
_CHINA: Final = timezone(timedelta(hours=8))
_BAR: Final = 0.7


def render_report(paper: Paper, layout: str, password: str | None = None) -> bytes:
    """A report as PDF bytes, the same for the same paper; with `password` it opens only with it."""
    look = _LOOKS[layout]
    flow = Flow(look, character_widths().__getitem__)
    flow.paragraph(paper.story.title, 18, indent=0, align=0.5)
    for text in paper.story.opening:
        flow.paragraph(text, look.body)
    for section in paper.story.sections:
        flow.paragraph(section.head, look.body + 1)
        for text in section.paragraphs:
            flow.paragraph(text, look.body)
        for table in paper.tables(section.name):
            flow.table(table)
    for text in paper.story.signature:
        flow.paragraph(text, look.body, indent=0, align=1)
    flow.number_pages()
    return _emit(paper, flow.sheets, look, password)


def _emit(paper: Paper, sheets: list[Sheet], look: Look, password: str | None) -> bytes:
    pdf = FPDF(unit="pt", format=(PAGE_WIDTH, PAGE_HEIGHT))
    day = paper.page.published
    pdf.set_creation_date(datetime(day.year, day.month, day.day, 9, 30, tzinfo=_CHINA))
    pdf.set_title(paper.story.title)
    pdf.set_author(paper.page.source)
    pdf.set_auto_page_break(False)
    if password is not None:
        pdf.set_encryption(owner_password=password + password, user_password=password)
    pdf.add_font("sans", fname=small_font().name)
    for sheet in sheets:
        pdf.add_page()
        pdf.set_line_width(0.5)
        for box in sheet.boxes:
            (_bars if look.bars else _box)(pdf, box)
        for line in sheet.lines:
            pdf.set_font("sans", size=line.size)
            pdf.text(line.x, line.y, line.text)
    return bytes(pdf.output())


def _box(pdf: FPDF, box: Box) -> None:
    pdf.rect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)


def _bars(pdf: FPDF, box: Box) -> None:
    """Four filled bars, as word processors draw borders."""
    width, height = box.x1 - box.x0, box.y1 - box.y0
    for x, y, w, h in (
        (box.x0, box.y0, width, _BAR),
        (box.x0, box.y1, width, _BAR),
        (box.x0, box.y0, _BAR, height),
        (box.x1, box.y0, _BAR, height + _BAR),
    ):
        pdf.rect(x, y, w, h, style="F")
