"""The smallest sets in the order in which people look at them, and what a message says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from expectations import layout, wording
from expectations.batch import PRINTED, Batch
from expectations.localisation_sets import MAX_CELLS
from expectations.localisation_system import Changes

#: by the cells of a set, those of them whose figure is one of several
Open = Mapping[frozenset[str], frozenset[str]]
NONE_OPEN: Final[Open] = {}

#: alternatives that a message names
_NAMED: Final = 3
TOO_LARGE: Final = f"；须改动的单元格多于 {MAX_CELLS} 格，未指出存疑单元格"
UNSOLVED: Final = "；求解超出限度，未能指出存疑单元格"


def implied(batch: Batch, report: int, key: str, change: Fraction) -> Fraction:
    """What a cell would have to be."""
    return batch.exact(key, report) + change


def slips(printed: str, wanted: str) -> int:
    """How many digits were lost, doubled, exchanged with a neighbour or mistaken between two figures."""
    # Only reports with faults come here.
    from rapidfuzz.distance import OSA

    return int(OSA.distance(printed, wanted))


def ordered(batch: Batch, report: int, sets: Sequence[Changes]) -> tuple[Changes, ...]:
    """The sets, likely slips of a digit first, then as on the form; the cells of each as on the form."""
    sorted_cells = [dict(sorted(cells.items(), key=lambda item: layout.INDEX[item[0]])) for cells in sets]
    return tuple(
        sorted(sorted_cells, key=lambda cells: (_slips(batch, report, cells), *map(layout.INDEX.get, cells)))
    )


def _slips(batch: Batch, report: int, cells: Changes) -> int:
    return sum(
        slips(printed_figure(batch, report, key), wording.figure(implied(batch, report, key, change)))
        for key, change in cells.items()
    )


def printed_figure(batch: Batch, report: int, key: str) -> str:
    """The figure of a cell; '' where it is blank."""
    if batch.state[layout.INDEX[key], report] != PRINTED:
        return ""
    return wording.figure(batch.exact(key, report))


def said(batch: Batch, report: int, sets: Sequence[Changes], more: bool, open_: Open) -> str:
    """What a message says: the smallest set of cells, or how many there are and the first of them."""
    size = len(sets[0])
    what = "一格" if size == 1 else f" {size} 格"
    shown = sets[:_NAMED]
    named = "；".join(_set(batch, report, cells, open_.get(frozenset(cells), frozenset())) for cells in shown)
    clue = "线索，非更正"
    if any(open_.get(frozenset(cells)) for cells in shown):
        clue = f"“如”后的数字不是唯一的，只是一例；{clue}"
    if len(sets) == 1:
        return f"。只改{what}即可使相关等式全部成立：{named}（{clue}）"
    count = f"多于 {len(sets)}" if more else f" {len(sets)}"
    rest = "等" if len(sets) > _NAMED else ""
    return (
        f"。至少须改{what}才能使相关等式全部成立，有{count} 组单元格可改，无法确定是哪一组：{named}{rest}（{clue}）"
    )


def _set(batch: Batch, report: int, cells: Changes, open_: frozenset[str]) -> str:
    """The cells of a set with the figures they would have to have, or one of several."""
    return "、".join(_cell(batch, report, *item, "如 " if item[0] in open_ else "") for item in cells.items())


def _cell(batch: Batch, report: int, key: str, change: Fraction, such: str) -> str:
    figure = printed_figure(batch, report, key) or "空白"
    return f"“{place(key)}”{figure} → {such}{wording.figure(implied(batch, report, key, change))}"


def place(key: str) -> str:
    """A cell's row and column as a message names them."""
    table, row, column = key.split(".")
    if table == "applications":
        return f"{layout.ROW_LABELS[row]}·{layout.COLUMN_LABELS[column]}"
    return layout.label(key)
