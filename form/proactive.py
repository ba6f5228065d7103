"""Table two: blocks of a header and one or two rows; the header's columns tell the edition."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from form.alignment import Alignment, align, interval
from form.catalogue import CELLS, EDITIONS, cell, keys_of
from form.grid import Cell, Document, Grid, Paragraph
from form.harvest import LABEL, Harvest
from form.header import Slot, printed, slots_of
from form.labels import normal, turns
from form.lines import Line, is_figure
from form.naming import alike, printed_forms
from form.numbers import money_unit
from form.unfolding import unfolded

#: a line of its own that says in what money is counted: 表中金额单位为百万元, （金额：千元）, 注：金额以万元计
_UNIT_LINE: Final = re.compile(
    r"^(?:\(?(?:单位|[^单位\d]{0,12}(?:金额|计量|货币|计价|收费|人民币)单位)[:为是]?.{1,12}"
    r"|(?=.{1,40}$)\D*(?:(?:金额|计量|货币|计价|收费|人民币|^\(?|[)）:;,。、件项份])单位|金额|货币|币种|[以按])"
    r"[^\d元零一二三四五六七八九两几多余]{0,12}元(?:[)。;,、/]\D*|人民币\D*|币种\D*|为单位\D*|计\D*|))$"
)
#: so many paragraphs before a part of the table, and behind the last, may say it
_NEAR: Final = 2
#: the columns were named by the form, not by a header that could be read
_UNNAMED: Final = 0.85
#: the least likeness of a damaged label to the column in whose place it stands: 受理数量 is half of 处理决定数量
_ALIKE: Final = 0.55
#: what stands over the running numbers of rows
_NUMBERS: Final = ("序号", "编号")
#: a figure, with words beside it or not, but no year and no article of the regulation (20条)
_FIGURE: Final = re.compile(r"[约近+-]?(?!\d{4}年|\d+条)\d")


def _columns(row: str, edition: str) -> tuple[str, ...]:
    return tuple(c.column for c in CELLS if c.table == "proactive" and c.row == row and c.key in keys_of(edition))


def unit_above(document: Document, lines: Sequence[Line]) -> str | None:
    """The unit of money that a line `单位：万元` states beside table two or in it; all of them, if they differ.

    Several are a unit that is not known, so that nobody takes one of them.
    """
    if not lines:
        return None
    grids = sorted({line.grid for line in lines})
    beside = [document.blocks[at] for grid in grids for at in range(max(grid - _NEAR, 0), grid)]
    beside += document.blocks[grids[-1] + 1 : grids[-1] + 1 + _NEAR]
    texts = [block.text for block in beside if isinstance(block, Paragraph)]
    first = document.blocks[grids[0]]
    texts += [c.text for c in first.cells if c.row < _NEAR] if isinstance(first, Grid) else []
    texts += [c.text for line in lines if line.role in ("other", "noise") for c in line.cells]
    stated = {money_unit(text): None for text in texts if _UNIT_LINE.match(normal(text))}
    return "或".join(unit for unit in stated if unit) or None


def proactive_edition(lines: Sequence[Line]) -> dict[str, int]:
    """How many header cells and rows speak for each edition alone."""
    votes: Counter[str] = Counter()
    own = {e: {k.split(".")[2] for k in keys_of(e) if k.startswith("proactive")} for e in EDITIONS}
    for line in lines:
        if line.role == "head":
            for slot in slots_of(line):
                for edition in EDITIONS:
                    other = EDITIONS[1 - EDITIONS.index(edition)]
                    votes[edition] += slot.column in own[edition] - own[other]
        elif line.row in ("other_services", "procurement"):
            votes["2019"] += 1
    votes["2021"] += sum(
        s.column == "amount" and "收费" in s.cell.text for x in lines if x.role == "head" for s in slots_of(x)
    )
    return {edition: votes[edition] for edition in EDITIONS}


def read_proactive(lines: Sequence[Line], edition: str, harvest: Harvest) -> None:
    """Harvest table two; `edition` names the columns where a header is missing."""
    slots: list[Slot] = []
    numbered = False
    lines = list(unfolded(lines))
    last = max((i for i, x in enumerate(lines) if x.role in ("head", "data")), default=-1)
    for index, line in enumerate(lines):
        if line.role in ("head", "block"):
            slots = slots_of(line) if line.role == "head" else []
            numbered = normal(line.cells[0].text) in _NUMBERS
            _leave_figures(line, len(line.cells), harvest)
        elif line.role == "data":
            _row(line, slots, edition, harvest)
            _leave_figures(line, 0 if numbered else max(line.label, 0), harvest)
        elif line.role == "figures" or (line.role == "other" and _holds_figures(line, index < last)):
            harvest.leave_line(line)


def _holds_figures(line: Line, inside: bool) -> bool:
    """Whether an unknown row is data, not a line of text around the table."""
    filled = [c.text for c in line.cells if c.text.strip()]
    return inside or any(is_figure(text) for text in filled)


def _leave_figures(line: Line, stop: int, harvest: Harvest) -> None:
    """Leave over a row with figures where no column reads them: in a header, or before the label."""
    texts = [cell.text.strip() for cell in line.cells[:stop] if cell.text.strip()]
    if any(is_figure(text) and _FIGURE.match(normal(text)) for text in texts):
        harvest.leave("proactive", " | ".join(texts), line.page)


def _row(line: Line, slots: Sequence[Slot], edition: str, harvest: Harvest) -> None:
    known = {c.column for c in CELLS if c.table == "proactive" and c.row == line.row}
    sure = harvest.certainty(line)
    if not any(slot.column in known or slot.foreign for slot in slots):
        if strange := _unlike(line.row, printed(slots), edition):
            _strange(strange, harvest)
            harvest.leave_line(line)
            return
        _headless(line, edition, sure, harvest)
        return
    named, sure = _named(line.row, slots, sure, harvest)
    used, aligned = _aligned(line.values, named)
    label = line.cells[line.label].text
    for slot, part in zip(used, aligned.parts, strict=True):
        if part is None:
            continue
        if slot.column in known:
            header = money_unit(slot.cell.text) or money_unit(label)
            key = f"proactive.{line.row}.{slot.column}"
            harvest.add(key, part, min(sure, harvest.level(line, part), _likeness(slot, key, harvest)), header)
        elif part.cell.text.strip():
            harvest.leave("proactive", f"{label} | {slot.cell.text} | {part.cell.text}", part.cell.page)
    for spare in aligned.spare:
        harvest.leave("proactive", f"{label} | {spare.text}", spare.page)


def _likeness(slot: Slot, key: str, harvest: Harvest) -> float:
    """How sure the column of a slot is, with a remark where its label is only like the form's."""
    if not slot.near:
        return 1.0
    harvest.remark("label_fuzzy", f"表头“{normal(slot.cell.text)}”按“{cell(key).label}”读取")
    return LABEL["near"]


