"""Which reports of a batch stand beside each other: the year before, and the government above."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from expectations.answer import (
    DIVIDED,
    NO_EARLIER,
    NO_PARENT,
    PARTIAL,
    RIVALS,
    SCOPE_DIFFERS,
    ZONE,
)
from expectations.arrays import Codes, Positions
from expectations.world import World

#: the first year that has the form's predecessor: 2018 had another form, without a row for what was carried over
FIRST_COMPARED: Final = 2020
_COLUMNS: Final = ("unit_id", "year", "kind", "code", "parent_id", "scope")
_Key = tuple[str, int]
_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Near:
    """The neighbours of n reports, by position; a reason code is 0 where the neighbours are there.

    `later` and `earlier` are pairs of positions, in order of `later`: several where units were merged.
    `no_earlier` (n) says why a report has none. `parent` (n) is the aggregate report above, else -1, and
    `no_parent` (n) why a report is not compared with it. `whole` (n) marks the reports whose figures are
    all of their unit's, so that a sum may count on them; `zone` (n) the 功能区, which may lie outside the
    sum. `expected` (n) is how many children the registry has for an aggregate, zones apart; -1 unknown.
    `zones` (n) is how many of them are 功能区. `listed` (n) marks those of which the registry lists every child.
    """

    later: Positions
    earlier: Positions
    no_earlier: Codes
    parent: Positions
    no_parent: Codes
    whole: npt.NDArray[np.bool_]
    zone: npt.NDArray[np.bool_]
    expected: npt.NDArray[np.int64]
    zones: npt.NDArray[np.int64]
    listed: npt.NDArray[np.bool_]

    def sources(self, report: int) -> list[int]:
        """The reports of the year before that a report is compared with."""
        first, last = np.searchsorted(self.later, [report, report + 1])
        return [int(source) for source in self.earlier[first:last]]


class _Registry:
    """The units of the world, by id, with who took them over and who stands below them."""

    def __init__(self, world: World | None) -> None:
        rows = world.units.to_pylist() if world else []
        self.known = world is not None
        self.units: Mapping[str, _Row] = {row["unit_id"]: row for row in rows}
        self.heirs: dict[str, list[_Row]] = defaultdict(list)
        self.children: dict[str, list[_Row]] = defaultdict(list)
        for row in rows:
            for old in row["predecessors"] or ():
                self.heirs[old].append(row)
            if row["parent_id"]:
                self.children[row["parent_id"]].append(row)

    def origins(self, unit_id: str, year: int) -> tuple[Sequence[str], bool]:
        """The units whose last year's figures this one goes on from, and whether all of those went to it."""
        if any(heir["first_year"] == year for heir in self.heirs.get(unit_id, ())):
            return (unit_id,), False
        unit = self.units.get(unit_id)
        if not unit or not unit["predecessors"] or unit["first_year"] != year:
            return (unit_id,), True
        olds = unit["predecessors"]
        return olds, all(len(self.heirs[old]) == 1 and not self._exists(old, year) for old in olds)

    def expected(self, unit_id: str, year: int) -> tuple[int, int]:
        """How many children should report, and how many 功能区; -1 and 0 without a registry."""
        if not self.known:
            return -1, 0
        there = [is_zone(row["code"]) for row in self.children.get(unit_id, ()) if _existed(row, year)]
        return there.count(False), there.count(True)

    def listed(self, unit_id: str) -> bool:
        """Whether the registry lists every child."""
        return bool(self.units.get(unit_id, {}).get("children_complete"))

    def parent(self, row: _Row) -> str | None:
        """The id of the unit above a report's."""
        parent: str | None = self.units.get(row["unit_id"], row)["parent_id"]
        return parent

    def _exists(self, unit_id: str, year: int) -> bool:
        return unit_id in self.units and _existed(self.units[unit_id], year)


def _existed(unit: _Row, year: int) -> bool:
    return bool(unit["first_year"] <= year and (unit["last_year"] is None or year <= unit["last_year"]))


