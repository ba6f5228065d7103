"""Precision and recall of every rule on a sample province in which each is broken and nearly broken.

    python -m benchmarks.rules --reports 6000 --each 20

Units, years and figures are those of `gouji sample`; each fault and each near miss is planted `--each` times, as far
as the province has reports that suit. Every report is printed as a page of a portal and read back, so that figures,
asides and sentences come from the readers; then `expectations.evaluate` judges all in one batch, with registry,
ledger, documents and hosts. What must be found was worked out apart from the rules (`samples.around`), with all that
a fault causes in the next year and at other levels. Ends with 1 where a rule about text is below 98 % precision or
90 % recall, any other below 100 %, or less was planted than asked for.

Nearly all the time of `evaluate` on so faulty a province goes into error localisation, which names suspects and
changes no outcome; `--outcomes-only` leaves it out.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.rules_ledger import Finding, surround
from benchmarks.rules_reading import tables
from expectations import RULES, evaluate
from expectations.declaration import Rule
from samples import faults_text
from samples.draft import Draft
from samples.figures import province_figures
from samples.planting import FAULTS, NEAR, Amounts, plant
from samples.reports import Reports
from samples.timing import DUE
from samples.units import choose_units

YEARS = (2019, 2024)


@dataclass(frozen=True)
class Outcome:
    """What was planted, what must be found, what was found; messages by finding."""

    planted: Counter[str]
    near: list[tuple[str, str]]
    wanted: set[Finding]
    found: dict[Finding, str]

    def line(self, rule: Rule) -> dict[str, Any]:
        """The figures of one rule."""
        wanted = {finding for finding in self.wanted if finding[1] == rule.id}
        found = {finding for finding in self.found if finding[1] == rule.id}
        alarmed = {finding[0] for finding in found}
        near = [report_id for report_id, which in self.near if which == rule.id]
        hits = len(wanted & found)
        return {
            "rule": rule.id,
            "severities": "/".join(rule.severities),
            "planted": self.planted[rule.id],
            "wanted": len(wanted),
            "found": len(found),
            "near": len(near),
            "alarms": sum(report_id in alarmed for report_id in near),
            "precision": hits / len(found) if found else 1.0,
            "recall": hits / len(wanted) if wanted else 1.0,
        }


def province(count: int, each: int, seed: int) -> Reports:
    """A province of about `count` reports, each kind of fault and near miss planted `each` times."""
    units = max(12, count // (YEARS[1] - YEARS[0] + 1))
    reports = Reports(province_figures(choose_units(units), YEARS, seed))
    amounts = Amounts(
        faults=each * len(FAULTS),
        near=each * len(NEAR),
        words=each * len(faults_text.RULES),
        late=each * len({rule for rule, _, _ in DUE.values()}),
        refused=2 * each,
        missing=each,
    )
    plant(reports, amounts)
    return reports


def measure(count: int, each: int, seed: int, workers: int = 2, localised: bool = True) -> Outcome:
    """Plants, reads, evaluates; without looking for suspects unless `localised`."""
    reports = province(count, each, seed)
    table, cells = tables(reports, workers)
    table, world, ledger = surround(reports, table, each)
    with nullcontext() if localised else patch("expectations.evaluator.localise", return_value={}):
        verdicts = evaluate(table, cells, world)
    failed = verdicts.filter(pc.equal(verdicts["outcome"], "fail"))
    drafts = [draft for draft in _read(reports) if draft.faults or draft.near]
    planted = Counter(name.split(maxsplit=1)[0] for draft in drafts for name in draft.planted if _took(draft, name))
    planted.update(rule for _, rule, _, _ in ledger.planted)
    near = [(_id(draft), near.rule) for draft in drafts for near in draft.near]
    return Outcome(planted, near + ledger.near, set(_wanted(reports, drafts)) | set(ledger.planted), _found(failed))


def _read(reports: Reports) -> Iterable[Draft]:
    drafts = (reports.read(holder.unit.id, year) for holder, year in reports.slots())
    return (draft for draft in drafts if draft is not None)


def _id(draft: Draft) -> str:
    return f"{draft.unit.id}-{draft.year}"


def _took(draft: Draft, name: str) -> bool:
    """Whether a planted fault still is one: another beside it may have undone it."""
    return any(fault.rule == name.split(maxsplit=1)[0] for fault in draft.faults)


def _wanted(reports: Reports, drafts: Sequence[Draft]) -> Iterable[Finding]:
    for draft in drafts:
        yield from ((_id(draft), fault.rule, fault.severity, fault.scope) for fault in draft.faults)
    for (unit_id, year), faults in reports.overdue.items():
        yield from ((f"{unit_id}-{year}", fault.rule, fault.severity, fault.scope) for fault in faults)


def _found(failed: pa.Table) -> dict[Finding, str]:
    columns = [failed[name].to_pylist() for name in ("report_id", "rule", "severity", "scope")]
    return dict(zip(zip(*columns, strict=True), failed["message"].to_pylist(), strict=True))


def poor(rule: Rule, line: dict[str, Any], each: int) -> bool:
    """Whether a rule falls short, or too little was planted to say so."""
    text = rule.id.startswith("TXT-")
    enough = min(line["planted"], line["near"]) >= each
    return not enough or line["precision"] < (0.98 if text else 1) or line["recall"] < (0.9 if text else 1)


def show(outcome: Outcome) -> None:
    """Prints the table, then every miss and every false alarm."""
    print("| rule | severity | planted | to be found | found | near misses | alarms on these | precision | recall |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for rule in RULES:
        line = outcome.line(rule)
        shares = f"{line['precision']:.1%} | {line['recall']:.1%}"
        print("|", " | ".join(str(line[name]) for name in list(line)[:-2]), "|", shares, "|")
    misses, alarms = outcome.wanted - outcome.found.keys(), outcome.found.keys() - outcome.wanted
    print(f"\nmissed: {len(misses)}" + "".join(f"\n- {' '.join(miss)}" for miss in sorted(misses)))
    print(f"\nfalse alarms: {len(alarms)}", end="")
    print("".join(f"\n- {' '.join(alarm)}: {outcome.found[alarm]}" for alarm in sorted(alarms)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; 1 where a rule falls short."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reports", type=int, default=6000)
    parser.add_argument("--each", type=int, default=20, help="how often each fault and each near miss is planted")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--outcomes-only", action="store_true", help="name no suspects")
    asked = parser.parse_args(arguments)
    began = time.perf_counter()
    outcome = measure(asked.reports, asked.each, asked.seed, asked.workers, not asked.outcomes_only)
    show(outcome)
    print(f"\n{time.perf_counter() - began:.0f} s")
    return int(any(poor(rule, outcome.line(rule), asked.each) for rule in RULES))


if __name__ == "__main__":
    sys.exit(main())
