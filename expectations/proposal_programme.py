"""The mixed-integer programme: which candidates of the doubted cells break the fewest equations at the least price.

HiGHS only chooses among candidates. Its floats never become figures: who calls asks the equations again, exactly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import Final

import numpy as np

from expectations.proposal_doubt import BROKEN, Doubt
from expectations.proposal_equations import Contents, Equation, figure

#: A choice is clear when every other one in its cell costs at least one equation more.
CLEAR: Final = BROKEN
#: HiGHS takes 1e-6 for 0: beyond this span of an equation, in whole numbers, a misfit of 1 could pass for none.
_MAX_SPAN: Final = 400_000
#: the largest figure thought of where recognition saw none
_MAX_AMOUNT: Final = 100_000
#: branch-and-bound nodes a solve, and solves a report: bounds for hostile pages, far above what reports need
_MAX_NODES: Final = 2_000
_MAX_SOLVES: Final = 16


@dataclass(frozen=True, slots=True)
class Choice:
    """A cell's candidate by position, and how much more the best choice without it costs (at most `CLEAR`)."""

    position: int
    gap: float


@dataclass(slots=True)
class _Row:
    """A soft equation over columns: |Σ terms + constant| ≤ span where it is broken, else 0."""

    terms: dict[int, Fraction]
    constant: Fraction
    span: Fraction = Fraction(0)


@dataclass(slots=True)
class _Programme:
    """Columns: a binary for each candidate, an amount for each cell without any, a binary for each equation."""

    costs: list[float] = field(default_factory=list)
    integrality: list[int] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    matrix: list[dict[int, float]] = field(default_factory=list)
    bounds: list[tuple[float, float]] = field(default_factory=list)

    def column(self, cost: float, upper: float, integral: bool) -> int:
        self.costs.append(cost)
        self.upper.append(upper)
        self.integrality.append(int(integral))
        return len(self.costs) - 1

    def row(self, terms: Mapping[int, float], least: float, most: float) -> None:
        self.matrix.append(dict(terms))
        self.bounds.append((least, most))


def choose(doubts: Mapping[str, Doubt], equations: Sequence[Equation], contents: Contents) -> dict[str, Choice]:
    """The choice in every contested cell that an equation holds; {} where the programme cannot be solved.

    `contents` are those of the report with the first candidate in each doubted cell.
    """
    held = {key for equation in equations for key in equation.coefficients}
    contested = {key: doubt for key, doubt in doubts.items() if doubt.contested and key in held}
    if not contested:
        return {}
    programme = _Programme()
    places = {
        key: [programme.column(candidate.price, 1, True) for candidate in doubt.candidates]
        for key, doubt in contested.items()
    }
    for columns in places.values():
        programme.row(dict.fromkeys(columns, 1.0), 1, 1)
    unknown = {key for key, doubt in doubts.items() if not doubt.candidates and key in held}
    _soft(programme, _rows(programme, equations, contents, contested, places, unknown))
    return _with_gaps(programme, places)


def _rows(
    programme: _Programme,
    equations: Sequence[Equation],
    contents: Contents,
    contested: Mapping[str, Doubt],
    places: Mapping[str, list[int]],
    unknown: set[str],
) -> list[_Row]:
    amounts: dict[str, int] = {}
    rows = []
    for equation in equations:
        constant = sum((c * figure(contents[key]) for key, c in equation.coefficients.items()), Fraction())
        row = _Row({}, constant, abs(constant))
        for key, coefficient in equation.coefficients.items():
            if key in contested:
                first, *others = contested[key].candidates
                changes = [Fraction(c.figure) - Fraction(first.figure) for c in others]
                row.terms |= {
                    column: coefficient * change for column, change in zip(places[key][1:], changes, strict=True)
                }
                row.span += abs(coefficient) * max(map(abs, changes))
        for key in unknown & equation.coefficients.keys():
            if key not in amounts:
                amounts[key] = programme.column(0, _MAX_AMOUNT, False)
            row.terms[amounts[key]] = Fraction(equation.coefficients[key])
            row.span += _MAX_AMOUNT
        if row.terms:
            rows.append(row)
    return rows


def _soft(programme: _Programme, rows: Sequence[_Row]) -> None:
    for row in rows:
        numbers = [number for number in (row.constant, *row.terms.values()) if number]
        scale = lcm(*(n.denominator for n in numbers))
        unit = Fraction(gcd(*(int(n * scale) for n in numbers)), scale) if numbers else Fraction(1)
        span = row.span / unit
        if span > _MAX_SPAN:
            # Left out, it forbids nothing, so that choices only look less certain than they are.
            continue
        broken = programme.column(BROKEN, 1, True)
        terms = {column: float(number / unit) for column, number in row.terms.items()}
        constant = float(row.constant / unit)
        programme.row({**terms, broken: -float(span)}, -np.inf, -constant)
        programme.row({**terms, broken: float(span)}, -constant, np.inf)


def _with_gaps(programme: _Programme, places: Mapping[str, list[int]]) -> dict[str, Choice]:
    """The cheapest choice, and for each cell how much dearer the cheapest one is that differs there.

    Each round forbids the choices still unrivalled all together: the cells in which its answer differs have
    exactly its price, and leave the round.
    """
    best = _solve(programme, places, ())
    if best is None:
        return {}
    price, chosen = best
    gaps = dict.fromkeys(places, 0.0)
    unrivalled = list(places)
    for _ in range(_MAX_SOLVES):
        rival = _solve(programme, places, [places[key][chosen[key]] for key in unrivalled])
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
    return {key: Choice(chosen[key], gaps[key]) for key in places}


def _solve(
    programme: _Programme, places: Mapping[str, list[int]], forbidden: Sequence[int]
) -> tuple[float, dict[str, int]] | None:
    """Price and chosen positions of the cheapest solution without all of `forbidden` at once; None if not found.

    There always is one: every equation may break, and every contested cell has another candidate.
    """
    # scipy takes a second to import; reports without doubt never come here. It has no type stubs.
    from scipy.optimize import Bounds, LinearConstraint, milp  # type: ignore[import-untyped]
    from scipy.sparse import csr_array  # type: ignore[import-untyped]

    matrix, bounds = list(programme.matrix), list(programme.bounds)
    if forbidden:
        matrix.append(dict.fromkeys(forbidden, 1.0))
        bounds.append((-np.inf, len(forbidden) - 1))
    entries = [(value, row, column) for row, terms in enumerate(matrix) for column, value in terms.items()]
    values, rows, columns = zip(*entries, strict=True)
    result = milp(
        np.array(programme.costs),
        integrality=np.array(programme.integrality),
        bounds=Bounds(0, np.array(programme.upper)),
        constraints=LinearConstraint(
            csr_array((values, (rows, columns)), shape=(len(matrix), len(programme.costs))), *np.array(bounds).T
        ),
        options={"mip_rel_gap": 0.0, "node_limit": _MAX_NODES},
    )
    if result.status != 0:
        return None
    chosen = {key: int(np.argmax(result.x[columns])) for key, columns in places.items()}
    return float(result.fun), chosen
