"""The relations that localisation asks, over all reports, and as equations of one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from expectations import layout, wording
from expectations.answer import FAIL, PASS, Answer
from expectations.arrays import Codes
from expectations.batch import Batch
from expectations.declaration import Relation, Rule
from expectations.localisation_system import Equation

_CARRY: Final = "X-CARRY"
_INTEGER: Final = "integer"


@dataclass(frozen=True, slots=True)
class Line:
    """One relation, or the one cell of T3-INTEGER, over all reports; `keys` are the report's own cells."""

    answer: int
    relation: Relation | None
    keys: tuple[str, ...]
    outcome: Codes


def relations(position: int, rule: Rule, answer: Answer) -> Iterator[Line]:
    """The critical relations of an answer within the report, and the cell of T3-INTEGER."""
    for relation, outcome in answer.parts:
        if relation.severity == "critical":
            yield Line(position, relation, relation.keys, outcome)
    if rule.predicate == _INTEGER and len(answer.operands[0]) == 1:
        yield Line(position, None, answer.operands[0], answer.outcome)


def carries(position: int, rule: Rule, answer: Answer) -> Iterator[Line]:
    """The relation of X-CARRY to the year before."""
    if rule.id == _CARRY:
        (relation,) = next(scope for scope in rule.scopes if scope.id == answer.scope).relations
        yield Line(position, relation, tuple(coefficients(relation)), answer.outcome)


def equations(batch: Batch, lines: Iterable[Line], report: int) -> list[Equation]:
    """Those that can be evaluated in a report; of T3-INTEGER those that fail."""
    return [
        _equation(batch, line, report)
        for line in lines
        if line.outcome[report] == FAIL or (line.relation is not None and line.outcome[report] == PASS)
    ]


def _equation(batch: Batch, line: Line, report: int) -> Equation:
    relation = line.relation
    if relation is None:
        return Equation(line.answer, {}, Fraction(0), cell=line.keys[0])
    residual = Fraction(0)
    if line.outcome[report] == FAIL or relation.operator != "=":
        residual = wording.total(batch, relation.left, report) - wording.total(batch, relation.right, report)
    return Equation(line.answer, coefficients(relation), residual, relation.operator)


def coefficients(relation: Relation) -> dict[str, int]:
    """Of the report's own cells; those of another report are constants."""
    terms = [*relation.left, *((-c, key) for c, key in relation.right)]
    return {key: c for c, key in terms if key in layout.INDEX}
