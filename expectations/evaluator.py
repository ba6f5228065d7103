"""The one evaluator: every rule over a whole batch, one verdict a report, rule and scope."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from expectations import (
    absent,
    attributes,
    coverage,
    levels,
    levels_sum,
    linear,
    localisation_columns,
    predicates,
    text_counts,
    text_growth,
    text_share,
    text_statements,
    timeliness,
    versions,
    years_copy,
    years_jump,
    years_rules,
)
from expectations.answer import FAIL, NOT_EVALUABLE, REASONS, SILENT, UNREADABLE_CELL, Answer, Words
from expectations.arrays import Bools
from expectations.attribution import ATTRIBUTIONS, Asked, attributions
from expectations.batch import Batch, load
from expectations.declaration import OUTCOMES, SEVERITIES, Rule
from expectations.localisation import Locations, localise, speak
from expectations.rules import RULES
from expectations.schema import VERDICTS
from expectations.world import World

_PREDICATES: Final[dict[str, Callable[[Batch, Rule], Iterator[Answer]]]] = {
    "total_blank": predicates.total_blank,
    "integer": predicates.integer,
    "edition": predicates.edition,
    "empty": predicates.empty,
    "block_blank": predicates.block_blank,
    "procurement": predicates.procurement,
    "fee": predicates.fee,
    "level": attributes.level,
    "period": attributes.period,
    "sections": attributes.sections,
    "leftover": attributes.leftover,
    "text_counted": text_counts.counted,
    "text_share": text_share.share,
    "text_growth": text_growth.growth,
    "text_all": text_statements.everything,
    "text_year": text_statements.year,
    "carry": years_rules.carry,
    "grown": years_rules.grown,
    "published_total": years_rules.published,
    "jump": years_jump.jump,
    "copy": years_copy.copy,
    "part": levels.part,
    "add_up": levels_sum.add_up,
    "unit": coverage.unit,
    "duplicate": coverage.duplicate,
    "host": coverage.host,
    "published_by": timeliness.published,
    "silent": versions.silent,
}


def evaluate(
    reports: pa.Table, cells: pa.Table, world: World | None = None, subjects: Collection[str] | None = None
) -> pa.Table:
    """The `verdicts` of a batch, from the tables `reports` and `cells` of `docs/architecture.md`.

    `reports` and `cells` hold the reports to be judged and their neighbours: of the year before and after,
    above and below. `subjects` are the report_ids that get verdicts (None: all). `world` is what stands
    around them; without it neighbours come from the reports' own unit_id, year and parent_id, and the rules
    about coverage are silent.

    One verdict a report, rule and scope, ordered by report_id, then as the rules and scopes are declared; after
    them those of units and years without a report (`expectations.absent`), in the same order.
    Passes and rules that do not apply carry no cells. Raises ValueError for a batch of which no verdict
    could be trusted (see `expectations.batch.load`).
    """
    batch = load(reports, cells, world, subjects)
    judged = _table(batch, [Asked(rule, answer) for rule in RULES for answer in ask(batch, rule)])
    known = set(zip(batch.strings("unit_id"), batch.strings("year"), strict=True))
    return pa.concat_tables([judged, absent.verdicts(world, RULES, known, subjects)])


def failing(reports: pa.Table, cells: pa.Table) -> Iterator[tuple[str, str]]:
    """Rule and scope of the failures among reports, info aside, that concern cells; as `evaluate` finds them.

    What would mend them, the dearest part of a verdict, is not looked for; and a rule is asked only when the one
    before it has been heard.
    """
    batch = load(reports, cells, None, None)
    for rule in RULES:
        for answer in ask(batch, rule):
            grave = (answer.outcome == FAIL) & (answer.severity != SEVERITIES.index("info"))
            if any(answer.cells(report) for report in np.flatnonzero(grave).tolist()):
                yield rule.id, answer.scope


def ask(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """The answers of one rule, a scope each, in the order of its scopes."""
    if rule.predicate is not None:
        yield from _PREDICATES[rule.predicate](batch, rule)
        return
    for scope in rule.scopes:
        yield linear.ask(batch, scope, SEVERITIES.index(rule.severities[0]))


class _Spoken(NamedTuple):
    """The verdicts to write: for each its report, its answer, and the codes."""

    report: npt.NDArray[np.intp]
    answer: npt.NDArray[np.intp]
    outcome: npt.NDArray[np.int8]


def _spoken(batch: Batch, answers: Sequence[Answer]) -> _Spoken:
    outcomes = np.array([answer.outcome for answer in answers]).T
    report, position = np.nonzero((outcomes != SILENT) & batch.subject[:, np.newaxis])
    return _Spoken(report, position, outcomes[report, position])


def _table(batch: Batch, asked: Sequence[Asked]) -> pa.Table:
    answers = [answer for _, answer in asked]
    spoken = _spoken(batch, answers)
    report, position = spoken.report, spoken.answer
    reasons = np.array([answer.reason for answer in answers]).T
    severities = np.array([answer.severity for answer in answers]).T
    reason = reasons[report, position]
    of_report = pa.array(report)
    located = localise(batch, asked)
    speak(batch, answers, located)
    columns = {
        "report_id": batch.reports["report_id"].take(of_report),
        "unit_id": batch.reports["unit_id"].take(of_report),
        "year": batch.reports["year"].take(of_report),
        "rule": _pick([rule.id for rule, _ in asked], position),
        "severity": _pick(SEVERITIES, severities[report, position]),
        "scope": _pick([answer.scope for answer in answers], position),
        "outcome": _pick(OUTCOMES, spoken.outcome),
        "cells": _operands(answers, spoken),
        "attribution": _attribution(batch, asked, spoken, reason, located),
        **localisation_columns.columns(located, _places(spoken, len(answers)), len(report)),
        **_words(answers, spoken, reason, batch.subject),
    }
    return pa.table([columns[name] for name in VERDICTS.names], schema=VERDICTS)


def _pick(names: Sequence[str], codes: npt.NDArray[np.integer[Any]]) -> pa.Array:
    """Names by code as a string column; null where the code is negative."""
    indices = pa.array(codes, mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string())).cast(pa.string())


def _words(
    answers: Sequence[Answer], spoken: _Spoken, reason: npt.NDArray[np.int8], subject: Bools
) -> dict[str, pa.Array]:
    """The text columns: what an answer says of a report, else the reason why it cannot be evaluated."""
    texts: dict[str, list[str]] = {name: [] for name in Words._fields}
    texts["message"] = list(REASONS[1:])
    codes = {name: np.full(len(reason), -1, dtype=np.int32) for name in Words._fields}
    codes["message"][:] = reason.astype(np.int32) - 1
    place = _places(spoken, len(answers))
    for position, answer in enumerate(answers):
        for report, words in answer.words.items():
            if not subject[report]:
                continue
            for name, text in words._asdict().items():
                if text is not None:
                    codes[name][place(report, position)] = len(texts[name])
                    texts[name].append(text)
    return {name: _pick(texts[name], codes[name]) for name in Words._fields}


def _places(spoken: _Spoken, width: int) -> Callable[[int, int], int]:
    """Where the verdict of a report and an answer stands; both rise along the table."""
    flat = spoken.report * width + spoken.answer

    def place(report: int, answer: int) -> int:
        return int(np.searchsorted(flat, report * width + answer))

    return place


def _operands(answers: Sequence[Answer], spoken: _Spoken) -> pa.ListArray:
    """The cells of each failure and of each rule that could not be evaluated; empty for the others."""
    sets = [operands for answer in answers for operands in answer.operands]
    first = np.cumsum([0, *(len(answer.operands) for answer in answers)])
    which = np.array([answer.which for answer in answers]).T[spoken.report, spoken.answer]
    chosen = first[spoken.answer] + which
    place = _places(spoken, len(answers))
    for row, cited in _cited(answers, spoken, place):
        chosen[row] = len(sets)
        sets.append(cited)
    lengths = np.array([len(keys) for keys in sets])[chosen]
    lengths[(spoken.outcome != FAIL) & (spoken.outcome != NOT_EVALUABLE)] = 0
    starts = np.cumsum([0, *(len(keys) for keys in sets)])[:-1][chosen]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    within = np.arange(offsets[-1]) - np.repeat(offsets[:-1], lengths)
    keys = pa.array([key for keys in sets for key in keys], pa.string())
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), keys.take(pa.array(np.repeat(starts, lengths) + within))
    )


def _cited(
    answers: Sequence[Answer], spoken: _Spoken, place: Callable[[int, int], int]
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The verdicts that name cells of other reports: their place and the cells."""
    reports = frozenset(np.unique(spoken.report).tolist())
    for position, answer in enumerate(answers):
        yield from ((place(report, position), keys) for report, keys in answer.cited.items() if report in reports)


def _attribution(
    batch: Batch, asked: Sequence[Asked], spoken: _Spoken, reason: npt.NDArray[np.int8], located: Locations
) -> pa.Array:
    """`unreadable` where a cell could not be read; for failures whose error they are; else null."""
    names = np.full(len(spoken.outcome), -1, dtype=np.int8)
    names[np.isin(reason, UNREADABLE_CELL)] = ATTRIBUTIONS.index("unreadable")
    failed = np.flatnonzero(spoken.outcome == FAIL)
    where = zip(spoken.answer[failed].tolist(), spoken.report[failed].tolist(), strict=True)
    names[failed] = [ATTRIBUTIONS.index(name) for name in attributions(batch, asked, where, located)]
    return _pick(ATTRIBUTIONS, names)
