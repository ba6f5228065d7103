"""Steps that the predicates share."""

from __future__ import annotations

import numpy as np

from expectations.answer import (
    ALL_BLANK,
    MISSING,
    NOT_APPLICABLE,
    NOT_EVALUABLE,
    PASS,
    UNREADABLE,
    Answer,
    blank_answer,
    put,
)
from expectations.arrays import Bools, Codes
from expectations.batch import BLANK, PRINTED, Batch
from expectations.batch import UNREADABLE as CELL_UNREADABLE
from expectations.declaration import SEVERITIES, Rule, Scope


def start(batch: Batch, rule: Rule, scope: Scope) -> Answer:
    """An answer that passes everywhere, except where the edition has no such cells and none is printed."""
    severity = SEVERITIES.index(rule.severities[0])
    answer = blank_answer(scope.id, batch.size, scope.keys, severity)
    outside = ~batch.edition_in(scope.editions)
    if scope.keys:
        outside &= ~batch.present(scope.keys)
    put(answer, outside, NOT_APPLICABLE)
    return answer


def failures(answer: Answer, mask: Bools) -> list[int]:
    """The reports of a mask to which the rule applies."""
    return [int(report) for report in np.flatnonzero(mask & (answer.outcome != NOT_APPLICABLE))]


def cannot(answer: Answer, mask: Bools, reason: int) -> None:
    """Turns a pass into not evaluable, for a reason; other outcomes stay."""
    put(answer, mask & (answer.outcome == PASS), NOT_EVALUABLE, reason)


def no_figure(answer: Answer, states: Codes) -> None:
    """Not evaluable where no cell is printed with a figure; says which way."""
    none = ~(states == PRINTED).any(axis=0)
    cannot(answer, none & (states == CELL_UNREADABLE).any(axis=0), UNREADABLE)
    cannot(answer, none & (states == BLANK).any(axis=0), ALL_BLANK)
    cannot(answer, none, MISSING)
