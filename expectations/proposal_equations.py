"""The equations of a report under given figures, as the one evaluator sees them.

Coefficients come from `expectations.rules`; whether an equation applies, can be evaluated and holds is asked
of `expectations.linear`, exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

import pyarrow as pa

from expectations.answer import FAIL, PASS
from expectations.batch import load
from expectations.declaration import Relation
from expectations.linear import relate
from expectations.rules import RULES
from form.reading import State

#: state and value by key
Contents = Mapping[str, tuple[State, Decimal | None]]

#: the equations printed on the form or following from its totals: T3-IDENT, T3-DETAIL, T3-ROW, T4-SUM
_RELATIONS: Final = tuple(
    relation
    for rule in RULES
    if rule.predicate is None
    for scope in rule.scopes
    for relation in scope.relations
    if relation.operator == "="
)
#: the keys that some equation holds
REDUNDANT: Final = frozenset(key for relation in _RELATIONS for key in relation.keys)
_CELLS: Final = pa.schema(
    [
        *((name, pa.string()) for name in ("report_id", "key", "state")),
        ("value", pa.decimal128(38, 10)),
    ]
)


@dataclass(frozen=True, slots=True)
class Equation:
    """Σ coefficient × figure = 0 over cells that are printed or count as 0; `holds` under the figures asked for."""

    coefficients: Mapping[str, int]
    holds: bool

    def mended(self, key: str, contents: Contents) -> Fraction:
        """The figure of one cell with which the equation holds, given all the others."""
        rest = sum(
            (c * figure(contents[other]) for other, c in self.coefficients.items() if other != key), Fraction()
        )
        return -rest / self.coefficients[key]


def figure(content: tuple[State, Decimal | None]) -> Fraction:
    """What a content counts as in a sum."""
    return Fraction(content[1] or 0)


def equations(edition: str, contents: Contents) -> tuple[Equation, ...]:
    """The equations that can be evaluated with these contents, in the order of the rules."""
    return tuple(_evaluable(edition, contents))


def _evaluable(edition: str, contents: Contents) -> Iterator[Equation]:
    reports = pa.table({"report_id": ["-"], "edition": [edition]})
    rows = [
        {"report_id": "-", "key": key, "state": state, "value": value} for key, (state, value) in contents.items()
    ]
    batch = load(reports, pa.Table.from_pylist(rows, schema=_CELLS))
    for relation in _RELATIONS:
        outcome = relate(batch, relation)[0][0]
        if outcome in {PASS, FAIL}:
            yield Equation(_coefficients(relation), bool(outcome == PASS))


def _coefficients(relation: Relation) -> dict[str, int]:
    return {key: c for c, key in relation.left} | {key: -c for c, key in relation.right}
