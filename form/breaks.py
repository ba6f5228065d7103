"""Rows that a page break cut in two: the end of one grid and the beginning of the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from form import vocabulary as words
from form.grid import Cell
from form.lines import Line, application_row, is_figure

#: how sure a figure is whose digits stand on two pages
_CUT: Final = 0.6
_BETWEEN = ("empty", "noise")
#: value cells of a row of tables two and three, with an empty one before them
_MOST = 8


def table_of(lines: Sequence[Line]) -> str:
    """The table that the rows end in; '' if none of them tells."""
    return next((x.table for x in reversed(lines) if x.table), "")


def last_of(lines: Sequence[Line]) -> Line | None:
    """The last row that prints something of its own."""
    return next((x for x in reversed(lines) if x.role not in _BETWEEN), None)


def first_of(lines: Sequence[Line], table: str) -> Line | None:
    """The first row that prints something of its own, repeated headers of the same table aside."""
    return next((x for x in lines if x.role not in _BETWEEN and (x.role, x.table) != ("head", table)), None)


def join_breaks(grids: Sequence[list[Line]]) -> None:
    """Put cut rows together, in place: the whole row begins the later grid."""
    for before, after in pairwise(grids):
        last = last_of(before)
        first = first_of(after, table_of(before))
        joined = whole(last, first) if last and first else None
        if joined and last and first:
            before.remove(last)
            after[after.index(first)] = joined
        elif last and first and _unfinished(last, first):
            before[before.index(last)] = replace(last, fuzzy="near")


def _unfinished(last: Line, first: Line) -> bool:
    """Whether the figures of a row before a break may stand behind it, in a row without a label of its own."""
    if last.role != "data":
        return False
    blank = not any(c.text.strip() for c in last.values)
    return first.role == "figures" or (blank and first.role in ("other", "group"))


def whole(last: Line, first: Line) -> Line | None:
    """The row that two pieces make, or None if they are not pieces of one row.

    They are if their labels together are a label of the form. A figure printed on both sides was cut in two.
    """
    if last.role not in ("other", "data") or not (first.role in ("other", "figures") or _rest(last, first)):
        return None
    at, upto = label_index(last), label_index(first)
    if at < 0:
        return None
    text = last.cells[at].text + (first.cells[upto].text if upto >= 0 else "")
    row, table = application_row(text), "applications"
    if not row:
        row, table = words.PROACTIVE_ROWS.exact(text), "proactive"
    sides = last.cells[at + 1 :], first.cells[upto + 1 :]
    values = _values(*sides)
    if not row or values is None or len(values) > _MOST:
        return None
    grid = first.grid if values is sides[1] else last.grid
    cells = (*last.cells[:at], last.cells[at]._replace(text=text), *values)
    return Line(grid, cells, "data", table, row, at, joined=True)


def _rest(last: Line, first: Line) -> bool:
    """Whether a row with a label of its own may still be the rest of the row before, as 行政查询事项 is of 8.属于.

    So it is if only one of the two prints figures.
    """
    if last.role != "other" or first.role != "data":
        return False
    return not all(any(c.text.strip() for c in x.cells[label_index(x) + 1 :]) for x in (last, first))


def label_index(line: Line) -> int:
    """The index of the label cell: the last that is no figure; -1 if there is none."""
    if line.role == "data":
        return line.label
    texts = [i for i, c in enumerate(line.cells) if c.text.strip() and not is_figure(c.text)]
    return texts[-1] if texts else -1


def _values(one: tuple[Cell, ...], other: tuple[Cell, ...]) -> tuple[Cell, ...] | None:
    """The values of a cut row: those of the side that prints any, else both sides', column by column."""
    if not any(c.text.strip() for c in one):
        return other or one
    if not any(c.text.strip() for c in other):
        return one
    # Before the values of the later piece stand the rest of the label cells, empty.
    spare = other[: max(len(other) - len(one), 0)]
    other = other[len(spare) :]
    if len(one) != len(other) or any(c.text.strip() for c in spare):
        return None
    return tuple(_both(a, b) for a, b in zip(one, other, strict=True))


def _both(one: Cell, other: Cell) -> Cell:
    if not (one.text.strip() and other.text.strip()):
        return one if one.text.strip() else other
    return one._replace(text=f"{one.text}\n{other.text}", confidence=min(one.confidence, other.confidence, _CUT))
