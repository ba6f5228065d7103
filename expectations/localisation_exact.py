"""Whether changing just these cells can satisfy a system; if not, which others must change. In exact fractions.

Why not, is told by combinations of equations in which the cells cancel out (the implied edits of Fellegi and Holt):
such a combination can only be mended by one of the cells that are left in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from expectations.localisation_system import Changes, Equation, System
from expectations.programme import UnsolvedError

#: A cell set: of these at least one must change.
Edit = frozenset[str]
#: nearly always an integer, and then reckoned with as one: fractions are Python code, integers are not
_Exact = int | Fraction


@dataclass(slots=True)
class _Row:
    """Coefficients over the cells, what they must add up to."""

    coefficients: dict[str, _Exact]
    amount: _Exact

    def scale(self, divisor: _Exact) -> None:
        """Divide it."""
        if divisor != 1:
            self.coefficients = {key: _divided(value, divisor) for key, value in self.coefficients.items()}
            self.amount = _divided(self.amount, divisor)

    def less(self, factor: _Exact, other: _Row) -> None:
        """Take so many times another from it."""
        for key, value in other.coefficients.items():
            left = self.coefficients.get(key, 0) - factor * value
            if left:
                self.coefficients[key] = left
            else:
                self.coefficients.pop(key, None)
        self.amount -= factor * other.amount


def _divided(value: _Exact, divisor: _Exact) -> _Exact:
    return -value if divisor == -1 else _whole(Fraction(value) / divisor)


def _whole(value: Fraction) -> _Exact:
    return value.numerator if value.denominator == 1 else value


def changes(system: System, support: Sequence[str]) -> Changes | list[Edit]:
    """Changes of exactly these cells that satisfy the system; else the edits that any other set must meet."""
    cells = frozenset(support)
    unmet = [frozenset(e.cells) for e in system.broken if not cells.intersection(e.cells)]
    if unmet:
        return unmet
    rows, pivots = _eliminated(system, support)
    edits = [frozenset(row.coefficients) for row in rows if row.amount]
    if edits:
        return edits
    free = [key for key in support if key not in pivots]
    touched = [e for e in system.equations if e.operator != "=" and cells.intersection(e.coefficients)]
    if not free:
        return _fixed(system, pivots, touched)
    found = next(_free(system, pivots, free, touched), None)
    return found if found is not None else [_others(system, cells)]


def open_cells(system: System, found: Changes) -> Edit:
    """The cells of changes that satisfy the system which other changes of the same cells would make other figures."""
    support = list(found)
    _, pivots = _eliminated(system, support)
    free = [key for key in support if key not in pivots]
    if not free:
        return frozenset()
    touched = [e for e in system.equations if e.operator != "=" and not found.keys().isdisjoint(e.coefficients)]
    others = _free(system, pivots, free, touched)
    return frozenset(key for other in others for key in support if other[key] != found[key])


def _eliminated(system: System, support: Sequence[str]) -> tuple[list[_Row], dict[str, _Row]]:
    """Gauss and Jordan over the support: the rows without a pivot, and the row in which each pivot stands alone."""
    cells = frozenset(support)
    rows = [
        _Row(dict(equation.coefficients), _whole(-equation.residual))
        for equation in system.equations
        if equation.operator == "=" and equation.cell is None and cells.intersection(equation.coefficients)
    ]
    pivots: dict[str, _Row] = {}
    for key in support:
        pivot = next((row for row in rows if key in row.coefficients), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        pivot.scale(pivot.coefficients[key])
        for row in (*rows, *pivots.values()):
            if key in row.coefficients:
                row.less(row.coefficients[key], pivot)
        pivots[key] = pivot
    return rows, pivots


def _fixed(system: System, pivots: dict[str, _Row], touched: Sequence[Equation]) -> Changes | list[Edit]:
    """Every change follows: whether it may be made."""
    found = {key: Fraction(row.amount) for key, row in pivots.items()}
    outside = [key for key, change in found.items() if not system.within(key, change)]
    if outside:
        return [frozenset(pivots[key].coefficients) - {key} for key in outside]
    # A change of 0 is none; a smallest set has no such cell.
    if all(equation.allows(equation.moved(found)) for equation in touched):
        return {key: change for key, change in found.items() if change}
    return [_others(system, frozenset(pivots))]


def _free(system: System, pivots: dict[str, _Row], free: list[str], touched: Sequence[Equation]) -> Iterator[Changes]:
    """Changes where the equations leave one cell open: those that suit the others, the smallest change of it first.

    Raises `UnsolvedError` where they leave several open: a smallest set never does unless cells end at 0.
    """
    if len(free) > 1:
        raise UnsolvedError("several cells are open")
    (key,) = free
    base = round(system.figures[key]) - system.figures[key]
    slopes = {key: Fraction(1)} | {other: -Fraction(row.coefficients.get(key, 0)) for other, row in pivots.items()}
    starts = {key: base} | {other: row.amount + slopes[other] * base for other, row in pivots.items()}
    lines = [(system.figures[k] + starts[k], slopes[k]) for k in slopes if k not in system.signed]
    for equation in touched:
        sign = 1 if equation.operator == "≥" else -1
        lines.append((sign * (equation.residual + equation.moved(starts)), sign * equation.moved(slopes)))
    for step in _steps(lines, len(slopes) + 2):
        found = {k: starts[k] + slopes[k] * step for k in slopes}
        if system.satisfied(found):
            yield found


def _steps(lines: Sequence[tuple[Fraction, Fraction]], count: int) -> list[int]:
    """The integers n nearest to 0 with start + slope × n ≥ 0 on every line: enough of each sign for `count` tries."""
    if any(start < 0 and not slope for start, slope in lines):
        return []
    least = max((ceil(-start / slope) for start, slope in lines if slope > 0), default=None)
    most = min((floor(-start / slope) for start, slope in lines if slope < 0), default=None)
    first = max(0, least if least is not None else 0)
    last = min(0, most if most is not None else 0)
    found = [*range(first, first + count), *range(last, last - count, -1)]
    within = {n for n in found if (least is None or n >= least) and (most is None or n <= most)}
    return sorted(within, key=lambda n: (abs(n), n))


def _others(system: System, cells: frozenset[str]) -> Edit:
    """No figures of these cells do: another one must change."""
    return frozenset(system.figures) - cells
