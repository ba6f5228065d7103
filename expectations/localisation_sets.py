"""The smallest sets of cells whose change satisfies a system: a set cover over edits that are found as needed.

The programme only says which cells change: a broken equation needs one that does, an equation that holds needs two
or none. Whether figures can be found for a set is worked out exactly; where not, the edits that say why join the
programme. HiGHS sees zeros and ones only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Final

from expectations.localisation_exact import Edit, changes
from expectations.localisation_system import Changes, Equation, System, grouped
from expectations.programme import Programme, Row, UnsolvedError, solve

#: Sets told, cells in a set, nodes of a solve, solves of a system.
MOST: Final = 8
MAX_CELLS: Final = 6
_MAX_NODES: Final = 200
_MAX_SOLVES: Final = 60


class TooLargeError(UnsolvedError):
    """More than `MAX_CELLS` cells would have to change."""


@dataclass(frozen=True, slots=True)
class Group:
    """Broken equations that hang together, and the smallest sets that satisfy them, each with its changes.

    `more` says that there are others beside the `MOST` that are told.
    """

    broken: tuple[Equation, ...]
    sets: tuple[Changes, ...]
    more: bool = False


@dataclass(slots=True)
class _Cover:
    """The programme of one system; `solves` is shared by all programmes of a report."""

    system: System
    solves: list[int]
    keys: list[str] = field(init=False)
    programme: Programme = field(init=False)

    def __post_init__(self) -> None:
        self.keys = [key for equation in self.system.equations for key in equation.cells]
        self.keys = list(dict.fromkeys(self.keys))
        self.programme = Programme([1.0] * len(self.keys), len(self.keys))
        at = {key: column for column, key in enumerate(self.keys)}
        for equation in self.system.equations:
            own = [at[key] for key in equation.cells]
            if equation.broken:
                self.programme.row(dict.fromkeys(own, 1.0), 1, inf)
            elif equation.operator == "=":
                for column in own:
                    self.programme.row(dict.fromkeys(own, 1.0) | {column: -1.0}, 0, inf)

    def smallest(self, more: Sequence[Row] = (), most: int = MAX_CELLS) -> Changes | None:
        """A smallest set of at most so many cells, with its changes; None where there is none."""
        everything = dict.fromkeys(range(len(self.keys)), 1.0)
        while self.solves[0] > 0:
            self.solves[0] -= 1
            solution = solve(self.programme, [*more, (everything, 0, most)], nodes=_MAX_NODES)
            if solution is None:
                return None
            support = [key for key, value in zip(self.keys, solution.values, strict=False) if value > 0.5]
            found = changes(self.system, support)
            if not isinstance(found, list):
                return found
            for edit in found:
                self._forbid(edit)
        raise UnsolvedError("too many solves")

    def _forbid(self, edit: Edit) -> None:
        terms = {column: 1.0 for column, key in enumerate(self.keys) if key in edit}
        # An edit that no cell can meet: there is no such set at all.
        self.programme.row(terms or {0: 0.0}, 1, inf)

    def without(self, sets: Sequence[Changes]) -> list[Row]:
        """The constraints that forbid these sets, each with all sets that hold it."""
        at = {key: column for column, key in enumerate(self.keys)}
        return [({at[key]: 1.0 for key in cells}, 0, len(cells) - 1) for cells in sets]

    def beyond(self, groups: Sequence[Group]) -> list[Row]:
        """Constraints that let not every group have one of its known sets."""
        at = {key: column for column, key in enumerate(self.keys)}
        rows: list[Row] = []
        known = []
        for group in groups:
            column = self.programme.column(0.0)
            known.append(column)
            for cells in group.sets:
                # 1 in the column where the whole set is chosen
                rows.append(({at[key]: 1.0 for key in cells} | {column: -1.0}, -inf, len(cells) - 1))
        rows.append((dict.fromkeys(known, 1.0), 0, len(known) - 1))
        return rows


def smallest(system: System) -> list[Group]:
    """The broken equations of a system in groups that need not be mended together, each with its smallest sets.

    Raises `TooLargeError`, and `UnsolvedError` where the programme reached its caps.
    """
    solves = [_MAX_SOLVES]
    cover = _Cover(system, solves)
    found = cover.smallest()
    if found is None:
        raise TooLargeError(f"more than {MAX_CELLS} cells")
    size = len(found)
    groups = [_enumerated(system, broken, known, solves) for broken, known in _parts(system, found)]
    while len(groups) > 1:
        # Sets of the same size that mend equations of several groups at once join these groups.
        cover = _Cover(system, solves)
        found = cover.smallest(cover.beyond(groups), size)
        if found is None:
            break
        joined = _joined(system, groups, found)
        if len(joined) == len(groups):
            # A further set of a group of which not all are told.
            break
        groups = joined
        groups = [group if group.sets else _enumerated(system, group.broken, None, solves) for group in groups]
    return groups


def _parts(system: System, found: Changes) -> list[tuple[tuple[Equation, ...], Changes]]:
    """The broken equations and the changes that satisfy them, apart where no equation holds cells of both.

    What is no equation leaves room, which parts could use up together: then all is one part.
    """
    if any(e.operator != "=" for e in system.equations):
        return [(system.broken, found)]
    marks = [frozenset(key for key in equation.cells if key in found) for equation in system.equations]
    touched = [(e, own) for e, own in zip(system.equations, marks, strict=True) if own]
    parts = grouped(touched, [own for _, own in touched])
    return [
        (tuple(e for e, _ in part if e.broken), {k: found[k] for k in found if any(k in own for _, own in part)})
        for part in parts
    ]


def _enumerated(system: System, broken: tuple[Equation, ...], known: Changes | None, solves: list[int]) -> Group:
    """All smallest sets for some of the broken equations, the others taken as if they held."""
    cover = _Cover(system.only(broken), solves)
    found = known if known is not None else cover.smallest()
    sets: list[Changes] = []
    while found is not None:
        if len(sets) == MOST:
            return Group(broken, tuple(sets), more=True)
        sets.append(found)
        found = cover.smallest(cover.without(sets), len(sets[0]))
    return Group(broken, tuple(sets))


def _joined(system: System, groups: Sequence[Group], found: Changes) -> list[Group]:
    """The groups, those joined (their sets to be found anew) of which one part of the changes mends equations."""
    parts = [broken for broken, _ in _parts(system, found)]
    of_part = {id(equation): str(n) for n, broken in enumerate(parts) for equation in broken}
    marks = [frozenset(of_part[id(equation)] for equation in group.broken) for group in groups]
    return [
        own[0] if len(own) == 1 else Group(tuple(e for group in own for e in group.broken), ())
        for own in grouped(groups, marks)
    ]
