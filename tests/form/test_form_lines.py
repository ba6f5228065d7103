"""What a row is: remembered by its labels, whatever its figures say."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from form import lines
from form.catalogue import EDITIONS, column_labels, row_labels
from form.grid import Cell, Grid
from form.lines import line_of, lines_of

LABELS = [row.label for edition in EDITIONS for row in row_labels(edition)]
LABELS += [column.label for edition in EDITIONS for column in column_labels(edition)]
FIGURES = [
    "0",
    "12",
    "１，２００",
    "-",
    "—",
    "",
    " ",
    "\xa0" * 300,
    "3.5万元",
    "约5件",
    "12件（其中修订1件）",
    "x7",
    "七",
]
ROWS = st.lists(
    st.sampled_from(LABELS) | st.sampled_from(FIGURES) | st.text("其他处理（六）总计12件年、.", max_size=12),
    min_size=1,
    max_size=10,
)


def cells(texts: list[str]) -> list[Cell]:
    return [Cell(0, column, text) for column, text in enumerate(texts)]


@given(ROWS)
def test_the_memory_of_a_row_says_what_looking_at_it_says(texts: list[str]) -> None:
    line = line_of(3, cells(texts))
    assert line.grid == 3 and [cell.text for cell in line.cells] == texts
    if line.role in ("empty", "noise"):
        return
    assert (line.role, line.table, line.row, line.label) == lines._kind(tuple(texts))


@given(ROWS, st.data())
def test_figures_do_not_say_what_a_row_is(texts: list[str], data: st.DataObject) -> None:
    """Any figure may stand for any other, unless the row is nothing but one, which may number a page."""
    others = [data.draw(st.sampled_from(["1", "907"])) if text.strip().isdigit() else text for text in texts]
    one, other = line_of(0, cells(texts)), line_of(0, cells(others))
    assert (one.role, one.table, one.row, one.label) == (other.role, other.table, other.row, other.label)


def test_rows_come_in_order_whatever_the_order_of_cells() -> None:
    grid = Grid((Cell(1, 1, "2"), Cell(1, 0, "二、本年新收政府信息公开申请数量"), Cell(0, 0, "（一）予以公开")), 2, 2)
    assert [[c.text for c in line.cells] for line in lines_of(grid, 0)] == [
        ["（一）予以公开"],
        ["二、本年新收政府信息公开申请数量", "2"],
    ]


def test_a_row_of_prose_is_not_remembered() -> None:
    before = lines._known.cache_info().currsize
    assert line_of(0, cells(["政府信息公开" * 300, "12"])).role == "other"
    assert lines._known.cache_info().currsize == before
