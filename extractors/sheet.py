"""xlsx, xls, et -> document: each visible sheet's tables as grids, the lines around them as paragraphs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from extractors.limits import Limits
from extractors.marks import STRUCK_WHY
from extractors.office_zip import Package
from extractors.sheet_biff import stroked_cells_of_xls
from extractors.sheet_strokes import Place, Stroked, stroked_cells
from extractors.sniff import MEDIA_TYPES, sniff
from form.errors import DocumentError
from form.grid import Cell, Document, Grid, Paragraph

READER: Final = "calamine-1"

_CHILD: Final = Path(__file__).with_name("sheet_child.py")
#: memory of the process that reads, in bytes
_MEMORY: Final = 1 << 30
#: a lone text longer than this is prose; the longest label of the form has 37 characters
_PROSE: Final = 60
#: the headings of the form's sections; no label of its tables ends so
_HEADING: Final = re.compile(r"[一二三四五六七八]\s*[、.．].{2,40}(?:情况|事项)\s*$")
_WHITE: Final = re.compile(r"[ \t]+")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a sheet: its cells, how many have text, and whether a merged cell of a row above reaches into it.

    `line` is its text where it can be no row of a table.
    """

    cells: tuple[Cell, ...]
    filled: int
    covered: bool
    line: str | None


def read_sheet(data: bytes, *, limits: Limits | None = None) -> Document:
    """The visible sheets of a workbook in order.

    A row with one text alone is a paragraph where it can be no row of a table: a section's heading, merged over the
    whole sheet, longer than any label, or not right below a row of a table. Figures are those stored: number
    formats that round or hide are not applied. Struck text is left out, which leaves its cell in doubt.
    Raises `DocumentError`: encrypted, unopened, truncated, timeout, crashed, too_large, too_complex.
    """
    limits = limits or Limits()
    kind = sniff(data)
    if kind == "xlsx":
        package = Package(data, limits)
        package.check_size()
    strokes = stroked_cells(package) if kind == "xlsx" else stroked_cells_of_xls(data)
    blocks: list[Paragraph | Grid] = []
    for sheet in _sheets(data, limits):
        blocks.extend(_blocks(sheet, strokes.get(sheet["name"], {}), limits))
    if sum(len(b.text) if isinstance(b, Paragraph) else _length(b) for b in blocks) > limits.max_text:
        raise DocumentError("too_large", f"文字超过 {limits.max_text} 字")
    return Document(tuple(blocks), MEDIA_TYPES[kind], READER)


def _length(grid: Grid) -> int:
    return sum(len(cell.text) for cell in grid.cells)


def _sheets(data: bytes, limits: Limits) -> list[dict[str, Any]]:
    """What the child process found."""
    bounds = (_MEMORY, limits.max_rows, limits.max_columns, limits.max_cells)
    command = [sys.executable, "-I", str(_CHILD), *map(str, bounds)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=limits.max_seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise DocumentError("timeout", f"calamine, {limits.max_seconds:g} s") from error
    if done.returncode:
        memory = b"memory allocation" in done.stderr or b"MemoryError" in done.stderr
        raise DocumentError("too_complex" if memory else "unopened", f"calamine: {done.returncode}")
    result: dict[str, Any] = json.loads(done.stdout)
    if "error" in result:
        raise DocumentError(result["error"], result["detail"])
    sheets: list[dict[str, Any]] = result["sheets"]
    return sheets


def _blocks(sheet: dict[str, Any], strokes: Mapping[Place, Stroked], limits: Limits) -> Iterator[Paragraph | Grid]:
    """The paragraphs and grids of a sheet; a grid ends where a paragraph stands."""
    table: list[_Row] = []
    inside = False
    for row in _rows(sheet, strokes, limits):
        inside = (inside and row.filled > 0 and row.line is None) or row.filled > 1 or row.covered
        if inside or not row.filled:
            table.append(row)
            continue
        yield from _grid(table)
        table = []
        text = next(cell.text for cell in row.cells if cell.text)
        yield from (Paragraph(line.strip()) for line in text.split("\n") if line.strip())
    yield from _grid(table)


def _rows(sheet: dict[str, Any], strokes: Mapping[Place, Stroked], limits: Limits) -> list[_Row]:
    """The rows of a sheet, merged cells as one; rows and columns count from the first that is filled."""
    texts: list[list[str]] = sheet["rows"]
    merged = _merged(sheet, len(texts), limits)
    width = max((left + wide for (_, left), (_, wide) in merged.items()), default=0)
    width = max(width, max(map(len, texts), default=0))
    covered: set[tuple[int, int]] = set()
    rows = []
    for number, row in enumerate(texts):
        cells = []
        covered_here = any((number, column) in covered for column in range(width))
        for column in range(width):
            if (number, column) in covered:
                continue
            tall, wide = merged.get((number, column), (1, 1))
            if (tall, wide) != (1, 1):
                covered.update((r, c) for r in range(number, number + tall) for c in range(column, column + wide))
            text, sure = row[column] if column < len(row) else "", 1.0
            if strokes:
                text, sure = strokes.get((number + sheet["top"], column + sheet["left"]), (text, sure))
            doubt = STRUCK_WHY if sure < 1 else None
            cells.append(
                Cell(number, column, _WHITE.sub(" ", text).strip(), tall, wide, confidence=sure, doubt=doubt)
            )
        filled = sum(1 for cell in cells if cell.text)
        rows.append(_Row(tuple(cells), filled, covered_here, _line(cells, width)))
    return rows


def _merged(sheet: dict[str, Any], height: int, limits: Limits) -> dict[tuple[int, int], tuple[int, int]]:
    """First position -> rows and columns of the merged cells that begin among the rows, cut to the sheet."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    spent = 0
    for top, left, bottom, right in sheet["merged"]:
        place = top - sheet["top"], left - sheet["left"]
        # A merged cell that begins left of the first filled column is empty.
        if not 0 <= place[0] < height or place[1] < 0 or bottom < top or right < left:
            continue
        tall, wide = min(bottom - top + 1, height - place[0]), right - left + 1
        spent += tall * wide
        if place[1] + wide > limits.max_columns or spent > limits.max_cells:
            raise DocumentError("too_complex", f"合并单元格至第 {place[1] + wide} 列")
        found[place] = tall, wide
    return found


def _line(cells: Sequence[Cell], width: int) -> str | None:
    """The text of a row that holds nothing but one text, and can hold nothing else."""
    filled = [cell for cell in cells if cell.text]
    if len(filled) != 1:
        return None
    text = filled[0].text
    across = filled[0].row_span == 1 and filled[0].column_span == width > 1
    return text if across or width == 1 or len(text) > _PROSE or _HEADING.match(text) else None


def _grid(rows: Sequence[_Row]) -> Iterator[Grid]:
    """The rows as a grid of their own, without empty rows at its ends; one below may be the figures, all blank."""
    full = [i for i, row in enumerate(rows) if row.filled]
    if not full:
        return
    rows = rows[full[0] : full[-1] + 2]
    top = next(cell.row for row in rows for cell in row.cells)
    cells = [
        c._replace(row=c.row - top, row_span=min(c.row_span, len(rows) - (c.row - top)))
        for row in rows
        for c in row.cells
    ]
    yield Grid(tuple(cells), len(rows), max(c.column + c.column_span for c in cells))
