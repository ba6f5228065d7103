"""The figures of the year before, for all reports at once; summed over the units that were merged."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from expectations import layout
from expectations.arrays import Bools, Codes, Ints
from expectations.batch import ABSENT, BLANK, PRINTED, UNREADABLE, Batch


@dataclass(frozen=True, slots=True)
class Figures:
    """One operand (n reports each): its state, its figure where whole, and where it is not.

    Of the year before, the state is printed only where every report it comes from prints a figure, and absent
    where there is no report to compare with.
    """

    state: Codes
    value: Ints
    inexact: Bools


def earlier(batch: Batch, key: str) -> Figures:
    """The figures of `key` in the reports of the year before."""
    near, k = batch.near, layout.INDEX[key]
    states = batch.state[k, near.earlier]

    def some(mask: Bools) -> Bools:
        return np.asarray(np.bincount(near.later, weights=mask, minlength=batch.size) > 0)

    state = np.full(batch.size, PRINTED, dtype=np.int8)
    # the gravest last
    for code in (BLANK, UNREADABLE, ABSENT):
        state[some(states == code)] = code
    state[near.no_earlier > 0] = ABSENT
    # exact: figures are below 10^9 and few are merged, far from the 2^53 of a double
    value = np.bincount(near.later, weights=batch.value[k, near.earlier], minlength=batch.size)
    return Figures(state, value.astype(np.int64), some(batch.inexact[k, near.earlier]))


def exact(batch: Batch, key: str, report: int) -> Fraction:
    """The figure of a year earlier, exactly; 0 for any cell that is not printed."""
    return sum((batch.exact(key, source) for source in batch.near.sources(report)), Fraction(0))


def cite(batch: Batch, key: str, report: int) -> tuple[str, ...]:
    """The cells of a year earlier, as a verdict names them."""
    return tuple(batch.cite(key, source) for source in batch.near.sources(report))
