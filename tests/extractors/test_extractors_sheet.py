"""Workbooks: every cell of a report exact, and hostile ones refused."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from office_makers import blocks, by_libreoffice, by_openpyxl, expect_exact, saved, values
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from extractors import sheet_child
from extractors.limits import Limits
from extractors.read import read
from extractors.sheet import read_sheet
from form.errors import DocumentError
from form.grid import Cell, Grid, Paragraph
from form.recognise import read_reports


def book(*rows: tuple[object, ...], merged: tuple[str, ...] = (), top: int = 1) -> bytes:
    made = openpyxl.Workbook()
    for number, row in enumerate(rows, top):
        for column, value in enumerate(row, 1):
            if value is not None:
                made.active.cell(number, column, value)
    for name in merged:
        made.active.merge_cells(name)
    return saved(made)


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_a_whole_report_on_one_sheet_is_read_exactly(edition: str) -> None:
    figures = values(edition)
    document = read(by_openpyxl(blocks(figures, edition)), name="报告.xlsx")
    (report,) = read_reports(document)
    expect_exact(report, figures, edition)
    assert document.media_type.endswith("spreadsheetml.sheet")


def test_a_whole_report_in_the_old_format_and_under_a_wrong_name() -> None:
    figures = values()
    old = by_libreoffice(by_openpyxl(blocks(figures)), ".xlsx", "xls")
    document = read(old, name="报告.doc")
    assert document.media_type == "application/vnd.ms-excel"
    expect_exact(*read_reports(document), figures)


def test_figures_are_printed_as_a_sheet_shows_them() -> None:
    row = (3, 2.5, 0.1 + 0.2, 10**12, True, "０12 ", datetime.date(2024, 1, 31), "=1+1", 1e300)
    (grid,) = read_sheet(book(row, row)).grids
    # A formula that no program has worked out yet has no value.
    printed = ["3", "2.5", "0.3", "1000000000000", "TRUE", "０12", "2024-01-31", "", "1e+300"]
    assert [c.text for c in grid.cells if c.row == 0] == printed
    assert sheet_child.printed(datetime.time(8, 30)) == "08:30:00"
    assert sheet_child.printed(-4.0) == "-4"


def test_merged_cells_stand_once_and_lone_lines_are_paragraphs() -> None:
    rows = (("标题",), (None,), ("a", 1, 2), (None, 3), ("b",), ("c", None, 4), ("d",), (None,), ("尾注",), ("再注",))
    document = read_sheet(book(*rows, merged=("A1:C1", "A3:A4", "B6:C6")))
    cells = (
        Cell(0, 0, "a", 2, 1),
        Cell(0, 1, "1"),
        Cell(0, 2, "2"),
        Cell(1, 1, "3"),
        Cell(1, 2, ""),
        # Alone, but a row without figures is a row, the last one, too.
        Cell(2, 0, "b"),
        Cell(2, 1, ""),
        Cell(2, 2, ""),
        Cell(3, 0, "c"),
        # What a merged cell covers is not shown.
        Cell(3, 1, "", 1, 2),
        Cell(4, 0, "d"),
        Cell(4, 1, ""),
        Cell(4, 2, ""),
        # The row below a table may hold its figures, all blank.
        *(Cell(5, column, "") for column in range(3)),
    )
    assert document.blocks == (Paragraph("标题"), Grid(cells, 6, 3), Paragraph("尾注"), Paragraph("再注"))


def test_a_form_without_figures_keeps_its_rows() -> None:
    empty = dict.fromkeys(values(), "")
    (report,) = read_reports(read(by_openpyxl(blocks(empty))))
    assert {r.key: r.printed for r in report.readings} == empty
    assert {r.state for r in report.readings} == {"blank"}


def test_headings_between_tables_need_no_merged_cell() -> None:
    document = read_sheet(book(("a", 1, 2), ("b",), ("三、收到和处理政府信息公开申请情况",), ("c", 3, 4)))
    assert [b.text if isinstance(b, Paragraph) else b.rows for b in document.blocks] == [
        2,
        "三、收到和处理政府信息公开申请情况",
        1,
    ]


def test_prose_between_tables_is_a_paragraph_and_parts_them() -> None:
    prose = "本年度收到申请" * 10
    document = read_sheet(book(("a", 1), (prose,), ("b", 2)))
    assert [type(b) for b in document.blocks] == [Grid, Paragraph, Grid]
    assert [(g.rows, g.columns) for g in document.grids] == [(1, 2), (1, 2)]


def test_sheets_that_are_not_shown_are_not_read() -> None:
    made = openpyxl.Workbook()
    made.active["A1"], made.active["B1"] = "显示", 1
    for state in ("hidden", "veryHidden"):
        sheet = made.create_sheet(state)
        sheet["A1"], sheet["B1"], sheet.sheet_state = "隐藏", 2, state
    made.create_sheet("empty")
    assert [c.text for g in read_sheet(saved(made)).grids for c in g.cells] == ["显示", "1"]


def test_where_a_sheet_begins_does_not_matter() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet["D8"], sheet["E8"], sheet["F8"], sheet["E9"] = "a", 1, 2, 3
    sheet.merge_cells("D8:D9")
    sheet.merge_cells("A1:B2")
    (grid,) = read_sheet(saved(made)).grids
    assert grid.cells[0] == Cell(0, 0, "a", 2, 1)
    assert (grid.rows, grid.columns) == (2, 3)


def refusal(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(DocumentError) as caught:
        read(data, limits=limits)
    assert "\n" not in str(caught.value)
    return caught.value.code


def test_hostile_workbooks_are_refused() -> None:
    far = openpyxl.Workbook()
    far.active["A1"], far.active["XFD1048576"] = 1, 1
    assert refusal(saved(far)) == "too_complex"
    whole = book(("a", 1), ("b", 2))
    assert refusal(whole, Limits(max_cells=3)) == "too_complex"
    assert refusal(whole, Limits(max_rows=1)) == "too_complex"
    assert refusal(whole, Limits(max_text=2)) == "too_large"
    assert refusal(whole, Limits(max_unpacked=1_000)) == "too_large"
    assert refusal(whole, Limits(max_seconds=0.001)) == "timeout"
    assert refusal(book(("a", 1), merged=("A1:XFD9",))) == "too_complex"
    assert refusal(whole[:-200]) == "truncated"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    whole = io.BytesIO(book(("a", 1)))
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"xl/n{number}.xml", b"0" * 80_000_000)
    assert len(whole.getvalue()) < 1_000_000
    assert refusal(whole.getvalue()) == "too_large"


@given(
    st.lists(
        st.lists(st.one_of(st.integers(0, 10**9), st.just(None)), min_size=3, max_size=3), min_size=1, max_size=5
    )
)
@settings(max_examples=8, deadline=None)
def test_any_figures_come_back(figures: list[list[int | None]]) -> None:
    head = ("项目", "甲", "乙", "丙")
    rows = [head, *((f"第{n}行", *row) for n, row in enumerate(figures))]
    (grid,) = read_sheet(book(*rows)).grids
    read_back = {(c.row, c.column): c.text for c in grid.cells}
    assert read_back == {
        (r, c): "" if value is None else str(value) for r, row in enumerate(rows) for c, value in enumerate(row)
    }


@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=16))
@settings(max_examples=10, deadline=None)
def test_a_damaged_file_gives_a_document_or_the_one_error(at: int, patch: bytes) -> None:
    data = book(("a", 1), ("b", 2), merged=("A1:A2",))
    at %= len(data)
    try:
        read(data[:at] + patch + data[at + len(patch) :])
    except DocumentError:
        return


def shared(first: str, second: str, font: dict[str, object]) -> bytes:
    """A workbook with a text in two fonts, kept where programs keep theirs."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        sheet = made.add_worksheet()
        sheet.write_row(1, 0, ("行政许可", ""))
        sheet.write_rich_string(1, 1, made.add_format(font), first, second)
        sheet.write_row(2, 0, ("行政处罚", "24510"))
    return out.getvalue()


