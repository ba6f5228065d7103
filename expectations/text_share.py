"""TXT-SHARE: a quoted share against that of the tables, of the total that its words name or may mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

import numpy as np
import pyarrow as pa

from expectations import text_claims, wording
from expectations.answer import MISSING, Answer
from expectations.arrays import Bools, Positions
from expectations.batch import Batch
from expectations.declaration import Rule
from expectations.scopes_text import COUNTED
from expectations.text_compared import Computed, clear, close, compared, known
from expectations.text_counts import Side, side

#: the totals that a share may be of
_WHOLES: Final = (
    "received",
    "processed",
    "reconsideration.total",
    "litigation.total",
    "litigation_direct.total",
    "litigation_after_reconsideration.total",
)


def share(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """A verdict for each subject that a report gives the share of."""
    yield from compared(batch, rule, "share", _Shares(batch))


class _Shares:
    """The shares of a batch; a whole has alternatives, and every pairing that is known may be meant."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.claims = text_claims.load(batch)
        self._wholes = {scope: [side(batch, relation) for relation in COUNTED[scope].relations] for scope in _WHOLES}

    def hold(self, at: Positions, sides: Sequence[Side]) -> Bools:
        """See `text_compared.Comparer`."""
        report, held = self.claims.report[at], np.zeros(len(at), dtype=np.bool_)
        of, whole = (self.claims.rows.field(name).take(pa.array(at)).to_pylist() for name in ("of_subject", "whole"))
        asked = [_whole_of(*pair) for pair in zip(of, whole, strict=True)]
        for name in _WHOLES:
            among = np.array([name in names for names in asked], dtype=np.bool_)
            for top, bottom in self._pairs(sides, of[0], name):
                sure = among & clear(top, report) & clear(bottom, report)
                held |= sure & close(self.claims, at, top.value[report], bottom.value[report])
        return held

    def compute(self, member: dict[str, Any], report: int, sides: Sequence[Side]) -> Computed:
        """See `text_compared.Comparer`."""
        found: list[tuple[Fraction, str]] = []
        cells: list[str] = []
        of = member["of_subject"]
        pairs = (pair for name in _whole_of(of, member["whole"]) for pair in self._pairs(sides, of, name))
        for top, bottom in pairs:
            if known(top, report) and known(bottom, report):
                part, total = (wording.total(self._batch, one.relation.left, report) for one in (top, bottom))
                cells += (*top.relation.keys, *bottom.relation.keys)
                if total:
                    how = f"{wording.figure(part)} ÷ {wording.figure(total)}"
                    found.append((part / total * 100, how))
        return Computed(tuple(found), 0 if found else MISSING, "", tuple(dict.fromkeys(cells)))

    def _pairs(self, sides: Sequence[Side], of: str, whole: str) -> Iterator[tuple[Side, Side]]:
        # Applicants are told of what came in this year, never of that and what was carried in.
        for top in sides[:1] if of.startswith("received") else sides:
            yield from ((top, bottom) for bottom in self._wholes[whole])


def _whole_of(subject: str, whole: str | None) -> tuple[str, ...]:
    """The totals that a share of a subject may be of."""
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
