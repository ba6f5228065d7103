"""The smallest sets of cells whose change satisfies a system: covers of its equations, with edits found as needed.

A search says which cells may change (`localisation_cover`). Whether figures can be found for a set is worked out
exactly; where not, the edits that say why join what the search must meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from expectations.localisation_cover import Cover
from expectations.localisation_exact import changes
from expectations.localisation_system import Changes, Equation, System, grouped
from expectations.programme import UnsolvedError

#: Cells in a set; sets of a group that are listed, of which the likeliest are told.
MAX_CELLS: Final = 6
LISTED: Final = 64


class TooLargeError(UnsolvedError):
    """More than `MAX_CELLS` cells would have to change."""


@dataclass(frozen=True, slots=True)
class Group:
    """Broken equations that hang together, and the smallest sets that satisfy them, each with its changes.

    `more` says that there are others beside the `LISTED` that are here.
    """

    broken: tuple[Equation, ...]
    sets: tuple[Changes, ...]
    more: bool = False


def smallest(system: System) -> list[Group]:
    """The broken equations of a system in groups that need not be mended together, each with its smallest sets.

    Raises `TooLargeError`, and `UnsolvedError` where the search reached its cap.
    """
    cover = Cover(system)
    found = next(_satisfying(cover, range(1, MAX_CELLS + 1)), None)
    if found is None:
        raise TooLargeError(f"more than {MAX_CELLS} cells")
    size = len(found)
    groups = [_enumerated(system, broken, len(known)) for broken, known in _parts(system, found)]
    while len(groups) > 1:
        # Sets of the same size that mend equations of several groups at once join these groups.
        found = next(_satisfying(cover, [size], groups), None)
        if found is None:
            break
        joined = _joined(system, groups, found)
        if len(joined) == len(groups):
            # A further set of a group of which not all are listed.
            break
        groups = [group if group.sets else _enumerated(system, group.broken, size) for group in joined]
    return groups


def _satisfying(cover: Cover, sizes: Sequence[int], known: Sequence[Group] = ()) -> Iterator[Changes]:
    """The changes of all sets of these sizes that satisfy the system, but those with a known set of each group."""
    for size in sizes:
        for support in cover.sets(size):
            if known and _composed(frozenset(support), known):
                continue
            found = changes(cover.system, support)
            if not isinstance(found, list):
                yield found
                continue
            for edit in found:
                cover.need(edit)


def _composed(cells: frozenset[str], known: Sequence[Group]) -> bool:
    """Whether cells hold one of the sets of every group."""
    return all(any(cells.issuperset(one) for one in group.sets) for group in known)


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


def _enumerated(system: System, broken: tuple[Equation, ...], most: int) -> Group:
    """The smallest sets, of at most so many cells, for some broken equations, the others taken as if they held."""
    cover = Cover(system.only(broken))
    for size in range(1, most + 1):
        sets = tuple(islice(_satisfying(cover, [size]), LISTED + 1))
        if sets:
            return Group(broken, sets[:LISTED], more=len(sets) > LISTED)
    raise UnsolvedError("no set for a part of what one mends as a whole")


def _joined(system: System, groups: Sequence[Group], found: Changes) -> list[Group]:
    """The groups, those joined (their sets to be found anew) of which one part of the changes mends equations."""
    parts = [broken for broken, _ in _parts(system, found)]
    of_part = {id(equation): str(n) for n, broken in enumerate(parts) for equation in broken}
    marks = [frozenset(of_part[id(equation)] for equation in group.broken) for group in groups]
    return [
        own[0] if len(own) == 1 else Group(tuple(e for group in own for e in group.broken), ())
        for own in grouped(groups, marks)
    ]
