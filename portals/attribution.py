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
        groups[_lists(unit)].append(unit)
    return [tuple(group) for group in groups.values()]


class Attribution:
    """Owners of titles. `units` are all that a title may name, wherever they publish."""

    def __init__(self, units: Collection[Unit]) -> None:
        self._registry = Registry({}, {unit.id: unit for unit in units})

    def owner(self, title: str, group: tuple[Unit, ...]) -> str | None:
        """The id of the unit of `group` that a title names; None where it names one that shares the list, but is
        not asked for.

        Where it names anybody else, or nobody, that of the keeper: the document itself will say whose it is, and
        nothing on a list is lost because its title is short.
        """
        keeper, ids = _keeper(group), {unit.id for unit in group}
        unit = self.named(title, group)
        if unit is not None and unit.id not in ids and _lists(unit) == _lists(keeper):
            return None
        return unit.id if unit is not None and unit.id in ids else keeper.id

    def named(self, title: str, group: tuple[Unit, ...]) -> Unit | None:
        """The unit that a title certainly names, of the group or not; None where it names nobody we know."""
        found = parse_title(title)
        if found is None or found.unit is None:
            return None
        match = self._registry.resolve(found.unit, _keeper(group).id)
        return None if match.how == "conflict" else match.unit

    @staticmethod
    def names_a_body(title: str) -> bool:
        """Whether a title names somebody at all."""
        found = parse_title(title)
        return found is not None and found.unit is not None


def _lists(unit: Unit) -> tuple[str, tuple[str, ...]]:
    return unit.portal, unit.paths


def _keeper(group: tuple[Unit, ...]) -> Unit:
    """The unit that a list without names is of: a government before its office and its departments."""
    order: Mapping[str, int] = {"aggregate": 0, "office": 1}
    return min(group, key=lambda unit: (order.get(unit.kind, 2), unit.id))
