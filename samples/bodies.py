"""Who has figures of its own: offices, departments, townships, and what of a government the sample does not list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from samples import office
from samples.chance import Floats
from samples.units import Unit

Flags = npt.NDArray[np.bool_]


class Size(NamedTuple):
    """Typical figures of a year: applications, administrative decisions, normative documents, fees in 元."""

    applications: float
    decisions: float
    documents: float
    fees: float


_SIZES: Final = {
    ("province", "aggregate"): Size(9200, 310_000, 140, 2_600_000_000),
    ("province", "office"): Size(150, 0, 60, 0),
    ("province", "department"): Size(90, 2_400, 9, 38_000_000),
    ("prefecture", "aggregate"): Size(760, 84_000, 46, 310_000_000),
    ("prefecture", "office"): Size(48, 0, 22, 0),
    ("prefecture", "department"): Size(22, 900, 3, 4_700_000),
    ("county", "aggregate"): Size(95, 11_800, 14, 41_000_000),
    ("county", "office"): Size(17, 0, 8, 0),
    ("county", "department"): Size(5, 160, 0, 620_000),
    ("township", "township"): Size(2, 34, 0, 0),
}
#: what the bodies that are not listed have at least, of the typical figures of the whole
_REST: Final = 0.3


@dataclass(frozen=True, slots=True)
class Bodies:
    """The sources of figures, a vector each.

    `unit` is the index of the unit that reports them (a government for its rest); `typical` has a column a field of
    `Size`. `makes` says who issues 规章, `has_items` who has items of power, `buys` who buys, and `real` which body
    is the office whose report for 2020 is real (-1: none).
    """

    unit: npt.NDArray[np.intp]
    typical: Floats
    makes: Flags
    has_items: Flags
    buys: Flags
    real: int

    def __len__(self) -> int:
        return len(self.unit)


def bodies_of(units: Sequence[Unit], whole: bool) -> Bodies:
    """The bodies of `units` (parents first). `whole` governments have figures of their own alone."""
    index = {unit.id: number for number, unit in enumerate(units)}
    own = [number for number, unit in enumerate(units) if unit.kind != "aggregate"]
    sizes = {number: np.array(_SIZES[units[number].level, units[number].kind]) for number in own}
    listed = np.zeros((len(units), len(Size._fields)))
    for number in range(len(units) - 1, -1, -1):
        unit = units[number]
        if unit.kind == "aggregate" and (whole or not unit.complete):
            typical = np.array(_SIZES[unit.level, unit.kind])
            sizes[number] = np.maximum(typical - listed[number], _REST * typical)
        listed[number] += sizes.get(number, 0)
        if not whole and unit.parent in index:
            listed[index[unit.parent]] += listed[number]
    rows = sorted(sizes)
    real = [place for place, number in enumerate(rows) if units[number].id == office.UNIT]
    kinds = np.array([units[number].kind for number in rows])
    # Every third township or so buys nothing, whatever the year.
    frugal = [units[n].kind == "township" and ord(units[n].id[-1]) % 3 == 0 for n in rows]
    return Bodies(
        np.array(rows, dtype=np.intp),
        np.array([sizes[number] for number in rows]),
        np.array([units[number].makes_regulations for number in rows]),
        kinds != "office",
        ~np.array(frugal),
        real[0] if real else -1,
    )


def complete(units: Sequence[Unit]) -> set[str]:
    """The governments whose children the registry lists all: three counties in four, every other prefecture."""
    parents = {unit.parent for unit in units}
    return {unit.id for unit in units if unit.kind == "aggregate" and unit.id in parents and _lists_all(unit)}


def _lists_all(unit: Unit) -> bool:
    county, prefecture = int(unit.code), int(unit.code[2:4])
    return bool(unit.level == "county" and county % 4) or (unit.level == "prefecture" and prefecture % 2 == 0)
