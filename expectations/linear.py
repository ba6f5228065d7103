"""Relations over keys, for all reports at once: int64 where the figures allow, exact fractions elsewhere.

When a blank counts as 0: where the rest of its row or block is filled. Precisely, a relation is evaluated
when every operand is printed or blank, none of its `totals` is blank, each side that has operands has at
least one figure, and no operand is a *hollow* total (a blank 总计 whose own row has something other than 0).
Then every blank operand counts as 0. Otherwise the relation is not evaluable, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from expectations import layout, wording
from expectations.answer import (
    ALL_BLANK,
    AMBIGUOUS,
    FAIL,
    HOLLOW,
    MISSING,
    NOT_APPLICABLE,
    NOT_EVALUABLE,
    PASS,
    SIDE_BLANK,
    TOTAL_BLANK,
    UNREADABLE,
    Answer,
    blank_answer,
)
from expectations.arrays import Bools, Codes, Ints, Positions
from expectations.batch import ABSENT, BLANK, PRINTED, Batch, index
from expectations.batch import UNREADABLE as CELL_UNREADABLE
from expectations.declaration import SEVERITIES, Relation, Scope, Term

_ROW_TOTALS: Final = {
    layout.application(row, layout.TOTAL): tuple(layout.application(row, c) for c in layout.APPLICANTS)
    for row in layout.ROWS
}


def ask(batch: Batch, scope: Scope, severity: int) -> Answer:
    """The answer of a linear rule in one scope: the first broken relation, else the first not evaluable.

    `severity` is the rule's worst, a position in `SEVERITIES`; a failure has its relation's.
    """
    answer = blank_answer(scope.id, batch.size, severity=severity, outcome=NOT_APPLICABLE)
    answer.operands = tuple(relation.keys for relation in scope.relations)
    parts = []
    for position, relation in enumerate(scope.relations):
        outcome, reason = relate(batch, relation)
        parts.append((relation, outcome))
        # fail before not evaluable before pass before not applicable, and the earlier relation first
        worse = _RANK[outcome] > _RANK[answer.outcome]
        answer.outcome[worse], answer.reason[worse] = outcome[worse], reason[worse]
        answer.which[worse] = position
        answer.severity[worse & (outcome == FAIL)] = SEVERITIES.index(relation.severity)
    answer.parts = tuple(parts)
    _say(batch, scope, answer)
    return answer


_RANK: Final = np.array([1, 3, 2, 0], dtype=np.int8)


def _say(batch: Batch, scope: Scope, answer: Answer) -> None:
    for report in np.flatnonzero(answer.outcome == FAIL).tolist():
        relation = scope.relations[answer.which[report]]
        answer.words[report] = wording.broken(batch, scope, relation, report)
    for report in np.flatnonzero(answer.reason == TOTAL_BLANK).tolist():
        relation = scope.relations[answer.which[report]]
        if len(relation.right) == 1:
            answer.words[report] = wording.derived(batch, scope, relation, report)


def relate(batch: Batch, relation: Relation) -> tuple[Codes, Codes]:
    """Outcome and reason of one relation for every report."""
    operands = index(relation.keys)
    states: Codes = batch.state[operands]
    reason = _obstacles(batch, relation, states)
    outcome = np.where(_holds(batch, relation, operands), PASS, FAIL).astype(np.int8)
    outcome[reason > 0] = NOT_EVALUABLE
    outside = ~applies(batch, relation, states)
    outcome[outside], reason[outside] = NOT_APPLICABLE, 0
    return outcome, reason


def applies(batch: Batch, relation: Relation, states: Codes) -> Bools:
    """Which reports have the relation on their form: by edition, or because they print its cells."""
    if relation.where is not None:
        return batch.where[relation.where]
    return np.asarray(batch.edition_in(relation.editions) | (states != ABSENT).any(axis=0))


def _obstacles(batch: Batch, relation: Relation, states: Codes) -> Codes:
    """Why the relation cannot be evaluated, by report; 0 where it can. The gravest reason wins."""
    reason = np.zeros(batch.size, dtype=np.int8)
    filled = states == PRINTED
    split = len(relation.left)
    for side in (filled[:split], filled[split:]):
        if len(side):
            reason[~side.any(axis=0)] = SIDE_BLANK
    for key in relation.totals:
        reason[batch.state[layout.INDEX[key]] == BLANK] = TOTAL_BLANK
    for key in relation.keys:
        if key in _ROW_TOTALS and key not in relation.totals:
            reason[_hollow(batch, key)] = HOLLOW
    if relation.where == "three_rows":
        reason[_ambiguous(batch, relation)] = AMBIGUOUS
    reason[~filled.any(axis=0)] = ALL_BLANK
    reason[(states == CELL_UNREADABLE).any(axis=0)] = UNREADABLE
    reason[(states == ABSENT).any(axis=0)] = MISSING
    return reason


def _hollow(batch: Batch, key: str) -> Bools:
    """Where a row's 总计 is blank although its row has a figure other than 0, or one that cannot be read."""
    parts = index(_ROW_TOTALS[key])
    something = (batch.value[parts] != 0) | batch.inexact[parts] | (batch.state[parts] == CELL_UNREADABLE)
    return np.asarray((batch.state[layout.INDEX[key]] == BLANK) & something.any(axis=0))


def _ambiguous(batch: Batch, relation: Relation) -> Bools:
    """Where （六） is printed both as one row and as three, and the one row is neither empty nor their sum."""
    column = relation.left[0][1].rsplit(".", 1)[1]
    one = layout.INDEX[layout.application(layout.OTHER_ROW, column)]
    three = index([layout.application(row, column) for row in layout.OTHER_ROWS])
    differs = (batch.value[one] != batch.value[three].sum(axis=0)) | batch.inexact[three].any(axis=0)
    unknown = (batch.state[one] == CELL_UNREADABLE) | batch.inexact[one]
    return np.asarray(unknown | ((batch.value[one] != 0) & differs))


def _holds(batch: Batch, relation: Relation, operands: Positions) -> Bools:
    left, right = _sum(batch, relation.left), _sum(batch, relation.right)
    holds = {"=": left == right, "≤": left <= right, "≥": left >= right}[relation.operator]
    for report in np.flatnonzero(batch.inexact[operands].any(axis=0)).tolist():
        a, b = (wording.total(batch, side, report) for side in (relation.left, relation.right))
        holds[report] = {"=": a == b, "≤": a <= b, "≥": a >= b}[relation.operator]
    return np.asarray(holds)


def _sum(batch: Batch, terms: Sequence[Term]) -> Ints:
    """A side of a relation; every figure held is below 10^9, so int64 cannot overflow."""
    result = np.zeros(batch.size, dtype=np.int64)
    for coefficient, key in terms:
        result += coefficient * batch.value[layout.INDEX[key]]
    return result
