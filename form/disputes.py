"""Table four: one row of figures under three blocks of five columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from form import vocabulary as words
from form.alignment import SHIFTED, Interval, align, interval
from form.catalogue import DISPUTE_BLOCKS, DISPUTE_COLUMNS
from form.gathering import place_of
from form.grid import Cell
from form.harvest import Harvest
from form.lines import Line, has_values, is_figure

_WIDTH: Final = len(DISPUTE_COLUMNS)
#: lines of a header and the row under it, at most
_HEADER: Final = 12
_FORM: Final = tuple(f"disputes.{b}.{c}" for b in DISPUTE_BLOCKS for c in DISPUTE_COLUMNS)


@dataclass(frozen=True, slots=True)
class _Header:
    """The keys from left to right, where they stand (() if unknown), and how sure that is."""

    keys: tuple[str, ...]
    places: tuple[Interval, ...]
    confidence: float


def read_disputes(lines: Sequence[Line], harvest: Harvest) -> None:
    """Harvest table four, or its blocks where each has a table of its own."""
    rows = [row for line in lines if line.role == "head" and (row := _block_row(line))]
    if rows:
        _read_blocks(rows, lines, harvest)
        return
    for part in _parts(lines):
        _read_part(part, harvest)


def _block_row(line: Line) -> tuple[Line, str, tuple[Cell, ...]] | None:
    """A row that is one block: its label, then the five columns' figures."""
    for index, cell in enumerate(line.cells):
        block = words.DISPUTE_BLOCKS.exact(cell.text)
        values = line.cells[index + 1 :]
        if block and len(values) >= _WIDTH and all(is_figure(c.text) for c in values):
            return line, block, values
    return None


def _read_blocks(rows: Sequence[tuple[Line, str, tuple[Cell, ...]]], lines: Sequence[Line], harvest: Harvest) -> None:
    """The blocks one under the other, beneath one header of five columns."""
    heads = [c for x in lines if x.role == "head" for c in x.cells if words.DISPUTE_COLUMNS.exact(c.text)]
    heads.sort(key=lambda c: c.column)
    named = [words.DISPUTE_COLUMNS.exact(c.text) for c in heads] == list(DISPUTE_COLUMNS)
    places = [interval(c) for c in heads] if named else []
    for line, block, values in rows:
        aligned = align(values, _WIDTH, places)
        for column, part in zip(DISPUTE_COLUMNS, aligned.parts, strict=True):
            if part:
                harvest.add(f"disputes.{block}.{column}", part, 1.0 if named else SHIFTED)
        for cell in aligned.spare:
            harvest.leave(line.table, cell.text, cell.page)


def _parts(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines from each header to the next one after figures, or after a row of blanks under a whole header."""
    parts: list[list[Line]] = [[]]
    filled = blank = False
    for line in sorted(lines, key=place_of):
        if line.role == "head" and (filled or (blank and _is_whole(parts[-1][-_HEADER:]))):
            parts.append([])
            filled = blank = False
        filled = filled or line.role == "figures"
        blank = blank or (line.role == "empty" and len(line.cells) >= len(_FORM))
        parts[-1].append(line)
    return parts


def _is_whole(lines: Sequence[Line]) -> bool:
    """Whether the header is there with all its columns."""
    return len(_header([x for x in lines if x.role == "head"]).places) == len(_FORM)


def _read_part(lines: Sequence[Line], harvest: Harvest) -> None:
    """One header and its row. A blank row of the same grid counts only where no row is filled."""
    header = _best_header([x for x in lines if x.role == "head"])
    rows = [x for x in lines if x.role == "figures" or (x.role == "other" and has_values(x, 0))]
    rows = [x for x in rows if len(x.cells) >= _WIDTH or len(rows) == 1]
    blank = [x for x in lines if x.role == "empty" and len(x.cells) >= len(header.keys)]
    inside = {x.grid for x in rows}
    elsewhere = [x for x in blank if x.grid not in inside]
    for line in [*rows, *elsewhere[:1]]:
        _row(line, header, harvest)
    if (rows or blank) and header.confidence < 1:
        harvest.remark("header_irregular", "四、表头不完整，按格式的列序读取")
    for line in lines:
        # Below the table's figures a row of one text is the report going on in the same grid.
        text = line.role == "other" and sum(bool(c.text.strip()) for c in line.cells) == 1
        if line.role in ("figures", "other") and line not in rows and not (text and rows):
            harvest.leave_line(line)


def _best_header(heads: Sequence[Line]) -> _Header:
    """The last grid's header alone, for headers are repeated over page breaks, else all of them."""
    header = _header([x for x in heads if x.grid == heads[-1].grid]) if heads else None
    return header if header and header.confidence == 1 else _header(heads)


def _row(line: Line, header: _Header, harvest: Harvest) -> None:
    cells = line.cells
    if line.role == "other" and len(cells) == len(header.keys) + 1:
        cells = cells[1:]
    aligned = align(cells, len(header.keys), header.places)
    for key, part in zip(header.keys, aligned.parts, strict=True):
        if part is not None:
            harvest.add(key, part, header.confidence)
    if None in aligned.parts:
        harvest.remark("cells_missing", "四、表的数据行与表头的列数不符")
    for cell in aligned.spare:
        harvest.leave("disputes", cell.text, cell.page)


def _header(heads: Sequence[Line]) -> _Header:
    """The columns as the header has them; the form's where it is damaged."""
    cells = [c for line in heads for c in line.cells]
    blocks = [(c, block) for c in cells if (block := words.DISPUTE_BLOCKS.exact(c.text))]
    leaves = [(c, words.DISPUTE_COLUMNS.exact(c.text)) for c in cells if _is_leaf(c)]
    placed = sorted(leaves, key=lambda pair: pair[0].column)
    # Where spans are lost, positions are wrong, and the order of the source is what remains.
    for ordered, places in ((placed, tuple(interval(c) for c, _ in placed)), (leaves, ())):
        keys = _keys(ordered, blocks)
        if keys:
            return _Header(keys, places, 1.0)
    return _Header(_FORM, (), SHIFTED)


def _is_leaf(cell: Cell) -> bool:
    """Whether a header cell stands over one column: by its label, or by its width where that is damaged."""
    if words.DISPUTE_COLUMNS.exact(cell.text):
        return True
    return cell.column_span == 1 and bool(cell.text.strip()) and words.DISPUTE_BLOCKS.exact(cell.text) is None


def _keys(leaves: Sequence[tuple[Cell, str | None]], blocks: Sequence[tuple[Cell, str]]) -> tuple[str, ...]:
    """The keys if the leaves are whole runs of the five columns, one run a block; else ().

    Of the labels at least four in five must be legible, and the others stand where the form has them.
    """
    runs, rest = divmod(len(leaves), _WIDTH)
    legible = sum(column is not None for _, column in leaves)
    if not runs or rest or 5 * legible < 4 * len(leaves):
        return ()
    if any(got not in (None, want) for (_, got), want in zip(leaves, DISPUTE_COLUMNS * runs, strict=True)):
        return ()
    names = tuple(dict.fromkeys(b for _, b in sorted(blocks, key=lambda pair: pair[0].column)))
    if len(names) != runs:
        if runs != len(DISPUTE_BLOCKS):
            return ()
        names = DISPUTE_BLOCKS
    return tuple(f"disputes.{name}.{column}" for name in names for column in DISPUTE_COLUMNS)
