"""All reports of a province as they will be published, and which of them stand beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from samples.chance import keyed
from samples.draft import Draft, Fault
from samples.figures import FORM_KEYS, Figures
from samples.habits import only_persons, organisation_cells
from samples.history import Holder
from samples.timing import publication
from samples.units import Unit

Slot = tuple[str, int]
_BLANKS: float = 0.4
_FIRST_COMPARED = 2020
#: clean drafts are made again when they are asked for later
_REMEMBERED = 4096


class Reports:
    """The reports of a province: those that something was done to are kept, the others made when asked for.

    `missing` reports are not published, `refused` ones cannot be read (slot -> code of `form.errors.REASONS`), and
    `lost` ones are out of reach; `overdue` has the findings on units and years without a report.
    """

    def __init__(self, figures: Figures) -> None:
        self.figures = figures
        self.missing: set[Slot] = set()
        self.refused: dict[Slot, str] = {}
        self.lost: set[Slot] = set()
        self.overdue: dict[Slot, list[Fault]] = {}
        self._holders = {holder.unit.id: holder for holder in figures.holders}
        self._kept: dict[Slot, Draft] = {}
        self._children: dict[str, list[Unit]] = defaultdict(list)
        self._heirs: dict[str, list[Unit]] = defaultdict(list)
        for unit in figures.units:
            self._children[unit.parent or ""].append(unit)
            for old in unit.predecessors:
                self._heirs[old].append(unit)
        self._clean = lru_cache(_REMEMBERED)(self._make_clean)

    @property
    def holders(self) -> tuple[Holder, ...]:
        """The rows of the registry."""
        return self.figures.holders

    def slots(self) -> Iterator[tuple[Holder, int]]:
        """Every unit and year of which a report is due."""
        return self.figures.slots()

    def read(self, unit_id: str, year: int) -> Draft | None:
        """The report as it can be read; None where there is none, or no reader will have it."""
        slot = unit_id, year
        return None if slot in self.refused or slot in self.lost else self.published(unit_id, year)

    def published(self, unit_id: str, year: int) -> Draft | None:
        """The report as it is published, readable or not; None where there is none."""
        slot = unit_id, year
        holder = self._holders.get(unit_id)
        if holder is None or slot in self.missing or year not in self.figures.years or not holder.unit.existed(year):
            return None
        return self._kept.get(slot) or self._clean(slot)

    def fresh(self, unit_id: str, year: int) -> Draft:
        """A report to do something to, with every cell filled; `keep` makes it the one that is published."""
        draft = self.figures.draft(self._holders[unit_id], year)
        draft.published = publication(draft.unit, year, keyed(self.figures.seed, unit_id, year, "day"))
        return draft

    def keep(self, draft: Draft) -> Draft:
        """Makes a draft the report of its unit and year."""
        self._kept[draft.unit.id, draft.year] = draft
        return draft

    def kept(self) -> Iterator[Draft]:
        """The reports that something was done to."""
        return iter(self._kept.values())

    def sources(self, unit: Unit, year: int) -> list[Draft]:
        """The reports of the year before; empty where one of them cannot be read, or none can be compared."""
        if year < _FIRST_COMPARED:
            return []
        olds = unit.predecessors if unit.predecessors and unit.first_year == year else (unit.id,)
        found = [self.read(old, year - 1) for old in olds]
        return [] if None in found else [draft for draft in found if draft is not None]

    def parent(self, unit: Unit, year: int) -> Draft | None:
        """The report of the government above."""
        return self.read(unit.parent, year) if unit.parent else None

    def children(self, unit: Unit, year: int) -> tuple[Draft, ...]:
        """The reports of the units right below, as far as they can be read."""
        found = (self.read(child.id, year) for child in self._children[unit.id])
        return tuple(draft for draft in found if draft is not None)

    def all_listed(self, unit: Unit, year: int) -> bool:
        """Whether the registry has all units below, and each has a report."""
        due = sum(child.existed(year) for child in self._children[unit.id])
        return unit.complete and due == len(self.children(unit, year))

    def around(self, unit_id: str, year: int) -> Iterator[Slot]:
        """The units and years whose findings may rest on this report: itself, next year's, those above and below."""
        unit = self._holders[unit_id].unit
        yield unit_id, year
        for heir in (unit, *self._heirs[unit_id]):
            if year + 1 in self.figures.years and heir.existed(year + 1):
                yield heir.id, year + 1
        if unit.parent in self._holders:
            yield unit.parent, year
        for child in self._children[unit_id]:
            if child.existed(year):
                yield child.id, year

    def unit(self, unit_id: str) -> Unit:
        """A unit of the registry."""
        return self._holders[unit_id].unit

    def coincidences(self) -> Iterator[Slot]:
        """Reports of governments whose table four happens to be last year's: small changes below cancel out."""
        parts = [
            table[:, :, [place for place, key in enumerate(FORM_KEYS[edition]) if key.startswith("disputes.")]]
            for edition, table in (("2019", self.figures.old), ("2021", self.figures.new))
        ]
        cases = np.concatenate(parts, axis=1)
        alike = (cases[:, 1:] == cases[:, :-1]).all(axis=2) & ((cases[:, 1:] > 0).sum(axis=2) >= 3)
        for holder, year in self.slots():
            place = year - self.figures.years[0] - 1
            if place >= 0 and alike[list(holder.bodies), place].any():
                yield holder.unit.id, year

    def _make_clean(self, slot: Slot) -> Draft:
        draft = self.fresh(*slot)
        rng = keyed(self.figures.seed, *slot, "blanks")
        if rng.random() < _BLANKS and not draft.faults and only_persons(draft):
            draft.blank(organisation_cells(draft))
        return draft
