"""A made province for the benchmark of the gate: units over years, figures only, consistent across years and levels.

Leaves are drawn; a county's aggregate is the sum of its units, a prefecture's of its counties, the province's of its
prefectures, so the relations within a report, across years and across levels all hold. Then every 50th report gets
one wrong cell, and every 97th a carry-over that is not last year's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from expectations import UNITS, World, layout
from form.catalogue import keys_of

YEARS = range(2019, 2026)
PREFECTURES, COUNTIES = 14, 86
HOST = "example.invalid"
Figures = dict[str, np.ndarray]


def figures(
    size: int, edition: str, rng: np.random.Generator, carried: Mapping[str, np.ndarray] | None = None
) -> Figures:
    """Consistent figures of `size` reports, an int64 vector a key; `carried` is what last year left, by column."""
    values: Figures = {key: np.zeros(size, dtype=np.int64) for key in keys_of(edition)}
    rows = [row for row in layout.ROWS if layout.application(row, "total") in values]
    leaves = [row for row in rows if row in layout.LEAVES or row.startswith("other")]
    for column in layout.APPLICANTS:
        done = np.zeros(size, dtype=np.int64)
        for row in leaves:
            values[layout.application(row, column)] = drawn = rng.poisson(2, size)
            done += drawn
        out, drawn = rng.integers(0, 5, size), rng.integers(0, 3, size)
        # Nothing is left over that the year did not end with.
        into = np.minimum(drawn, done) if carried is None else carried[column]
        short = np.maximum(into - done - out, 0)
        values[layout.application("granted", column)] += short
        values[layout.application("processed_total", column)] = done + short
        values[layout.application("carried_out", column)] = out
        values[layout.application("carried_in", column)] = into
        values[layout.application("received", column)] = done + short + out - into
    for row in rows:
        parts = (values[layout.application(row, column)] for column in layout.APPLICANTS)
        values[layout.application(row, layout.TOTAL)] = sum(parts, np.zeros(size, dtype=np.int64))
    for block in layout.BLOCKS:
        total = np.zeros(size, dtype=np.int64)
        for result in layout.RESULTS:
            values[layout.dispute(block, result)] = drawn = rng.poisson(1, size)
            total += drawn
        values[layout.dispute(block, layout.TOTAL)] = total
    return values


def documents(size: int, edition: str, rng: np.random.Generator, before: Mapping[str, np.ndarray]) -> Figures:
    """Table two's documents and decisions, going on from the year before's on the same form."""
    row = "proactive.normative_documents"
    made = rng.poisson(2, size)
    found = {"proactive.licensing.decisions": rng.poisson(30, size)}
    if edition == "2019":
        total = before.get(f"{row}.total_published", np.zeros(size, dtype=np.int64)) + made
        found |= {f"{row}.newly_made": made, f"{row}.newly_published": made, f"{row}.total_published": total}
    else:
        force = before.get(f"{row}.in_force", np.full(size, 5)) + made
        found |= {f"{row}.issued": made, f"{row}.in_force": force}
    return found


def units(count: int) -> pa.Table:
    """The registry: one province, prefectures, counties, and below them townships and departments in turn."""
    names = ["62", *(f"62{n:02d}" for n in range(1, PREFECTURES + 1))]
    parents: list[str | None] = [None, *(["62"] * PREFECTURES)]
    for n in range(COUNTIES):
        names.append(f"62{n % PREFECTURES + 1:02d}{n:03d}")
        parents.append(f"62{n % PREFECTURES + 1:02d}")
    counties = names[-COUNTIES:]
    for n in range(count - len(names)):
        parents.append(counties[n % COUNTIES])
        names.append(f"{parents[-1]}{n:05d}")
    levels = ["province", *(["prefecture"] * PREFECTURES), *(["county"] * (count - 1 - PREFECTURES))]
    above = 1 + PREFECTURES + COUNTIES
    kinds = ["aggregate" if n < above else ("township", "department")[n % 2] for n in range(count)]
    columns = {
        "unit_id": names,
        "unit_name": [f"单位{name}" for name in names],
        "code": [name.ljust(6, "0")[:4] + "01" for name in names],
        "level": levels,
        "kind": kinds,
        "parent_id": parents,
        "first_year": [YEARS.start] * count,
        "last_year": [None] * count,
        "predecessors": [[]] * count,
        "children_complete": [True] * count,
    }
    return pa.table([pa.array(columns[field.name], field.type) for field in UNITS], schema=UNITS)


def add_up(values: Figures, parents: np.ndarray) -> None:
    """Every aggregate becomes the sum of its units: counties first, then prefectures, then the province."""
    above = 1 + PREFECTURES + COUNTIES
    levels = ((above, len(parents)), (1 + PREFECTURES, above), (1, 1 + PREFECTURES))
    for vector in values.values():
        vector[:above] = 0
        for first, last in levels:
            np.add.at(vector, parents[first:last], vector[first:last])


def province(reports: int, seed: int) -> tuple[pa.Table, pa.Table, World]:
    """Reports, cells and the world around them, about so many reports: units over seven years."""
    rng = np.random.default_rng(seed)
    registry = units(max(reports // len(YEARS), 1 + PREFECTURES + 2 * COUNTIES))
    ids = registry["unit_id"].to_pylist()
    at = {name: n for n, name in enumerate(ids)}
    parents = np.array([at.get(parent, -1) for parent in registry["parent_id"].to_pylist()])
    tables, before = [], dict[str, np.ndarray]()
    for year in YEARS:
        edition = "2019" if year < 2021 else "2021"
        carried = {c: before[layout.application("carried_out", c)] for c in layout.APPLICANTS} if before else None
        values = figures(len(ids), edition, rng, carried)
        values |= documents(len(ids), edition, rng, before)
        add_up(values, parents)
        before = {key: vector.copy() for key, vector in values.items()}
        spoil(values, year)
        tables.append((reports_of(pa.array([f"{name}-{year}" for name in ids]), edition, year, registry), values))
    every = pa.concat_tables([table for table, _ in tables])
    return (
        every,
        pa.concat_tables([cells_of(table["report_id"], values) for table, values in tables]),
        world(registry, every),
    )


def spoil(values: Figures, year: int) -> None:
    """One wrong cell in every 50th report; in every 97th, from 2020 on, another carry-over, consistent in itself."""
    values[layout.application("granted", "natural_person")][year % 50 :: 50] += 7
    if year > YEARS.start:
        for row, by in (("carried_in", 1), ("received", -1)):
            for column in ("natural_person", layout.TOTAL):
                values[layout.application(row, column)][year % 97 :: 97] += by


def cells_of(ids: pa.ChunkedArray, values: Figures) -> pa.Table:
    """The table `cells` of these figures, every cell printed."""
    keys, size = list(values), len(ids)
    matrix = np.stack([values[key] for key in keys], axis=1).ravel()
    of_key = pa.array(np.tile(np.arange(len(keys)), size))
    figure = pa.array(matrix)
    return pa.table(
        {
            "report_id": ids.take(pa.array(np.repeat(np.arange(size), len(keys)))),
            "key": pa.array(keys).take(of_key),
            "table": pa.array([key.split(".")[0] for key in keys]).take(of_key),
            "printed": figure.cast(pa.string()),
            "value": figure.cast(pa.decimal128(38, 0)).cast(pa.decimal128(38, 10)),
            "state": pa.repeat(pa.scalar("printed"), len(matrix)),
            "note": pa.nulls(len(matrix), pa.string()),
        }
    )


def reports_of(ids: pa.Array, edition: str, year: int, registry: pa.Table | None = None) -> pa.Table:
    """The table `reports` for these ids, of the registry's units where they are given."""
    size = len(ids)
    leftover = pa.list_(pa.struct([("table", pa.string()), ("printed", pa.string()), ("page", pa.int16())]))
    names = ["overview", "proactive", "applications", "disputes", "problems", "other_matters"]
    constant = {
        "edition": edition,
        "unit": "某市人民政府",
        "unit_name": "某市人民政府",
        "level": "county",
        "kind": "aggregate",
        "address": f"http://{HOST}/",
        "sha256": "0" * 64,
        "period_from": date(year, 1, 1),
        "period_to": date(year, 12, 31),
        "published": date(year + 1, 1, 20),
    }
    columns = {
        "report_id": ids,
        "unit_id": pa.array([name.as_py()[:-5] for name in ids]),
        "year": pa.array(np.full(size, year), pa.int16()),
        "sections": pa.repeat(pa.scalar(names, pa.list_(pa.string())), size),
        "leftovers": pa.array([[]] * size, leftover),
        **{name: pa.repeat(pa.scalar(value), size) for name, value in constant.items()},
    }
    if registry is not None:
        columns |= {name: registry[name] for name in ("unit_name", "level", "kind", "code", "parent_id")}
    return pa.table(columns)


def world(registry: pa.Table, reports: pa.Table) -> World:
    """The registry, a ledger in which every report stands, a document each, and the one host."""
    size = reports.num_rows
    facts = reports.select(
        ["unit_id", "unit_name", "code", "level", "kind", "parent_id", "year", "report_id", "address"]
    )
    ledger = facts.append_column("status", pa.repeat("published", size))
    read = reports.select(["unit_id", "year", "address"]).append_column("outcome", pa.repeat("report", size))
    return World(registry, ledger, read, frozenset({HOST}))
