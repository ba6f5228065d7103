"""Merged cells of a row: by their place, and by their order where the header is spanned otherwise."""

from __future__ import annotations

import pytest

from form.alignment import align, interval
from form.grid import Cell

#: seven columns of a header, two grid columns each, behind labels of six
PLACES = [(start, start + 2) for start in range(6, 20, 2)]


def row(*cells: tuple[str, int], start: int = 6) -> list[Cell]:
    """Texts and how wide they stand, from the left."""
    found = []
    for text, wide in cells:
        found.append(Cell(0, start, text, 1, wide))
        start += wide
    return found


def texts(cells: list[Cell]) -> list[str | None]:
    return [part and part.text for part in align(cells, 7, PLACES).parts]


def test_merged_cells_stand_under_their_columns() -> None:
    cells = row(("18", 2), ("1", 2), ("0 0 0", 6), ("", 2), ("19", 2))
    assert [interval(cell) for cell in cells][2] == (10, 16)
    assert texts(cells) == ["18", "1", "0", "0", "0", "", "19"]


@pytest.mark.parametrize("before", [[], [Cell(0, 4, "", 1, 2)]], ids=["labels alone", "a blank cell of the labels"])
def test_merged_cells_under_a_header_spanned_otherwise_are_told_by_their_order(before: list[Cell]) -> None:
    """Of the accuracy bench (figures-merged-zeros): data rows of 3, 2, 6, 2 and 1 under a header of twos."""
    cells = [*before, *row(("18", 3), ("1", 2), ("0 0 0", 6), ("0", 2), ("19", 1))]
    assert texts(cells) == ["18", "1", "0", "0", "0", "0", "19"]
    parts = align(cells, 7, PLACES).parts
    assert all(part is not None and part.confidence < 0.9 for part in parts)
    assert [part.note is not None for part in parts if part] == [False, False, True, True, True, False, False]


@pytest.mark.parametrize("merged", ["0 0", "0 0 0 0", "约 0 0", ""])
def test_what_is_not_as_many_figures_as_columns_is_not_divided(merged: str) -> None:
    cells = row(("18", 3), ("1", 2), (merged, 6), ("0", 2), ("19", 1))
    assert None in texts(cells)