def inline(first: str, second: str, font: dict[str, object]) -> bytes:
    """The same with the text in its cell."""
    runs = (TextBlock(InlineFont(**font), first), TextBlock(InlineFont(), second))  # type: ignore[arg-type]
    return book((None, None), ("行政许可", CellRichText(*runs)), ("行政处罚", "24510"))


@pytest.mark.parametrize(
    ("data", "text", "sure"),
    [
        (shared("245", "10", {"font_script": 1}), "²⁴⁵10", 1.0),
        (inline("245", "10", {"vertAlign": "superscript"}), "²⁴⁵10", 1.0),
        (shared("245", "10", {"font_strikeout": True}), "10", 0.8),
        (inline("245", "10", {"strike": True}), "10", 0.8),
        (shared("245", "10", {"bold": True}), "24510", 1.0),
        (inline("245", "10", {"strike": False}), "24510", 1.0),
    ],
)
def test_what_is_raised_or_struck_is_no_part_of_the_figure(data: bytes, text: str, sure: float) -> None:
    (grid,) = read_sheet(data).grids
    assert [(c.text, c.confidence) for c in grid.cells if c.column == 1] == [(text, sure), ("24510", 1.0)]


def test_a_cell_in_a_struck_font_prints_nothing_for_sure() -> None:
    made = openpyxl.Workbook()
    hidden = made.create_sheet("前", 0)
    hidden.append(("x", 9))
    hidden.sheet_state = "hidden"
    for line in (("行政处罚", 36), ("行政许可", 245), ("行政强制", None)):
        made["Sheet"].append(line)
    for place in ("B2", "B3"):
        made["Sheet"][place].font = Font(strike=True)
    (grid,) = read_sheet(saved(made)).grids
    assert [(c.text, c.confidence) for c in grid.cells if c.column == 1] == [("36", 1.0), ("", 0.8), ("", 1.0)]