def _named(row: str, slots: Sequence[Slot], sure: float, harvest: Harvest) -> tuple[list[Slot], float]:
    """Slots whose damaged labels are named by the form, where the labels around them agree with it."""
    filled = printed(slots)
    if all(s.column for s in filled) or any(s.foreign for s in filled):
        return list(slots), sure
    for edition in EDITIONS:
        columns = _columns(row, edition)
        if len(columns) == len(filled) and all(s.column in (None, c) for s, c in zip(filled, columns, strict=True)):
            damaged = [s for s, c in zip(filled, columns, strict=True) if s.column is None and not _may_be(s.cell, c)]
            if damaged:
                _strange(damaged, harvest)
                return list(slots), sure
            harvest.remark("label_fuzzy", f"表头“{'、'.join(normal(s.cell.text) for s in filled)}”按格式的列序读取")
            return [replace(s, column=c) for s, c in zip(filled, columns, strict=True)], min(sure, _UNNAMED)
    return list(slots), sure


def _unlike(row: str, slots: Sequence[Slot], edition: str) -> list[Slot]:
    """The unknown labels over a row that are not like the column in whose place they stand."""
    columns = _columns(row, edition)
    if len(slots) != len(columns):
        return [s for s in slots if s.column is None and not any(_may_be(s.cell, c) for c in columns)]
    return [s for s, c in zip(slots, columns, strict=True) if s.column is None and not _may_be(s.cell, c)]


def _may_be(cell: Cell, column: str) -> bool:
    """Whether a header's cell may be the damaged label of a column; what a scan gave of it tells of no other."""
    if cell.confidence < 1:
        return True
    own = frozenset[str]().union(*(turns(text) for text in printed_forms("proactive", column)))
    return alike(cell.text, "proactive", column, _ALIKE) and not turns(cell.text) - own


def _strange(slots: Sequence[Slot], harvest: Harvest) -> None:
    texts = "、".join(normal(slot.cell.text) for slot in slots)
    harvest.remark("column_unknown", f"二、表头“{texts}”不是格式的栏目，其下数字未采用")


def _aligned(values: Sequence[Cell], slots: Sequence[Slot]) -> tuple[Sequence[Slot], Alignment]:
    """Values under slots; header cells without text are columns only if the row needs them."""
    used = slots if len(values) == len(slots) else printed(slots)
    return used, align(values, len(used), [interval(s.cell) for s in used])


def _headless(line: Line, edition: str, sure: float, harvest: Harvest) -> None:
    """A row without its header: the columns are the form's, if there are as many."""
    columns = _columns(line.row, edition)
    values = list(line.values)
    while len(values) > len(columns) and not values[-1].text.strip():
        values.pop()
    if not columns or len(values) != len(columns):
        harvest.leave_line(line)
        return
    harvest.remark("header_missing", f"“{line.cells[line.label].text.strip()}”一行没有表头，按格式的列序读取")
    for column, part in zip(columns, align(values, len(columns), ()).parts, strict=True):
        if part is not None:
            harvest.add(f"proactive.{line.row}.{column}", part, min(sure, _UNNAMED))
