"""Random documents for the core: what a reader might give at its worst."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from form.catalogue import CELLS, column_labels, row_labels
from form.grid import Cell, Document, Grid, Paragraph

_LABELS = [
    label
    for edition in ("2019", "2021")
    for label in (*(x.label for x in row_labels(edition)), *(x.label for x in column_labels(edition)))
]
_TEXTS = (
    "", "0", "1", "26", "-1", "９９９", "1,234", "1.5", "/", "—", "无", "约5件", "22（其中修订16件）", "0 0 0",
    "1e9999",
    "9" * 300, "　", "\u202e12", "\x00", "２０２３年度政府信息公开工作年度报告",
    "统计期限为2023年1月1日至2023年12月31日", "一、总体情况",
    "第 3 页 共 9 页", "（本列数据的勾稽关系为：", "其他", "总计", "😀" * 40, "申" * 3000, "1\n2\n3", "(一)",
    "一、" * 90, "．５",
)  # fmt: skip


def random_document(documents: Sequence[Document], rng: Random) -> Document:
    """A real document with cells, rows and blocks changed, or one made of labels and figures alone."""
    if rng.random() < 0.25:
        blocks = [
            _made_grid(rng) if rng.random() < 0.6 else Paragraph(_text(rng), _page(rng))
            for _ in range(rng.randrange(12))
        ]
        return Document(tuple(blocks), "text/html", "fuzz", {"title": _text(rng), "published": _text(rng)})
    document = rng.choice(documents)
    blocks = list(document.blocks)
    for _ in range(rng.choice((1, 2, 5, 20))):
        _change(blocks, rng)
    return replace(document, blocks=tuple(blocks))


def _change(blocks: list[Paragraph | Grid], rng: Random) -> None:
    if not blocks:
        return
    at = rng.randrange(len(blocks))
    kind = rng.randrange(6)
    block = blocks[at]
    if kind == 0:
        del blocks[at]
    elif kind == 1:
        blocks.insert(rng.randrange(len(blocks) + 1), block)
    elif kind == 2:
        blocks[at] = Paragraph(_text(rng), _page(rng))
    else:
        grids = [i for i, b in enumerate(blocks) if isinstance(b, Grid)]
        if grids:
            at = rng.choice(grids)
            grid = blocks[at]
            assert isinstance(grid, Grid)
            blocks[at] = _changed(grid, rng)


def _changed(grid: Grid, rng: Random) -> Grid:
    cells = list(grid.cells)
    for _ in range(rng.choice((1, 3, 30))):
        if not cells:
            break
        at = rng.randrange(len(cells))
        cell, kind = cells[at], rng.randrange(6)
        if kind == 0:
            del cells[at]
        elif kind == 1:
            cells[at] = cell._replace(text=_text(rng))
        elif kind == 2:
            cells[at] = cell._replace(row_span=rng.choice((1, 2, 9)), column_span=rng.choice((1, 2, 9)))
        elif kind == 3:
            cells.insert(at, cell._replace(column=rng.randrange(12), text=_text(rng)))
        elif kind == 4:
            cells[at] = cell._replace(text=cell.text[: rng.randrange(len(cell.text) + 1)])
        else:
            row = cell.row
            cells = (
                [c for c in cells if c.row != row]
                if rng.random() < 0.5
                else [*cells, *[c for c in cells if c.row == row]]
            )
    return replace(grid, cells=tuple(sorted(cells, key=lambda c: (c.row, c.column))))


def _made_grid(rng: Random) -> Grid:
    rows, columns = rng.choice((1, 3, 9, 30)), rng.choice((1, 2, 5, 10, 16))
    cells = tuple(
        Cell(row, column, _text(rng), 1, 1, _page(rng), confidence=rng.random())
        for row in range(rows)
        for column in range(columns)
        if rng.random() < 0.95
    )
    return Grid(cells, rows, columns, _page(rng))


def _text(rng: Random) -> str:
    kind = rng.randrange(5)
    if kind == 0:
        return rng.choice(_LABELS)
    if kind == 1:
        return rng.choice(CELLS).label
    if kind == 2:
        label = rng.choice(_LABELS)
        at = rng.randrange(len(label) + 1)
        return label[:at] + rng.choice(_TEXTS) + label[at + 1 :]
    return rng.choice(_TEXTS) if kind == 3 else str(rng.randrange(1000))


def _page(rng: Random) -> int | None:
    return rng.choice((None, 1, 2))
