"""Table two printed otherwise: labels and figures side by side, or rows as columns -> a header and rows again.

Only where every label is the form's exactly and every figure has one of each kind; other lines stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from form import vocabulary as words
from form.catalogue import POSITION
from form.grid import Cell
from form.lines import Line, is_figure
from form.turning import turned


def unfolded(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines of table two, each row of the form in a line of its own under a header of its own."""
    head: Line | None = None
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.role != "head":
            yield from _side_by_side(line, head)
            continue
        head = line
        below = _figures_below(lines, at) if _names(line) else []
        if below and (rows := _upright(line, below)):
            yield from rows
            at += len(below)
        else:
            yield from _inline(line)


def _row(cell: Cell) -> str | None:
    return words.PROACTIVE_ROWS.exact(cell.text)


def _column(cell: Cell) -> str | None:
    return words.PROACTIVE_COLUMNS.exact(cell.text)


def _are_keys(row: str | None, columns: Sequence[str | None]) -> bool:
    return bool(columns) and all(f"proactive.{row}.{column}" in POSITION for column in columns)


def _inline(head: Line) -> Iterator[Line]:
    """行政许可 | 本年处理决定数量 | 245: each figure behind its own column's label."""
    label, names, values = head.cells[0], head.cells[1::2], head.cells[2::2]
    whole = len(names) == len(values) and all(is_figure(c.text) for c in values)
    if not (whole and _are_keys(_row(label), [_column(c) for c in names])):
        yield head
        return
    over = [n._replace(column=v.column, column_span=v.column_span) for n, v in zip(names, values, strict=True)]
    yield _head(head, over)
    yield _data(head, label, values)


def _side_by_side(line: Line, head: Line | None) -> Iterator[Line]:
    """行政许可 | 245 | 行政处罚 | 36 under 信息内容 | 本年处理决定数量, printed twice."""
    if head is None or line.role != "data" or line.label < 2:
        yield line
        return
    names = _parts(head.cells, [i for i, c in enumerate(head.cells) if _column(c) == ""])
    rows = _parts(line.cells, [i for i, c in enumerate(line.cells) if _row(c)])
    if len(rows) < 2 or not _match(names, rows):
        yield line
        return
    for over, (label, *values) in zip(names, rows, strict=True):
        yield _head(head, over)
        yield _data(line, label, values)
    yield head


def _parts(cells: Sequence[Cell], starts: Sequence[int]) -> list[Sequence[Cell]]:
    """The cells from each start to the next; none if something stands before the first."""
    if not starts or starts[0]:
        return []
    return [cells[a:b] for a, b in zip(starts, [*starts[1:], len(cells)], strict=True)]


def _match(names: Sequence[Sequence[Cell]], rows: Sequence[Sequence[Cell]]) -> bool:
    return [len(part) for part in names] == [len(part) for part in rows] and all(
        _are_keys(_row(label), [_column(c) for c in over]) and all(is_figure(c.text) for c in values)
        for (_, *over), (label, *values) in zip(names, rows, strict=True)
    )


def _names(head: Line) -> list[Cell]:
    """The rows of the form that a header names in place of columns."""
    first, *rest = head.cells
    return rest if _column(first) == "" and all(_row(c) for c in rest) else []


def _figures_below(lines: Sequence[Line], at: int) -> list[Line]:
    """The lines from one on that are a column's label and figures."""
    found: list[Line] = []
    for line in lines[at : at + len(POSITION)]:
        if line.role != "head" or not _column(line.cells[0]) or not all(is_figure(c.text) for c in line.cells[1:]):
            break
        found.append(line)
    return found


def _upright(head: Line, below: Sequence[Line]) -> list[Line]:
    """A block whose columns stand one under the other, turned; nothing if it is not whole."""
    names = _names(head)
    columns = [_column(line.cells[0]) for line in below]
    whole = all(len(line.cells) == 1 + len(names) for line in below)
    if not whole or len({line.grid for line in (head, *below)}) > 1 or len(set(columns)) < len(columns):
        return []
    if not all(_are_keys(_row(name), columns) for name in names):
        return []
    rows = [_data(head, turned(n), [turned(x.cells[i]) for x in below]) for i, n in enumerate(names, 1)]
    return [_head(head, [turned(line.cells[0]) for line in below]), *rows]


def _head(line: Line, cells: Sequence[Cell]) -> Line:
    return replace(line, role="head", table="proactive", row="", label=-1, cells=tuple(cells))


def _data(line: Line, label: Cell, values: Sequence[Cell]) -> Line:
    row = _row(label) or ""
    return replace(line, role="data", table="proactive", row=row, label=0, cells=(label, *values))
