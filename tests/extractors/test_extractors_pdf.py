"""Tables drawn in many ways are read alike, cell by cell, with their places."""

from __future__ import annotations

import pdf_makers as makers
import pypdfium2 as pdfium
import pytest

from extractors.limits import Limits
from extractors.pdf import READER, read_pdf
from form.grid import Document, Grid, Paragraph


def read(data: bytes) -> Document:
    return read_pdf(data, limits=Limits())


def texts(grid: Grid) -> list[list[str]]:
    rows = [[""] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def place(grid: Grid, row: int, column: int) -> tuple[float, ...]:
    (box,) = (cell.bbox for cell in grid.cells if (cell.row, cell.column) == (row, column))
    assert box is not None
    return box


EXPECTED = [list(row) for row in makers.ROWS]


@pytest.mark.parametrize("pen", makers.PENS, ids=lambda pen: pen.__name__)
def test_rules_however_drawn(pen: makers.Pen) -> None:
    document = read(makers.drawn(pen))
    (grid,) = document.grids
    assert texts(grid) == EXPECTED
    assert "pdf_warning" not in document.metadata
    for row in range(len(EXPECTED)):
        for column in range(len(makers.WIDTHS)):
            assert place(grid, row, column) == pytest.approx(makers.cell_box(row, column), abs=2.1)
    assert {cell.page for cell in grid.cells} == {1}


def test_blocks_stand_in_reading_order_and_the_page_number_is_left_out() -> None:
    document = read(makers.drawn())
    before, grid, after = document.blocks
    assert before == Paragraph("二、主动公开政府信息情况", 1)
    assert isinstance(grid, Grid)
    assert after == Paragraph("三、收到和处理政府信息公开申请情况", 1)
    assert (document.media_type, document.reader) == ("application/pdf", READER)


@pytest.mark.parametrize("mark", ["- 3 -", "— 4 —", "—12—", "第 3 页", "第3页 共6页", "3/6", "5", "Page 3 of 6"])
def test_page_numbers_are_dropped_from_margins_only(mark: str) -> None:
    pdf = makers.blank()
    for y in (30, 400, 815):
        pdf.text(280, y, mark)
    pdf.text(80, 50, "2024")
    pdf.text(80, 200, "正文")
    assert [b.text for b in read(bytes(pdf.output())).blocks if isinstance(b, Paragraph)] == [
        "2024",
        "正文",
        mark,
    ]


def turned_box(box: makers.Box, turns: int) -> makers.Box:
    width, height = makers.A4
    for _ in range(turns):
        x0, y0, x1, y1 = box
        box = (y0, width - x1, y1, width - x0)
        width, height = height, width
    return box


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_shown_turned(turns: int) -> None:
    """The text lies on its side as shown; boxes are of the page as shown."""
    data = makers.changed(makers.drawn(), lambda page: page.set_rotation(turns * 90))
    document = read(data)
    (grid,) = document.grids
    assert texts(grid) == EXPECTED
    assert place(grid, 1, 3) == pytest.approx(turned_box(makers.cell_box(1, 3), turns), abs=1)
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == [
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
    ]


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_drawn_turned_and_shown_upright(turns: int) -> None:
    width, height = makers.A4
    matrix = {
        1: pdfium.PdfMatrix(0, 1, -1, 0, height, 0),
        2: pdfium.PdfMatrix(-1, 0, 0, -1, width, height),
        3: pdfium.PdfMatrix(0, -1, 1, 0, 0, width),
    }[turns]
    size = (height, width) if turns % 2 else (width, height)
    data = makers.as_form(makers.drawn(), matrix, size)
    data = makers.changed(data, lambda page: page.set_rotation(turns * 90))
    (grid,) = read(data).grids
    assert texts(grid) == EXPECTED
    assert place(grid, 2, 1) == pytest.approx(makers.cell_box(2, 1), abs=1)


def test_a_form_object_is_read_at_its_place() -> None:
    data = makers.as_form(makers.drawn(), pdfium.PdfMatrix(0.5, 0, 0, 0.5, 100, 50), makers.A4)
    (grid,) = read(data).grids
    assert texts(grid) == EXPECTED
    x0, y0, x1, y1 = makers.cell_box(3, 2)
    assert place(grid, 3, 2) == pytest.approx((x0 / 2 + 100, y0 / 2 + 50, x1 / 2 + 100, y1 / 2 + 50), abs=1)


def test_forms_within_forms_keep_their_matrices() -> None:
    once = makers.as_form(makers.drawn(), pdfium.PdfMatrix(0.5, 0, 0, 0.5, 100, 50), makers.A4)
    (grid,) = read(makers.as_form(once, pdfium.PdfMatrix(1, 0, 0, 1, 40, -20), makers.A4)).grids
    x0, y0, x1, y1 = makers.cell_box(3, 2)
    assert place(grid, 3, 2) == pytest.approx((x0 / 2 + 140, y0 / 2 + 30, x1 / 2 + 140, y1 / 2 + 30), abs=1)


def test_boxes_count_from_the_corner_of_the_crop_box() -> None:
    data = makers.changed(makers.drawn(), lambda page: page.set_cropbox(30, 40, 560, 800))
    document = read(data)
    (grid,) = document.grids
    x0, y0, x1, y1 = makers.cell_box(1, 1)
    assert place(grid, 1, 1) == pytest.approx((x0 - 30, y0 - 40, x1 - 30, y1 - 40), abs=1)
    assert len(document.blocks) == 3


def test_what_the_crop_box_hides_is_not_read() -> None:
    data = makers.changed(makers.drawn(), lambda page: page.set_cropbox(0, 0, 595, 740))
    assert Paragraph("二、主动公开政府信息情况", 1) not in read(data).blocks


def test_a_media_box_away_from_the_origin() -> None:
    def move(page: pdfium.PdfPage) -> None:
        page.set_mediabox(-50, -60, 595.28, 841.89)

    (grid,) = read(makers.changed(makers.drawn(), move)).grids
    x0, y0, x1, y1 = makers.cell_box(0, 0)
    assert place(grid, 0, 0) == pytest.approx((x0 + 50, y0 + 60, x1 + 50, y1 + 60), abs=1)


def test_metadata_names_the_title_as_unreliable() -> None:
    pdf = makers.blank()
    pdf.set_title("某某模板")
    pdf.text(80, 100, "政府信息公开工作年度报告")
    document = read(bytes(pdf.output()))
    assert dict(document.metadata) == {"pdf_title": "某某模板"}
