"""PDFs drawn line by line with fpdf2 or reportlab: any pen, any look, letter-spaced figures."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Final

from fpdf import FPDF

from benchmarks.accuracy.producers.pens import PENS, Canvas, Rule
from samples.flow import PAGE_HEIGHT, PAGE_WIDTH, Box, Flow, Look, Sheet
from samples.font import character_widths, small_font
from samples.page import Paper

_LOOKS: Final = {
    "roomy": Look(72, 14, 8.5, 3.0, cut_rows=False, upright_results=True, bars=False, number="- {} -"),
    "cut": Look(60, 12, 9.5, 2.0, cut_rows=True, upright_results=False, bars=False, number="— {} —"),
    "small": Look(54, 11, 7.0, 1.5, cut_rows=False, upright_results=False, bars=False, number="第{}页"),
    "tall": Look(64, 13, 8.5, 7.0, cut_rows=False, upright_results=True, bars=False, number="{}"),
}
_CHINA: Final = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a report is drawn: pen, look, and points between the characters of figures in cells."""

    pen: str
    look: str = "roomy"
    spacing: float = 0.0
    by: str = "fpdf2"


def draw(paper: Paper, drawing: Drawing) -> bytes:
    """A report as PDF bytes, the same for the same paper."""
    look = _LOOKS[drawing.look]
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
    emit = _by_reportlab if drawing.by == "reportlab" else _by_fpdf
    return emit(paper, flow.sheets, drawing)


def _put(canvas: Canvas, sheet: Sheet, drawing: Drawing, cell_size: float) -> None:
    if sheet.boxes:
        PENS[drawing.pen](canvas, sheet.boxes)
    for line in sheet.lines:
        figure = line.size == cell_size and line.text.replace(",", "").isdigit()
        if not (figure and drawing.spacing):
            canvas.text(line.x, line.y, line.size, line.text)
            continue
        x = line.x - drawing.spacing * (len(line.text) - 1) / 2
        for character in line.text:
            canvas.text(x, line.y, line.size, character)
            x += character_widths()[character] * line.size + drawing.spacing


class _FpdfCanvas:
    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf

    def line(self, rule: Rule, width: float, dash: tuple[float, float] | None = None) -> None:
        self._pdf.set_line_width(width)
        if dash:
            self._pdf.set_dash_pattern(*dash)
        self._pdf.line(*rule)
        if dash:
            self._pdf.set_dash_pattern()

    def fill(self, box: Box, grey: float) -> None:
        self._pdf.set_fill_color(round(grey * 255))
        self._pdf.rect(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0, style="F")

    def text(self, x: float, y: float, size: float, text: str) -> None:
        self._pdf.set_font("sans", size=size)
        self._pdf.text(x, y, text)


def _by_fpdf(paper: Paper, sheets: list[Sheet], drawing: Drawing) -> bytes:
    pdf = FPDF(unit="pt", format=(PAGE_WIDTH, PAGE_HEIGHT))
    day = paper.page.published
    pdf.set_creation_date(datetime(day.year, day.month, day.day, 9, 30, tzinfo=_CHINA))
    pdf.set_title(paper.story.title)
    pdf.set_auto_page_break(False)
    pdf.add_font("sans", fname=small_font().name)
    canvas = _FpdfCanvas(pdf)
    for sheet in sheets:
        pdf.add_page()
        _put(canvas, sheet, drawing, _LOOKS[drawing.look].cell)
    return bytes(pdf.output())


class _ReportlabCanvas:
    def __init__(self, pdf: object) -> None:
        self._pdf: object = pdf

    def line(self, rule: Rule, width: float, dash: tuple[float, float] | None = None) -> None:
        x0, y0, x1, y1 = rule
        self._pdf.setLineWidth(width)  # type: ignore[attr-defined]
        self._pdf.setDash(*(dash or ((), 0)))  # type: ignore[attr-defined]
        self._pdf.line(x0, PAGE_HEIGHT - y0, x1, PAGE_HEIGHT - y1)  # type: ignore[attr-defined]

    def fill(self, box: Box, grey: float) -> None:
        self._pdf.setFillGray(grey)  # type: ignore[attr-defined]
        width, height = box.x1 - box.x0, box.y1 - box.y0
        self._pdf.rect(box.x0, PAGE_HEIGHT - box.y1, width, height, stroke=0, fill=1)  # type: ignore[attr-defined]
        self._pdf.setFillGray(0)  # type: ignore[attr-defined]

    def text(self, x: float, y: float, size: float, text: str) -> None:
        self._pdf.setFont("sans", size)  # type: ignore[attr-defined]
        self._pdf.drawString(x, PAGE_HEIGHT - y, text)  # type: ignore[attr-defined]


def register_font() -> None:
    """Makes the small font known to reportlab as `sans`."""
    from reportlab.pdfbase import pdfmetrics, ttfonts

    if "sans" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(ttfonts.TTFont("sans", small_font().name))


def _by_reportlab(paper: Paper, sheets: list[Sheet], drawing: Drawing) -> bytes:
    from reportlab.pdfgen.canvas import Canvas as Page

    register_font()
    out = io.BytesIO()
    pdf = Page(out, pagesize=(PAGE_WIDTH, PAGE_HEIGHT), invariant=1)
    pdf.setTitle(paper.story.title)
    for sheet in sheets:
        _put(_ReportlabCanvas(pdf), sheet, drawing, _LOOKS[drawing.look].cell)
        pdf.showPage()
    pdf.save()
    return out.getvalue()


def with_pen(drawing: Drawing, pen: str) -> Drawing:
    """The same drawing with another pen."""
    return replace(drawing, pen=pen)
