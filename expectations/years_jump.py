"""X-JUMP: a figure ten times that of the year before, or a tenth; and the jump of T2-FEE."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

import numpy as np

from expectations import earlier, layout, wording, years
from expectations.answer import (
    EARLIER_UNREADABLE,
    NOT_APPLICABLE,
    NOT_EVALUABLE,
    NOTHING,
    SILENT,
    UNREADABLE,
    Answer,
    Words,
    blank_answer,
    put,
)
from expectations.arrays import Bools
from expectations.batch import PRINTED, Batch
from expectations.batch import UNREADABLE as CELL_UNREADABLE
from expectations.declaration import SEVERITIES, Rule, Scope

_TIMES: Final = 10
#: in the unit that the form prints: of amounts, 万元
_LARGE: Final = 100


def jump(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """X-JUMP: a verdict for each cell that jumps or cannot be read, else one for all (`cells`).

    Table two is compared only with the same edition's: its quantities have other meanings in the other.
    """
    *cells, overall = rule.scopes
    severity = SEVERITIES.index(rule.severities[0])
    early, same = years.too_early(batch), years.same_form(batch)
    spoken, compared = early.copy(), np.zeros(batch.size, dtype=np.bool_)
    for scope in cells if len(batch.near.later) else ():
        (key,) = scope.keys
        comparable = ~early & (same if key.startswith("proactive.") else True)
        answer = blank_answer(scope.id, batch.size, scope.keys, severity, SILENT)
        compared |= _cell(batch, answer, scope, comparable)
        said = answer.outcome != SILENT
        spoken |= said
        if said.any():
            yield answer
    answer = blank_answer(overall.id, batch.size, overall.keys, severity)
    put(answer, ~compared, NOT_EVALUABLE, NOTHING)
    missing = batch.near.no_earlier > 0
    put(answer, missing, NOT_EVALUABLE)
    answer.reason[missing] = batch.near.no_earlier[missing]
    answer.outcome[spoken] = SILENT
    put(answer, early, NOT_APPLICABLE)
    yield answer


def _cell(batch: Batch, answer: Answer, scope: Scope, comparable: Bools) -> Bools:
    """Judges one cell of all reports; gives those where both years print a figure."""
    (key,) = scope.keys
    k, before = layout.INDEX[key], earlier.earlier(batch, key)
    there = comparable & (batch.near.no_earlier == 0)
    put(answer, there & (before.state == CELL_UNREADABLE), NOT_EVALUABLE, EARLIER_UNREADABLE)
    put(answer, there & (batch.state[k] == CELL_UNREADABLE), NOT_EVALUABLE, UNREADABLE)
    both = there & (batch.state[k] == PRINTED) & (before.state == PRINTED)
    large = _large(key)
    more, less = np.maximum(batch.value[k], before.value), np.minimum(batch.value[k], before.value)
    jumps = (more >= large) & (more >= _TIMES * less) & (less >= 0)
    for report in np.flatnonzero(both & (jumps | batch.inexact[k] | before.inexact)).tolist():
        then, now = earlier.exact(batch, key, report), batch.exact(key, report)
        small, most = min(then, now), max(then, now)
        if small >= 0 and most >= large and most >= _TIMES * small:
            answer.fail(report, _words(scope, then, now))
    for report in np.flatnonzero(answer.outcome != SILENT).tolist():
        answer.cited[report] = (key, *earlier.cite(batch, key, report))
    return np.asarray(both)


def _words(scope: Scope, then: Fraction, now: Fraction) -> Words:
    (key,) = scope.keys
    large = Fraction(_large(key))
    # From little to less than what is large is no jump.
    bound = max(_TIMES * then, large) if now > then else then / _TIMES
    a, b, limit, least = (wording.measured(key, number) for number in (then, now, bound, large))
    if now > then:
        expected, equation = f"＜ {limit}", f"{b} ≥ {_TIMES} × {a}"
        kind = f"达到上年度的 {_TIMES} 倍以上" if then else f"由零增至 {least} 以上"
    else:
        expected, equation = f"＞ {limit}", f"{a} ≥ {_TIMES} × {b}"
        kind = "降至上年度的十分之一以下"
    return Words(expected, b, equation, f"{scope.label}：上年度 {a}，本年度 {b}，{kind}")


def _large(key: str) -> int:
    return _LARGE * layout.WAN if key in layout.AMOUNTS else _LARGE


def leap(batch: Batch, key: str, times: int) -> Iterator[tuple[int, Fraction, Fraction]]:
    """The reports whose figure is at least `times` that of the year before, above 0; with both figures."""
    k, before = layout.INDEX[key], earlier.earlier(batch, key)
    both = (batch.state[k] == PRINTED) & (before.state == PRINTED)
    near = (batch.value[k] >= times * before.value) | batch.inexact[k] | before.inexact
    for report in np.flatnonzero(both & near).tolist():
        then, now = earlier.exact(batch, key, report), batch.exact(key, report)
        if then > 0 and now >= times * then:
            yield report, then, now
