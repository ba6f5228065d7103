"""The smallest sets against brute force on small systems, and the shapes that need a search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from expectations import localisation_cover
from expectations.localisation_exact import open_cells
from expectations.localisation_sets import LISTED, Group, TooLargeError, smallest
from expectations.localisation_system import Equation, System, components, grouped
from expectations.programme import UnsolvedError

CELLS = tuple("abcde")
#: figures tried by brute force; the systems below have figures up to 4, so that more is never needed for two cells:
#: one may have to be the sum of three others, 12, and the second the sum of that and two more
BOX = range(-40, 41)
_SIGNED = frozenset("e")


def equation(
    left: Iterable[str], right: str, figures: dict[str, int], operator: str = "=", number: int = 0
) -> Equation:
    """Σ left − right `operator` 0, with these figures."""
    coefficients = dict.fromkeys(left, 1) | {right: -1}
    residual = sum(c * figures[key] for key, c in coefficients.items())
    return Equation(number, coefficients, Fraction(residual), operator)  # type: ignore[arg-type]


@st.composite
def systems(draw: st.DrawFn) -> list[System]:
    """Up to four relations over five small figures, as systems that share no cell."""
    figures = {key: draw(st.integers(0, 4)) for key in CELLS}
    equations = []
    for number in range(draw(st.integers(1, 4))):
        operator = draw(st.sampled_from(("=", "=", "=", "≤", "≥")))
        # As on the form: what is no equation compares two cells.
        most = 4 if operator == "=" else 2
        keys = draw(st.lists(st.sampled_from(CELLS), min_size=2, max_size=most, unique=True))
        equations.append(equation(keys[1:], keys[0], figures, operator, number))
    return components(equations, {key: Fraction(n) for key, n in figures.items()}, _SIGNED)


def groups_of(system: System) -> list[Group]:
    """The groups; systems whose sets leave several cells open are said to be unsolved, and are none of the form's."""
    try:
        return smallest(system)
    except TooLargeError:
        raise
    except UnsolvedError:
        reject()


def brute(system: System, size: int) -> set[frozenset[str]]:
    """Every set of so many cells that can take figures with which all holds, none staying as it is."""
    return {
        frozenset(cells)
        for cells in combinations(sorted(system.figures), size)
        if any(system.satisfied(changes) for changes in _promising(system, cells))
    }


def _promising(system: System, cells: Sequence[str]) -> Iterator[dict[str, Fraction]]:
    """The changes of these cells to figures of the box, but for those that a look at their numbers rules out.

    To ask the system of each with its fractions took three minutes: all at once, a relation rules out nearly all.
    """
    tried = [np.array(BOX) - int(system.figures[key]) for key in cells]
    moves = dict(zip(cells, np.meshgrid(*tried, indexing="ij"), strict=True))
    left = np.logical_and.reduce([move != 0 for move in moves.values()])
    for one in system.equations:
        sums = int(one.residual) + sum(c * moves[key] for key, c in one.coefficients.items() if key in moves)
        left = left & {"=": sums == 0, "≤": sums <= 0, "≥": sums >= 0}[one.operator]
    for place in np.argwhere(left):
        yield {key: Fraction(int(moves[key][tuple(place)])) for key in cells}


@settings(max_examples=60, deadline=None)
@given(systems())
def test_all_smallest_sets_and_no_others(parts: list[System]) -> None:
    for system in parts:
        groups = groups_of(system)
        size = sum(len(group.sets[0]) for group in groups)
        for n in range(1, min(size, 3)):
            assert not brute(system, n)
        for group in groups:
            assert len({len(cells) for cells in group.sets}) == 1
            assert len({frozenset(cells) for cells in group.sets}) == len(group.sets) <= LISTED
        for choice in product(*(group.sets for group in groups)):
            assert system.satisfied({key: change for cells in choice for key, change in cells.items()})
        if size <= 2 and not any(group.more for group in groups):
            mine = {frozenset().union(*choice) for choice in product(*(group.sets for group in groups))}
            assert mine == brute(system, size)


