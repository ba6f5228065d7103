"""What TXT-SHARE and TXT-GROWTH have in common: quoted percentages against those that the tables give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations import text_claims, text_wording
from expectations.answer import FAIL, NOT_EVALUABLE, PASS, Answer, Words
from expectations.arrays import Bools, Ints, Positions
from expectations.batch import Batch, truth
from expectations.declaration import Rule, Scope
from expectations.scopes_text import scope_of
from expectations.text_claims import Claims, Judged, figure_of
from expectations.text_counts import Side, quoted, side
from form.claims_subjects import SUBJECTS

_OF_SCOPE: Final = {scope_of(subject): subject for subject in SUBJECTS}
#: what `rules.md` allows, in percentage points
_ALLOWED: Final = Fraction(1, 10)
_DECIMALS: Final = re.compile(r"[.．]([0-9０-９]+)\s*[%％]")
#: four decimals of a quoted percentage, and the largest that is looked at in whole numbers
_SCALE: Final = 10**4
_MOST: Final = 10.0**9


class Computed(NamedTuple):
    """What a claim should say: each possible figure with how it was computed; else why there is none."""

    figures: tuple[tuple[Fraction, str], ...]
    reason: int
    why: str
    cells: tuple[str, ...]


class Comparer(Protocol):
    """One kind of percentage: how all claims are told at once, and how one is told exactly and in words."""

    claims: Claims

    def hold(self, at: Positions, sides: Sequence[Side]) -> Bools:
        """Which claims (positions) certainly hold; `sides` are the alternatives of their subject."""

    def compute(self, member: dict[str, Any], report: int, sides: Sequence[Side]) -> Computed:
        """What one claim of one report should say."""


def known(one: Side, report: int) -> bool:
    """Whether a sum of one report is known."""
    return bool(one.applies[report] and not one.reason[report])


def clear(one: Side, reports: Positions) -> Bools:
    """Which reports have a sum that is known and whole."""
    return np.asarray(one.applies[reports] & (one.reason[reports] == 0) & ~one.inexact[reports])


def close(claims: Claims, at: Positions, part: Ints, whole: Ints) -> Bools:
    """Where a quoted percentage is that of `part` in `whole`, in whole numbers: no verdict rests on a float.

    False wherever that cannot be told so: another unit, more than four decimals, a whole of 0. Figures are below
    10^9, so that nothing overflows.
    """
    quoted = claims.rows.take(pa.array(at))
    scaled = np.asarray(pc.cast(quoted.field("number"), pa.float64()).to_numpy(zero_copy_only=False)) * _SCALE
    number = np.where(np.abs(scaled) < _MOST, np.rint(scaled), 0).astype(np.int64)
    plain = (np.abs(scaled) < _MOST) & (np.abs(scaled - number) < 1e-3) & truth(pc.equal(quoted.field("unit"), "%"))
    fine = truth(pc.match_substring_regex(quoted.field("quote"), _DECIMALS.pattern))
    allowed = np.where(fine, _SCALE // 10, _SCALE // 2)
    off = np.abs(part * (100 * _SCALE) - number * whole)
    return np.asarray(plain & (whole > 0) & (off <= allowed * whole))


def compared(batch: Batch, rule: Rule, kind: str, comparer: Comparer) -> Iterator[Answer]:
    """A verdict for each subject that a report compares, one for its uncertain comparisons, else one for all."""
    *subjects, unclear, text = rule.scopes
    claims = comparer.claims
    every = claims.of(("figure",), "subject", (kind,))
    answers = []
    for scope in subjects:
        at = np.intersect1d(every, claims.of(("figure",), "of_subject", (_OF_SCOPE[scope.id],)))
        at = at[batch.subject[claims.report[at]]]
        if len(at):
            answers.append(_ask(batch, rule, scope, at, comparer))
    of_none = np.intersect1d(every, claims.of(("figure",), "of_subject", ("uncertain",)))
    loose = np.intersect1d(
        claims.of(("figure",), "subject", ("uncertain",)), claims.of(("figure",), "of_subject", (kind,))
    )
    answers.append(quoted(batch, rule, unclear, claims, np.union1d(of_none, loose)))
    yield from answers
    yield text_claims.rest(batch, rule, text, answers)


def _ask(batch: Batch, rule: Rule, scope: Scope, at: Positions, comparer: Comparer) -> Answer:
    claims = comparer.claims
    sides = [side(batch, relation) for relation in scope.relations]
    size = len(at)
    judged = Judged(at, np.full(size, PASS, np.int8), np.zeros(size, np.int8), claims.foreign[at])
    said: dict[int, tuple[Words, tuple[str, ...]]] = {}
    rows = np.flatnonzero(~(claims.timely[at] & comparer.hold(at, sides)))
    for row, place, member in zip(rows.tolist(), at[rows].tolist(), claims.members(at[rows]), strict=True):
        report = int(claims.report[place])
        found = comparer.compute(member, report, sides)
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
