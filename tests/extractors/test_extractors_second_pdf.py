"""PDF once more: what stock Camelot's grids and playa's text give of tables that are hard to read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pdf_makers as makers
import pypdfium2 as pdfium
import pytest
from fpdf import FPDF

from extractors.limits import Limits
from extractors.second import pdf as second_pdf
from extractors.second import read_again, readable_again
from form.errors import DocumentError
from form.grid import Grid, Paragraph
from form.recognise import read_reports

PDF = "application/pdf"
REPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports"


def grids(data: bytes) -> list[list[list[str]]]:
    """The texts of every grid, row by row, white space dropped."""
    found = []
    for grid in read_again(data, PDF).grids:
        rows: list[list[str]] = [[] for _ in range(grid.rows)]
        for cell in grid.cells:
            rows[cell.row].append("".join(cell.text.split()))
        found.append(rows)
    return found


WANTED = [["".join(text.split()) for text in row] for row in makers.ROWS]
#: stock Camelot sees no lines in these
UNSEEN = (makers.thick_fill, makers.dashes, makers.dots)


@pytest.mark.parametrize("pen", [pen for pen in makers.PENS if pen not in UNSEEN])
def test_text_low_in_its_cell_stays_in_its_row(pen: makers.Pen) -> None:
    # Stock assignment goes by the font's box, which lies half below the rule here, and loses the last row.
    assert grids(makers.drawn(pen)) == [WANTED]


@pytest.mark.parametrize("pen", UNSEEN)
def test_lines_that_stock_camelot_does_not_see_give_no_grid(pen: makers.Pen) -> None:
    document = read_again(makers.drawn(pen), PDF)
    assert not document.grids
    text = "".join("".join(b.text.split()) for b in document.blocks if isinstance(b, Paragraph))
    assert all(cell in text for row in WANTED for cell in row)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_pages_in_any_rotation(degrees: int) -> None:
    assert grids(makers.changed(makers.drawn(), lambda page: page.set_rotation(degrees))) == [WANTED]


def test_a_page_cropped_and_a_page_drawn_as_a_form() -> None:
    cropped = makers.changed(makers.drawn(), lambda page: page.set_cropbox(40, 100, 560, 800))
    assert grids(cropped) == [WANTED]
    assert grids(makers.as_form(makers.drawn(), pdfium.PdfMatrix().translate(10, 20), makers.A4)) == [WANTED]


def test_merged_cells_span_and_text_around_the_table_is_kept() -> None:
    source = """上文
#table(columns: 3, [甲], table.cell(colspan: 2)[宽], table.cell(rowspan: 2)[高], [1], [2], [3], [])
下文"""
    blocks = read_again(makers.typeset(source), PDF).blocks
    assert [b.text if isinstance(b, Paragraph) else "表" for b in blocks] == ["上文", "表", "下文"]
    grid = next(b for b in blocks if isinstance(b, Grid))
    shape = [(c.row, c.column, c.row_span, c.column_span, c.text) for c in grid.cells]
    assert shape == [
        (0, 0, 1, 1, "甲"),
        (0, 1, 1, 2, "宽"),
        (1, 0, 2, 1, "高"),
        (1, 1, 1, 1, "1"),
        (1, 2, 1, 1, "2"),
        (2, 1, 1, 1, "3"),
        (2, 2, 1, 1, ""),
    ]


@pytest.mark.parametrize(("gap", "text"), [(0.0, "123"), (2.5, "123"), (12.0, "1 2 3")])
def test_digits_set_apart_are_one_figure_until_the_gap_is_wider_than_a_character(gap: float, text: str) -> None:
    def draw(pdf: FPDF) -> None:
        for x in (50, 150):
            pdf.line(x, 50, x, 90)
        for y in (50, 70, 90):
            pdf.line(50, y, 150, y)
        for number, digit in enumerate("123"):
            pdf.text(60 + number * (pdf.get_string_width("0") + gap), 65, digit)

    assert [cell.text for cell in read_again(page_of(draw), PDF).grids[0].cells] == [text, ""]


def page_of(draw: Callable[[FPDF], None]) -> bytes:
    pdf = makers.blank()
    draw(pdf)
    return bytes(pdf.output())


@pytest.mark.parametrize("name", ["hongze_2024.pdf", "huaian_2024.pdf"])
def test_real_reports_cell_by_cell(name: str) -> None:
    if not (REPORTS / name).is_file():
        pytest.skip("the real reports are not at hand")
    from extractors.read import read

    data = (REPORTS / name).read_bytes()
    (first,), (second,) = read_reports(read(data)), read_reports(read_again(data, PDF))
    assert len(first.readings) in (186, 200)
    assert [(r.key, r.state, r.value) for r in first.readings] == [(r.key, r.state, r.value) for r in second.readings]
    assert {r.reader for r in second.readings} == {second_pdf.READER} != {first.readings[0].reader}


def test_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    data = makers.drawn()
    for limits in (Limits(max_bytes=100), Limits(max_pages=0), Limits(max_cells=10)):
        with pytest.raises(DocumentError):
            read_again(data, PDF, limits=limits)
    monkeypatch.setattr(second_pdf, "MAX_OBJECTS", 20)
    with pytest.raises(DocumentError, match="too_complex"):
        read_again(data, PDF)


def test_a_page_of_too_many_rules_is_refused_before_they_are_crossed() -> None:
    rules = b"".join(b"%d 0 m %d 800 l S 0 %d m 500 %d l S " % (i * 4, i * 4, i * 5, i * 5) for i in range(145))
    with pytest.raises(DocumentError, match="too_complex: page 1: 145 × 145 rules"):
        read_again(makers.raw(rules), PDF)


def test_odd_fonts_say_nothing_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    level = logging.getLogger("playa").level
    read_again(makers.drawn(), PDF)
    assert capfd.readouterr().err == ""
    assert logging.getLogger("playa").level == level


def test_forms_that_contain_themselves_end() -> None:
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >> /Length 5 >>"
    data = makers.raw(
        b"/X Do /X Do", extra=[form + b"\nstream\n/X Do\nendstream"], resources=b"/XObject << /X 6 0 R >>"
    )
    assert read_again(data, PDF).grids == ()


def test_formats_without_a_second_reader_say_so() -> None:
    assert [readable_again(kind) for kind in (PDF, "text/html", "image/png")] == [True, True, False]
    with pytest.raises(DocumentError, match="unsupported"):
        read_again(b"x", "image/png")
