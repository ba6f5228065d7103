"""How long the rules and the gate take on a synthetic batch, figures only.

    python benchmarks/gate.py --reports 35000

Prints the evaluator's time by rule, then `evaluate`, then `gate` with the import of Great Expectations apart,
and the peak memory. Two reports in a hundred have one cell of table three changed.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from expectations import evaluate, evaluator, layout
from expectations.batch import load
from expectations.rules import RULES
from expectations.suites import gate
from form.catalogue import keys_of


def figures(size: int, edition: str, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Consistent figures of `size` reports, an int64 vector a key; every 50th report has one cell changed."""
    values: dict[str, np.ndarray] = {key: np.zeros(size, dtype=np.int64) for key in keys_of(edition)}
    rows = [row for row in layout.ROWS if layout.application(row, "total") in values]
    leaves = [row for row in rows if row in layout.LEAVES or row.startswith("other")]
    for column in layout.APPLICANTS:
        done = np.zeros(size, dtype=np.int64)
        for row in leaves:
            values[layout.application(row, column)] = drawn = rng.poisson(2, size)
            done += drawn
        out, carried = rng.integers(0, 5, size), rng.integers(0, 3, size)
        values[layout.application("processed_total", column)] = done
        values[layout.application("carried_out", column)] = out
        values[layout.application("carried_in", column)] = np.minimum(carried, done)
        values[layout.application("received", column)] = done + out - np.minimum(carried, done)
    for row in rows:
        parts = (values[layout.application(row, column)] for column in layout.APPLICANTS)
        values[layout.application(row, layout.TOTAL)] = sum(parts, np.zeros(size, dtype=np.int64))
    for block in layout.BLOCKS:
        total = np.zeros(size, dtype=np.int64)
        for result in layout.RESULTS:
            values[layout.dispute(block, result)] = drawn = rng.poisson(1, size)
            total += drawn
        values[layout.dispute(block, layout.TOTAL)] = total
    values[layout.application("granted", "natural_person")][::50] += 7
    return values


def batch(size: int, seed: int) -> tuple[pa.Table, pa.Table]:
    """The tables `reports` and `cells` of a synthetic batch, half of it in either edition."""
    rng = np.random.default_rng(seed)
    reports, cells = [], []
    for edition, year in (("2019", 2020), ("2021", 2023)):
        count = size // 2
        ids = pa.array([f"62{n:07d}-{year}" for n in range(count)])
        reports.append(reports_of(ids, edition, year))
        values = figures(count, edition, rng)
        keys = list(values)
        matrix = np.stack([values[key] for key in keys], axis=1).ravel()
        of_report = np.repeat(np.arange(count), len(keys))
        of_key = pa.array(np.tile(np.arange(len(keys)), count))
        figure = pa.array(matrix)
        cells.append(
            pa.table(
                {
                    "report_id": ids.take(pa.array(of_report)),
                    "key": pa.array(keys).take(of_key),
                    "table": pa.array([key.split(".")[0] for key in keys]).take(of_key),
                    "printed": figure.cast(pa.string()),
                    "value": figure.cast(pa.decimal128(38, 0)).cast(pa.decimal128(38, 10)),
                    "state": pa.repeat(pa.scalar("printed"), len(matrix)),
                    "note": pa.nulls(len(matrix), pa.string()),
                }
            )
        )
    return pa.concat_tables(reports), pa.concat_tables(cells)


def reports_of(ids: pa.Array, edition: str, year: int) -> pa.Table:
    """The table `reports` for these ids."""
    size = len(ids)
    leftover = pa.list_(pa.struct([("table", pa.string()), ("printed", pa.string()), ("page", pa.int16())]))
    names = ["overview", "proactive", "applications", "disputes", "problems", "other_matters"]
    constant = {
        "edition": edition,
        "unit": "某市人民政府",
        "unit_name": "某市人民政府",
        "level": "county",
        "kind": "aggregate",
        "address": "http://example.invalid/",
        "sha256": "0" * 64,
        "period_from": date(year, 1, 1),
        "period_to": date(year, 12, 31),
    }
    return pa.table(
        {
            "report_id": ids,
            "unit_id": pa.array([name.as_py()[:9] for name in ids]),
            "year": pa.array(np.full(size, year), pa.int16()),
            "sections": pa.repeat(pa.scalar(names, pa.list_(pa.string())), size),
            "leftovers": pa.array([[]] * size, leftover),
            **{name: pa.repeat(pa.scalar(value), size) for name, value in constant.items()},
        }
    )


@contextmanager
def timed(what: str) -> Iterator[None]:
    """Prints how long a step took and the peak memory so far."""
    began = time.perf_counter()
    yield
    spent = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{what:32} {spent * 1000:10.0f} ms   peak {Decimal(peak):.2f} GiB", flush=True)


def main() -> None:
    """Builds the batch and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=35_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with timed("make the batch"):
        reports, cells = batch(options.reports, options.seed)
    print(f"{reports.num_rows} reports, {cells.num_rows} cells")
    with timed("load into matrices"):
        dense = load(reports, cells)
    for rule in RULES:
        with timed(f"  {rule.id} ({len(rule.scopes)} scopes)"):
            list(evaluator.ask(dense, rule))
    del dense
    with timed("evaluate"):
        verdicts = evaluate(reports, cells)
    print(f"{verdicts.num_rows} verdicts, {verdicts.nbytes / 2**20:.0f} MiB")
    del verdicts
    with timed("import Great Expectations"):
        import great_expectations  # noqa: F401
    with timed("gate"):
        decision = gate(reports, cells)
    print(f"held {len(decision.held)}")


if __name__ == "__main__":
    main()
