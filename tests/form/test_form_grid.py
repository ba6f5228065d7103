"""When two readings of a document are one and the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from form.grid import Cell, Document, Grid, Paragraph

GRID = Grid((Cell(0, 0, "自然人"), Cell(0, 1, "12"), Cell(1, 0, "0 0", column_span=2)), 2, 2)
DOCUMENT = Document((Paragraph("2023年 年报"), GRID), "text/html", "first")


def cell(at: int, **fields: object) -> Document:
    """The document with one cell changed."""
    cells = tuple(c._replace(**fields) if i == at else c for i, c in enumerate(GRID.cells))  # type: ignore[arg-type]
    return replace(DOCUMENT, blocks=(DOCUMENT.blocks[0], replace(GRID, cells=cells)))


@pytest.mark.parametrize(
    "other",
    [
        DOCUMENT,
        replace(DOCUMENT, reader="second", metadata={"title": "x"}),
        cell(1, text=" 12\xa0"),
        cell(1, confidence=0.5),
        replace(DOCUMENT, blocks=(Paragraph(" 2023年\u3000年报\n"), GRID)),
    ],
    ids=["itself", "reader", "edges", "sureness", "space in a line"],
)
def test_says_the_same(other: Document) -> None:
    assert DOCUMENT.says_the_same(other) and other.says_the_same(DOCUMENT)


@pytest.mark.parametrize(
    "other",
    [
        cell(1, text="1 2"),
        cell(1, text=""),
        cell(2, text="00"),
        cell(2, text="0\n0"),
        cell(2, column_span=1),
        cell(2, row_span=2),
        cell(1, column=0),
        cell(1, page=1),
        replace(DOCUMENT, blocks=(GRID, DOCUMENT.blocks[0])),
        replace(DOCUMENT, blocks=(GRID,)),
        replace(DOCUMENT, blocks=(Paragraph("2023年年报"), GRID)),
        replace(DOCUMENT, blocks=(DOCUMENT.blocks[0], Paragraph("12"))),
        replace(DOCUMENT, blocks=(DOCUMENT.blocks[0], replace(GRID, cells=GRID.cells[:2]))),
        replace(DOCUMENT, blocks=(DOCUMENT.blocks[0], replace(GRID, columns=3))),
    ],
)
def test_says_something_else(other: Document) -> None:
    assert not DOCUMENT.says_the_same(other) and not other.says_the_same(DOCUMENT)