@settings(max_examples=60, deadline=None)
@given(systems())
def test_open_cells_are_those_that_may_have_several_figures(parts: list[System]) -> None:
    for system in parts:
        for group in groups_of(system):
            alone = system.only(group.broken)
            for cells in group.sets:
                if len(cells) <= 2:
                    assert open_cells(alone, cells) == several(alone, sorted(cells))


def several(system: System, cells: list[str]) -> frozenset[str]:
    """Of some cells those that all changes of them that satisfy the system give more than one figure."""
    found = [tuple(changes.values()) for changes in _promising(system, cells) if system.satisfied(changes)]
    return frozenset(
        key for key, figures in zip(cells, zip(*found, strict=True), strict=True) if len(set(figures)) > 1
    )


@settings(max_examples=40, deadline=None)
@given(systems())
def test_every_broken_equation_is_in_one_group_and_the_answer_is_always_the_same(parts: list[System]) -> None:
    assume(parts)
    for system in parts:
        groups = groups_of(system)
        assert sorted(e.answer for group in groups for e in group.broken) == sorted(e.answer for e in system.broken)
        assert smallest(system) == groups


def test_two_faults_of_one_amount_leave_two_pairs() -> None:
    # rows r, s and columns x, y, each cell one figure; a row and a column total each: 3 too many in rx and in sy
    figures = {"rx": 8, "ry": 5, "sx": 5, "sy": 8, "r": 10, "s": 10, "x": 10, "y": 10}
    equations = [
        equation(("rx", "ry"), "r", figures, number=0),
        equation(("sx", "sy"), "s", figures, number=1),
        equation(("rx", "sx"), "x", figures, number=2),
        equation(("ry", "sy"), "y", figures, number=3),
    ]
    (system,) = components(equations, {key: Fraction(n) for key, n in figures.items()}, frozenset())
    (group,) = smallest(system)
    sets = {frozenset(cells) for cells in group.sets}
    assert {frozenset(("rx", "sy")), frozenset(("ry", "sx"))} <= sets
    assert len(group.broken) == 4


def test_a_cell_that_cannot_stay_is_in_every_set() -> None:
    figures = {"a": Fraction(-3), "b": Fraction(5), "t": Fraction(2)}
    held = Equation(0, {"a": 1, "b": 1, "t": -1}, Fraction(0))
    (system,) = components([held, Equation(1, {}, Fraction(0), cell="a")], figures, frozenset())
    (group,) = smallest(system)
    assert {frozenset(cells) for cells in group.sets} == {frozenset("ab"), frozenset("at")}
    assert all(system.satisfied(cells) for cells in group.sets)


def test_a_half_is_no_figure() -> None:
    system = System((Equation(0, {"a": 2}, Fraction(1)),), {"a": Fraction(0)}, frozenset("a"))
    with pytest.raises(TooLargeError):
        smallest(system)


def test_too_many_cells_are_given_up() -> None:
    equations = [Equation(n, {f"a{n}": 1, "hub": 1}, Fraction(n + 1)) for n in range(9)]
    figures = {key: Fraction(50) for e in equations for key in e.coefficients}
    with pytest.raises(TooLargeError):
        smallest(System(tuple(equations), figures, frozenset()))


def test_a_search_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = {key: Fraction(5) for key in CELLS}
    system = System((Equation(0, {"a": 1, "b": 1, "c": -1}, Fraction(5)),), figures, frozenset())
    assert [len(group.sets) for group in smallest(system)] == [3]
    monkeypatch.setattr(localisation_cover, "MAX_STEPS", 2)
    with pytest.raises(UnsolvedError, match="steps"):
        smallest(system)


def test_groups_are_joined_by_what_they_share() -> None:
    assert grouped("abcd", [frozenset("x"), frozenset("y"), frozenset("xz"), frozenset("zy")]) == [list("abcd")]
    assert grouped("abc", [frozenset("x"), frozenset("y"), frozenset("x")]) == [["a", "c"], ["b"]]
