"""How long all rules and the gate take on a made province, beside the linear ones as stock expectations.

    python -m benchmarks.gate --reports 35000

Units over seven years with the governments above them, figures only (`gate_batch`), so that the rules across years
and levels have work. Prints Markdown tables: `evaluate` and the gate over all reports, with the peak memory so far,
then the linear rules within a report as stock multicolumn expectations over a twentieth and a tenth of the reports
(`gate_stock`), and the line through the two drawn on to all. Processor seconds stand beside those of the clock, which
other work disturbs. `--rules` gives each rule's time too.
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks import gate_batch
from expectations import World, evaluate, evaluator
from expectations.batch import load
from expectations.linear import relate
from expectations.rules import RULES
from expectations.suites import gate


@contextmanager
def row(what: str) -> Iterator[None]:
    """Prints a row: how long a step took by clock and by processor, and the peak memory so far."""
    began, busy = time.perf_counter(), time.process_time()
    yield
    spent, cpu = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"| {what} | {spent:.2f} | {cpu:.2f} | {peak:.2f} |", flush=True)


def ours(reports: pa.Table, cells: pa.Table, world: World, by_rule: bool) -> None:
    """The rows of the rules and the gate."""
    if by_rule:
        with row("load into matrices"):
            batch = load(reports, cells, world)
        for rule in RULES:
            with row(f"{rule.id}, {len(rule.scopes)} scopes"):
                list(evaluator.ask(batch, rule))
        del batch
    with row("`evaluate`: every rule, words, attribution, smallest sets"):
        verdicts = evaluate(reports, cells, world)
    told = f"{verdicts.num_rows:,} verdicts, {pc.sum(pc.equal(verdicts['outcome'], 'fail')).as_py():,} of them fail"
    del verdicts
    with row("import of Great Expectations"):
        import great_expectations  # noqa: F401
    with row("the gate: one checkpoint, `evaluate` within it"):
        decision = gate(reports, cells, world)
    print(f"\n{told}; {len(decision.held):,} reports held.\n")


def linear(reports: pa.Table, cells: pa.Table) -> tuple[float, int]:
    """Processor seconds of the same linear relations by this project's evaluator, loading apart, and the failures."""
    from benchmarks.gate_stock import relations

    seconds, failures = 0.0, 0
    for edition in ("2019", "2021"):
        own = reports.filter(pc.equal(reports["edition"], edition))
        batch = load(own, _of(cells, own))
        began = time.process_time()
        for relation in relations(edition):
            failures += int((relate(batch, relation)[0] == 1).sum())
        seconds += time.process_time() - began
    return seconds, failures


def stock(reports: pa.Table, cells: pa.Table) -> None:
    """The rows of the stock expectations."""
    from benchmarks.gate_stock import validate

    print("| the linear rules only | reports | processor seconds | failures |\n| --- | --- | --- | --- |")
    seconds, failures = linear(reports, cells)
    print(f"| this evaluator's, exact | {reports.num_rows:,} | {seconds:.2f} | {failures:,} |", flush=True)
    mine, points = seconds, []
    for part in (20, 10):
        some = reports.take(pa.array(range(0, reports.num_rows, part)))
        own = _of(cells, some)
        seconds, failures = linear(some, own)
        print(f"| this evaluator's, exact | {some.num_rows:,} | {seconds:.2f} | {failures:,} |")
        seconds, count, found = validate(some, own)
        assert found == failures, "the two differ"
        print(f"| {count} stock expectations | {some.num_rows:,} | {seconds:.2f} | {found:,} |", flush=True)
        points.append((some.num_rows, seconds))
    (small, first), (large, second) = points
    slope = max(second - first, 0.0) / (large - small)
    drawn = second + slope * (reports.num_rows - large)
    print(f"| stock, drawn on by the line through the two | {reports.num_rows:,} | {drawn:.1f} | |")
    print(f"\nStock expectations take {drawn / mine:.0f} times as long for all {reports.num_rows:,} (extrapolated).")


def _of(cells: pa.Table, reports: pa.Table) -> pa.Table:
    return cells.filter(pc.is_in(cells["report_id"], value_set=reports["report_id"].combine_chunks()))


def main() -> None:
    """Makes the province and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=35_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rules", action="store_true", help="each rule's time too")
    options = parser.parse_args()
    load_before = os.getloadavg()[0]
    print("| step | seconds | processor | peak GiB |\n| --- | --- | --- | --- |")
    with row("make the province"):
        reports, cells, world = gate_batch.province(options.reports, options.seed)
    ours(reports, cells, world, options.rules)
    print(f"{reports.num_rows:,} reports, {cells.num_rows:,} cells; load of the machine before {load_before:.1f}.\n")
    stock(reports, cells)


if __name__ == "__main__":
    main()
