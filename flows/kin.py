"""Who stands beside whom, by unit and year: what one report's verdicts may rest on, or those of others on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flows.coverage import Key
from portals.units import Unit


class Kin:
    """The years before and after, the units above and below, and those that one took over or went over to.

    The registry decides; for units that it no longer has, what their reports say (rows with unit_id, parent_id).
    """

    def __init__(self, units: Mapping[str, Unit], reports: Iterable[Mapping[str, Any]]) -> None:
        self._units = units
        self._parents: dict[str, str | None] = {row["unit_id"]: row["parent_id"] for row in reports}
        self._parents |= {unit.id: unit.parent for unit in units.values()}
        self._children: defaultdict[str, list[str]] = defaultdict(list)
        self._heirs: defaultdict[str, list[Unit]] = defaultdict(list)
        for unit_id, parent in self._parents.items():
            if parent:
                self._children[parent].append(unit_id)
        for unit in units.values():
            for old in unit.predecessors:
                self._heirs[old].append(unit)

    def around(self, key: Key) -> Iterator[Key]:
        """The units and years whose reports are asked about beside this one's, or about this one's."""
        unit_id, year = key
        yield unit_id, year - 1
        yield unit_id, year + 1
        unit = self._units.get(unit_id)
        if unit and unit.first_year == year:
            yield from ((old, year - 1) for old in unit.predecessors)
        yield from ((heir.id, year + 1) for heir in self._heirs.get(unit_id, ()) if heir.first_year == year + 1)
        parent = self._parents.get(unit_id)
        if parent:
            yield parent, year
        yield from ((child, year) for child in self._children.get(unit_id, ()))


def report_id(key: Key) -> str:
    """`{unit_id}-{year}`."""
    return f"{key[0]}-{key[1]}"


def key_of(report: str) -> Key:
    """The unit and year of a report_id."""
    unit_id, _, year = report.rpartition("-")
    return unit_id, int(year)
