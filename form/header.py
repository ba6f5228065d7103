"""A header row of table two: its cells and the columns they print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from form import vocabulary as words
from form.grid import Cell
from form.lines import Line


@dataclass(frozen=True, slots=True)
class Slot:
    """A header cell and the column id it prints; None where that is unknown.

    `near` columns are told by likeness. A `foreign` cell is like a column's label but names another thing, or stands
    beside the column's own: what is printed under it is left over.
    """

    cell: Cell
    column: str | None
    near: bool = False
    foreign: bool = False


def slots_of(head: Line) -> list[Slot]:
    """The columns of a header row, from the one after 信息内容 on."""
    every = [_slot(cell) for cell in head.cells]
    names = [slot.column for slot in every]
    found = [i for i, slot in enumerate(every) if slot.column or slot.foreign]
    start = names.index("") + 1 if "" in names else found[0] if found else 0
    exact = {slot.column for slot in every if not slot.near}
    return [
        replace(slot, column=None, near=False, foreign=True) if slot.near and slot.column in exact else slot
        for slot in (replace(slot, column=slot.column or None) for slot in every[start:])
    ]


def _slot(cell: Cell) -> Slot:
    exact = words.PROACTIVE_COLUMNS.exact(cell.text)
    if exact is not None:
        return Slot(cell, exact)
    near = words.PROACTIVE_COLUMNS.near(cell.text)
    foreign = near is None and words.PROACTIVE_COLUMNS.like(cell.text) is not None
    return Slot(cell, near, near=near is not None, foreign=foreign)


def printed(slots: Sequence[Slot]) -> list[Slot]:
    """The slots whose cells print something."""
    return [slot for slot in slots if slot.cell.text.strip()]
