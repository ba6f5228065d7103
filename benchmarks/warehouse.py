"""The warehouse at the size of a province: `python -m benchmarks.warehouse [--reports N] [--nights N]`.

Synthetic rows, drawn from a fixed seed: N reports over six years with 200 cells and 76 verdicts each and
2,500 characters of narrative. Measures the first publish, the same batch again (nothing may be written),
a night that corrects 50 reports, nights that add 50 reports, and queries; prints a Markdown table.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse.batch import ReleaseBatch
from warehouse.query import query
from warehouse.release import publish
from warehouse.spec import DECIMAL, TABLES
from warehouse.status import known_documents

CELLS, RULES, YEARS, FIRST = 200, 76, 6, 2019
START = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of reports `first` to `first + count`, whose figures depend on `seed`."""

    first: int
    count: int
    seed: int

    def batch(self) -> ReleaseBatch:
        """What a run would hand over."""
        number = np.arange(self.first, self.first + self.count)
        year = FIRST + number % YEARS
        unit = [f"62{u:06d}" for u in number // YEARS]
        own = {
            "report_id": pa.array([f"{u}-{y}" for u, y in zip(unit, year, strict=True)]),
            "unit_id": pa.array(unit),
            "year": pa.array(year.astype(np.int16)),
            "sha256": pa.array([f"{self.seed:08x}{n:056x}" for n in number]),
            "capture_id": pa.array([f"c{self.seed}-{n}" for n in number]),
            "address": pa.array([f"http://127.0.0.1/zwgk/{n}/content_{n * 7919}.html" for n in number]),
        }
        rng = np.random.default_rng([self.seed, self.first])
        return ReleaseBatch(
            reports=self._fill("reports", own | self._narrative(rng), self.count),
            cells=self._cells(own, rng),
            verdicts=self._verdicts(own, rng),
            coverage=self._fill("coverage", _only("coverage", own), self.count),
            captures=self._fill("captures", _only("captures", own), self.count),
            documents=self._fill("documents", _only("documents", own), self.count),
        )

    def _narrative(self, rng: np.random.Generator) -> dict[str, Any]:
        text = "".join(map(chr, rng.integers(0x4E00, 0x9FA5, 400_000)))
        at = rng.integers(0, 397_500, self.count)
        return {"overview": pa.array([text[i : i + 2500] for i in at])}

    def _cells(self, own: dict[str, Any], rng: np.random.Generator) -> pa.Table:
        rows = self.count * CELLS
        report = pa.array(np.repeat(np.arange(self.count, dtype=np.int32), CELLS))
        figures = (rng.pareto(1.0, rows) * 3).astype(np.int64)
        keys = pa.array([f"applications.results.not_disclosed.reason_{k:03d}.natural_person" for k in range(CELLS)])
        columns = {name: own[name].take(report) for name in ("report_id", "unit_id", "year")}
        columns |= {
            "key": keys.take(pa.array(np.tile(np.arange(CELLS, dtype=np.int32), self.count))),
            "table": _same("applications", rows),
            "printed": pa.array(figures).cast(pa.string()),
            "value": pa.array(figures).cast(DECIMAL),
            "state": _same("printed", rows),
            "page": pa.array((figures % 7 + 1).astype(np.int16)),
            "confidence": pa.array(np.ones(rows, np.float32)),
        }
        columns |= {name: pa.array(rng.random(rows, np.float32) * 800) for name in ("x0", "y0", "x1", "y1")}
        return self._fill("cells", columns, rows)

    def _verdicts(self, own: dict[str, Any], rng: np.random.Generator) -> pa.Table:
        rows = self.count * RULES
        report = pa.array(np.repeat(np.arange(self.count, dtype=np.int32), RULES))
        rules = pa.array(np.tile(np.arange(RULES, dtype=np.int32), self.count))
        figures = pa.array(rng.integers(0, 3000, rows)).cast(pa.string())
        columns = {name: own[name].take(report) for name in ("report_id", "unit_id", "year")}
        columns |= {
            "rule": pa.array([f"T3-SUM-{r:02d}" for r in range(RULES)]).take(rules),
            "scope": pa.array([f"applications.results.total.{r:02d}" for r in range(RULES)]).take(rules),
            "expected": figures,
            "actual": figures,
            "outcome": _same("pass", rows),
            "cells": pa.array([["applications.received.natural_person"] * 5] * 1).take(
                pa.array(np.zeros(rows, np.int8))
            ),
        }
        return self._fill("verdicts", columns, rows)

    def _fill(self, name: str, columns: dict[str, Any], rows: int) -> pa.Table:
        """The table with what is missing made up: nulls where they may be, else one constant."""
        table = TABLES[name]
        made = {
            c.name: columns[c.name]
            if c.name in columns
            else _constant(c.type, rows)
            if c.required
            else pa.nulls(rows, c.type)
            for c in table.columns
        }
        return pa.table(made, schema=table.schema)


def _only(name: str, columns: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in columns.items() if key in TABLES[name].names}


def _same(value: str, rows: int) -> Any:
    return pa.array([value]).take(pa.array(np.zeros(rows, np.int8)))


def _constant(type_: pa.DataType, rows: int) -> Any:
    value: Any = "county"
    if pa.types.is_list(type_):
        value = []
    elif pa.types.is_timestamp(type_):
        value = START
    elif not pa.types.is_string(type_):
        value = 1
    return pa.array([value], type_).take(pa.array(np.zeros(rows, np.int8)))


def _timed(name: str, work: Callable[[], Any], lines: list[str]) -> Any:
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    lines.append(f"| {name} | {seconds:.2f} | {peak:.1f} |")
    print(lines[-1], flush=True)
    return result


def _disk(home: Path, pattern: str = "*") -> tuple[int, float]:
    found = [path for path in (home / "warehouse").rglob(pattern) if path.is_file()]
    return len(found), sum(path.stat().st_size for path in found) / 1e6


def main() -> None:
    """Run it in a temporary home."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=35_000)
    parser.add_argument("--nights", type=int, default=20)
    options = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="gouji-bench-"))
    try:
        _run(home, options.reports, options.nights)
    finally:
        shutil.rmtree(home)


def _at(night: int) -> datetime:
    return START + timedelta(days=night)


def _load(home: Path, reports: int, lines: list[str]) -> None:
    everything = _timed("(making the rows)", Rows(0, reports, 0).batch, lines)
    _timed("first publish", lambda: publish(home, everything, _at(0)), lines)
    memory = sum(getattr(everything, name).nbytes for name in TABLES) / 1e6
    print(f"| … files, MB on disk: {_disk(home)}; rows in memory {memory:.0f} MB | | |")
    assert _timed("the same batch again", lambda: publish(home, everything, _at(1)), lines) is None


def _run(home: Path, reports: int, nights: int) -> None:
    lines: list[str] = []
    print("| step | seconds | peak memory GB |\n| --- | --- | --- |")
    _load(home, reports, lines)
    corrected = Rows(6, 50, 1).batch()
    release = _timed("50 reports corrected, all years", lambda: publish(home, corrected, _at(1)), lines)
    assert (release.counts["released"], release.counts["reports"]) == (50, reports)
    print(f"| … files, MB on disk: {_disk(home)} | | |")
    assert _timed("the same 50 again", lambda: publish(home, corrected, _at(1)), lines) is None
    few = Rows(3000, 5, 3).batch()
    _timed("5 reports corrected, all years", lambda: publish(home, few, _at(1)), lines)
    print(f"| … files, MB on disk: {_disk(home)} | | |")
    spent = []
    for night in range(nights):
        new = Rows(reports + 50 * night, 50, 2).batch()
        start = time.perf_counter()
        publish(home, new, _at(2 + night))
        spent.append(time.perf_counter() - start)
    if spent:
        print(f"| {nights} nights of 50 new reports: median, worst | {np.median(spent):.2f}, {max(spent):.2f} | |")
        print(f"| … files, MB on disk: {_disk(home)}, of them commits {_disk(home, '*.json')[0]} | | |")
    _timed("known_documents", lambda: known_documents(home), lines)
    for sql in (
        "SELECT count(*) FROM reports",
        "SELECT key, sum(value) FROM cells GROUP BY key",
        "SELECT * FROM cells WHERE report_id = '62000100-2019'",
        "SELECT unit_id, year, sum(value) v FROM cells GROUP BY ALL ORDER BY v DESC LIMIT 10",
    ):
        _timed(f"`{sql}`", partial(query, home, sql), lines)


if __name__ == "__main__":
    main()
