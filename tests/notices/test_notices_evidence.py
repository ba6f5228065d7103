"""Evidence pictures: what is cut out, what is marked, what is written, and that hostile input stays harmless."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from form.grid import Cell, Document, Grid, Paragraph
from form.reading import Reading
from notices.evidence import Caption, Strip, compose
from notices.evidence_caption import Item, Origin, caption
from notices.evidence_page import Cutting, Mark, Sheet, cut, cuttings
from notices.evidence_places import header_of, place_of, traced
from notices.evidence_table import Tag, draw_rows
from notices.evidence_text import shown, width, wrapped

KEY = "applications.received.natural_person"
READING = Reading(KEY, "3001", Decimal(3001), "printed", "reader 1", page=1, bbox=(100, 650, 140, 670))
LABELS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", "总计")
RED = (214, 40, 40)


def table(rows: int, page: int = 1, top: float = 800.0, header: bool = True, paper: bool = True) -> Grid:
    """A table three of `rows` rows of 20 points, its label column 100 points wide, the others 40."""
    names = ["一、本年新收政府信息公开申请数量", "二、上年结转政府信息公开申请数量", *["（一）予以公开"] * 90]
    lines = [["申请人情况", *LABELS]] if header else []
    lines += [[names[row], *[str(row * 10 + column) for column in range(7)]] for row in range(rows)]
    cells = []
    for row, texts in enumerate(lines):
        for column, text in enumerate(texts):
            x0, x1 = (50.0, 150.0) if column == 0 else (110.0 + 40 * column, 150.0 + 40 * column)
            box = (x0, top - 20 * (row + 1), x1, top - 20 * row) if paper else None
            cells.append(Cell(row, column, text, page=page if paper else None, bbox=box))
    return Grid(tuple(cells), len(lines), 8, page if paper else None)


def at(grid: Grid, row: int, column: int) -> Cell:
    return next(c for c in grid.cells if (c.row, c.column) == (row, column))


def mark(cell: Cell) -> Mark:
    assert cell.page and cell.bbox
    return Mark(cell.page, cell.bbox)


def red_box(picture: Image.Image) -> tuple[int, int, int, int] | None:
    """The box of all pixels in the colour of the outline."""
    far = ImageChops.difference(picture, Image.new("RGB", picture.size, RED)).convert("L")
    return far.point(lambda value: 255 if value == 0 else 0).getbbox()


def test_a_box_finds_its_cell_and_a_trace_finds_it_without_geometry() -> None:
    grids = [table(3), table(3, page=2)]
    for cell in grids[1].cells:
        found = place_of(grids, cell.page, cell.bbox)
        assert found and (found.grid, found.cell) == (1, cell)
    # Stored boxes are float32, and are the same box all the same.
    x0, y0, x1, y1 = at(grids[0], 2, 3).bbox or (0, 0, 0, 0)
    found = place_of(grids, 1, (x0 + 0.01, y0, x1, y1 - 0.01))
    assert found and found.cell == at(grids[0], 2, 3)
    assert place_of(grids, 1, (0, 0, 30, 10)) is None
    assert place_of(grids, 3, (x0, y0, x1, y1)) is None

    plain = Document((Paragraph("x"), table(3, paper=False), table(4, paper=False)), "text/html", "r")
    for number, grid in enumerate(traced(plain).grids):
        for cell, original in zip(grid.cells, plain.grids[number].cells, strict=True):
            found = place_of(plain.grids, cell.page, cell.bbox)
            assert found and (found.grid, found.cell) == (number, original)
    assert traced(Document((table(2),), "application/pdf", "r")).grids == (table(2),)


def test_the_header_is_the_nearest_one_above_even_on_an_earlier_page() -> None:
    grids = [table(4), table(9, page=2, header=False)]
    assert header_of(grids, 0, 3) == (0, (0, 1))
    assert header_of(grids, 1, 8) == (0, (0, 1))
    assert header_of(grids, 0, 0) is None
    assert header_of(grids[1:], 0, 8) is None


def test_a_near_row_is_shown_with_its_header_in_one_cutting() -> None:
    grid = table(9)
    cell = at(grid, 2, 1)
    (only,) = cuttings([grid], [mark(cell)], [place_of([grid], 1, cell.bbox)], margin=1)
    x0, y0, x1, y1 = only.box
    assert x0 < 50 and x1 > 430, "from the table's left edge to its right edge"
    assert y1 > 800, "with the header"
    assert 800 - 20 * 4 >= y0 > 800 - 20 * 5, "and one row below, not two"


def test_a_far_row_is_shown_under_its_header() -> None:
    grid = table(30)
    cell = at(grid, 25, 7)
    header, row = cuttings([grid], [mark(cell)], [place_of([grid], 1, cell.bbox)], margin=2)
    assert header.header and not row.header
    assert header.box[1] >= 800 - 21
    assert row.box[3] - row.box[1] == pytest.approx(5 * 20 + 2 * 5)


def test_a_row_after_a_page_break_is_shown_under_the_header_of_the_page_before() -> None:
    grids = [table(4), table(9, page=2, header=False)]
    cell = at(grids[1], 5, 2)
    found = cuttings(grids, [mark(cell)], [place_of(grids, 2, cell.bbox)], margin=1)
    assert [(c.page, c.header) for c in found] == [(1, True), (2, False)]


def test_without_a_grid_the_whole_width_of_the_page_is_shown() -> None:
    sheet = Sheet(Image.new("RGB", (1190, 1684), "white"), (595.0, 842.0))
    (only,) = cuttings([], [Mark(1, (100, 400, 140, 420))], [None], margin=1)
    assert cut(sheet, only, []).size == (1190, 480)


def test_the_mark_is_where_the_box_is() -> None:
    page = Image.new("RGB", (1000, 800), "white")
    page.paste((0, 0, 0), (210, 520, 230, 540))
    sheet = Sheet(page, (500.0, 400.0))
    here = Mark(1, (100, 120, 120, 150))
    picture = cut(sheet, Cutting(1, (0, 100, 500, 200)), [here, Mark(2, (0, 0, 400, 400))])
    assert picture.size == (1000, 200)
    assert red_box(picture) == (200 - 1, 500 - 400 - 1, 240 + 2, 560 - 400 + 2)
    assert picture.getpixel((220, 130)) == (0, 0, 0), "print stays as it is under the tint"
    assert picture.getpixel((235, 150)) != (255, 255, 255)
    assert picture.getpixel((300, 150)) == (255, 255, 255)


@given(box=st.tuples(*[st.floats(-2000, 2000)] * 4), cutting=st.tuples(*[st.floats(-2000, 2000)] * 4))
@settings(max_examples=60, deadline=None)
def test_no_box_breaks_a_cutting(box: tuple[float, ...], cutting: tuple[float, ...]) -> None:
    sheet = Sheet(Image.new("RGB", (300, 200), "white"), (200.0, 133.0))
    picture = cut(sheet, Cutting(1, cutting), [Mark(1, box, 3)])  # type: ignore[arg-type]
    assert picture.width >= 1 and picture.height >= 1


def test_a_drawn_table_marks_the_cell_and_no_other() -> None:
    grid = table(6, paper=False)
    other = replace(
        grid, cells=tuple(c._replace(text="88") if (c.row, c.column) == (4, 3) else c for c in grid.cells)
    )
    one, two = (draw_rows(g, [0, 3, 4, 5], {(4, 3): Tag()}) for g in (grid, other))
    assert one.size == two.size
    changed, marked = ImageChops.difference(one, two).getbbox(), red_box(one)
    assert changed and marked
    assert marked[0] < changed[0] and marked[1] < changed[1] and marked[2] > changed[2] and marked[3] > changed[3]


def test_a_label_over_many_rows_stands_on_both_sides_of_a_gap() -> None:
    cells = [Cell(0, 0, "组", 6, 1), *(Cell(row, 1, str(row)) for row in range(6))]
    whole = draw_rows(Grid(tuple(cells), 6, 2), range(6), {})
    parted = draw_rows(Grid(tuple(cells), 6, 2), [0, 4, 5], {})
    assert parted.width == whole.width
    assert parted.height < whole.height


def test_hostile_grids_are_drawn_small() -> None:
    wide = Grid(tuple(Cell(0, column, "字" * 5000) for column in range(200)), 1, 200)
    picture = draw_rows(wide, [0], {(0, 0): Tag()})
    assert picture.width <= 1500
    assert picture.height <= 160 * 60
    empty = draw_rows(Grid((), 0, 0), [0, 1], {})
    assert empty.size == (1, 1)


def test_the_caption_says_what_is_known() -> None:
    origin = Origin("https://a.example/1.pdf", "ab" * 32, datetime(2026, 10, 31, 1, 2, 3, tzinfo=UTC), "已暂扣")
    text = caption([Item("兰州市人民政府", 2023, READING, None)], origin)
    assert text.title == "兰州市人民政府 2023 年度"
    assert "自然人" in text.cells[0] and "一、本年新收政府信息公开申请数量" in text.cells[0]
    assert "原文“3001”" in text.cells[1] and "数值 3001 件" in text.cells[1]
    assert text.sources[0] == "https://a.example/1.pdf"
    assert "2026-10-31 09:02:03（北京时间）" in text.sources[1] and "abababababababab…" in text.sources[1]
    assert "已暂扣" in text.sources[1] and KEY in text.sources[2]


def test_the_caption_keeps_what_is_doubtful() -> None:
    doubted = READING._replace(
        printed="3O01", value=None, state="unreadable", confidence=0.5, second="3001",
        proposed=Decimal("3001.50"), reason="横向合计", note="含字母",
    )  # fmt: skip
    blank = READING._replace(printed="", value=None, state="blank")
    text = caption([Item(None, None, doubted, 1), Item(None, None, blank, 2)], Origin("a.pdf", "0" * 64))
    assert text.title == "单位不详 年度不详"
    assert all(
        part in text.cells[0] for part in ("1. ", "“3O01”", "无法辨认", "0.50", "复读“3001”", "3001.5（", "含字母")
    )
    assert text.cells[1].endswith("原文空白")
    assert "无采集记录" in text.sources[1]


def test_many_cells_do_not_make_an_endless_caption() -> None:
    items = [Item("单位", 2020, READING, number) for number in range(1, 200)]
    text = caption(items, Origin("a", "0" * 64))
    assert len(text.cells) == 41 and "另有 159 栏" in text.cells[-1]


def test_hidden_characters_are_named() -> None:
    assert shown("12\u202e34\x00") == "12〈U+202E〉34〈U+0000〉"
    item = Item("甲\u2066乙", 2020, READING._replace(printed="1\u200b2"), None)
    text = caption([item], Origin("https://a.example/\u202e", "0" * 64))
    assert not any(
        "\u2000" <= c <= "\u206f" and c not in "“”…—"
        for line in (text.title, *text.cells, *text.sources)
        for c in line
    )


@given(text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Co", "Zl", "Zp"]), max_size=60))
@settings(max_examples=40, deadline=None)
@example("。" * 90)
def test_wrapped_lines_fit_and_lose_nothing(text: str) -> None:
    lines = wrapped(text, 18, 200)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, 18) <= 200 + 18 for line in lines)


def test_the_same_arguments_give_the_same_bytes() -> None:
    strips = [Strip("第 1 页", draw_rows(table(3, paper=False), [0, 1], {(1, 1): Tag(1)}), framed=False)]
    text = Caption("题", ["甲", "乙" * 200], ["来源"])
    one, two = compose(text, strips), compose(text, strips)
    assert one == two
    picture = Image.open(io.BytesIO(one))
    assert picture.format == "PNG" and picture.width >= 900


def test_a_picture_is_never_endless() -> None:
    tall = Strip("", Image.new("RGB", (10, 60_000), "white"))
    assert Image.open(io.BytesIO(compose(Caption("", [], []), [tall]))).height == 20_000
