"""Sets of cells that meet what a system demands of which cells change: all of them, by a search in depth.

Of a broken equation one cell must change, of an equation that holds none or two; what figures rule out is told while
the search goes on, as further sets of cells of which one must change. Cells are bits of an integer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_
from typing import Final

from expectations.localisation_system import System
from expectations.programme import UnsolvedError

#: steps of one search, some seconds; the clock decides nothing
MAX_STEPS: Final = 200_000


@dataclass(slots=True)
class Cover:
    """What one system demands; cells in the order of its equations, each a bit."""

    system: System
    keys: list[str] = field(init=False)
    _bits: dict[str, int] = field(init=False)
    #: one of these must change
    _needs: list[int] = field(init=False)
    #: none of these or two
    _pairs: list[int] = field(init=False)

    def __post_init__(self) -> None:
        equations = self.system.equations
        self.keys = list(dict.fromkeys(key for equation in equations for key in equation.cells))
        self._bits = {key: 1 << place for place, key in enumerate(self.keys)}
        self._needs = [self.mask(e.cells) for e in equations if e.broken]
        self._pairs = [self.mask(e.cells) for e in equations if not e.broken and e.operator == "="]

    def mask(self, cells: Collection[str]) -> int:
        """The bits of cells, each named once; those that are in no equation have none."""
        return sum(self._bits.get(key, 0) for key in cells)

    def need(self, cells: Collection[str]) -> None:
        """Demand from here on that one of these changes; a running search obeys it too."""
        self._needs.append(self.mask(cells))

    def sets(self, size: int) -> Iterator[list[str]]:
        """All sets of so many cells that meet the demands, each once.

        Raises `UnsolvedError` where there is more to search than anybody waits for.
        """
        steps = [MAX_STEPS]
        for found in self._from(0, 0, size, steps):
            yield [key for key, bit in self._bits.items() if bit & found]

    def _from(self, chosen: int, banned: int, left: int, steps: list[int]) -> Iterator[int]:
        """The sets that hold the chosen cells, none of the banned ones, and so many more."""
        steps[0] -= 1
        if steps[0] < 0:
            raise UnsolvedError("too many steps")
        open_ = self._open(chosen, banned)
        if not open_:
            # Fewer cells than asked for were found, and refused, by the search for fewer.
            if not left:
                yield chosen
            return
        if not left or _apart(open_) > left:
            return
        # The last cell must meet all that is open.
        free = min(open_, key=int.bit_count) if left > 1 else reduce(and_, open_)
        while free:
            bit = free & -free
            free ^= bit
            yield from self._from(chosen | bit, banned, left - 1, steps)
            banned |= bit

    def _open(self, chosen: int, banned: int) -> list[int]:
        """For each demand that is not met the cells that would meet it."""
        allowed = ~(banned | chosen)
        found = [mask & allowed for mask in self._needs if not mask & chosen]
        for mask in self._pairs:
            own = mask & chosen
            if own and not own & (own - 1):
                found.append(mask & allowed)
        return found


def _apart(masks: Sequence[int]) -> int:
    """How many cells it takes at least: demands that share no cell, taken greedily; many where one has no cell."""
    taken = count = 0
    for mask in sorted(masks, key=int.bit_count):
        if not mask:
            return len(masks) + 1_000
        if not mask & taken:
            taken |= mask
            count += 1
    return count
