"""Whether the cells that were changed are among those that error localisation names, and how long it takes.

    python -m benchmarks.localisation --reports 1000

In each of so many consistent reports one fault is planted in tables three and four: a digit of one cell changed,
lost, doubled or exchanged; two, four or six such cells; two neighbours exchanged; one such cell where every third
row's total is blank. For each kind the table says of how many faults the equations tell (unique: one smallest set),
of how many they leave several sets (tied), in how many the smallest sets hold the changed cells, and the seconds of
`localise`.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

import numpy as np
import pyarrow as pa

from benchmarks.gate_batch import figures, reports_of
from expectations import evaluator, layout
from expectations.attribution import Asked
from expectations.batch import load
from expectations.localisation import Located, localise
from expectations.rules import RULES

Figures = dict[str, np.ndarray]
_REDUNDANT = (
    *layout.APPLICATIONS,
    *(layout.dispute(b, r) for b in layout.BLOCKS for r in (*layout.RESULTS, "total")),
)


@dataclass(frozen=True)
class Kind:
    """A kind of fault: plants it in one report and gives the cells it changed; `sparse` leaves row totals blank."""

    name: str
    plant: Callable[[dict[str, int], Random], tuple[str, ...]]
    sparse: bool = False


def slip(figure: int, rng: Random) -> int:
    """Another figure: one digit changed, lost, doubled or exchanged with the next."""
    text = str(figure)
    while True:
        at = rng.randrange(len(text))
        ways = (
            text[:at] + rng.choice("0123456789") + text[at + 1 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
            text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
        )
        changed = int(rng.choice(ways) or "0")
        if changed != figure:
            return changed


def one(cells: dict[str, int], rng: Random) -> tuple[str, ...]:
    """One cell changed."""
    key = rng.choice(sorted(cells))
    cells[key] = slip(cells[key], rng)
    return (key,)


def several(count: int, cells: dict[str, int], rng: Random) -> tuple[str, ...]:
    """So many cells changed."""
    keys = tuple(rng.sample(sorted(cells), count))
    for key in keys:
        cells[key] = slip(cells[key], rng)
    return keys


def neighbours(cells: dict[str, int], rng: Random) -> tuple[str, ...]:
    """Two neighbours of a row or a column of table three that differ, exchanged."""
    rows = [row for row in layout.ROWS if layout.application(row, layout.TOTAL) in cells]
    while True:
        r, c = rng.randrange(len(rows) - 1), rng.randrange(len(layout.APPLICANTS))
        below = rng.random() < 0.5
        a = layout.application(rows[r], layout.COLUMNS[c])
        b = layout.application(rows[r + below], layout.COLUMNS[c + (not below)])
        if cells[a] != cells[b]:
            cells[a], cells[b] = cells[b], cells[a]
            return a, b


KINDS = (
    Kind("one cell", one),
    Kind("one cell, blank totals", one, sparse=True),
    Kind("two cells", partial(several, 2)),
    Kind("four cells", partial(several, 4)),
    Kind("six cells", partial(several, 6)),
    Kind("two neighbours exchanged", neighbours),
)


def planted(kind: Kind, size: int, seed: int) -> tuple[pa.Table, pa.Table, list[tuple[str, ...]]]:
    """The tables `reports` and `cells` with one fault a report, and the cells it changed."""
    rng = Random(f"{seed} {kind.name}")
    whole = figures(size, "2021", np.random.default_rng(seed))
    rows, changed = [], []
    ids = [f"62{n:07d}-2023" for n in range(size)]
    for n, report_id in enumerate(ids):
        cells = {key: int(whole[key][n]) for key in _REDUNDANT if key in whole}
        blank = {layout.application(row, layout.TOTAL) for row in layout.ROWS[1::3]} if kind.sparse else set()
        filled = {key: figure for key, figure in cells.items() if key not in blank}
        changed.append(kind.plant(filled, rng))
        rows += [(report_id, key, filled.get(key)) for key in cells]
    table = pa.table(
        {
            "report_id": [row[0] for row in rows],
            "key": [row[1] for row in rows],
            "printed": ["" if row[2] is None else str(row[2]) for row in rows],
            "value": pa.array([row[2] for row in rows], pa.int64())
            .cast(pa.decimal128(38, 0))
            .cast(pa.decimal128(38, 10)),
            "state": ["blank" if row[2] is None else "printed" for row in rows],
            "note": pa.nulls(len(rows), pa.string()),
        }
    )
    return reports_of(pa.array(ids), "2021", 2023), table, changed


def told(located: list[Located], changed: tuple[str, ...]) -> str:
    """What localisation made of one report."""
    if not located:
        return "breaks nothing"
    if any(not found.sets for found in located):
        return "given up"
    named = {key for found in located for cells in found.sets for key in cells}
    tie = "unique" if all(len(found.sets) == 1 for found in located) else "tied"
    more = any(found.more for found in located)
    smaller = sum(len(found.sets[0]) for found in located) < len(changed)
    if named.issuperset(changed):
        return f"{tie}, all named"
    if smaller:
        return "a smaller set does"
    return f"{tie}, not named" + (" (more than 8 sets)" if more else "")


def run(kind: Kind, size: int, seed: int) -> None:
    """Plants, localises, prints."""
    reports, cells, changed = planted(kind, size, seed)
    batch = load(reports, cells)
    asked = [Asked(rule, answer) for rule in RULES for answer in evaluator.ask(batch, rule)]
    began = time.perf_counter()
    found = localise(batch, asked)
    spent = time.perf_counter() - began
    of_report: dict[int, dict[int, Located]] = {n: {} for n in range(size)}
    for (_, report), located in found.items():
        of_report[report][id(located)] = located
    counts = Counter(told(list(of_report[n].values()), changed[n]) for n in range(size))
    breaking = size - counts["breaks nothing"]
    named = sum(count for what, count in counts.items() if what.endswith("all named"))
    print(f"{kind.name}: {size} reports, {breaking} with a broken equation; {spent:.1f} s")
    print(f"  changed cells in the smallest sets: {named} of {breaking} ({100 * named / max(1, breaking):.1f} %)")
    for what, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        print(f"  {what:36} {count:6}")


def main() -> None:
    """Prints a table a kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for kind in KINDS:
        run(kind, options.reports, options.seed)


if __name__ == "__main__":
    main()
