"""R-SUM: the units below add up to the aggregate report, as far as their reports are there.

Equality is asked of a figure only where the registry lists every unit below, each of them has a report of
its own figures and the figure is known in each; otherwise only that the known ones are no more than the
aggregate. A 功能区 (兰州新区) may or may not be counted by the city around it: both are right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

from expectations import layout, wording
from expectations.answer import (
    NO_CHILDREN,
    NOT_APPLICABLE,
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
from expectations.arrays import Bools, Ints, Positions
from expectations.batch import BLANK, PRINTED, Batch, index
from expectations.batch import UNREADABLE as CELL_UNREADABLE
from expectations.declaration import SEVERITIES, Rule, Scope

#: every choice of so many 功能区 is tried
_ZONES = 6


@dataclass(frozen=True, slots=True)
class _Below:
    """The reports below the aggregates of a batch (n reports).

    `children` and `parents` are pairs of positions, zones apart; `whole` (n) marks the aggregates all of
    whose units are there; `zones` are the 功能区 by aggregate; `found` (n) counts the children.
    """

    children: Positions
    parents: Positions
    found: Ints
    whole: Bools
    zones: Mapping[int, Sequence[int]]


def add_up(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """R-SUM, asked of the aggregate: a verdict for each figure that does not add up, else one for all.

    The one for all says how many of the units below were there, and so does each that fails.
    """
    *cells, overall = rule.scopes
    severity = SEVERITIES.index(rule.severities[0])
    below = _below(batch)
    spoken, compared = np.zeros(batch.size, dtype=np.bool_), np.zeros(batch.size, dtype=np.bool_)
    filled: dict[str, Bools] = {}
    for scope in cells if below.found.any() else ():
        answer = blank_answer(scope.id, batch.size, scope.keys, severity, SILENT)
        row = scope.id.rsplit(".", 1)[0]
        if row not in filled:
            filled[row] = _filled(batch, row)
        compared |= _cell(batch, answer, scope, below, filled[row])
        said = answer.outcome != SILENT
        spoken |= said
        if said.any():
            yield answer
    answer = blank_answer(overall.id, batch.size, overall.keys, severity)
    put(answer, ~compared, NOT_EVALUABLE, NOTHING)
    put(answer, below.found == 0, NOT_EVALUABLE, NO_CHILDREN)
    put(answer, ~_aggregates(batch), NOT_APPLICABLE)
    answer.outcome[spoken] = SILENT
    for report in np.flatnonzero((answer.outcome != SILENT) & (below.found > 0)).tolist():
        answer.words[report] = _overall(batch, below, report, bool(compared[report]))
    yield answer


def _aggregates(batch: Batch) -> Bools:
    """The reports of an area as a whole: of kind aggregate, and not saying that they are of one body."""
    pairs = zip(batch.strings("kind"), batch.strings("scope"), strict=True)
    return np.array([kind == "aggregate" and scope != "own" for kind, scope in pairs], dtype=np.bool_)


def _below(batch: Batch) -> _Below:
    near = batch.near
    usable = (near.parent >= 0) & near.whole
    children = np.flatnonzero(usable & ~near.zone)
    children = children[np.argsort(near.parent[children], kind="stable")]
    parents = near.parent[children]
    found = np.bincount(parents, minlength=batch.size)
    zones: dict[int, list[int]] = {}
    for zone in np.flatnonzero(usable & near.zone).tolist():
        zones.setdefault(int(near.parent[zone]), []).append(zone)
    present = np.array([len(zones.get(report, ())) for report in range(batch.size)], dtype=np.int64)
    whole = near.listed & (found == near.expected) & (present == near.zones)
    return _Below(children, parents, found, whole, zones)


def _filled(batch: Batch, row: str) -> Bools:
    """Where a row of a table has a figure, so that a blank in it counts as 0."""
    keys = [key for key in layout.KEYS if key.startswith(f"{row}.")]
    return np.asarray((batch.state[index(keys)] == PRINTED).any(axis=0))


def _cell(batch: Batch, answer: Answer, scope: Scope, below: _Below, filled: Bools) -> Bools:
    """Judges one figure of all aggregates; gives those where it could be compared."""
    (key,) = scope.keys
    k = layout.INDEX[key]
    state, children = batch.state[k], below.children
    printed = state[children] == PRINTED
    known = printed | ((state[children] == BLANK) & filled[children])

    def count(mask: Bools) -> Ints:
        return np.bincount(below.parents[mask], minlength=batch.size)

    sums = np.bincount(below.parents, weights=batch.value[k, children] * printed, minlength=batch.size)
    inexact = (count(printed & batch.inexact[k, children]) > 0) | batch.inexact[k]
    some = (sums > 0) | inexact
    put(answer, some & (state == BLANK), NOT_EVALUABLE, PARENT_BLANK)
    put(answer, some & (state == CELL_UNREADABLE), NOT_EVALUABLE, UNREADABLE)
    compared = (count(known) > 0) & (state == PRINTED)
    complete = below.whole & (count(known) == below.found)
    wrong = np.where(complete, sums != batch.value[k], sums > batch.value[k])
    for report in np.flatnonzero(compared & (wrong | inexact)).tolist():
        _judge(batch, answer, scope, below, (report, bool(complete[report])))
    for report in np.flatnonzero(answer.outcome == NOT_EVALUABLE).tolist():
        answer.cited[report] = (key,)
    return np.asarray(compared)


def _judge(batch: Batch, answer: Answer, scope: Scope, below: _Below, which: tuple[int, bool]) -> None:
    """The exact judgement of one figure of one aggregate."""
    report, complete = which
    (key,) = scope.keys
    k = layout.INDEX[key]
    first, last = np.searchsorted(below.parents, [report, report + 1])
    children = [int(child) for child in below.children[first:last] if batch.state[k, child] == PRINTED]
    whole = batch.exact(key, report)
    figures = [batch.exact(key, child) for child in children]
    known = sum(figures, Fraction(0))
    zones = below.zones.get(report, ())
    if known <= whole and (not complete or _with_zones(batch, key, zones, whole - known)):
        return
    a, b = wording.measured(key, known), wording.measured(key, whole)
    parts = " + ".join(wording.measured(key, figure) for figure in figures if figure) or "0"
    ratio = _ratio(batch, below, report)
    if complete:
        gap = wording.measured(key, abs(known - whole))
        message = f"{scope.label}：下级之和 {a}，而汇总报告为 {b}，相差 {gap}（{ratio}）"
        words = Words(a, b, f"{parts} ≠ {b}", message)
    else:
        message = f"{scope.label}：已知下级之和 {a}，大于汇总报告的 {b}（{ratio}，只核对上限）"
        words = Words(f"≥ {a}", b, f"{parts} ＞ {b}", message)
    answer.fail(report, words)
    answer.cited[report] = (key, *(batch.cite(key, child) for child in children))


def _with_zones(batch: Batch, key: str, zones: Sequence[int], rest: Fraction) -> bool:
    """Whether some of the 功能区, or none, make up the rest; one whose figure is not known may make up anything."""
    k = layout.INDEX[key]
    if any(batch.state[k, zone] != PRINTED for zone in zones) or len(zones) > _ZONES:
        return True
    figures = [batch.exact(key, zone) for zone in zones]
    return any(sum(some) == rest for size in range(len(figures) + 1) for some in combinations(figures, size))


def _ratio(batch: Batch, below: _Below, report: int) -> str:
    found, expected = int(below.found[report]), int(batch.near.expected[report])
    if expected < 0:
        return f"已有下级报告 {found} 份"
    listed = "" if batch.near.listed[report] else "，名录未必齐全"
    return f"下级 {expected} 个单位中有 {found} 个的报告{listed}"


def _overall(batch: Batch, below: _Below, report: int, compared: bool) -> Words:
    """What one verdict for all figures says: on how many of the units below it rests."""
    ratio = _ratio(batch, below, report)
    if not compared:
        return Words(None, None, None, f"{ratio}，没有可以核对的数字")
    asked = "核对合计相等" if below.whole[report] else "只核对已知下级之和不大于汇总"
    return Words(None, None, None, f"{ratio}，{asked}")