def is_zone(code: str | None) -> bool:
    """Whether a code is of a 功能区 (new area, development zone): 70 to 79 in the last two of six digits.

    It has no place in GB/T 2260, and the city around it may or may not count it: 兰州新区 (620171).
    """
    return bool(code) and str(code)[4:6].isdigit() and 70 <= int(str(code)[4:6]) <= 79


def find(reports: pa.Table, world: World | None) -> Near:
    """The neighbours of `reports` (see `Near`); columns that the table lacks count as null."""
    registry = _Registry(world)
    columns = [
        reports[name].to_pylist() if name in reports.column_names else [None] * reports.num_rows for name in _COLUMNS
    ]
    rows: list[_Row] = [dict(zip(_COLUMNS, row, strict=True)) for row in zip(*columns, strict=True)]
    at: dict[_Key, list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        if row["unit_id"] is not None and row["year"]:
            at[row["unit_id"], row["year"]].append(position)
    before = [_before(row, rows, at, registry) for row in rows]
    above = [_above(row, rows, at, registry) for row in rows]
    pairs = [(later, earlier) for later, (found, _) in enumerate(before) for earlier in found]
    counts = [registry.expected(row["unit_id"], row["year"] or 0) for row in rows]
    return Near(
        later=np.array([later for later, _ in pairs], dtype=np.intp),
        earlier=np.array([earlier for _, earlier in pairs], dtype=np.intp),
        no_earlier=np.array([reason for _, reason in before], dtype=np.int8),
        parent=np.array([parent for parent, _ in above], dtype=np.intp),
        no_parent=np.array([reason for _, reason in above], dtype=np.int8),
        whole=np.array([_whole(row, at) for row in rows], dtype=np.bool_),
        zone=np.array([is_zone(row["code"]) for row in rows], dtype=np.bool_),
        expected=np.array([units for units, _ in counts], dtype=np.int64),
        zones=np.array([zones for _, zones in counts], dtype=np.int64),
        listed=np.array([registry.listed(row["unit_id"]) for row in rows], dtype=np.bool_),
    )


def _before(row: _Row, rows: list[_Row], at: Mapping[_Key, list[int]], registry: _Registry) -> tuple[list[int], int]:
    """The reports of the year before, or why there are none to compare with."""
    year = row["year"] or 0
    olds, undivided = registry.origins(row["unit_id"], year)
    found = [at.get((old, year - 1), []) for old in olds]
    sources = [position for several in found for position in several]
    obstacles = (
        (not sources or year < FIRST_COMPARED, NO_EARLIER),
        (not undivided, DIVIDED),
        (not all(found), PARTIAL),
        (len(sources) > len(found), RIVALS),
        (any(_differ(row["scope"], rows[source]["scope"]) for source in sources), SCOPE_DIFFERS),
    )
    reason = next((reason for applies, reason in obstacles if applies), 0)
    return ([] if reason else sources), reason


def _differ(mine: str | None, theirs: str | None) -> bool:
    return mine is not None and theirs is not None and mine != theirs


def _above(row: _Row, rows: list[_Row], at: Mapping[_Key, list[int]], registry: _Registry) -> tuple[int, int]:
    found = at.get((registry.parent(row) or "", row["year"] or 0), [])
    found = [position for position in found if rows[position]["kind"] == "aggregate"]
    if not found:
        return -1, NO_PARENT
    if len(found) > 1:
        return -1, RIVALS
    (parent,) = found
    if rows[parent]["scope"] == "own" or (row["kind"] != "aggregate" and row["scope"] == "aggregate"):
        return -1, SCOPE_DIFFERS
    return parent, ZONE if is_zone(row["code"]) else 0


def _whole(row: _Row, at: Mapping[_Key, list[int]]) -> bool:
    """Whether a sum may take the figures for all of the unit's: one document, and not less than the unit."""
    rivals = len(at.get((row["unit_id"], row["year"]), ())) > 1
    return not rivals and not (row["kind"] == "aggregate" and row["scope"] == "own")
