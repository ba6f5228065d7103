"""Figures are read once a pass for all that look alike; a group that is none comes to light."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from figure_makers import Taken, picture

from extractors.scan import figures, recogniser
from extractors.scan.canvas import Gray
from extractors.scan.ctc import Guess
from extractors.scan.figures import read_first, read_second
from extractors.scan.ink import Lines
from extractors.scan.lattice import Place
from extractors.scan.seen import Seen
from extractors.scan.texts import _alike, _figures


def cells(printed: Sequence[str]) -> list[Seen]:
    taken = Taken(200, 5.0, 0.3, 60)
    return [
        Seen(Place(row, 0, 1, 1, (0, 0, 1, 1)), Lines(((0, 0, 1, 1),)), [picture(figure, "noto", 10.5, taken, row)])
        for row, figure in enumerate(printed)
    ]


def read(found: list[Seen]) -> list[tuple[str, str]]:
    read_second(read_first(found), {id(cell) for cell in found})
    return [(cell.figures[0].text, cell.second[0].text) for cell in found]


@pytest.fixture
def strips(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many strips each run of the recogniser takes."""
    taken: list[int] = []
    run = recogniser.Recogniser.run

    def counted(self: recogniser.Recogniser, given: Sequence[Gray]) -> object:
        taken.append(len(given))
        return run(self, given)

    monkeypatch.setattr(recogniser.Recogniser, "run", counted)
    return taken


def test_alike_figures_are_read_once_a_pass(strips: list[int]) -> None:
    printed = ["0", "0", "17", "0", "8", "0", "17", "0", "+6", "-6"]
    assert read(cells(printed)) == [(figure, figure) for figure in printed]
    assert strips == [5, 5, 0, 0]


def test_a_group_whose_passes_differ_is_read_cell_by_cell(monkeypatch: pytest.MonkeyPatch, strips: list[int]) -> None:
    monkeypatch.setattr(figures, "alike", lambda crops: [list(range(len(crops)))])
    printed = ["0", "0", "6", "0", "8"]
    assert read(cells(printed)) == [(figure, figure) for figure in printed]
    assert strips == [1, 1, 5, 5]


def test_a_zero_read_as_a_letter_is_a_figure_and_so_is_all_that_looks_like_it() -> None:
    """Of scan-150-on-its-side: a serif 0 reads as Q (0.45), O or 0, of which each alone is less likely than not."""
    zeros = cells(["0", "0", "0"])
    for cell in zeros:
        cell.texts, cell.figures = [Guess("Q", 0.45)], [Guess("0", 0.55)]
    word = cells(["6"])[0]
    word.texts, word.figures = [Guess("无", 0.95)], [Guess("", 0.97)]
    assert _figures([*zeros, word]) == zeros
    shown = [[zeros[0], zeros[1]], [zeros[2]], [word]]
    assert _alike({id(zeros[1])}, shown) == {id(zeros[0]), id(zeros[1])}
