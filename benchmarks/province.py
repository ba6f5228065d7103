"""The figures of a whole generated province as Arrow tables, without documents, for benches of what follows reading.

    python -m benchmarks.province --units 5000 --years 2019..2025

`tables` gives `reports` and `cells` as the warehouse declares them, and the world around them; every rule holds in
them, across years and levels too, but for what is said of the one real report in `samples.office`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations import UNITS, World
from samples.chance import keyed
from samples.draft import SECTIONS
from samples.figures import FORM_KEYS, Figures, province_figures
from samples.history import Holder
from samples.timing import publication
from samples.units import choose_units
from warehouse.spec import DECIMAL, TABLES

HOST = "sample.gansu.example"
_READER = "bench 1"
_FEN_IN_YUAN_SCALE = 2
_FEN_IN_WAN_SCALE = 6


class Province(NamedTuple):
    """`reports` and `cells` with all columns of the warehouse's tables of that name, and the world."""

    reports: pa.Table
    cells: pa.Table
    world: World


def tables(units: int = 5000, years: tuple[int, int] = (2019, 2025), seed: int = 1) -> Province:
    """The province of `units` bodies in these years, clean, one report for each unit and year that it existed."""
    figures = province_figures(choose_units(units), years, seed)
    reports, cells = rows_of(figures, list(figures.slots()), seed)
    return Province(reports, cells, world_of(figures, reports))


def rows_of(figures: Figures, slots: Sequence[tuple[Holder, int]], seed: int) -> tuple[pa.Table, pa.Table]:
    """`reports` and `cells` of some units and years."""
    reports, cells = [], []
    for edition in FORM_KEYS:
        mine = [slot for slot in slots if (slot[1] <= 2020) == (edition == "2019")]
        if mine:
            reports.append(_reports(mine, edition, seed))
            cells.append(_cells(figures, mine, edition))
    return pa.concat_tables(reports), pa.concat_tables(cells)


def world_of(figures: Figures, reports: pa.Table) -> World:
    """The registry of the province, and a ledger and documents in which every report stands."""
    whole = registry(figures)
    same = {name: reports[name] for name in ("unit_id", "unit_name", "code", "level", "kind", "parent_id", "year")}
    coverage = TABLES["coverage"].conform(
        pa.table(
            {
                **same,
                "status": pa.repeat("published", len(reports)),
                "gate": pa.repeat("released", len(reports)),
                "reason": pa.nulls(len(reports), pa.string()),
                "address": reports["address"],
                "report_id": reports["report_id"],
                "since": pa.repeat(pa.scalar(date(2026, 6, 1)), len(reports)),
                "late_days": pa.nulls(len(reports), pa.int32()),
                "duplicates": pa.repeat(pa.scalar(0, pa.int32()), len(reports)),
            }
        )
    )
    names = ("capture_id", "unit_id", "address", "sha256", "reader", "year")
    documents = pa.table({name: reports[name] for name in names})
    documents = documents.append_column("outcome", pa.repeat("report", len(reports)))
    documents = documents.append_column("detail", pa.nulls(len(reports), pa.string()))
    return World(whole, coverage, TABLES["documents"].conform(documents), frozenset({HOST}))


def registry(figures: Figures) -> pa.Table:
    """The registry as the rules need it (`expectations.UNITS`)."""
    first, last = figures.years[0], figures.years[-1]
    rows = [
        {
            "unit_id": unit.id,
            "unit_name": unit.name,
            "code": unit.code,
            "level": unit.level,
            "kind": unit.kind,
            "parent_id": unit.parent,
            "first_year": unit.first_year or first,
            "last_year": unit.last_year or last,
            "predecessors": list(unit.predecessors),
            "children_complete": unit.complete,
        }
        for unit in figures.units
    ]
    return pa.Table.from_pylist(rows, schema=UNITS)


