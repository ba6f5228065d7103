"""The mixed-integer programme: which candidates of the doubted cells break the fewest equations at the least price.

A binary says that a candidate is chosen, and a share says that an equation is satisfied in one of the ways in
which its candidates can satisfy it. The ways are found in whole numbers beforehand, so that no figure, however
large, ever becomes a float: HiGHS only sees zeros, ones and prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Final

import numpy as np

from expectations.programme import Programme, UnsolvedError, solve
from expectations.proposal_doubt import BROKEN, Doubt
from expectations.proposal_equations import Contents, Equation, figure

#: A choice is clear when every other one in its cell costs at least one equation more.
CLEAR: Final = BROKEN
#: Bounds for hopeless pages: contested cells a report, partial sums an equation, nodes a solve, solves a report.
_MAX_CONTESTED: Final = 40
_MAX_SUMS: Final = 2_000
_MAX_NODES: Final = 200
_MAX_SOLVES: Final = 12

#: the columns of a cell's candidates by what they count as
_Places = Mapping[str, Mapping[Fraction, list[int]]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A cell's candidate by position, and how much more the best choice without it costs (at most `CLEAR`)."""

    position: int
    gap: float


def choose(doubts: Mapping[str, Doubt], equations: Sequence[Equation], contents: Contents) -> dict[str, Choice]:
    """The choice in every contested cell that an equation holds; {} where there are too many.

    `equations` are those that can be evaluated with `contents`; an equation with a cell in which nothing was
    seen says nothing about the others.
    """
    unknown = {key for key, doubt in doubts.items() if not doubt.candidates}
    useful = [equation for equation in equations if not unknown & equation.coefficients.keys()]
    held = {key for equation in useful for key in equation.coefficients}
    contested = {key: doubt for key, doubt in doubts.items() if doubt.contested and key in held}
    if not 0 < len(contested) <= _MAX_CONTESTED:
        return {}
    programme = Programme()
    columns = {key: [programme.column(c.price) for c in doubt.candidates] for key, doubt in contested.items()}
    programme.binaries = len(programme.costs)
    places: dict[str, dict[Fraction, list[int]]] = {}
    for key, own in columns.items():
        programme.row(dict.fromkeys(own, 1.0), 1, 1)
        for candidate, column in zip(contested[key].candidates, own, strict=True):
            places.setdefault(key, {}).setdefault(Fraction(candidate.figure), []).append(column)
    for equation in useful:
        _reward(programme, equation, contents, places)
    return _with_gaps(programme, columns)


def _reward(programme: Programme, equation: Equation, contents: Contents, places: _Places) -> None:
    """A share for each way to satisfy the equation: worth `BROKEN`, and no larger than its candidates' binaries."""
    cells = [key for key in equation.coefficients if key in places]
    fixed = sum((c * figure(contents[k]) for k, c in equation.coefficients.items() if k not in places), Fraction())
    figures = [list(places[key]) for key in cells]
    terms = [[equation.coefficients[key] * f for f in own] for key, own in zip(cells, figures, strict=True)]
    scale = lcm(fixed.denominator, *(term.denominator for own in terms for term in own))
    ways = _ways([[int(term * scale) for term in own] for own in terms], -int(fixed * scale))
    shares: dict[tuple[int, int], list[int]] = {}
    for way in ways:
        column = programme.column(-BROKEN)
        for pair in enumerate(way):
            shares.setdefault(pair, []).append(column)
    for (place, position), own in shares.items():
        chosen = places[cells[place]][figures[place][position]]
        programme.row(dict.fromkeys(own, 1.0) | dict.fromkeys(chosen, -1.0), -np.inf, 0)


def _ways(choices: Sequence[Sequence[int]], target: int) -> list[tuple[int, ...]]:
    """Every way to pick one number of each list so that they add up to the target; [] where there are too many."""
    partial: dict[int, list[tuple[int, ...]]] = {0: [()]}
    least, most = sum(map(min, choices)), sum(map(max, choices))
    for numbers in choices:
        least, most = least - min(numbers), most - max(numbers)
        longer: dict[int, list[tuple[int, ...]]] = {}
        for total, ways in partial.items():
            for position, number in enumerate(numbers):
                if least <= target - total - number <= most:
                    longer.setdefault(total + number, []).extend((*way, position) for way in ways)
        partial = longer
        if sum(map(len, partial.values())) > _MAX_SUMS:
            # Left out, the equation rewards nobody, so that choices only look less certain than they are.
            return []
    return partial.get(target, [])


def _with_gaps(programme: Programme, columns: Mapping[str, list[int]]) -> dict[str, Choice]:
    """The cheapest choice, and for each cell how much dearer the cheapest one is that differs there.

    Each round forbids the choices still unrivalled all together: the cells in which its answer differs have
    exactly its price, and leave the round.
    """
    best = _solve(programme, columns, ())
    if best is None:
        return {}
    price, chosen = best
    gaps = dict.fromkeys(columns, 0.0)
    unrivalled = list(columns)
    for _ in range(_MAX_SOLVES):
        rival = _solve(programme, columns, [columns[key][chosen[key]] for key in unrivalled])
        if rival is None:
            break
        gap = rival[0] - price
        if gap >= CLEAR:
            gaps |= dict.fromkeys(unrivalled, CLEAR)
            break
        gaps |= {key: gap for key in unrivalled if rival[1][key] != chosen[key]}
        unrivalled = [key for key in unrivalled if rival[1][key] == chosen[key]]
        if not unrivalled:
            break
    return {key: Choice(chosen[key], gaps[key]) for key in columns}


def _solve(
    programme: Programme, columns: Mapping[str, list[int]], forbidden: Sequence[int]
) -> tuple[float, dict[str, int]] | None:
    """Price and chosen positions of the cheapest solution without all of `forbidden` at once; None if not found.

    There always is one: every equation may break, and every contested cell has another candidate.
    """
    more = [(dict.fromkeys(forbidden, 1.0), -np.inf, len(forbidden) - 1)] if forbidden else []
    try:
        found = solve(programme, more, nodes=_MAX_NODES)
    except UnsolvedError:
        return None
    if found is None:
        return None
    return found.cost, {key: int(np.argmax(found.values[own])) for key, own in columns.items()}
