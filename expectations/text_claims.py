"""The claims of a batch in columns, one row a claim, and what their verdicts come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.answer import (
    FAIL,
    NOT_APPLICABLE,
    NOT_EVALUABLE,
    PASS,
    SILENT,
    UNSTATED,
    Answer,
    Words,
    blank_answer,
    put,
)
from expectations.arrays import Bools, Codes, Ints, Positions
from expectations.batch import Batch, integers, truth
from expectations.declaration import SEVERITIES, Rule, Scope
from expectations.scopes_text import SECTIONS

#: the registry's kinds of units as scopes of their reports
_OF_KIND: Final = {"aggregate": "aggregate", "office": "own", "department": "own"}
_INFO: Final = SEVERITIES.index("info")


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a batch in order of their reports.

    `report` is the position of each one's report. `number` holds whole figures that fit 64 bits (`exact`), else 0.
    `foreign` marks those whose words name another scope than their report has, `timely` those on the report's own
    year that say how many exactly.
    """

    report: Positions
    rows: pa.StructArray
    number: Ints
    exact: Bools
    foreign: Bools
    timely: Bools

    def of(self, kinds: Sequence[str], column: str, values: Sequence[str]) -> Positions:
        """The positions of the claims of some kinds whose column has one of some values."""
        kind = pc.is_in(self.rows.field("kind"), value_set=pa.array(kinds, pa.string()))
        value = pc.is_in(self.rows.field(column), value_set=pa.array(values, pa.string()))
        return np.flatnonzero(truth(pc.and_(kind, value)))

    def members(self, at: Positions) -> list[dict[str, Any]]:
        """Some claims as dicts."""
        return list(self.rows.take(pa.array(at)).to_pylist())


def load(batch: Batch) -> Claims:
    """The claims of a batch; none where `reports` has no such column."""
    if "claims" not in batch.reports.column_names:
        empty = np.zeros(0, np.intp)
        none = np.zeros(0, np.bool_)
        kind = pa.struct([(name, pa.string()) for name in ("kind", "subject", "of_subject", "section")])
        return Claims(empty, pa.array([], kind), np.zeros(0, np.int64), none, none, none)
    column = batch.reports["claims"].combine_chunks()
    report = np.asarray(pc.list_parent_indices(column).to_numpy(), dtype=np.intp)
    rows = pc.list_flatten(column)
    number, whole, known = integers(pa.chunked_array([rows.field("number")]))
    timely = truth(pc.equal(rows.field("period"), "this_year")) & ~truth(rows.field("approximate"))
    return Claims(report, rows, number, whole & known, _foreign(batch, report, rows), timely)


def _foreign(batch: Batch, report: Positions, rows: pa.StructArray) -> Bools:
    own = _own(batch)
    scope = rows.field("scope")
    words = rows.field("scope_words") if "scope_words" in {field.name for field in rows.type} else scope
    alone = truth(pc.equal(scope, "own"))
    # `市本级` is less than all that a body's own report may hold.
    narrow = alone & (truth(pc.ends_with(words, "本级")) | ~own[report])
    # A township, small as it is, reports on all of itself.
    wide = truth(pc.equal(scope, "aggregate")) & own[report] & ~truth(pc.match_substring_regex(words, "[镇乡道]$"))
    return np.asarray(truth(pc.equal(scope, "represented")) | narrow | wide)


def _own(batch: Batch) -> Bools:
    """Which reports are of a body alone: by their own words, else by the registry's kind."""
    said = zip(batch.strings("scope"), batch.strings("kind"), strict=True)
    return np.array([(scope or _OF_KIND.get(kind)) == "own" for scope, kind in said], np.bool_)


#: the words of a report's failed or not evaluable claims, given as positions: words and cells
Speak = Callable[[int, list[int]], tuple[Words, tuple[str, ...]]]


@dataclass(slots=True)
class Judged:
    """Outcome and reason of some claims, `at` their positions; `info` marks failures that only inform."""

    at: Positions
    outcome: Codes
    reason: Codes
    info: Bools


def answer_of(batch: Batch, rule: Rule, scope: Scope, claims: Claims, judged: Judged, speak: Speak) -> Answer:
    """One answer of all the claims of a scope: a report has the gravest of its claims, but a claim that holds
    goes before one that could not be compared, or that is of another scope."""
    answer = blank_answer(scope.id, batch.size, scope.keys, SEVERITIES.index(rule.severities[0]), SILENT)
    report = claims.report[judged.at]
    failed = judged.outcome == FAIL
    ranks = (
        (judged.outcome == NOT_EVALUABLE, NOT_EVALUABLE, False),
        (failed & judged.info, FAIL, True),
        (judged.outcome == PASS, PASS, False),
        (failed & ~judged.info, FAIL, False),
    )
    for mask, outcome, info in ranks:
        put(answer, _at(report[mask], batch.size), outcome)
        answer.severity[report[mask]] = _INFO if info else SEVERITIES.index(rule.severities[0])
    open_ = judged.outcome == NOT_EVALUABLE
    answer.reason[report[open_]] = np.where(answer.outcome[report[open_]] == NOT_EVALUABLE, judged.reason[open_], 0)
    said = (answer.outcome[report] == judged.outcome) & (judged.outcome != PASS)
    for one, places in _by_report(report, judged.at, said & batch.subject[report]):
        answer.words[one], answer.cited[one] = speak(one, places)
    return answer


def _at(reports: Positions, size: int) -> Bools:
    mask = np.zeros(size, dtype=np.bool_)
    mask[reports] = True
    return mask


def _by_report(report: Positions, at: Positions, mask: Bools) -> Iterator[tuple[int, list[int]]]:
    found: dict[int, list[int]] = defaultdict(list)
    for one, place in zip(report[mask].tolist(), at[mask].tolist(), strict=True):
        found[one].append(place)
    yield from found.items()


def rest(batch: Batch, rule: Rule, scope: Scope, answers: Sequence[Answer]) -> Answer:
    """The answer of the reports that say nothing on a rule: it does not apply, or there was no text to read."""
    severity = SEVERITIES.index(rule.severities[0])
    answer = blank_answer(scope.id, batch.size, severity=severity, outcome=NOT_APPLICABLE)
    read = np.zeros(batch.size, dtype=np.bool_)
    if "claims" in batch.reports.column_names:
        for section in SECTIONS:
            if section in batch.reports.column_names:
                read |= truth(pc.is_valid(batch.reports[section]))
    put(answer, ~read, NOT_EVALUABLE, UNSTATED)
    for other in answers:
        answer.outcome[other.outcome != SILENT] = SILENT
    return answer


def figure_of(member: dict[str, Any]) -> Fraction:
    """The figure that a claim quotes."""
    return Fraction(member["number"])
