"""TXT-SHARE and TXT-GROWTH: quoted percentages against those of the tables, this year's and last year's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

import numpy as np

from expectations import text_claims, text_wording, wording
from expectations.answer import EARLIER_BLANK, EARLIER_MISSING, FAIL, MISSING, NOT_EVALUABLE, PASS, Answer, Words
from expectations.batch import Batch, Positions
from expectations.declaration import Rule, Scope
from expectations.scopes_text import COUNTED, scope_of
from expectations.text import Side, quoted, side
from expectations.text_claims import Claims, Judged, figure_of
from form.claims_subjects import SUBJECTS

_OF_SCOPE: Final = {scope_of(subject): subject for subject in SUBJECTS}
#: what `rules.md` allows, in percentage points
_ALLOWED: Final = Fraction(1, 10)
_DECIMALS: Final = re.compile(r"[.．]([0-9０-９]+)\s*[%％]")
_ZERO: Final = "上一年度为 0，无法计算增幅"
_POINTS: Final = "以百分点计，未作比较"


class _Computed(NamedTuple):
    """What a claim should say: each possible figure with how it was computed; else why there is none."""

    figures: tuple[tuple[Fraction, str], ...]
    reason: int
    why: str
    cells: tuple[str, ...]


#: the claim, its report, the sides of its scope
_Compute = Callable[[dict[str, Any], int, Sequence[Side]], _Computed]


def share(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """A verdict for each subject that a report gives the share of."""
    wholes = {scope: [side(batch, relation) for relation in COUNTED[scope].relations] for scope in _WHOLES}

    def compute(member: dict[str, Any], report: int, parts: Sequence[Side]) -> _Computed:
        found: list[tuple[Fraction, str]] = []
        cells: list[str] = []
        of = member["of_subject"]
        for whole in _whole_of(of, member.get("whole") or "uncertain"):
            for top in parts[:1] if of.startswith("received") else parts:
                for bottom in wholes[whole]:
                    if not (_known(top, report) and _known(bottom, report)):
                        continue
                    cells += (*top.relation.keys, *bottom.relation.keys)
                    numerator, total = (wording.total(batch, s.relation.left, report) for s in (top, bottom))
                    if total:
                        how = f"{wording.figure(numerator)} ÷ {wording.figure(total)}"
                        found.append((numerator / total * 100, how))
        return _Computed(tuple(found), 0 if found else MISSING, "", tuple(dict.fromkeys(cells)))

    yield from _compared(batch, rule, "share", compute)


#: a total that a share may be of, when its words name none
_WHOLES: Final = ("received", "processed", *(f"{c}.total" for c in (
    "reconsideration", "litigation", "litigation_direct", "litigation_after_reconsideration"
)))  # fmt: skip


def _whole_of(subject: str, whole: str) -> tuple[str, ...]:
    if whole in _WHOLES:
        return (whole,)
    if whole != "any":
        return ()
    if subject.startswith("outcome:"):
        return ("processed", "received")
    case, _, result = subject.partition(".")
    if result:
        return (f"{case}.total",) if f"{case}.total" in _WHOLES else ()
    return ("received",)


def growth(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """A verdict for each subject that a report gives the growth of, against the report of the year before."""
    near = batch.near

    def compute(member: dict[str, Any], report: int, sides: Sequence[Side]) -> _Computed:
        sources = near.sources(report)
        if not sources:
            return _Computed((), int(near.no_earlier[report]), "", ())
        if member["unit"].endswith("点"):
            return _Computed((), 0, _POINTS, ())
        found: list[tuple[Fraction, str]] = []
        cells: list[str] = []
        why, reason = "", 0
        for one in sides:
            if not one.applies[report] or one.reason[report]:
                reason = int(one.reason[report]) or MISSING
                continue
            if not all(_known(one, source) for source in sources):
                reason = EARLIER_BLANK if any(one.reason[source] for source in sources) else EARLIER_MISSING
                continue
            keys = one.relation.keys
            cells += (*keys, *(batch.cite(key, source) for source in sources for key in keys))
            now = wording.total(batch, one.relation.left, report)
            before = sum((wording.total(batch, one.relation.left, source) for source in sources), Fraction(0))
            how = f"本年 {wording.figure(now)}，上年 {wording.figure(before)}"
            if member["unit"] != "%":
                found.append((now - before, how))
            elif before:
                found.append(((now - before) / before * 100, how))
            else:
                why = _ZERO
        return _Computed(tuple(found), reason, "" if found else why, tuple(dict.fromkeys(cells)))

    yield from _compared(batch, rule, "growth", compute)


def _known(one: Side, report: int) -> bool:
    return bool(one.applies[report] and not one.reason[report])


def _compared(batch: Batch, rule: Rule, kind: str, compute: _Compute) -> Iterator[Answer]:
    *subjects, unclear, text = rule.scopes
    claims = text_claims.load(batch)
    every = claims.of(("figure",), "subject", (kind,))
    answers = []
    for scope in subjects:
        at = np.intersect1d(every, claims.of(("figure",), "of_subject", (_OF_SCOPE[scope.id],)))
        at = at[batch.subject[claims.report[at]]]
        if len(at):
            answers.append(_ask(batch, rule, scope, claims, at, compute))
    of_none = np.intersect1d(every, claims.of(("figure",), "of_subject", ("uncertain",)))
    loose = np.intersect1d(
        claims.of(("figure",), "subject", ("uncertain",)), claims.of(("figure",), "of_subject", (kind,))
    )
    answers.append(quoted(batch, rule, unclear, claims, np.union1d(of_none, loose)))
    yield from answers
    yield text_claims.rest(batch, rule, text, answers)


def _ask(batch: Batch, rule: Rule, scope: Scope, claims: Claims, at: Positions, compute: _Compute) -> Answer:
    sides = [side(batch, relation) for relation in scope.relations]
    size = len(at)
    judged = Judged(at, np.full(size, PASS, np.int8), np.zeros(size, np.int8), claims.foreign[at])
    said: dict[int, tuple[Words, tuple[str, ...]]] = {}
    for row, (place, member) in enumerate(zip(at.tolist(), claims.members(at), strict=True)):
        report = int(claims.report[place])
        found = compute(member, report, sides)
        quote = figure_of(member)
        off = [abs(number - quote) for number, _ in found.figures]
        foreign = bool(claims.foreign[place])
        if off and claims.timely[place] and min(off) <= _tolerance(member):
            continue
        if not off or foreign or not claims.timely[place]:
            judged.outcome[row], judged.reason[row] = NOT_EVALUABLE, found.reason
            why = found.why or (text_wording.ELSEWHERE if foreign else text_wording.why_open(member, found.reason))
            said[place] = text_wording.open_words([member], [why]), found.cells
            continue
        judged.outcome[row] = FAIL
        number, how = found.figures[off.index(min(off))]
        said[place] = text_wording.compared(scope.label, member, number, how, member["unit"]), found.cells

    def speak(_report: int, places: list[int]) -> tuple[Words, tuple[str, ...]]:
        told = [said[place] for place in places]
        cells = dict.fromkeys(cell for _, cited in told for cell in cited)
        return text_wording.several([words for words, _ in told]), tuple(cells)

    return text_claims.answer_of(batch, rule, scope, claims, judged, speak)


def _tolerance(member: dict[str, Any]) -> Fraction:
    """0.1 percentage points, or half a unit of the last digit that is printed; 0 for a count."""
    if member["unit"] != "%":
        return Fraction(0)
    decimals = _DECIMALS.search(member["quote"])
    return max(_ALLOWED, Fraction(1, 2 * 10 ** (len(decimals[1]) if decimals else 0)))
