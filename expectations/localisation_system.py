"""What one report's cells must satisfy: its equations with what they are off by, and what a cell may become."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, TypeVar

from expectations.declaration import Operator

_ZERO: Final = Fraction(0)
_T = TypeVar("_T")
#: cell -> by how much it changes
Changes = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Equation:
    """Σ coefficient × figure + constants `operator` 0; `residual` is what the left side is with the printed figures.

    `answer` is the position of the answer that asks it. An equation without coefficients but with `cell` says that
    this cell cannot stay as it is (T3-INTEGER).
    """

    answer: int
    coefficients: Mapping[str, int]
    residual: Fraction
    operator: Operator = "="
    cell: str | None = None

    @property
    def cells(self) -> Collection[str]:
        """The cells of the report of which one must change where the equation is broken."""
        return self.coefficients.keys() if self.cell is None else (self.cell,)

    @property
    def broken(self) -> bool:
        """Whether the printed figures break it."""
        return self.cell is not None or not self._suits(self.residual)

    def allows(self, change: Fraction) -> bool:
        """Whether it holds once its left side has changed by so much."""
        return self._suits(self.residual + change)

    def _suits(self, left: Fraction) -> bool:
        if self.operator == "=":
            return not left
        return left <= 0 if self.operator == "≤" else left >= 0

    def moved(self, changes: Changes) -> Fraction:
        """By how much its left side moves with these changes."""
        return sum((c * changes[key] for key, c in self.coefficients.items() if key in changes), _ZERO)

    def mended(self) -> Equation:
        """The same as if it held exactly; what is no equation has no such form."""
        return replace(self, residual=_ZERO)


@dataclass(frozen=True, slots=True)
class System:
    """Equations that hang together, the figures of their cells, and the cells that may fall below 0."""

    equations: tuple[Equation, ...]
    figures: Mapping[str, Fraction]
    signed: frozenset[str]

    @property
    def broken(self) -> tuple[Equation, ...]:
        """The equations that the printed figures break."""
        return tuple(equation for equation in self.equations if equation.broken)

    def within(self, key: str, change: Fraction) -> bool:
        """Whether the cell is an integer after the change, and not below 0 unless it may be."""
        figure = self.figures[key] + change
        return figure.denominator == 1 and (figure >= 0 or key in self.signed)

    def satisfied(self, changes: Changes) -> bool:
        """Whether every equation and every changed cell is as it must be."""
        return all(
            equation.cell in changes if equation.cell is not None else equation.allows(equation.moved(changes))
            for equation in self.equations
        ) and all(change != 0 and self.within(key, change) for key, change in changes.items())

    def only(self, broken: Iterable[Equation]) -> System:
        """The same system as if only these of its broken equations were broken."""
        kept = {id(equation) for equation in broken}
        return replace(
            self,
            equations=tuple(
                equation if not equation.broken or id(equation) in kept else equation.mended()
                for equation in self.equations
                if equation.cell is None or id(equation) in kept
            ),
        )


def components(
    equations: Sequence[Equation], figures: Mapping[str, Fraction], signed: frozenset[str]
) -> list[System]:
    """The equations as systems that share no cell, those without a fault left out; in the order given."""
    return [
        System(tuple(group), {key: figures[key] for equation in group for key in equation.cells}, signed)
        for group in grouped(equations, [frozenset(equation.cells) for equation in equations])
        if any(equation.broken for equation in group)
    ]


def grouped(items: Sequence[_T], marks: Sequence[frozenset[str]]) -> list[list[_T]]:
    """Items joined where their marks overlap, directly or by way of others; in order of their first items."""
    found: list[tuple[list[int], frozenset[str]]] = []
    for position, own in enumerate(marks):
        touching = [group for group in found if group[1] & own]
        found = [group for group in found if not group[1] & own]
        members = [*sorted(n for group in touching for n in group[0]), position]
        found.append((members, own.union(*(group[1] for group in touching))))
    return [[items[n] for n in members] for members, _ in sorted(found, key=lambda group: group[0])]
