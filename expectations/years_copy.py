"""X-COPY: a table or a text that is last year's (雷同, named in the letter of 2021)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from expectations import years
from expectations.answer import (
    ALL_BLANK,
    EARLIER_BLANK,
    EARLIER_MISSING,
    FAIL,
    MERGED,
    MISSING,
    NOT_APPLICABLE,
    NOT_EVALUABLE,
    PASS,
    SHORT,
    UNREADABLE,
    UNSTATED,
    Answer,
    Words,
    blank_answer,
    put,
)
from expectations.arrays import Codes, Positions
from expectations.batch import ABSENT, PRINTED, Batch, index
from expectations.batch import UNREADABLE as CELL_UNREADABLE
from expectations.declaration import SEVERITIES, Rule, Scope

#: fewer figures may well be the same two years running
_FIGURES: Final = 3
#: a line that says that there is nothing to report is the same every year
_CHARACTERS: Final = 100
_SIMILAR: Final = 0.9
#: texts are compared so many at a time, to bound memory
_AT_ONCE: Final = 5000

Pairs = tuple[Positions, Positions]


def copy(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """X-COPY: tables by their figures (scopes with keys), texts by their similarity (scopes without)."""
    severity = SEVERITIES.index(rule.severities[0])
    early, same = years.too_early(batch), years.same_form(batch)
    pairs = _single(batch)
    for scope in rule.scopes:
        answer = blank_answer(scope.id, batch.size, (), severity)
        judge = _table if scope.keys else _text
        for part in _parts(pairs):
            judge(batch, answer, scope, part)
        _without(batch, answer, pairs)
        put(answer, early | ~same if scope.id == "proactive" else early, NOT_APPLICABLE)
        yield answer


def _single(batch: Batch) -> Pairs:
    """The pairs of a report and the only one it follows."""
    near = batch.near
    alone = np.bincount(near.later, minlength=batch.size)[near.later] == 1
    return near.later[alone], near.earlier[alone]


def _parts(pairs: Pairs) -> Iterator[Pairs]:
    later, earlier = pairs
    for first in range(0, len(later), _AT_ONCE):
        yield later[first : first + _AT_ONCE], earlier[first : first + _AT_ONCE]


def _without(batch: Batch, answer: Answer, pairs: Pairs) -> None:
    """Not evaluable where there is no report to compare with, or there are several."""
    several = np.ones(batch.size, dtype=np.bool_)
    several[pairs[0]] = False
    put(answer, several, NOT_EVALUABLE, MERGED)
    none = batch.near.no_earlier
    answer.reason[none > 0] = none[none > 0]


def _table(batch: Batch, answer: Answer, scope: Scope, pairs: Pairs) -> None:
    """All figures that are not 0 are the same in both years, and they are at least three."""
    later, earlier = pairs
    cells = index(scope.keys)
    there, before = np.ix_(cells, later), np.ix_(cells, earlier)
    some = (batch.value[there] != 0) | batch.inexact[there]
    more = (batch.value[before] != 0) | batch.inexact[before]
    unread = (batch.state[there] == CELL_UNREADABLE) | (batch.state[before] == CELL_UNREADABLE)
    alike = (batch.value[there] == batch.value[before]) & (batch.inexact[there] == batch.inexact[before])
    candidates = (alike | unread).all(axis=0) & ((some | more).sum(axis=0) >= _FIGURES)
    for pair in np.flatnonzero(candidates).tolist():
        report, source = int(later[pair]), int(earlier[pair])
        keys = [key for key, filled in zip(scope.keys, some[:, pair], strict=True) if filled]
        if unread[:, pair].any():
            answer.outcome[report], answer.reason[report] = NOT_EVALUABLE, UNREADABLE
        elif all(batch.exact(key, report) == batch.exact(key, source) for key in keys):
            message = f"{scope.label}：{len(keys)} 个不为零的数字与上年度全部相同，疑似照搬上年度"
            answer.fail(report, Words(None, None, None, message))
            answer.cited[report] = (*keys, *(batch.cite(key, source) for key in keys))
    _empty(answer, later, batch.state[before], (EARLIER_BLANK, EARLIER_MISSING))
    _empty(answer, later, batch.state[there], (ALL_BLANK, MISSING))


def _empty(answer: Answer, later: Positions, states: Codes, reasons: tuple[int, int]) -> None:
    """Not evaluable where a table has no figure at all: blank, or not even printed."""
    empty = ~(states == PRINTED).any(axis=0) & (answer.outcome[later] != FAIL)
    blank, absent = reasons
    answer.outcome[later[empty]] = NOT_EVALUABLE
    answer.reason[later[empty]] = np.where((states == ABSENT).all(axis=0), absent, blank)[empty]


def _text(batch: Batch, answer: Answer, scope: Scope, pairs: Pairs) -> None:
    """Two texts of at least a hundred characters each are as good as the same."""
    later, earlier = pairs
    now, then = _texts(batch, scope.id, later), _texts(batch, scope.id, earlier)
    shortest = np.array([min(len(a), len(b)) for a, b in zip(now, then, strict=True)])
    long = np.flatnonzero(shortest >= _CHARACTERS)
    share = np.zeros(len(now))
    share[long] = similarity([now[place] for place in long], [then[place] for place in long])
    answer.reason[later] = np.where(shortest >= _CHARACTERS, 0, np.where(shortest > 0, SHORT, UNSTATED))
    answer.outcome[later] = np.where(shortest >= _CHARACTERS, PASS, NOT_EVALUABLE)
    for place in np.flatnonzero(share >= _SIMILAR).tolist():
        answer.fail(int(later[place]), _alike(scope, float(share[place])))


def _texts(batch: Batch, name: str, reports: Positions) -> list[str]:
    """A text of each report without white space; '' where there is none."""
    if name not in batch.reports.column_names:
        return [""] * len(reports)
    return ["".join((text or "").split()) for text in batch.reports[name].take(pa.array(reports)).to_pylist()]


def similarity(now: list[str], then: list[str]) -> npt.NDArray[np.float64]:
    """How much of each two texts is common, 0 to 1: twice the longest common subsequence over both lengths.

    Below 0.9 it may be 0: the search stops where it can no longer be reached.
    """
    if not now:
        return np.zeros(0)
    # a hair below, so that exactly nine tenths is not lost to rounding
    share = cpdist(now, then, scorer=Indel.normalized_similarity, score_cutoff=_SIMILAR - 1e-9, dtype=np.float64)
    return np.asarray(share, dtype=np.float64).round(6)


def _alike(scope: Scope, share: float) -> Words:
    percent = f"{int(share * 1000) / 10:g}%"
    message = f"{scope.label}文字与上年度相同的部分达 {percent}，疑似照搬上年度"
    return Words("＜ 90%", percent, None, message)
