"""Figures that stand one under the other in a cell: a long figure broken by the cell's width, or two figures."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from extractors.pdf.native import Floats
from extractors.pdf.rules import Rules
from extractors.pdf.runs import Run

_FIGURE = re.compile(r"[\s\d.,]*\d[\s\d.,]*")
#: Lines of one figure are at most so far apart (share of their height), and figures of one cell.
_LEADING, _FAR = 3.0, 12.0
#: What word processors leave free at both sides of a cell's text together, at most (points).
_PADDING = 12.0


def keep_apart(runs: Sequence[Run], rules: Rules) -> None:
    """Put a line break before figures that stand under another one of their cell without need.

    A program breaks a figure where the next digit has no room; with room left the two are figures of
    their own, of rows whose rule is missing, and must not be read as one. So are two that stand far apart.
    """
    digits = [run for run in runs if _FIGURE.fullmatch(run.text)]
    if len(digits) < 2:
        return
    x0, y0, x1, y1 = (np.array([getattr(run, name) for run in digits]) for name in ("x0", "y0", "x1", "y1"))
    below = y0[:, None] - y0[None, :]
    height = y1 - y0
    near = (below > 0) & (below <= _FAR * height[:, None])
    near &= (x0[:, None] < x1[None, :]) & (x0[None, :] < x1[:, None])
    upper = np.flatnonzero(near.any(axis=1))
    lower = np.where(near, below, np.inf).argmin(axis=1)[upper]
    # Rules across the upper line, between the two.
    parted = (rules.horizontal[:, 0] <= x1[upper, None]) & (rules.horizontal[:, 2] >= x0[upper, None])
    parted &= (rules.horizontal[:, 1] > y0[lower, None]) & (rules.horizontal[:, 1] < y1[upper, None])
    together = ~parted.any(axis=1)
    for over, under in zip(upper[together].tolist(), lower[together].tolist(), strict=True):
        if below[over, under] > _LEADING * height[over] or _room(rules.vertical, digits[over]):
            digits[under].text = "\n" + digits[under].text.lstrip()


def _room(vertical: Floats, run: Run) -> bool:
    """Whether another digit would have fitted behind a figure in its cell."""
    beside = vertical[(vertical[:, 1] <= run.y1) & (vertical[:, 3] >= run.y0), 0]
    left, right = beside[beside <= run.x0 + 1], beside[beside >= run.x1 - 1]
    if not len(left) or not len(right):
        return True
    digit = (run.x1 - run.x0) / max(len(run.text.strip()), 1)
    return bool(run.x1 - run.x0 + digit <= right.min() - left.max() - _PADDING)
