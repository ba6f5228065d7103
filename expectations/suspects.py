"""Which single cell could be wrong: the cells whose change by one amount mends what is broken.

For every broken equation of a report: of its cells, those for which one amount satisfies each broken equation
the cell is in, breaks none that holds, and leaves a count of 0 or more; of these, the cells that mend the
most equations. A suggestion, never a change. Several cells at once are beyond this search, and so are
inequalities, from which no amount follows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from expectations import wording
from expectations.answer import FAIL, PASS, Answer
from expectations.batch import Batch
from expectations.declaration import Relation

#: the position of the answer and the report -> keys in the order of the equation
Suspects = dict[tuple[int, int], tuple[str, ...]]


_ZERO: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class _Equation:
    """An equation of one report that can be evaluated: coefficients and value of left − right."""

    answer: int
    coefficients: dict[str, int]
    residual: Fraction


def suspects(batch: Batch, answers: Iterable[Answer]) -> Suspects:
    """The suspect cells of every broken critical equation; absent where no single cell explains it."""
    equalities = list(_equalities(answers))
    broken = np.zeros(batch.size, dtype=np.bool_)
    for _, _, outcome in equalities:
        broken |= outcome == FAIL
    found: Suspects = {}
    for report in np.flatnonzero(broken).tolist():
        equations = [
            _equation(batch, answer, relation, report, outcome[report] == FAIL)
            for answer, relation, outcome in equalities
            if outcome[report] in {PASS, FAIL}
        ]
        found.update({(answer, report): keys for answer, keys in _explain(batch, report, equations)})
    return found


def _equalities(answers: Iterable[Answer]) -> Iterator[tuple[int, Relation, np.ndarray]]:
    for position, answer in enumerate(answers):
        for relation, outcome in answer.parts:
            if relation.operator == "=" and relation.severity == "critical":
                yield position, relation, outcome


def _equation(batch: Batch, answer: int, relation: Relation, report: int, fails: bool) -> _Equation:
    coefficients = {key: c for c, key in relation.left} | {key: -c for c, key in relation.right}
    residual = _ZERO
    if fails:
        residual = wording.total(batch, relation.left, report) - wording.total(batch, relation.right, report)
    return _Equation(answer, coefficients, residual)


def _explain(batch: Batch, report: int, equations: list[_Equation]) -> Iterator[tuple[int, tuple[str, ...]]]:
    of_key: dict[str, list[_Equation]] = defaultdict(list)
    for equation in equations:
        for key in equation.coefficients:
            of_key[key].append(equation)
    for equation in equations:
        if not equation.residual:
            continue
        mends = {key: _mends(batch, report, key, equation, of_key[key]) for key in equation.coefficients}
        most = max(mends.values())
        if most:
            yield equation.answer, tuple(key for key, count in mends.items() if count == most)


def _mends(batch: Batch, report: int, key: str, equation: _Equation, around: list[_Equation]) -> int:
    """How many broken equations a change of the cell mends; 0 where it breaks one or is impossible."""
    change = -equation.residual / equation.coefficients[key]
    changed = batch.exact(key, report) + change
    if changed < 0 or changed.denominator != 1:
        return 0
    # An equation that holds has a residual of 0, which any change makes another.
    if any(other.residual + other.coefficients[key] * change for other in around):
        return 0
    return len(around)
