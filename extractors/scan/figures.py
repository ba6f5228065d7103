"""Figures are recognised twice, in two widths; pictures that are alike are recognised once in each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from extractors.scan.alike import alike
from extractors.scan.ctc import read_figure, read_text
from extractors.scan.recogniser import Probabilities, recogniser, strip
from extractors.scan.seen import Seen

#: Heights (pixels) to which figures are brought, and of the strips they are read from.
_GLYPH: Final = 34
_HEIGHT: Final = 40
#: Blank columns beside them.
_ROOM: Final = 4
#: How much they are squeezed the first time and the second.
_FIRST: Final = 1.0
_SECOND: Final = 0.8
#: The third time they stand as high as this in strips of the model's own height; it is asked where the other two
#: differ, or one is less sure than this.
_LARGE: Final = 42
_DOUBTED: Final = 0.5
#: Where the passes are less sure than this of what a group shows, each of its cells is read for itself.
_SHARED: Final = 0.9


def read_first(cells: Sequence[Seen]) -> list[list[Seen]]:
    """The first pass over cells of one line each, as text and as figures. The cells, grouped by how they look.

    Of each group the clearest is read, for all.
    """
    groups = [[cells[i] for i in group] for group in alike([cell.crops[0] for cell in cells])]
    _first([group[0] for group in groups])
    for leader, *others in groups:
        for cell in others:
            cell.texts, cell.figures = leader.texts, leader.figures
    return groups


def read_second(groups: Sequence[Sequence[Seen]], wanted: Collection[int]) -> None:
    """The second pass, for groups with a cell whose `id` is wanted: the cell least like the one that was read first.

    A group of which the passes read different figures, or one without confidence, is none: its cells are read
    one by one, twice.
    """
    asked = [group for group in groups if any(id(cell) in wanted for cell in group)]
    _second([group[-1] for group in asked])
    doubted: list[Seen] = []
    for group in asked:
        for cell in group:
            cell.second = group[-1].second
        if len(group) > 1 and not _is_agreed(group[0]):
            doubted += group
    _first(doubted)
    _second(doubted)


def read_third(cells: Sequence[Seen]) -> None:
    """The third pass, as large as the model was trained for: cells of which the other two left a doubt."""
    model = recogniser()
    doubted = [cell for cell in cells if not _is_agreed(cell, _DOUBTED)]
    for i, probabilities in model.run([strip(cell.crops[0], _LARGE) for cell in doubted]):
        doubted[i].third = read_figure(probabilities, model.alphabet)


def _is_agreed(cell: Seen, least: float = _SHARED) -> bool:
    first, second = cell.figures[0], cell.second[0]
    return first.text == second.text and min(first.confidence, second.confidence) >= least


def _first(cells: Sequence[Seen]) -> None:
    alphabet = recogniser().alphabet
    for cell, probabilities in _recognised(cells, _FIRST):
        cell.texts = [read_text(probabilities, alphabet)]
        cell.figures = read_figure(probabilities, alphabet)


def _second(cells: Sequence[Seen]) -> None:
    alphabet = recogniser().alphabet
    for cell, probabilities in _recognised(cells, _SECOND):
        cell.second = read_figure(probabilities, alphabet)


def _recognised(cells: Sequence[Seen], squeeze: float) -> Iterator[tuple[Seen, Probabilities]]:
    strips = [strip(cell.crops[0], _GLYPH, height=_HEIGHT, squeeze=squeeze, room=_ROOM) for cell in cells]
    return ((cells[i], probabilities) for i, probabilities in recogniser().run(strips))
