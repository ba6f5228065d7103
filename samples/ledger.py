"""What one year of a unit hands on to the next, and how big a unit is."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from samples import keys, office
from samples.chance import split, vary
from samples.units import Unit

#: How many of a hundred applicants are in each of the six columns.
_APPLICANTS: Final = (86, 8, 1, 1, 3, 1)


class Size(NamedTuple):
    """Typical figures of a year: applications, administrative decisions, normative documents, fees in 元."""

    applications: int
    decisions: int
    documents: int
    fees: int


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


@dataclass(slots=True)
class Ledger:
    """Carried-over applications by column; stocks of documents of either form; items of power by row."""

    carried: list[int]
    published: dict[str, int]
    in_force: dict[str, int]
    items: dict[str, int]


def size(unit: Unit) -> Size:
    """The typical figures of a unit of this level and kind."""
    return _SIZES[unit.level, unit.kind]


def applicants(count: int, rng: Random) -> list[int]:
    """Shares applications out over the six columns."""
    return split(count, _APPLICANTS, rng)


def opening(unit: Unit, rng: Random) -> Ledger:
    """The state before the first year."""
    if unit.id == office.UNIT:
        nothing = dict.fromkeys(keys.ITEM_ROWS, 0)
        return Ledger([0] * len(keys.COLUMNS), office.stock_before(2019), office.stock_before(2019), nothing)
    typical = size(unit)
    stock = {
        "regulations": rng.randint(9, 60) if unit.makes_regulations else 0,
        "normative_documents": typical.documents * rng.randint(3, 6),
    }
    items = {row: 0 if unit.kind == "office" else rng.randint(4, 260) for row in keys.ITEM_ROWS}
    return Ledger(applicants(vary(typical.applications * 0.04, rng), rng), stock, dict(stock), items)
