"""Figures of a province: every rule holds within a report, from year to year, and from level to level.

Bodies have figures of their own; a government's are the sums of all that are below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random

import numpy as np

from samples import keys, office
from samples.applications import applications
from samples.bodies import bodies_of, complete
from samples.chance import Ints, keyed
from samples.draft import Draft, Fault, in_ten_thousands, plain
from samples.history import Holder, holders
from samples.proactive import Cells, proactive
from samples.units import Unit

_FEN = 100


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of all reports.

    `old` and `new` hold a row a body, a column a year and a layer a key, counts in 件 and 项, amounts in 分;
    `keys_old` and `keys_new` name the layers, `years_old` and `years_new` the columns. `holders` is the registry.
    """

    holders: tuple[Holder, ...]
    years: range
    seed: int
    old: Ints
    new: Ints

    @property
    def units(self) -> tuple[Unit, ...]:
        """The registry's units, parents before children."""
        return tuple(holder.unit for holder in self.holders)

    def slots(self) -> Iterator[tuple[Holder, int]]:
        """Every unit and year of which a report is due."""
        return ((holder, year) for holder in self.holders for year in self.years if holder.unit.existed(year))

    def row(self, holder: Holder, year: int) -> Ints:
        """The figures of one report in the order of `keys.all_keys` of its year's form."""
        old = sum(y <= 2020 for y in self.years)
        place = year - self.years[0]
        table, column = (self.old, place) if year <= 2020 else (self.new, place - old)
        return np.asarray(table[list(holder.bodies), column].sum(axis=0))

    def draft(self, holder: Holder, year: int) -> Draft:
        """One report as it is before anything is planted in it."""
        unit = holder.unit
        if (unit.id, year) == (office.UNIT, office.YEAR):
            return _office_report(unit)
        old = year <= 2020
        names = FORM_KEYS["2019" if old else "2021"]
        cells: dict[str, Decimal | None] = {
            key: Decimal(value) / _FEN if key.endswith(".amount") else Decimal(value)
            for key, value in zip(names, self.row(holder, year).tolist(), strict=True)
        }
        draft = Draft(unit, year, "2019" if old else "2021", old, cells, (date(year, 1, 1), date(year, 12, 31)))
        _print_amounts(draft, keyed(self.seed, unit.id, year, "amounts"))
        return draft


#: edition -> the keys of a report of its years, in order
FORM_KEYS = {"2019": keys.all_keys("2019", True), "2021": keys.all_keys("2021", False)}


def province_figures(chosen: Sequence[Unit], years: tuple[int, int], seed: int) -> Figures:
    """The figures of these units (parents first), some of which are renamed or merged on the way."""
    whole = complete(chosen)
    return _figures([replace(u, complete=u.id in whole) for u in chosen], years, seed, "province", alone=False)


def unit_reports(unit: Unit, years: tuple[int, int], seed: int) -> Iterator[Draft]:
    """The reports of a unit for itself, from the first to the last year, clean under every rule.

    The exception is the real report of the Gansu government office, which leaves one block blank.
    """
    figures = _figures([unit], years, seed, unit.id, alone=True)
    return (figures.draft(Holder(unit, (0,)), year) for year in figures.years)


def _figures(units: Sequence[Unit], years: tuple[int, int], seed: int, name: str, *, alone: bool) -> Figures:
    span = range(years[0], years[1] + 1)
    bodies = bodies_of(units, alone)
    pairs = zip(proactive(bodies, span, seed, name), applications(bodies, span, seed, name), strict=True)
    tables = []
    for edition, (two, others) in zip(FORM_KEYS, pairs, strict=True):
        own = _stacked(two | others, FORM_KEYS[edition])
        table = np.zeros((len(units), *own.shape[1:]), dtype=np.int64)
        table[bodies.unit] = own
        _sum_up(table, units)
        tables.append(table)
    registry = () if alone else holders(units, years)
    return Figures(registry, span, seed, tables[0], tables[1])


def _stacked(cells: Cells, order: Sequence[str]) -> Ints:
    return np.stack([cells[key] for key in order], axis=2)


def _sum_up(table: Ints, units: Sequence[Unit]) -> None:
    """Adds every unit's figures to those of the unit above, from below."""
    index = {unit.id: number for number, unit in enumerate(units)}
    for number in range(len(units) - 1, -1, -1):
        if units[number].parent in index:
            table[index[units[number].parent or ""]] += table[number]


def _office_report(unit: Unit) -> Draft:
    period = date(office.YEAR, 1, 1), date(office.YEAR, 12, 31)
    draft = Draft(unit, office.YEAR, "2019", True, office.cells(), period, office.printed())
    review = tuple(f"disputes.reconsideration.{outcome}" for outcome in (*keys.OUTCOMES, keys.TOTAL))
    draft.faults.append(Fault("T4-BLANK", "info", "reconsideration", review))
    return draft


def _print_amounts(draft: Draft, rng: Random) -> None:
    """How amounts and signed figures are printed; at most six decimals of 万元, as an honest amount has."""
    fees, bought = "proactive.fees.amount", "proactive.procurement.amount"
    if fees in draft.cells:
        draft.printed[fees] = in_ten_thousands(draft.value(fees))
    if bought in draft.cells:
        amount = draft.value(bought)
        figure = in_ten_thousands(amount)
        prints = (f"{figure}万元", f"{figure} 万元", f"{plain(amount)}元") if amount else ("0", "0元", "0 万元")
        draft.printed[bought] = rng.choice(prints)
    for key, value in draft.cells.items():
        if key.endswith(".items_change") and value and value > 0 and rng.random() < 0.7:
            draft.printed[key] = f"+{plain(value)}"
