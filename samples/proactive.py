"""Table two: documents, decisions, fees (2021) or items of power and procurement (2019), for all bodies at once."""

from __future__ import annotations

from typing import Final

import numpy as np

from samples import keys, office
from samples.bodies import Bodies
from samples.chance import Ints, between, stream, vary

#: Each row's part of a unit's decisions; the same under both forms, so that no year jumps.
_DECISIONS: Final = {"licensing": 0.6, "other_services": 0.1, "penalties": 0.3, "coercive_measures": 0.02}
#: 分 in a 元
_FEN: Final = 100

#: key -> a row a body, a column a year; amounts in 分
Cells = dict[str, Ints]


def proactive(bodies: Bodies, years: range, seed: int, name: str) -> tuple[Cells, Cells]:
    """The cells of the 2019 form and of the 2021 form, each for the years that it was used in."""
    old, new = [y for y in years if y <= 2020], [y for y in years if y > 2020]
    first: Cells = {}
    second: Cells = {}
    for kind in keys.DOCUMENTS:
        made = _made(bodies, kind, years, seed, name)
        stock = _stock(bodies, kind, seed, name)
        _published(first, kind, made[:, : len(old)], stock, seed, name)
        _in_force(second, kind, made[:, len(old) :], stock, seed, name)
    for row, share in _DECISIONS.items():
        decided = vary(bodies.typical[:, 1] * share, len(years), stream(seed, name, "decisions", row))
        first[f"proactive.{row}.decisions"] = decided[:, : len(old)]
        if row != "other_services":
            second[f"proactive.{row}.decisions"] = decided[:, len(old) :]
    for row in keys.ITEM_ROWS:
        _items(first, bodies, row, len(old), seed, name)
    _procurement(first, bodies, len(old), seed, name)
    fees = vary(bodies.typical[:, 3] * _FEN, len(new), stream(seed, name, "fees"))
    second["proactive.fees.amount"] = fees
    if bodies.real >= 0:
        _as_the_real_office(first, bodies, old)
    return first, second


def _made(bodies: Bodies, kind: str, years: range, seed: int, name: str) -> Ints:
    rng = stream(seed, name, "made", kind)
    if kind == "regulations":
        return np.where(bodies.makes[:, None], rng.integers(0, 4, (len(bodies), len(years))), 0)
    return vary(bodies.typical[:, 2], len(years), rng)


def _stock(bodies: Bodies, kind: str, seed: int, name: str) -> Ints:
    """Documents that there were before the first year."""
    rng = stream(seed, name, "stock", kind)
    if kind == "regulations":
        return np.where(bodies.makes, rng.integers(9, 61, len(bodies)), 0)
    return np.rint(bodies.typical[:, 2] * between(3, 6, (len(bodies),), rng)).astype(np.int64)


def _published(cells: Cells, kind: str, made: Ints, stock: Ints, seed: int, name: str) -> None:
    published = made - (made * between(0, 0.2, made.shape, stream(seed, name, "published", kind))).astype(np.int64)
    cells[f"proactive.{kind}.newly_made"] = made
    cells[f"proactive.{kind}.newly_published"] = published
    cells[f"proactive.{kind}.total_published"] = stock[:, None] + published.cumsum(axis=1)


def _in_force(cells: Cells, kind: str, issued: Ints, stock: Ints, seed: int, name: str) -> None:
    wanted = (issued * between(0.4, 1.1, issued.shape, stream(seed, name, "repealed", kind))).astype(np.int64)
    repealed, in_force = np.zeros_like(issued), np.zeros_like(issued)
    for year in range(issued.shape[1]):
        repealed[:, year] = np.minimum(wanted[:, year], stock)
        stock = stock + issued[:, year] - repealed[:, year]
        in_force[:, year] = stock
    cells[f"proactive.{kind}.issued"] = issued
    cells[f"proactive.{kind}.repealed"] = repealed
    cells[f"proactive.{kind}.in_force"] = in_force


def _items(cells: Cells, bodies: Bodies, row: str, years: int, seed: int, name: str) -> None:
    rng = stream(seed, name, "items", row)
    before = np.where(bodies.has_items, rng.integers(4, 261, len(bodies)), 0)
    drift = rng.integers(-9, 15, len(bodies))
    shape = (len(bodies), years)
    previous, change = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for year in range(years):
        moved = np.maximum(drift + rng.integers(-2, 3, len(bodies)), -before)
        previous[:, year] = before
        change[:, year] = np.where(bodies.has_items, moved, 0)
        before = before + change[:, year]
    cells[f"proactive.{row}.items_previous"] = previous
    cells[f"proactive.{row}.items_change"] = change


def _procurement(cells: Cells, bodies: Bodies, years: int, seed: int, name: str) -> None:
    rng = stream(seed, name, "procurement")
    items = np.where(bodies.buys[:, None], vary(bodies.typical[:, 0] / 4 + 5, years, rng), 0)
    price = rng.integers(900_000, 48_000_001, len(bodies))[:, None]
    cells["proactive.procurement.items"] = items
    cells["proactive.procurement.amount"] = (items * price * between(0.8, 1.2, items.shape, rng)).astype(np.int64)


def _as_the_real_office(cells: Cells, bodies: Bodies, old: list[int]) -> None:
    """The years of the 2019 form of the office whose report for 2020 is real: that report, and the way to it."""
    figures = office.cells()
    for key, values in cells.items():
        last = int((figures.get(key) or 0) * (_FEN if key.endswith("amount") else 1))
        for place, year in enumerate(old):
            kind, _, what = key.removeprefix("proactive.").partition(".")
            if year == office.YEAR or kind not in keys.DOCUMENTS:
                values[bodies.real, place] = last
            elif what == "total_published":
                values[bodies.real, place] = office.stock_before()[kind]
            else:
                values[bodies.real, place] = office.MADE_2019[kind]
