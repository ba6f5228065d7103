"""The columns of table three as one grid has them: its header's labels, and where its rows stand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from form import vocabulary as words
from form.alignment import DOUBTFUL, Interval, interval, lopsided, usual
from form.catalogue import APPLICATION_COLUMNS
from form.grid import Cell
from form.labels import normal
from form.lines import Line
from form.naming import Label, Naming, form_order, named

COUNT: Final = len(APPLICATION_COLUMNS)

_Leaf = tuple[Cell, Label]


class Layout:
    """The columns of table three as one grid has them."""

    def __init__(self, lines: Sequence[Line]) -> None:
        heads = [cell for line in lines if line.role == "head" for cell in line.cells]
        self.header = _header(heads)
        self.usual = usual((x.values for x in lines if x.role == "data"), COUNT)
        self._leaves = _leaves(heads, self.header, self.usual)
        self.complete = len(self._leaves) == COUNT
        self.agrees = [start for start, _ in self.usual] == [cell.column for cell, _ in self._leaves]
        #: whether anything but rows that are blank at an end shows where the columns are
        self.shown = (self.complete and self.agrees) or any(
            x.role == "data" and len(x.values) == COUNT and not lopsided(x.values) for x in lines
        )

    @property
    def places(self) -> tuple[Interval, ...]:
        """Where the columns are: as most rows have it, else as the header has it."""
        if self.usual or len(self.header) < COUNT:
            return self.usual
        return tuple(interval(cell) for cell, _ in self._leaves)

    @cached_property
    def differs(self) -> bool:
        """Whether the rows stand elsewhere than the header."""
        return self._shifted or (self.complete and bool(self.usual) and not self.agrees)

    @property
    def naming(self) -> Naming:
        """The columns from left to right: the form's, unless header and rows together say otherwise."""
        if self.complete and not self.agrees:
            labels: list[Label | None] = [label for _, label in self._leaves]
        else:
            labels = self._under_places
        if self._shifted:
            return form_order(APPLICATION_COLUMNS, DOUBTFUL)
        found = named(labels, APPLICATION_COLUMNS, "applications") if labels else None
        trusted = found and not (found.permuted and self.complete and not self.agrees)
        return found if found and trusted else form_order(APPLICATION_COLUMNS)

    @cached_property
    def _shifted(self) -> bool:
        """Whether the labels that there are stand equally far from the form's places: of header or order?"""
        if self.complete:
            return False
        over = enumerate(self._under_places)
        moved = {at - APPLICATION_COLUMNS.index(label.what) for at, label in over if label and label.what}
        return len(moved) == 1 and moved != {0}

    @cached_property
    def _under_places(self) -> list[Label | None]:
        """The labels over the rows' columns; none if one stands elsewhere."""
        over = {cell.column: label for cell, label in self._leaves}
        starts = [start for start, _ in self.usual]
        return [over.get(start) for start in starts] if over.keys() <= set(starts) else []


def naming_of(layouts: Sequence[Layout]) -> Naming:
    """The columns of a table of several grids: those of the best header; pages may go on without one."""
    ranked = sorted((x for x in layouts if x.header), key=lambda x: (not x.agrees, -len(x.header)))
    whole = next((x.naming for x in ranked if x.complete and x.agrees), None)
    told = (x.naming for x in ranked)
    form = form_order(APPLICATION_COLUMNS)
    return whole or next((naming for naming in told if naming != form), form)


def _header(heads: Sequence[Cell]) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for cell in heads:
        column = words.APPLICATION_COLUMNS.exact(cell.text)
        # A 合计 beside the form's own 总计 is a column of the publisher's.
        if column and (column not in found or normal(cell.text) == "总计"):
            found[column] = cell
    return found


def _leaves(heads: Sequence[Cell], header: dict[str, Cell], places: Sequence[Interval]) -> list[_Leaf]:
    """The labels that stand over one column each, from left to right; damaged ones only where some are lacking."""
    leaves = [(cell, Label(cell.text, column, exact=True)) for column, cell in header.items()]
    if header and len(header) < COUNT:
        damaged = _damaged(heads, header, places)
        near = [(cell, label) for cell, label in damaged if label.what]
        leaves += near if len(leaves) + len(near) == COUNT else damaged
    return sorted(leaves, key=lambda leaf: leaf[0].column)


def _damaged(heads: Sequence[Cell], header: dict[str, Cell], places: Sequence[Interval]) -> list[_Leaf]:
    """Labels that no column of the form has, over columns of which nothing else is known."""
    taken = {cell.column for cell in header.values()}
    first = places[0][0] if places else min(taken)
    named_so_far = set(header)
    found: list[_Leaf] = []
    for cell in heads:
        over = range(*interval(cell))
        if cell.column < first or not cell.text.strip() or words.APPLICATION_HEADS.exact(cell.text):
            continue
        if taken.isdisjoint(over):
            near = words.APPLICATION_COLUMNS.near(cell.text)
            what = None if near in named_so_far else near
            named_so_far |= {what} if what else set()
            taken.add(cell.column)
            found.append((cell, Label(cell.text, what, exact=False, printed=cell.confidence == 1)))
    return found
