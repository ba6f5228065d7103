"""R-PART: no figure of a unit is above that of the aggregate report of the government above it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from expectations import layout, wording
from expectations.answer import (
    NOT_EVALUABLE,
    NOTHING,
    PARENT_BLANK,
    SILENT,
    UNREADABLE,
    Answer,
    Words,
    blank_answer,
    put,
)
from expectations.arrays import Bools
from expectations.batch import BLANK, PRINTED, Batch
from expectations.batch import UNREADABLE as CELL_UNREADABLE
from expectations.declaration import SEVERITIES, Rule, Scope


def part(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """R-PART, asked of the unit below: a verdict for each cell above the parent's or unreadable, else one for all."""
    *cells, overall = rule.scopes
    severity = SEVERITIES.index(rule.severities[0])
    spoken, compared = np.zeros(batch.size, dtype=np.bool_), np.zeros(batch.size, dtype=np.bool_)
    for scope in cells if (batch.near.no_parent == 0).any() else ():
        answer = blank_answer(scope.id, batch.size, scope.keys, severity, SILENT)
        compared |= _cell(batch, answer, scope)
        said = answer.outcome != SILENT
        spoken |= said
        if said.any():
            yield answer
    answer = blank_answer(overall.id, batch.size, overall.keys, severity)
    put(answer, ~compared, NOT_EVALUABLE, NOTHING)
    none = batch.near.no_parent
    put(answer, none > 0, NOT_EVALUABLE)
    answer.reason[none > 0] = none[none > 0]
    answer.outcome[spoken] = SILENT
    yield answer


def _cell(batch: Batch, answer: Answer, scope: Scope) -> Bools:
    """Judges one cell of all units; gives the units where both print a figure."""
    (key,) = scope.keys
    k, parent = layout.INDEX[key], batch.near.parent
    there = batch.near.no_parent == 0
    own, above = batch.state[k], batch.state[k, parent]
    figure = there & (own == PRINTED)
    # 0 is no more than whatever stands above
    some = figure & ((batch.value[k] > 0) | batch.inexact[k])
    put(answer, some & (above == BLANK), NOT_EVALUABLE, PARENT_BLANK)
    unread = (some & (above == CELL_UNREADABLE)) | (there & (own == CELL_UNREADABLE))
    put(answer, unread, NOT_EVALUABLE, UNREADABLE)
    both = figure & (above == PRINTED)
    inexact = batch.inexact[k] | batch.inexact[k, parent]
    for report in np.flatnonzero(both & ((batch.value[k] > batch.value[k, parent]) | inexact)).tolist():
        mine, theirs = batch.exact(key, report), batch.exact(key, int(parent[report]))
        if mine > theirs:
            a, b = wording.measured(key, mine), wording.measured(key, theirs)
            message = f"{scope.label}：本单位 {a}，大于上级政府汇总的 {b}"
            answer.fail(report, Words(f"≤ {b}", a, f"{a} ＞ {b}", message))
    for report in np.flatnonzero(answer.outcome != SILENT).tolist():
        answer.cited[report] = (key, batch.cite(key, int(parent[report])))
    return np.asarray(both)
