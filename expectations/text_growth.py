"""TXT-GROWTH: a quoted growth against this year's and last year's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

import numpy as np

from expectations import text_claims, wording
from expectations.answer import EARLIER_BLANK, EARLIER_MISSING, MISSING, Answer
from expectations.arrays import Bools, Positions
from expectations.batch import Batch
from expectations.declaration import Rule
from expectations.text_compared import Computed, clear, close, compared, known
from expectations.text_counts import Side

_ZERO: Final = "上一年度为 0，无法计算增幅"
_POINTS: Final = "以百分点计，未作比较"


def growth(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """A verdict for each subject that a report gives the growth of, against the report of the year before."""
    yield from compared(batch, rule, "growth", _Growths(batch))


class _Growths:
    """The growths of a batch; where units were merged, last year's figure is the sum of theirs."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.claims = text_claims.load(batch)
        near = batch.near
        self._before = np.full(batch.size, -1, dtype=np.intp)
        self._before[near.later] = near.earlier
        several = near.later[1:][near.later[1:] == near.later[:-1]]
        self._before[several] = -1

    def hold(self, at: Positions, sides: Sequence[Side]) -> Bools:
        """See `text_compared.Comparer`."""
        report, held = self.claims.report[at], np.zeros(len(at), dtype=np.bool_)
        before = self._before[report]
        for one in sides:
            sure = (before >= 0) & clear(one, report) & clear(one, before)
            now, then = one.value[report], one.value[before]
            held |= sure & close(self.claims, at, now - then, then)
        return held

    def compute(self, member: dict[str, Any], report: int, sides: Sequence[Side]) -> Computed:
        """See `text_compared.Comparer`."""
        sources = self._batch.near.sources(report)
        if not sources:
            return Computed((), int(self._batch.near.no_earlier[report]), "", ())
        if member["unit"].endswith("点"):
            return Computed((), 0, _POINTS, ())
        found: list[tuple[Fraction, str]] = []
        cells: list[str] = []
        reason, nothing = 0, False
        for one in sides:
            obstacle = _obstacle(one, report, sources)
            if obstacle:
                reason = obstacle
                continue
            keys = one.relation.keys
            cells += (*keys, *(self._batch.cite(key, source) for source in sources for key in keys))
            now = wording.total(self._batch, one.relation.left, report)
            then = sum((wording.total(self._batch, one.relation.left, source) for source in sources), Fraction(0))
            nothing |= not then
            if then or member["unit"] != "%":
                change = (now - then) / then * 100 if member["unit"] == "%" else now - then
                found.append((change, f"本年 {wording.figure(now)}，上年 {wording.figure(then)}"))
        return Computed(tuple(found), reason, _ZERO if nothing and not found else "", tuple(dict.fromkeys(cells)))


def _obstacle(one: Side, report: int, sources: Sequence[int]) -> int:
    """Why a sum of this year or last year is not known; 0 where both are."""
    if not known(one, report):
        return int(one.reason[report]) or MISSING
    if all(known(one, source) for source in sources):
        return 0
    return EARLIER_BLANK if any(one.reason[source] for source in sources) else EARLIER_MISSING
