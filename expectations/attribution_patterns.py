"""Shapes of a failure that say that cells were misplaced or misread rather than misprinted.

Figures exchanged by two neighbours, a row printed one column off, and one digit lost, doubled, exchanged or
mistaken where recognition itself was unsure. Told only where no second reading settles it (`attribution`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cache
from typing import Final

from expectations import layout, wording
from expectations.batch import ABSENT, Batch, index
from expectations.localisation import Located
from expectations.localisation_system import Changes, System
from expectations.localisation_wording import implied, printed_figure, slips

#: from here on recognition counts as sure
_SURE: Final = 0.9
#: equations a shifted row breaks at least
_SEVERAL: Final = 2


def exchanged(batch: Batch, report: int, located: Located) -> bool:
    """Whether a smallest set is two neighbours that have each other's figure."""
    return any(
        len(cells) == 2
        and _neighbours(batch, report, *cells)
        and len(set(cells.values())) == 2
        and [implied(batch, report, key, change) for key, change in cells.items()]
        == [batch.exact(key, report) for key in reversed(tuple(cells))]
        for cells in located.sets
    )


def misread(batch: Batch, report: int, located: Located) -> bool:
    """Whether one digit in a cell that recognition was unsure of explains it."""
    return any(
        _unsure(batch, key, report)
        and slips(printed_figure(batch, report, key), wording.figure(implied(batch, report, key, change))) == 1
        for cells in located.sets
        for key, change in cells.items()
    )


def _unsure(batch: Batch, key: str, report: int) -> bool:
    row = int(batch.row[layout.INDEX[key], report])
    if row < 0 or "confidence" not in batch.cells.column_names:
        return False
    confidence = batch.cells["confidence"][row].as_py()
    return confidence is not None and confidence < _SURE


def _neighbours(batch: Batch, report: int, one: str, other: str) -> bool:
    """Whether two cells stand beside each other, or one above the other among the rows that are printed."""
    table, row, column = one.split(".")
    table_two, row_two, column_two = other.split(".")
    if table != table_two or (row != row_two) == (column != column_two):
        return False
    if table == "disputes":
        results = (*layout.RESULTS, layout.TOTAL)
        return row == row_two and abs(results.index(column) - results.index(column_two)) == 1
    if row == row_two:
        return abs(layout.COLUMNS.index(column) - layout.COLUMNS.index(column_two)) == 1
    rows = printed_rows(batch, report, column)
    return row in rows and row_two in rows and abs(rows.index(row) - rows.index(row_two)) == 1


def printed_rows(batch: Batch, report: int, column: str) -> list[str]:
    """The rows of table three that a report has, in order."""
    states = batch.state[index([layout.application(row, column) for row in layout.ROWS]), report]
    return [row for row, state in zip(layout.ROWS, states.tolist(), strict=True) if state != ABSENT]


def shifted_row(batch: Batch, report: int, system: System) -> bool:
    """Whether moving one row of table three by one column mends all that is broken in the table.

    A row of which a cell stands in no relation that is asked, because others are not printed, tells nothing.
    """
    broken = [equation.cells for equation in system.broken]
    if len(broken) < _SEVERAL:
        return False
    return any(
        system.satisfied(changes)
        for row in printed_rows(batch, report, layout.TOTAL)
        # Only a row that has a cell in everything that is broken can mend it.
        if all(not _keys(row).isdisjoint(cells) for cells in broken)
        for changes in _shifts(batch, report, row)
        if changes and changes.keys() <= system.figures.keys()
    )


@cache
def _keys(row: str) -> frozenset[str]:
    return frozenset(layout.application(row, column) for column in layout.COLUMNS)


def _shifts(batch: Batch, report: int, row: str) -> Iterator[Changes]:
    """The row moved one column to the left and to the right; the figure that fell off follows from the row's sum."""
    keys = [layout.application(row, column) for column in layout.COLUMNS]
    figures = [batch.exact(key, report) for key in keys]
    yield _changed(keys, figures, [*figures[1:], sum(figures[1:], Fraction(0))])
    total = figures[-2]
    yield _changed(keys, figures, [total - sum(figures[:-2], Fraction(0)), *figures[:-1]])


def _changed(keys: Sequence[str], old: Sequence[Fraction], new: Sequence[Fraction]) -> Changes:
    return {key: b - a for key, a, b in zip(keys, old, new, strict=True) if a != b}
