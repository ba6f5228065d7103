"""Which cell a character falls into: spans, page breaks, odd text. Nothing may vanish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pdf_makers as makers
import pytest
from fpdf import FPDF
from fpdf.enums import TextMode
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from test_extractors_pdf import read, texts

from extractors.second import read_again
from form.grid import Document, Paragraph

REPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports"


def printed(document: Document) -> Counter[str]:
    """Every visible character of the document, however often it stands there."""
    count: Counter[str] = Counter()
    for block in document.blocks:
        parts = [block.text] if isinstance(block, Paragraph) else [cell.text for cell in block.cells]
        for part in parts:
            count.update("".join(part.split()))
    return count


TABLE_3 = """
#set table(align: center + horizon)
#table(columns: (20pt, 60pt, 1fr, ..(32pt,) * 7),
  table.cell(colspan: 3, rowspan: 3)[（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）],
  table.cell(colspan: 7)[申请人情况],
  table.cell(rowspan: 2)[自然人], table.cell(colspan: 5)[法人或其他组织], table.cell(rowspan: 2)[总计],
  [商业企业], [科研机构], [社会公益组织], [法律服务机构], [其他],
  table.cell(colspan: 3)[一、本年新收政府信息公开申请数量], ..range(7).map(i => [#(100 + i)]),
  table.cell(rowspan: 23, breakable: true)[三、本年度办理结果],
  ..range(23).map(r => (
    ..(if r == 0 { (table.cell(rowspan: 12, breakable: true)[（三）不予公开],) }
       else if r == 12 { (table.cell(rowspan: 11, breakable: true)[（五）不予处理],) } else { () }),
    [#{ str(r + 1) + ".行政执法案卷" }],
    ..range(7).map(i => [#(r * 7 + i)]))).flatten(),
  table.cell(colspan: 3)[四、结转下年度继续办理], ..range(7).map(i => [#(900 + i)]),
)
"""


def test_a_table_over_two_pages_with_its_label_cells_cut() -> None:
    document = read(makers.typeset("#v(420pt)\n" + TABLE_3))
    first, second = document.grids
    assert (first.page, second.page) == (1, 2)
    assert (first.columns, second.columns) == (10, 10)
    corner = first.cells[0]
    assert (corner.row_span, corner.column_span) == (3, 3)
    assert corner.text == "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    figures = [
        [cell.text for cell in grid.cells if cell.row == row and cell.column >= 3]
        for grid in (first, second)
        for row in range(grid.rows)
    ][3:]
    assert figures == [
        [str(100 + i) for i in range(7)],
        *[[str(r * 7 + i) for i in range(7)] for r in range(23)],
        [str(900 + i) for i in range(7)],
    ]
    label = [cell for cell in second.cells if (cell.row, cell.column) == (0, 0)]
    assert label[0].row_span > 3


@st.composite
def layouts(draw: st.DrawFn) -> list[tuple[int, int, int, int]]:
    """Rectangles (row, column, rows, columns) that tile a grid of 3..6 × 3..6."""
    rows, columns = draw(st.integers(3, 6)), draw(st.integers(3, 6))
    free = {(r, c) for r in range(rows) for c in range(columns)}
    tiles = []
    for r in range(rows):
        for c in range(columns):
            if (r, c) not in free:
                continue
            wide = draw(st.integers(1, 3))
            while any((r, c + i) not in free for i in range(wide)):
                wide -= 1
            high = draw(st.integers(1, 2))
            while any((r + j, c + i) not in free for j in range(high) for i in range(wide)):
                high -= 1
            free -= {(r + j, c + i) for j in range(high) for i in range(wide)}
            tiles.append((r, c, high, wide))
    return tiles


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(layouts(), st.data())
def test_any_merged_layout_comes_back(tiles: list[tuple[int, int, int, int]], data: st.DataObject) -> None:
    rows = max(r + high for r, _, high, _ in tiles)
    columns = max(c + wide for _, c, _, wide in tiles)
    words = st.sampled_from(["", "0", "17", "3985758", "一", "总计", "属于国家秘密", "-"])
    filled = [(*tile, data.draw(words)) for tile in tiles]
    cells = ", ".join(
        f'table.cell(x: {c}, y: {r}, rowspan: {high}, colspan: {wide})[#"{word}"]'
        for r, c, high, wide, word in filled
    )
    # Every row and column has a rule of its own at the frame's edge only where some cell ends there.
    ends_r = {r for r, *_ in tiles} | {rows}
    ends_c = {c for _, c, *_ in tiles} | {columns}
    row_of = {r: i for i, r in enumerate(sorted(ends_r))}
    column_of = {c: i for i, c in enumerate(sorted(ends_c))}
    document = read(makers.typeset(f"标题 #table(columns: (60pt,) * {columns}, rows: (24pt,) * {rows}, {cells})"))
    (grid,) = document.grids
    assert {(c.row, c.column, c.row_span, c.column_span, c.text) for c in grid.cells} == {
        (
            row_of[r],
            column_of[c],
            row_of[r + high] - row_of[r],
            column_of[c + wide] - column_of[c],
            word,
        )
        for r, c, high, wide, word in filled
    }
    assert printed(document) == Counter("标题" + "".join(word for *_, word in filled))


def test_low_text_stays_in_the_last_row() -> None:
    """Stock Camelot drops such a row: the font's box reaches below the lowest rule."""
    document = read(makers.drawn())
    assert texts(document.grids[0])[-1] == list(makers.ROWS[-1])
    expected = Counter("".join("".join(row) for row in makers.ROWS).replace(" ", ""))
    expected.update("二、主动公开政府信息情况三、收到和处理政府信息公开申请情况")
    assert printed(document) == expected


def courier(content: str, verticals: tuple[int, ...] = (100, 130, 160, 190), rows: int = 2) -> Document:
    """A ruled box, rows of 20 points from y = 700 down; Courier 10: each character is 6 points wide."""
    rules = [f"{verticals[0]} {700 - 20 * i} m {verticals[-1]} {700 - 20 * i} l S" for i in range(rows + 1)]
    rules += [f"{x} {700 - 20 * rows} m {x} 700 l S" for x in verticals]
    return read(makers.raw("\n".join([*rules, "BT /F 10 Tf", content, "ET"]).encode()))


def test_one_text_object_over_a_whole_row() -> None:
    document = courier("1 0 0 1 105 685 Tm (12   345  6) Tj")
    assert texts(document.grids[0]) == [["12", "345", "6"], ["", "", ""]]


def test_a_figure_wider_than_its_cell_stays_whole() -> None:
    document = courier("1 0 0 1 124 685 Tm (3985758) Tj")
    assert texts(document.grids[0]) == [["", "3985758", ""], ["", "", ""]]


def test_figures_close_to_a_rule_on_both_sides_stay_apart() -> None:
    document = courier("1 0 0 1 117 685 Tm (12) Tj 1 0 0 1 130.5 685 Tm (34) Tj")
    assert texts(document.grids[0])[0] == ["12", "34", ""]


def test_figures_in_one_merged_cell_keep_a_space_between() -> None:
    document = courier("1 0 0 1 105 685 Tm (0) Tj 1 0 0 1 135 685 Tm (0) Tj", (100, 180, 190))
    assert texts(document.grids[0])[0] == ["0 0", ""]


def test_spaced_digits_are_read_as_printed() -> None:
    assert texts(courier("1 0 0 1 101 685 Tm (3 001) Tj").grids[0])[0][0] == "3 001"
    assert texts(courier("1 0 0 1 101 685 Tm 1.2 Tc (3001) Tj").grids[0])[0][0] == "3001"


def test_a_figure_broken_over_two_lines_is_joined() -> None:
    document = courier("1 0 0 1 101 692 Tm (3985) Tj 1 0 0 1 101 682 Tm (758) Tj")
    assert texts(document.grids[0])[0][0] == "3985758"


def test_two_figures_of_rows_without_a_rule_between_stay_two() -> None:
    """There was room for another digit on the first line, so no program broke it there."""
    document = courier("1 0 0 1 105 692 Tm (5) Tj 1 0 0 1 105 682 Tm (0) Tj")
    assert texts(document.grids[0])[0][0] == "5\n0"


def test_bold_by_overprinting_is_one_figure() -> None:
    document = courier("1 0 0 1 105 685 Tm (11) Tj 1 0 0 1 105.3 685 Tm (11) Tj")
    assert texts(document.grids[0])[0][0] == "11"


def cell_of(draw: Callable[[FPDF, float, float], None], *, picture: bool = False) -> tuple[str, float, str]:
    """What is read, how surely, and read by the second reader, of a cell with 245 and something drawn to it.

    `draw` is told where the figure's text ends, and the height of its line.
    """
    pdf = makers.blank()
    rows = (*makers.ROWS[:2], ("行政许可", "", "26", ""), *makers.ROWS[3:])
    if picture:
        page = Image.new("L", (60, 80), 255)
        pdf.image(page, 0, 0, *makers.A4)
    makers.draw_table(pdf, makers.stroke, rows)
    x = makers.LEFT + sum(makers.WIDTHS[:3]) + 3
    y = makers.TOP + makers.HEIGHT * 3 - 8
    pdf.text(x, y, "245")
    draw(pdf, x + pdf.get_string_width("245"), y)
    data = bytes(pdf.output())
    (cell,) = (c for c in read(data).grids[0].cells if (c.row, c.column) == (2, 3))
    (again,) = (c for c in read_again(data, "application/pdf").grids[0].cells if (c.row, c.column) == (2, 3))
    return cell.text, cell.confidence, again.text


@pytest.mark.parametrize("size", [9, 7.5, 5])
@pytest.mark.parametrize("off", [-3, 3])
def test_digits_off_the_line_mark_a_note(size: float, off: float) -> None:
    def mark(pdf: FPDF, x: float, y: float) -> None:
        pdf.set_font(size=size)
        pdf.text(x + 0.2, y + off, "1")

    assert cell_of(mark) == ("245¹", 1.0, "245¹")


def test_a_figure_that_wavers_is_one() -> None:
    assert cell_of(lambda pdf, x, y: pdf.text(x, y + 0.4, "1")) == ("2451", 1.0, "2451")


def test_digits_over_one_another_are_in_doubt() -> None:
    text, sure, again = cell_of(lambda pdf, x, y: pdf.text(x - pdf.get_string_width("5"), y, "0"))
    assert (sorted(text), sure, sorted(again)) == (sorted("2450"), 0.6, sorted("2450"))
    # Bold by printing twice.
    assert cell_of(lambda pdf, x, y: pdf.text(x - pdf.get_string_width("245") + 0.2, y, "245"))[:2] == ("245", 1.0)


@pytest.mark.parametrize("length", [3, 15])
def test_a_figure_struck_out_in_part_is_in_doubt(length: float) -> None:
    assert cell_of(lambda pdf, x, y: pdf.line(x - length, y - 3, x - 1, y - 3))[:2] == ("245", 0.6)
    # Underlined, it is as good as any.
    assert cell_of(lambda pdf, x, y: pdf.line(x - length, y + 0.7, x, y + 0.7))[:2] == ("245", 1.0)


def unseen(pdf: FPDF, x: float, y: float) -> None:
    pdf.text_mode = TextMode.INVISIBLE
    pdf.text(x, y, "9")


def test_what_is_not_painted_is_not_read() -> None:
    assert cell_of(unseen) == ("245", 1.0, "245")


def test_text_that_recognition_put_over_a_picture_is_read() -> None:
    assert cell_of(unseen, picture=True) == ("2459", 1.0, "2459")


def test_a_raised_mark_is_no_digit_of_its_figure() -> None:
    document = courier("1 0 0 1 105 685 Tm (12) Tj /F 6 Tf 1 0 0 1 117.5 688 Tm (3) Tj")
    assert texts(document.grids[0])[0][0] == "12³"


def test_a_label_that_runs_upwards() -> None:
    upright = "1 0 0 1 135 685 Tm (1234) Tj 1 0 0 1 165 685 Tm (5678) Tj"
    assert texts(courier("0 1 -1 0 112 681 Tm (abc) Tj " + upright).grids[0])[0] == ["abc", "1234", "5678"]


def test_a_column_written_from_the_bottom_up_is_no_turned_label() -> None:
    document = courier("1 0 0 1 105 665 Tm (7) Tj 1 0 0 1 105 685 Tm (8) Tj 1 0 0 1 135 685 Tm (9) Tj")
    assert texts(document.grids[0]) == [["8", "9", ""], ["7", "", ""]]


def test_text_beside_a_grid_is_not_in_it() -> None:
    document = courier("1 0 0 1 105 685 Tm (5) Tj 1 0 0 1 190.5 685 Tm (9) Tj 1 0 0 1 105 640 Tm (note) Tj")
    assert texts(document.grids[0])[0] == ["5", "", ""]
    assert [b.text for b in document.blocks if isinstance(b, Paragraph)] == ["9", "note"]


def test_a_grid_with_no_text_is_kept() -> None:
    document = courier("1 0 0 1 105 640 Tm (note) Tj")
    assert texts(document.grids[0]) == [["", "", ""], ["", "", ""]]
    assert "pdf_warning" not in document.metadata


def test_a_single_row_carried_to_the_next_page_is_a_grid() -> None:
    (grid,) = courier("1 0 0 1 105 685 Tm (1) Tj 1 0 0 1 135 685 Tm (2) Tj", rows=1).grids
    assert texts(grid) == [["1", "2", ""]]


def test_underlines_and_a_lone_frame_are_no_grids() -> None:
    content = b"100 600 m 200 600 l S 100 500 m 300 500 l S 100 400 50 50 re S BT /F 10 Tf 100 410 Td (x) Tj ET"
    assert read(makers.raw(content)).grids == ()


def test_a_stray_border_within_a_header_cell() -> None:
    content = "170 680 m 170 700 l S BT /F 10 Tf 1 0 0 1 135 685 Tm (ab) Tj"
    document = courier("1 0 0 1 105 665 Tm (1) Tj ET " + content)
    assert [cell.text for cell in document.grids[0].cells if cell.text] == ["ab", "1"]


def test_what_camelot_puts_into_no_cell_is_told_and_kept() -> None:
    """Camelot takes the same words, smaller and over the larger ones, for a second print."""
    document = courier("1 0 0 1 105 685 Tm (abcd) Tj /F 4 Tf 1 0 0 1 106 687 Tm (abcd) Tj")
    assert texts(document.grids[0])[0][0] == "abcd"
    assert document.metadata["pdf_warning"] == "page 1: in no cell: abcd"
    assert document.blocks[-1] == Paragraph("abcd", 1)


@pytest.mark.skipif(not REPORTS.exists(), reason="the real reports are not here")
@pytest.mark.parametrize("name", ["huaian_2024.pdf", "hongze_2024.pdf"])
def test_real_reports_lose_no_character(name: str) -> None:
    """What PDFium's own text pass sees is what the blocks hold."""
    import pypdfium2 as pdfium

    data = (REPORTS / name).read_bytes()
    document = read(data)
    assert "pdf_warning" not in document.metadata
    pages = pdfium.PdfDocument(data)
    seen = "".join(page.get_textpage().get_text_range() for page in pages)
    expected = Counter("".join(seen.replace("\x02", "-").split()))
    expected.subtract("".join(f"-{number}-" for number in range(1, len(pages) + 1)))
    assert printed(document) == +expected
    assert all(cell.bbox and cell.page for grid in document.grids for cell in grid.cells)
