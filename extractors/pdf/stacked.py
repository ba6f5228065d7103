"""Figures that stand one under the other in a cell: a long figure broken by the cell's width, or two figures."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from extractors.pdf.native import Floats
from extractors.pdf.rules import Rules
from extractors.pdf.runs import Run

_FIGURE = re.compile(r"[\s\d.,]*\d[\s\d.,]*")
#: Lines of one cell are at most so far apart (share of their height).
_LEADING = 3.0
#: What word processors leave free at both sides of a cell's text together, at most (points).
_PADDING = 12.0


def keep_apart(runs: Sequence[Run], rules: Rules) -> None:
    """Put a line break before figures that stand under another one of their cell without need.

    A program breaks a figure where the next digit has no room; with room left the two are figures of
    their own, of rows whose rule is missing, and must not be read as one.
    """
    digits = [run for run in runs if _FIGURE.fullmatch(run.text)]
    if len(digits) < 2:
        return
    x0, y0, x1, y1 = (np.array([getattr(run, name) for run in digits]) for name in ("x0", "y0", "x1", "y1"))
    below = y0[:, None] - y0[None, :]
    near = (below > 0) & (below <= _LEADING * (y1 - y0)[:, None])
    near &= (x0[:, None] < x1[None, :]) & (x0[None, :] < x1[:, None])
    for upper, lower in np.argwhere(near).tolist():
        over, under = digits[upper], digits[lower]
        if not _between(rules.horizontal, over, under) and _room(rules.vertical, over):
            under.text = "\n" + under.text.lstrip()


def _between(horizontal: Floats, over: Run, under: Run) -> bool:
    """Whether a rule parts two lines."""
    across = (horizontal[:, 0] <= over.x1) & (horizontal[:, 2] >= over.x0)
    return bool((across & (horizontal[:, 1] > under.y0) & (horizontal[:, 1] < over.y1)).any())


def _room(vertical: Floats, run: Run) -> bool:
    """Whether another digit would have fitted behind a figure in its cell."""
    beside = vertical[(vertical[:, 1] <= run.y1) & (vertical[:, 3] >= run.y0), 0]
    left, right = beside[beside <= run.x0 + 1], beside[beside >= run.x1 - 1]
    if not len(left) or not len(right):
        return True
    digit = (run.x1 - run.x0) / max(len(run.text.strip()), 1)
    return bool(run.x1 - run.x0 + digit <= right.min() - left.max() - _PADDING)
