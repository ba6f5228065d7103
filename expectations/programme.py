"""A mixed-integer programme over zeros and ones, and its solution by HiGHS.

No figure of a report ever becomes a coefficient here: with figures, HiGHS' tolerance of 1e-6 would let a misfit of
1 pass from a million on. What figures allow is worked out exactly by the callers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

#: a constraint: coefficients by column, least and most
Row = tuple[Mapping[int, float], float, float]
#: The clock never decides, the nodes do: this only ends a solve on a machine that stands still.
_SECONDS: Final = 30.0
_SOLVED, _INFEASIBLE = 0, 2


@dataclass(slots=True)
class Programme:
    """Columns with costs, each in 0..1; `binaries` come first. Rows of coefficients with bounds."""

    costs: list[float] = field(default_factory=list)
    binaries: int = 0
    rows: list[Row] = field(default_factory=list)

    def column(self, cost: float) -> int:
        """A further column; gives its position."""
        self.costs.append(cost)
        return len(self.costs) - 1

    def row(self, terms: Mapping[int, float], least: float, most: float) -> None:
        """A further constraint."""
        self.rows.append((terms, least, most))


class Solution(NamedTuple):
    """The cheapest value of every column, and what it costs."""

    cost: float
    values: npt.NDArray[np.float64]


class UnsolvedError(Exception):
    """The solver reached its cap of nodes or time."""


def solve(programme: Programme, more: Iterable[Row] = (), *, nodes: int) -> Solution | None:
    """The cheapest solution with further constraints, None where there is none. Raises `UnsolvedError` at the cap."""
    # scipy takes a second to import; reports without faults and doubts never come here.
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows = [*programme.rows, *more]
    result = milp(
        np.array(programme.costs),
        integrality=np.arange(len(programme.costs)) < programme.binaries,
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(_matrix(rows, len(programme.costs)), *_bounds(rows)),
        options={"mip_rel_gap": 0.0, "node_limit": nodes, "time_limit": _SECONDS},
    )
    if result.status == _INFEASIBLE:
        return None
    if result.status != _SOLVED:
        raise UnsolvedError(result.message)
    return Solution(float(result.fun), result.x)


def _matrix(rows: Sequence[Row], width: int) -> object:
    from scipy.sparse import csr_array

    entries = [(value, row, column) for row, (terms, _, _) in enumerate(rows) for column, value in terms.items()]
    values, at_row, at_column = zip(*entries, strict=True)
    return csr_array((values, (at_row, at_column)), shape=(len(rows), width))


def _bounds(rows: Sequence[Row]) -> tuple[list[float], list[float]]:
    return [least for _, least, _ in rows], [most for _, _, most in rows]
