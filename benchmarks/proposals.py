"""The rules as an error-correcting code: what becomes of misread cells, and of errors that publishers printed.

    python benchmarks/proposals.py --reports 400 --doubt 0.03

Prints, for reports of the sample province with a digit of one cell changed in every second one, read by a
simulated recogniser: how many printed errors each programme hides (equations hard; soft but without the gate;
`propose`), what `propose` made of every doubted cell, and its time a report.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from expectations.proposal_doubt import doubts
from expectations.proposal_equations import REDUNDANT, Contents, Equation, equations, figure
from expectations.proposals import propose
from form.catalogue import POSITION
from form.reading import Reading, Report
from samples.draft import plain
from samples.figures import unit_reports
from samples.units import choose_units

LOOKALIKES = dict(zip("0123456789", ("86", "74", "7", "85", "19", "63", "850", "12", "3069", "48"), strict=True))
#: of the doubted cells: read wrongly; of those: the truth among the alternatives
MISREAD, HEARD = 0.35, 0.85
#: prices of `docs/decisions/0011-proposals.md`
BROKEN, UNHEARD = 3.0, 11.0
SURE = 0.9


@dataclass(frozen=True)
class Trial:
    """A report as printed, as the simulated recogniser read it, and the cell that the publisher got wrong."""

    printed: Report
    read: Report
    planted: str | None


def clean(count: int, seed: int) -> Iterator[Report]:
    """Reports of the sample province, every cell as printed."""
    for unit in choose_units(count):
        for draft in unit_reports(unit, (2019, 2024), seed):
            values = sorted(draft.cells.items(), key=lambda item: POSITION[item[0]])
            readings = tuple(
                Reading(key, "", None, "blank", "simulated")
                if value is None
                else Reading(key, plain(value), value, "printed", "simulated")
                for key, value in values
            )
            yield Report(unit.name, draft.year, draft.edition, "", readings)


def with_value(reading: Reading, text: str) -> Reading:
    """The reading with another text."""
    value = Decimal(text) if text else None
    return reading._replace(printed=text, value=value, state="printed" if text else "blank")


def confused(text: str, rng: Random) -> str:
    """A text that a recogniser could take a figure for: a look-alike digit, one dropped or doubled, or nothing."""
    at = rng.choice([i for i, character in enumerate(text) if character.isdigit()])
    before, digit, behind = text[:at], text[at], text[at + 1 :]
    kind = rng.random()
    if kind < 0.7:
        digit = rng.choice(LOOKALIKES[digit])
    elif kind < 0.85:
        digit = ""
    else:
        digit *= 2
    changed = before + digit + behind
    return plain(Decimal(changed)) if any(map(str.isdigit, changed)) else ""


def misprint(report: Report, rng: Random) -> tuple[Report, str]:
    """The report as a publisher with a slip of the finger prints it: one digit of one cell."""
    key = rng.choice([r.key for r in report.readings if r.key in REDUNDANT and r.state == "printed"])
    readings = []
    for reading in report.readings:
        text = reading.printed
        if reading.key == key:
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice([d for d in "123456789" if d != text[at]]) + text[at + 1 :]
        readings.append(with_value(reading, text) if reading.key == key else reading)
    return replace(report, readings=tuple(readings)), key


def recognise(report: Report, doubt: float, rng: Random) -> Report:
    """The report as read: doubted cells have a confidence below 0.9 and alternatives, some are wrong."""
    return replace(report, readings=tuple(_recognise(reading, doubt, rng) for reading in report.readings))


def _recognise(reading: Reading, doubt: float, rng: Random) -> Reading:
    text = reading.printed
    if not text or rng.random() >= doubt:
        return reading._replace(confidence=0.99, alternatives=((confused(text, rng), 0.004),) if text else ())
    sure = rng.uniform(0.35, 0.89)
    other = confused(text, rng)
    while other == text:
        other = confused(text, rng)
    share = (1 - sure) * rng.uniform(0.4, 0.95)
    third = (confused(text, rng), (1 - sure - share) * 0.5)
    if rng.random() >= MISREAD:
        return reading._replace(confidence=round(sure, 2), alternatives=((other, share), third))
    heard = ((text, share), third) if rng.random() < HEARD else (third,)
    return with_value(reading, other)._replace(confidence=round(sure, 2), alternatives=heard)


def everywhere(report: Report, hard: bool) -> Report:
    """The report as a programme without the gate leaves it: any cell may take any figure, at a price.

    Doubted cells may take their candidates cheaply. `hard` equations must hold, others cost `BROKEN`.
    """
    contents = {r.key: (r.state, r.value) for r in report.readings}
    asked = equations(report.edition, contents)
    held = sorted({key for equation in asked for key in equation.coefficients})
    doubted = doubts(report)
    columns: list[tuple[str, Decimal | None, float]] = []
    for key in held:
        columns += [(key, Decimal(1), 0.0), (key, Decimal(-1), 0.0), (key, None, UNHEARD)]
        if key in doubted:
            columns += [
                (key, c.figure - (contents[key][1] or 0), c.price) for c in doubted[key].candidates if c.price
            ]
    values = _solved(asked, held, columns, contents, hard)
    readings = tuple(
        r._replace(value=values[r.key], state="printed") if values.get(r.key, r.value or 0) != (r.value or 0) else r
        for r in report.readings
    )
    return replace(report, readings=readings)


def _solved(
    asked: tuple[Equation, ...],
    held: list[str],
    columns: list[tuple[str, Decimal | None, float]],
    contents: Contents,
    hard: bool,
) -> dict[str, Decimal]:
    most = 100_000
    free = {key: [i for i, c in enumerate(columns) if c[0] == key][:3] for key in held}
    amounts = {i for up, down, _ in free.values() for i in (up, down)}
    size = len(columns) + len(asked)
    matrix = lil_array((len(asked) * 2 + len(held) * 2, size))
    least, greatest = np.full(matrix.shape[0], -np.inf), np.zeros(matrix.shape[0])
    for row, equation in enumerate(asked):
        rest = float(sum((c * figure(contents[key]) for key, c in equation.coefficients.items()), Fraction(0)))
        for i, (key, change, _) in enumerate(columns):
            if key in equation.coefficients and change is not None:
                matrix[2 * row, i] = equation.coefficients[key] * float(change)
                matrix[2 * row + 1, i] = -matrix[2 * row, i]
        matrix[2 * row, len(columns) + row] = matrix[2 * row + 1, len(columns) + row] = -most
        greatest[2 * row], greatest[2 * row + 1] = -rest, rest
    for row, key in enumerate(held, start=len(asked)):
        up, down, used = free[key]
        matrix[2 * row, up] = matrix[2 * row, down] = 1
        matrix[2 * row, used] = -most
        for i, column in enumerate(columns):
            if column[0] == key and i not in (up, down):
                matrix[2 * row + 1, i] = 1
        greatest[2 * row + 1] = 1
    upper = np.array([most if i in amounts else 1 for i in range(size)], dtype=float)
    if hard:
        upper[len(columns) :] = 0
    costs = np.array([price for _, _, price in columns] + [BROKEN] * len(asked))
    result = milp(
        costs,
        integrality=np.ones(size),
        bounds=Bounds(0, upper),
        constraints=LinearConstraint(matrix.tocsr(), least, greatest),
        options={"mip_rel_gap": 0.0, "node_limit": 5_000},
    )
    values = {key: contents[key][1] or Decimal(0) for key in held}
    if result.x is not None:
        for (key, change, _), amount in zip(columns, result.x, strict=False):
            values[key] += (change or 0) * round(amount)
    return values


def hidden(trial: Trial, after: Report) -> bool:
    """Whether nothing is left to see of what the publisher got wrong: its equations can be asked, and hold."""
    contents = {r.key: (r.state, r.value) for r in after.readings}
    around = [e.holds for e in equations(after.edition, contents) if trial.planted in e.coefficients]
    return bool(around) and all(around)


def altered(trial: Trial, after: Report) -> int:
    """Cells that recognition read rightly and that now state another figure."""
    return sum(
        now.state != "unreadable" and (now.state, now.value) != (was.state, was.value)
        for was, read, now in zip(trial.printed.readings, trial.read.readings, after.readings, strict=True)
        if (read.state, read.value) == (was.state, was.value)
    )


def outcomes(trial: Trial, after: Report) -> Iterator[tuple[str, str]]:
    """For each doubted cell: how it was read, and what became of it."""
    doubted = doubts(trial.read)
    for was, read, now in zip(trial.printed.readings, trial.read.readings, after.readings, strict=True):
        if read.key not in doubted:
            assert now == read
            continue
        read_right = (read.state, read.value) == (was.state, was.value)
        right = (now.state, now.value) == (was.state, was.value)
        place = "table two" if read.key not in REDUNDANT else "publisher's slip" if was.key == trial.planted else ""
        group = f"{'read right' if read_right else 'misread'} {place}".strip()
        if now.state == "unreadable":
            yield group, "unreadable, rightly suggested" if now.proposed == was.value else "unreadable"
        else:
            yield group, f"{'right' if right else 'WRONG'}, {'sure' if now.confidence >= SURE else 'unsure'}"


def main() -> None:
    """Runs the trials and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=400)
    parser.add_argument("--doubt", type=float, default=0.03, help="share of cells the recogniser doubts")
    parser.add_argument("--compare", type=int, default=25, help="planted reports given to the other programmes too")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = Random(options.seed)
    trials = []
    for number, report in enumerate(islice(clean(options.reports // 6 + 1, options.seed), options.reports)):
        printed, planted = misprint(report, rng) if number % 2 else (report, None)
        trials.append(Trial(printed, recognise(printed, options.doubt, rng), planted))
    propose(trials[0].read)
    counts: Counter[tuple[str, str]] = Counter()
    spent, results = [], []
    for trial in trials:
        began = time.process_time()
        after = propose(trial.read)
        spent.append((time.process_time() - began) * 1000)
        counts.update(outcomes(trial, after))
        results.append(after)
    for group, what in sorted(counts):
        print(f"{group:28} {what:32} {counts[group, what]:7}")
    spent.sort()
    print(f"CPU ms a report: median {statistics.median(spent):.0f}, 95 % {spent[len(spent) * 95 // 100]:.0f}", end="")
    print(f", most {spent[-1]:.0f}")
    with_slip = [(t, r) for t, r in zip(trials, results, strict=True) if t.planted]
    slip_read = [(t, r) for t, r in with_slip if t.planted not in doubts(t.read)]
    print(f"publisher's slips: {len(with_slip)}, of which the recogniser was sure: {len(slip_read)}")
    print(f"propose: hides {sum(hidden(t, r) for t, r in slip_read)} of those,", end=" ")
    print(f"alters {sum(altered(t, r) for t, r in zip(trials, results, strict=True))} cells that were read rightly")
    for name, hard in (("hard", True), ("soft, no gate", False)):
        some = [(t, everywhere(t.read, hard)) for t, _ in slip_read[: options.compare]]
        print(f"{name}: hides {sum(hidden(t, r) for t, r in some)} of {len(some)},", end=" ")
        print(f"alters {sum(altered(t, r) for t, r in some)} cells that were read rightly")


if __name__ == "__main__":
    main()
