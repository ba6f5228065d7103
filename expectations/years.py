"""Relations between a report and the one of the year before, for all reports at once.

An operand `key@last` is the figure of the year before, summed over the units that were merged. No blank
counts as 0 here: a figure of another year has no row beside it that would say so.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pyarrow.compute as pc

from expectations import earlier, layout
from expectations.answer import (
    CELL_BLANK,
    EARLIER_BLANK,
    EARLIER_MISSING,
    EARLIER_UNREADABLE,
    FAIL,
    MISSING,
    NOT_APPLICABLE,
    NOT_EVALUABLE,
    UNREADABLE,
    Answer,
    blank_answer,
    put,
)
from expectations.arrays import Bools, Codes, Ints
from expectations.batch import ABSENT, BLANK, Batch, truth
from expectations.batch import UNREADABLE as CELL_UNREADABLE
from expectations.declaration import LAST, SEVERITIES, Relation, Scope, Term
from expectations.earlier import Figures
from expectations.neighbours import FIRST_COMPARED


def of(batch: Batch, name: str) -> Figures:
    """An operand, of the report itself or (`key@last`) of the year before."""
    key, last = split(name)
    if last:
        return earlier.earlier(batch, key)
    k = layout.INDEX[key]
    return Figures(batch.state[k], batch.value[k], batch.inexact[k])


def split(name: str) -> tuple[str, bool]:
    """The key of an operand, and whether it is of the year before."""
    return name.removesuffix(LAST), name.endswith(LAST)


def figure(batch: Batch, name: str, report: int) -> Fraction:
    """The figure of an operand, exactly."""
    key, last = split(name)
    return earlier.exact(batch, key, report) if last else batch.exact(key, report)


def relate(batch: Batch, scope: Scope) -> Answer:
    """The answer of the one relation of a scope, without words; not before 2020."""
    (relation,) = scope.relations
    own = tuple(dict.fromkeys(key for key, last in map(split, relation.keys) if not last))
    answer = blank_answer(scope.id, batch.size, own, SEVERITIES.index(relation.severity))
    operands = {name: of(batch, name) for name in relation.keys}
    equal = _side(operands, relation.left) == _side(operands, relation.right)
    inexact = np.logical_or.reduce([operand.inexact for operand in operands.values()])
    obstacle = obstacles(batch, operands)
    for report in np.flatnonzero(inexact & (obstacle == 0)).tolist():
        equal[report] = total(batch, relation.left, report) == total(batch, relation.right, report)
    put(answer, ~equal, FAIL)
    put(answer, obstacle > 0, NOT_EVALUABLE)
    answer.reason[:] = obstacle
    put(answer, ~_on_form(batch, relation) | too_early(batch), NOT_APPLICABLE)
    return answer


def obstacles(batch: Batch, operands: dict[str, Figures]) -> Codes:
    """Why operands cannot be compared, by report; 0 where they can. The gravest reason wins."""
    reason = np.zeros(batch.size, dtype=np.int8)
    codes = {
        BLANK: (EARLIER_BLANK, CELL_BLANK),
        CELL_UNREADABLE: (EARLIER_UNREADABLE, UNREADABLE),
        ABSENT: (EARLIER_MISSING, MISSING),
    }
    for state, (theirs, ours) in codes.items():
        for name, operand in operands.items():
            reason[operand.state == state] = theirs if split(name)[1] else ours
    none = batch.near.no_earlier
    return np.where(none > 0, none, reason)


def total(batch: Batch, terms: tuple[Term, ...], report: int) -> Fraction:
    """One side of a relation, exactly."""
    return sum((coefficient * figure(batch, name, report) for coefficient, name in terms), Fraction(0))


def cited(batch: Batch, relation: Relation, report: int) -> tuple[str, ...]:
    """The cells of a relation for one report, those of the year before with their report."""
    cells: list[str] = []
    for key, last in map(split, relation.keys):
        cells += earlier.cite(batch, key, report) if last else [key]
    return tuple(cells)


def _side(operands: dict[str, Figures], terms: tuple[Term, ...]) -> Ints:
    return np.asarray(sum(coefficient * operands[name].value for coefficient, name in terms))


def too_early(batch: Batch) -> Bools:
    """The reports before 2020, for which the year before had another form."""
    return truth(pc.less(batch.reports["year"], FIRST_COMPARED))


def same_form(batch: Batch) -> Bools:
    """The reports whose year before was reported on the same edition of the form."""
    editions = np.array(batch.strings("edition"), dtype=object)
    same = np.ones(batch.size, dtype=np.bool_)
    near = batch.near
    same[near.later[editions[near.later] != editions[near.earlier]]] = False
    return same


def _on_form(batch: Batch, relation: Relation) -> Bools:
    """Where both years' forms have their operands: a quantity of one form is never that of the other."""
    fits = batch.edition_in(relation.editions)
    before = np.ones(batch.size, dtype=np.bool_)
    before[batch.near.later[~fits[batch.near.earlier]]] = False
    return np.asarray(fits & before)
