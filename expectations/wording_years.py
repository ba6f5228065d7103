"""Relations between two years as auditors read them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from expectations import layout, wording, years
from expectations.answer import ANNOTATED, FAIL, NOT_EVALUABLE, UNREADABLE_CELL, Answer, Words
from expectations.batch import Batch
from expectations.declaration import Relation, Scope


def say(batch: Batch, scope: Scope, answer: Answer) -> Answer:
    """Gives the failures their words, and the cells of both years to all that name some."""
    (relation,) = scope.relations
    for report in np.flatnonzero(answer.outcome == FAIL).tolist():
        answer.words[report] = broken(batch, scope, relation, report)
    unread = (answer.outcome == NOT_EVALUABLE) & np.isin(answer.reason, (*UNREADABLE_CELL, ANNOTATED))
    for report in np.flatnonzero((answer.outcome == FAIL) | unread).tolist():
        answer.cited[report] = years.cited(batch, relation, report)
    return answer


def broken(batch: Batch, scope: Scope, relation: Relation, report: int) -> Words:
    """The words of an equation of two years that a report breaks."""
    plain, named, sums = [], [], []
    for terms in (relation.left, relation.right):
        figures = [(c, years.figure(batch, name, report), _name(name, scope)) for c, name in terms]
        plain.append(wording.side([(c, number, "") for c, number, _ in figures]))
        named.append(_sum(figures, years.total(batch, terms, report)))
        sums.append(years.total(batch, terms, report))
    gap = wording.figure(abs(sums[0] - sums[1]))
    message = f"{scope.label}：{named[0]}，而{named[1]}，相差 {gap}{_merged(batch, report)}"
    expected, actual = (wording.figure(value) for value in sums)
    return Words(expected, actual, f"{plain[0]} {wording.BROKEN['=']} {plain[1]}", message)


def _name(name: str, scope: Scope) -> str:
    key, last = years.split(name)
    label = layout.short_label(key, scope.id)
    return f"{'上年度' if last else '本年度'}“{label}”"


def _sum(figures: list[tuple[int, Fraction, str]], total: Fraction) -> str:
    """The operands with their names, zeros too: a year's figure that is 0 is part of the story."""
    text = ""
    for coefficient, number, name in figures:
        sign = ("－" if coefficient < 0 else "＋") if text or coefficient < 0 else ""
        text += f"{sign}{name} {wording.figure(number)}"
    return text if len(figures) == 1 else f"{text} = {wording.figure(total)}"


def _merged(batch: Batch, report: int) -> str:
    sources = batch.near.sources(report)
    if len(sources) < 2:
        return ""
    names = batch.reports["unit_name"] if "unit_name" in batch.reports.column_names else batch.reports["unit_id"]
    return f"（上年度为{'、'.join(str(names[source].as_py()) for source in sources)}之和）"
