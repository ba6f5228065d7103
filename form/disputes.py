"""Table four: one row of figures under three blocks of five columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from form import vocabulary as words
from form.alignment import SHIFTED, align, interval
from form.blocks import WIDTH, Header, header_of, in_form_order
from form.catalogue import DISPUTE_COLUMNS, DISPUTE_KEYS
from form.gathering import place_of
from form.grid import Cell
from form.harvest import Harvest
from form.lines import Line, has_values, is_figure
from form.naming import Label, Naming, form_order, named

#: lines of a header and the row under it, at most
_HEADER: Final = 12
#: a row without any header: the form's columns
_HEADERLESS: Final = Header(form_order(DISPUTE_KEYS), (), SHIFTED, regular=False)


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
        if block and len(values) >= WIDTH and all(is_figure(c.text) for c in values):
            return line, block, values
    return None


def _read_blocks(rows: Sequence[tuple[Line, str, tuple[Cell, ...]]], lines: Sequence[Line], harvest: Harvest) -> None:
    """The blocks one under the other, beneath one header of five columns."""
    heads = [c for x in lines if x.role == "head" for c in x.cells if words.DISPUTE_COLUMNS.exact(c.text)]
    naming = _five(heads)
    if naming and naming.permuted:
        naming.remark("四", harvest)
    spans = [interval(c) for c in sorted(heads, key=lambda c: c.column)] if naming else []
    told = naming or (form_order(DISPUTE_COLUMNS) if in_form_order(heads) else None)
    for line, block, values in rows:
        if told is None:
            _leave(line, harvest)
            continue
        aligned = align(values, WIDTH, spans)
        for place, part in zip(told.places, aligned.parts, strict=True):
            if part:
                harvest.add(f"disputes.{block}.{place.name}", part, min(place.sure, 1.0 if naming else SHIFTED))
        for cell in aligned.spare:
            harvest.leave(line.table, cell.text, cell.page)
    for line in lines:
        if line.role == "other" and has_values(line, 0):
            harvest.leave_line(line)


def _five(heads: Sequence[Cell]) -> Naming | None:
    """The five columns by their labels; None if one is lacking or stands twice."""
    ordered = sorted(heads, key=lambda c: c.column)
    labels = [Label(c.text, words.DISPUTE_COLUMNS.exact(c.text), exact=True) for c in ordered]
    return named(labels, DISPUTE_COLUMNS, "disputes") if len(labels) == WIDTH else None


def _leave(line: Line, harvest: Harvest) -> None:
    harvest.leave_line(line)
    harvest.remark("header_contradicted", "四、表头的列序与格式不同而又不全，未采用其下数字")


def _parts(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines from each header to the next one after figures, or after a row of blanks under a whole header."""
    parts: list[list[Line]] = [[]]
    filled = blank = False
    for line in sorted(lines, key=place_of):
        if line.role == "head" and (filled or (blank and _is_whole(parts[-1][-_HEADER:]))):
            parts.append([])
            filled = blank = False
        filled = filled or line.role == "figures"
        blank = blank or (line.role == "empty" and len(line.cells) >= len(DISPUTE_KEYS))
        parts[-1].append(line)
    return parts


def _is_whole(lines: Sequence[Line]) -> bool:
    """Whether the header is there with all its columns."""
    heads = [x for x in lines if x.role == "head"]
    header = header_of(heads) if heads else None
    return header is not None and len(header.spans) == len(DISPUTE_KEYS)


def _read_part(lines: Sequence[Line], harvest: Harvest) -> None:
    """One header and its row. A blank row of the same grid counts only where no row is filled."""
    heads = [x for x in lines if x.role == "head"]
    header = header_of(heads) if heads else _HEADERLESS
    rows = [x for x in lines if x.role == "figures" or (x.role == "other" and has_values(x, 0))]
    rows = [x for x in rows if len(x.cells) >= WIDTH or len(rows) == 1]
    wide = len(header.places) if header else WIDTH
    blank = [x for x in lines if x.role == "empty" and len(x.cells) >= wide]
    inside = {x.grid for x in rows}
    elsewhere = [x for x in blank if x.grid not in inside]
    for line in [*rows, *elsewhere[:1]]:
        if header:
            _row(line, header, harvest)
        else:
            _leave(line, harvest)
    if header and (rows or blank):
        header.naming.remark("四", harvest)
        if not header.regular:
            harvest.remark("header_irregular", "四、表头不完整，按格式的列序读取")
    for line in lines:
        # Below the table's figures a row of one text is the report going on in the same grid.
        text = line.role == "other" and sum(bool(c.text.strip()) for c in line.cells) == 1
        if line.role in ("figures", "other") and line not in rows and not (text and rows):
            harvest.leave_line(line)


def _row(line: Line, header: Header, harvest: Harvest) -> None:
    cells = line.cells
    if line.role == "other" and len(cells) == len(header.places) + 1:
        cells = cells[1:]
    aligned = align(cells, len(header.places), header.spans)
    for place, part in zip(header.places, aligned.parts, strict=True):
        told = place.part(part) if part else None
        if told and place.name:
            harvest.add(place.name, told, min(header.sure, place.sure))
        if part and place.strange is not None:
            harvest.leave(
                "disputes", f"{place.strange} | {part.cell.text}" if part.cell.text.strip() else "", line.page
            )
    if None in aligned.parts:
        harvest.remark("cells_missing", "四、表的数据行与表头的列数不符")
    for cell in aligned.spare:
        harvest.leave("disputes", cell.text, cell.page)
