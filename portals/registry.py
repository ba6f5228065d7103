"""The registry of units and portals, read from `sources.toml` files; who a printed unit is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from portals import lineage, names, schema, sites_file
from portals.families import FAMILIES
from portals.schema import RegistryError
from portals.units import PortalSource, Unit

__all__ = ["Match", "PortalSource", "Registry", "RegistryError", "Unit", "load"]

How = Literal["printed", "listed", "conflict"]


@dataclass(frozen=True, slots=True)
class Match:
    """The unit a document belongs to, and how that was settled.

    printed: the title names it; listed: the title is silent, or says the same less fully; conflict: the
    title names some other body, and `unit` is only where the document was listed.
    """

    unit: Unit
    how: How


@dataclass(frozen=True, slots=True)
class Registry:
    """Portals by name, units by id; build one with `load`."""

    portals: Mapping[str, PortalSource]
    units: Mapping[str, Unit]
    _named: Mapping[str, tuple[Unit, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named: dict[str, tuple[Unit, ...]] = {}
        for unit in self.units.values():
            for name in {names.normalise(name) for name in (unit.name, *unit.aliases)}:
                named[name] = (*named.get(name, ()), unit)
        object.__setattr__(self, "_named", named)

    @property
    def hosts(self) -> frozenset[str]:
        """The exact hosts that may be visited."""
        return frozenset(host for portal in self.portals.values() for host in portal.all_hosts)

    def select(self, prefixes: Collection[str] = ()) -> tuple[Unit, ...]:
        """The units whose id or code starts with one of the prefixes (none: all), in order of id.

        Raises `RegistryError` for a prefix that fits no unit: a slip of the keyboard must not look
        like an empty province.
        """
        chosen: set[str] = set()
        for prefix in prefixes:
            fits = {u.id for u in self.units.values() if u.id.startswith(prefix) or u.code.startswith(prefix)}
            if not fits or not prefix:
                raise RegistryError(f"no unit has an id or code that starts with {prefix!r}")
            chosen |= fits
        return tuple(self.units[key] for key in sorted(chosen if prefixes else self.units))

    def resolve(self, printed_unit: str | None, listed_unit_id: str) -> Match:
        """Which unit a document is of. `listed_unit_id` must be one of `units` (KeyError).

        What is printed decides, not the host: county portals carry copies of other bodies' reports.
        """
        listed = self.units[listed_unit_id]
        printed = names.normalise(printed_unit or "")
        if not printed:
            return Match(listed, "listed")
        named = self._named.get(printed, ())
        if listed in named:
            return Match(listed, "printed")
        if len(named) == 1:
            return Match(named[0], "printed")
        if named:
            return Match(listed, "conflict")
        if self._means(printed, listed):
            return Match(listed, "listed")
        near = [unit for unit in self._relatives(listed) if self._means(printed, unit)]
        return Match(near[0], "printed") if len(near) == 1 else Match(listed, "conflict")

    def _means(self, printed: str, unit: Unit) -> bool:
        above = [names.place(ancestor.name) for ancestor in self._ancestors(unit)]
        return any(names.same(printed, name, above) for name in (unit.name, *unit.aliases))

    def _ancestors(self, unit: Unit) -> Iterator[Unit]:
        """Up the tree, unit excluded; a loop in the data ends the walk."""
        seen = {unit.id}
        while unit.parent and unit.parent not in seen and unit.parent in self.units:
            unit = self.units[unit.parent]
            seen.add(unit.id)
            yield unit

    def _relatives(self, unit: Unit) -> Iterator[Unit]:
        """The bodies of the same government: its office and departments, or the government itself."""
        for other in self.units.values():
            if other.id != unit.id and other.code == unit.code:
                yield other


def load(*paths: Path) -> Registry:
    """Read and merge source files, TOML or CSV, in the order given.

    Raises `RegistryError` naming file, entry and reason: see `portals.schema.read`, `portals.sites_file.read`; also
    a name, host or id given twice, a unit whose portal no file declares, a list whose address is not formed as its
    family forms them, and a lineage that cannot be (`portals.lineage`).
    """
    portals: dict[str, PortalSource] = {}
    units: dict[str, Unit] = {}
    labels: dict[str, str] = {}
    for path in paths:
        more_portals, more_units = sites_file.read(path, units) if path.suffix == ".csv" else schema.read(path)
        for label, portal in more_portals.items():
            taken = {host for other in portals.values() for host in other.all_hosts}
            if portal.name in portals or taken & set(portal.all_hosts):
                raise RegistryError(f"{label}: name or host {portal.host} is declared twice")
            portals[portal.name] = portal
        for label, unit in more_units.items():
            if unit.id in units:
                raise RegistryError(f"{label}: the id is already that of {labels[unit.id]}")
            units[unit.id], labels[unit.id] = unit, label
    for unit in units.values():
        _check_lists(unit, portals, labels[unit.id])
    lineage.check(units, labels)
    return Registry(portals, units)


def _check_lists(unit: Unit, portals: Mapping[str, PortalSource], label: str) -> None:
    portal = portals.get(unit.portal)
    if portal is None:
        raise RegistryError(f"{label}: portal {unit.portal!r} is not declared")
    for path in unit.paths:
        if path != "/" and not FAMILIES[portal.family].start.fullmatch(path):
            raise RegistryError(f"{label}: {path} is not formed as lists of {portal.family} sites are")
