"""Whose a listed report is, where several units share a list: the title says, the list's keeper has the rest."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from form.identity import parse_title
from portals.registry import Registry
from portals.units import Unit


def shared(units: Collection[Unit]) -> list[tuple[Unit, ...]]:
    """The units that have the same lists on the same portal, together; groups and members in order of id."""
    groups: defaultdict[tuple[str, tuple[str, ...]], list[Unit]] = defaultdict(list)
    for unit in sorted(units, key=lambda one: one.id):
        groups[unit.portal, unit.paths].append(unit)
    return [tuple(group) for group in groups.values()]


class Attribution:
    """Owners of titles. `units` are all that a title may name, wherever they publish."""

    def __init__(self, units: Collection[Unit]) -> None:
        self._registry = Registry({}, {unit.id: unit for unit in units})

    def owner(self, title: str, group: tuple[Unit, ...]) -> str:
        """The id of the unit of `group` that a title names.

        Where it names none of them, or nobody, that of the keeper: the document itself will say whose it is, and
        nothing on a list is lost because its title is short.
        """
        keeper = _keeper(group)
        if len(group) == 1:
            return keeper.id
        named = parse_title(title)
        match = self._registry.resolve(named.unit if named else None, keeper.id)
        ids = {unit.id for unit in group}
        return match.unit.id if match.how != "conflict" and match.unit.id in ids else keeper.id

    def named(self, title: str, group: tuple[Unit, ...]) -> Unit | None:
        """The unit that a title certainly names, of the group or not; None where it names nobody we know."""
        found = parse_title(title)
        if found is None or found.unit is None:
            return None
        match = self._registry.resolve(found.unit, _keeper(group).id)
        return None if match.how == "conflict" else match.unit


def _keeper(group: tuple[Unit, ...]) -> Unit:
    """The unit that a list without names is of: a government before its office and its departments."""
    order: Mapping[str, int] = {"aggregate": 0, "office": 1}
    return min(group, key=lambda unit: (order.get(unit.kind, 2), unit.id))
