"""Table three: rows by label, the seven columns by ordinal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from form import vocabulary as words
from form.alignment import DOUBTFUL, SPANS, SURE, Interval, align, interval, lopsided, usual
from form.catalogue import APPLICATION_COLUMNS, leaf_rows
from form.grid import Cell
from form.harvest import Harvest
from form.labels import normal
from form.lines import Line

_COUNT: Final = len(APPLICATION_COLUMNS)
_OTHER_PARTS: Final = frozenset(r for r in leaf_rows("2021") if r.startswith("other_"))
#: without any header the seven columns are those of the form, which is nearly sure
_HEADERLESS: Final = 0.95


class _Layout:
    """The columns of table three as one grid has them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.header = _header(lines)
        self.usual = usual((x.values for x in lines if x.role == "data"), _COUNT)
        starts = {c: cell.column for c, cell in self.header.items()}
        self.complete = len(starts) == _COUNT
        self.agrees = [start for start, _ in self.usual] == sorted(starts.values())
        #: whether anything but rows that are blank at an end shows where the columns are
        self.shown = (self.complete and self.agrees) or any(
            x.role == "data" and len(x.values) == _COUNT and not lopsided(x.values) for x in lines
        )

    @property
    def places(self) -> tuple[Interval, ...]:
        """Where the columns are: as most rows have it, else as the header has it."""
        if self.usual or not self.complete:
            return self.usual
        return tuple(sorted(interval(c) for c in self.header.values()))

    @property
    def order(self) -> tuple[str, ...]:
        """The columns from left to right: the form's, unless header and rows together say otherwise."""
        if self.complete and self.agrees:
            return tuple(sorted(self.header, key=lambda c: self.header[c].column))
        return APPLICATION_COLUMNS


def _header(lines: Sequence[Line]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for line in lines:
        if line.role == "head":
            for cell in line.cells:
                column = words.APPLICATION_COLUMNS.exact(cell.text)
                # A 合计 beside the form's own 总计 is a column of the publisher's.
                if column and (column not in found or normal(cell.text) == "总计"):
                    found[column] = cell
    return found


def read_applications(lines: Sequence[Line], harvest: Harvest) -> None:
    """Harvest table three; a line that no row of the form names is left over."""
    grids: dict[int, list[Line]] = {}
    for line in lines:
        grids.setdefault(line.grid, []).append(line)
    layouts = {grid: _Layout(inside) for grid, inside in grids.items()}
    order = next((x.order for x in layouts.values() if x.complete and x.agrees), APPLICATION_COLUMNS)
    certain = _remarks(list(layouts.values()), order, harvest) if any(x.role == "data" for x in lines) else 1.0
    divided = any(x.row in _OTHER_PARTS for x in lines)
    for line in lines:
        if line.role == "data" and not (divided and line.row == "other"):
            layout = layouts[line.grid]
            spans = SPANS if layout.complete and layout.usual and not layout.agrees else 1.0
            shown = SURE if layout.shown or not lopsided(line.values) else DOUBTFUL
            _row(line, layout.places, order, min(certain, spans, shown), harvest)
        elif line.role in ("data", "group") and any(c.text.strip() for c in line.values):
            harvest.leave_line(line)
            harvest.remark("group_row", f"“{line.cells[line.label].text.strip()}”一行本不填数")
        elif line.role in ("figures", "other"):
            harvest.leave_line(line)


def _remarks(every: Sequence[_Layout], order: tuple[str, ...], harvest: Harvest) -> float:
    if not any(x.header for x in every):
        harvest.remark("header_missing", "三、表未见表头，按格式的列序读取")
        return _HEADERLESS
    if any(x.complete and x.usual and not x.agrees for x in every):
        harvest.remark("spans_differ", "三、表头与数据行的跨列不一致，按单元格次序读取")
    if order != APPLICATION_COLUMNS:
        harvest.remark("columns_permuted", "三、表的列序与格式不同，按表头读取")
        # A header damaged by a stray border looks the same.
        return DOUBTFUL
    return 1.0


def _row(line: Line, places: Sequence[Interval], order: tuple[str, ...], certain: float, harvest: Harvest) -> None:
    sure = min(certain, harvest.certainty(line))
    aligned = align(line.values, _COUNT, places)
    for column, part in zip(order, aligned.parts, strict=True):
        if part is not None:
            harvest.add(f"applications.{line.row}.{column}", part, min(sure, harvest.level(line, part)))
    if None in aligned.parts:
        harvest.remark("cells_missing", f"“{line.cells[line.label].text.strip()}”一行的单元格不足七个或无法对应")
    for cell in aligned.spare:
        harvest.leave("applications", cell.text, cell.page)
