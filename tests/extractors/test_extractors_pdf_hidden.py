"""Digits that the text layer has and nobody sees, or that may be none of the figure's, are never beyond doubt."""

from __future__ import annotations

from collections.abc import Callable

import pdf_makers as makers
import pytest
from fpdf import FPDF
from PIL import Image
from test_extractors_pdf import read

Draw = Callable[[FPDF, float, float], None]


def cell_of(draw: Draw, printed: str = "") -> tuple[str, float, str | None]:
    """Text, confidence and doubt of a cell of the table, drawn into at its left edge and base line."""
    rows = [
        [printed if (r, c) == (2, 1) else text for c, text in enumerate(row)] for r, row in enumerate(makers.ROWS)
    ]
    pdf = makers.blank()
    makers.draw_table(pdf, makers.stroke, rows)
    draw(pdf, makers.LEFT + makers.WIDTHS[0] + 3, makers.TOP + makers.HEIGHT * 3 - 1.5)
    cells = read(bytes(pdf.output())).grids[0].cells
    assert all(cell.confidence == 1 for cell in cells if (cell.row, cell.column) != (2, 1))
    (cell,) = (cell for cell in cells if (cell.row, cell.column) == (2, 1))
    return cell.text, cell.confidence, cell.doubt


def text(printed: str, grey: int, x: float = 0) -> Draw:
    def draw(pdf: FPDF, left: float, base: float) -> None:
        pdf.set_text_color(grey)
        pdf.text(left + x, base, printed)

    return draw


def box(grey: int, wide: float = 12, style: str = "F", **context: object) -> Draw:
    def draw(pdf: FPDF, left: float, base: float) -> None:
        pdf.set_fill_color(grey)
        pdf.set_draw_color(grey)
        with pdf.local_context(**context):
            pdf.rect(left - 0.5, base - 10, wide, 11, style=style)

    return draw


def both(*several: Draw) -> Draw:
    def draw(pdf: FPDF, left: float, base: float) -> None:
        for one in several:
            one(pdf, left, base)

    return draw


def picture(pdf: FPDF, left: float, base: float) -> None:
    pdf.image(Image.new("RGB", (20, 20), "white"), left - 0.5, base - 10, 12, 11)


@pytest.mark.parametrize(
    "draw",
    [
        text("77", 255),
        text("77", 245),
        both(text("7", 0), text("0", 255, 5)),
        both(text("77", 0), box(255)),
        both(text("77", 0), box(0)),
        both(text("77", 0), picture),
        both(box(0), text("77", 0)),
        both(box(200), text("77", 190)),
    ],
    ids=["white", "nearly", "one digit", "under white", "under black", "under a picture", "on black", "on grey"],
)
def test_what_nobody_sees_is_in_doubt(draw: Draw) -> None:
    printed, sure, doubt = cell_of(draw)
    assert set(printed) <= set("70")
    assert (sure, doubt) == (0.6, "数字被遮盖或与底色相同，页面上看不见")


def clipped_away(pdf: FPDF, left: float, base: float) -> None:
    pdf.set_fill_color(255)
    with pdf.rect_clip(10, 10, 20, 20):
        pdf.rect(0, 0, 595, 842, style="F")


def frame_by_holes(pdf: FPDF, left: float, base: float) -> None:
    """A border as browsers draw it: two boxes in one path, filled by the even-odd rule."""
    a, b, c, d = left - 2, makers.A4[1] - base - 3, left + 50, makers.A4[1] - base + 12
    boxes = ((a, b, c, d), (a + 1, b + 1, c - 1, d - 1))
    path = " ".join(f"{x0} {y0} m {x1} {y0} l {x1} {y1} l {x0} {y1} l h" for x0, y0, x1, y1 in boxes)
    pdf._out(f"q 1 1 1 rg {path} f* Q")


@pytest.mark.parametrize(
    "draw",
    [
        both(box(0), text("77", 255)),
        both(text("77", 0), box(200, fill_opacity=0.4)),
        both(text("77", 0), box(200, blend_mode="Multiply")),
        both(text("77", 0), clipped_away),
        both(text("77", 0), frame_by_holes),
        both(box(0), box(255), text("77", 0)),
        text("77", 150),
    ],
    ids=["white on black", "translucent", "highlighted", "clipped", "frame", "white on black under it", "grey"],
)
def test_what_can_be_seen_is_sure(draw: Draw) -> None:
    assert cell_of(draw) == ("77", 1.0, None)


@pytest.mark.parametrize("up", [0.0, 3.0])
@pytest.mark.parametrize("first", [True, False])
def test_a_mark_that_is_written_apart_from_its_figure_is_in_doubt(up: float, first: bool) -> None:
    def mark(pdf: FPDF, left: float, base: float) -> None:
        pdf.set_font(size=5)
        pdf.text(left + 10.5, base - up, "3")
        pdf.set_font(size=9)

    def elsewhere(pdf: FPDF, left: float, base: float) -> None:
        pdf.text(300, 700, "其他")

    parts = (mark, elsewhere, text("12", 0)) if first else (text("12", 0), elsewhere, mark)
    printed, sure, doubt = cell_of(both(*parts))
    assert sorted(printed) == sorted("123")
    assert (sure, doubt) == (0.6, "数字大小不一，可能带注释标记")


def test_a_figure_struck_out_aslant_is_in_doubt() -> None:
    def stroke(pdf: FPDF, left: float, base: float) -> None:
        pdf.line(left, base, left + 10, base - 7)

    assert cell_of(stroke, "12") == ("12", 0.6, "数字上有划线")


@pytest.mark.parametrize("printed", ["", "12"])
def test_a_note_typed_over_a_cell_puts_it_in_doubt(printed: str) -> None:
    """A form that was filled in by typing on it: its text has blanks where a reader sees figures."""

    def typed(pdf: FPDF, left: float, base: float) -> None:
        pdf.free_text_annotation("77", x=left, y=base - 10, w=30, h=10)

    assert cell_of(typed, printed) == (printed, 0.6, "单元格上有批注或表单域，其内容未读取")


def test_links_and_highlights_over_a_cell_hide_nothing() -> None:
    def linked(pdf: FPDF, left: float, base: float) -> None:
        pdf.link(left, base - 10, 30, 10, "https://example.org")

    assert cell_of(linked, "12") == ("12", 1.0, None)
