"""Which unit took over which: every link checked, each error named by file, entry and reason."""

from __future__ import annotations

from collections.abc import Mapping

from portals.schema import RegistryError
from portals.units import Unit


def check(units: Mapping[str, Unit], labels: Mapping[str, str]) -> None:
    """Raise `RegistryError` for a lineage that cannot be.

    A predecessor must be declared and must have existed in the year before its successor's first; so no unit
    can be among its own predecessors, however far back. `children_complete` needs children.
    """
    parents = {unit.parent for unit in units.values()}
    for unit in units.values():
        for old in unit.predecessors:
            if old not in units:
                raise RegistryError(f"{labels[unit.id]}: predecessor {old!r} is not declared")
            if not units[old].existed(unit.first_year - 1):
                reason = f"did not exist in {unit.first_year - 1}, the year before first_year"
                raise RegistryError(f"{labels[unit.id]}: predecessor {old} ({labels[old]}) {reason}")
        if unit.children_complete and unit.id not in parents:
            raise RegistryError(f"{labels[unit.id]}: children_complete, but no unit names it as parent")