def _reports(slots: Sequence[tuple[Holder, int]], edition: str, seed: int) -> pa.Table:
    made: dict[str, Callable[[Holder, int], Any]] = {
        "report_id": lambda holder, year: f"{holder.unit.id}-{year}",
        "unit_id": lambda holder, _: holder.unit.id,
        "unit": lambda holder, _: holder.unit.name,
        "unit_name": lambda holder, _: holder.unit.name,
        "code": lambda holder, _: holder.unit.code,
        "level": lambda holder, _: holder.unit.level,
        "kind": lambda holder, _: holder.unit.kind,
        "parent_id": lambda holder, _: holder.unit.parent,
        "year": lambda _, year: year,
        "title": lambda holder, year: f"{holder.unit.name}{year}年政府信息公开工作年度报告",
        "address": lambda holder, year: f"http://{HOST}{holder.unit.path}{year}.html",
        "sha256": lambda holder, year: f"{holder.unit.id}-{year}".encode().hex().ljust(64, "0"),
        "capture_id": lambda holder, year: f"c-{holder.unit.id}-{year}",
        "published": lambda holder, year: publication(holder.unit, year, keyed(seed, holder.unit.id, year, "day")),
        "period_from": lambda _, year: date(year, 1, 1),
        "period_to": lambda _, year: date(year, 12, 31),
    }
    same: dict[str, Any] = {"edition": edition, "media_type": "text/html", "sections": list(SECTIONS)}
    same |= {"reader": _READER} | {name: [] for name in ("leftovers", "remarks", "facts", "claims", "waivers")}
    columns = []
    for field in TABLES["reports"].schema:
        if field.name in made:
            columns.append(pa.array([made[field.name](*slot) for slot in slots], field.type))
        else:
            columns.append(pa.repeat(pa.scalar(same.get(field.name), field.type), len(slots)))
    return pa.table(columns, schema=TABLES["reports"].schema)


def _matrix(figures: Figures, slots: Sequence[tuple[Holder, int]], edition: str) -> np.ndarray:
    """A row a report, a column a key: the figures of its bodies added up."""
    old = sum(year <= 2020 for year in figures.years)
    table, before = (figures.old, 0) if edition == "2019" else (figures.new, old)
    column = np.array([year - figures.years[0] - before for _, year in slots])
    whole = table[[holder.bodies[0] for holder, _ in slots], column]
    for row, (holder, _) in enumerate(slots):
        for body in holder.bodies[1:]:
            whole[row] += table[body, column[row]]
    return whole


def _cells(figures: Figures, slots: Sequence[tuple[Holder, int]], edition: str) -> pa.Table:
    keys, count = FORM_KEYS[edition], len(slots)
    matrix = _matrix(figures, slots, edition)
    money = np.array([key.endswith(".amount") for key in keys])
    value = _scaled((matrix * np.where(money, 1, 100)).ravel(), _FEN_IN_YUAN_SCALE).cast(DECIMAL)
    report = pa.array(np.repeat(np.arange(count), len(keys)))
    key = pa.array(np.tile(np.arange(len(keys)), count))
    known: dict[str, Any] = {
        "report_id": pa.array([f"{holder.unit.id}-{year}" for holder, year in slots]).take(report),
        "unit_id": pa.array([holder.unit.id for holder, _ in slots]).take(report),
        "year": pa.array([year for _, year in slots], pa.int16()).take(report),
        "key": pa.array(keys).take(key),
        "table": pa.array([name.partition(".")[0] for name in keys]).take(key),
        "printed": _printed(matrix, money, edition),
        "value": value,
    }
    same = {"state": "printed", "reader": _READER, "confidence": 1.0}
    size = count * len(keys)
    columns = [
        known[field.name] if field.name in known else pa.repeat(pa.scalar(same.get(field.name), field.type), size)
        for field in TABLES["cells"].schema
    ]
    return pa.table(columns, schema=TABLES["cells"].schema)


def _printed(matrix: np.ndarray, money: np.ndarray, edition: str) -> pa.Array:
    """Counts as they are; an amount in 万元 (2021, where the form says so) or in 元 with its unit."""
    plain = pa.array(matrix.ravel()).cast(pa.string())
    where = np.tile(money, len(matrix))
    fen = matrix.ravel()[where]
    if edition == "2019":
        amounts = pc.binary_join_element_wise(_scaled(fen, _FEN_IN_YUAN_SCALE).cast(pa.string()), "元", "")
    else:
        amounts = _scaled(fen, _FEN_IN_WAN_SCALE).cast(pa.string())
    return pc.replace_with_mask(plain, pa.array(where), amounts)


def _scaled(whole: np.ndarray, scale: int) -> pa.Array:
    """Whole numbers as decimals of `scale` places, without a division: 123 of scale 2 is 1.23."""
    plain = pa.array(whole).cast(pa.decimal128(38, 0))
    return pa.Array.from_buffers(pa.decimal128(38, scale), len(plain), plain.buffers())


def main(arguments: Iterable[str] | None = None) -> None:
    """Makes a province and says how large it is and how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--units", type=int, default=5000)
    parser.add_argument("--years", default="2019..2025")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(None if arguments is None else list(arguments))
    first, last = map(int, asked.years.split(".."))
    began = time.perf_counter()
    made = tables(asked.units, (first, last), asked.seed)
    spent = time.perf_counter() - began
    print(f"{len(made.reports)} reports, {len(made.cells)} cells of {len(made.world.units)} units in {spent:.1f} s")


if __name__ == "__main__":
    main()
