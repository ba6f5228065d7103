"""What the gate decides, and that the library and the verdicts say the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from expectations.declaration import Severity
from expectations.findings import finding_id
from expectations.rules import RULES
from expectations.suites.measures import Measured
from expectations.suites.population import Population
from expectations.waivers import Void


class GateError(Exception):
    """The batch as a whole cannot be trusted: nothing of it may be released. One line says why."""


class Statistic(NamedTuple):
    """What one expectation of the gate found: failed verdicts, and how many reports they are in."""

    rule: str
    severity: Severity
    success: bool
    verdicts: int
    reports: int


@dataclass(frozen=True, slots=True)
class Gate:
    """The gate's decision: `held` names the critical rules broken by each report that stays behind.

    `waived` are the finding_ids that a waiver covers; `void` are the waivers that cover nothing, with the reason.
    `population` is what was measured of the batch as a whole, to be kept and given to the next gate as `previous`;
    `measured` holds each measure to its bounds. A measure out of its bounds is a warning and holds nothing.
    """

    verdicts: pa.Table
    held: Mapping[str, tuple[str, ...]]
    statistics: tuple[Statistic, ...]
    waived: frozenset[str] = frozenset()
    void: tuple[Void, ...] = ()
    population: Population = field(default_factory=Population)
    measured: tuple[Measured, ...] = ()

    @property
    def success(self) -> bool:
        """Whether every report may be released."""
        return not self.held

    @property
    def warnings(self) -> tuple[Measured, ...]:
        """The measures of the population that are out of their bounds."""
        return tuple(one for one in self.measured if not one.success)


def held_by(failed: pa.Table, reports: pa.Table, covered: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The rules that hold each report: critical ones among the verdicts `failed` whose finding is not `covered`.

    A report that is missing altogether cannot be held.
    """
    there = pc.is_in(failed["report_id"], value_set=reports["report_id"].combine_chunks())
    critical = failed.filter(pc.and_(pc.equal(failed["severity"], "critical"), there))
    held: dict[str, dict[str, None]] = {}
    for report, rule, scope in zip(*(critical[n].to_pylist() for n in ("report_id", "rule", "scope")), strict=True):
        if not covered or finding_id(report, rule, scope) not in covered:
            held.setdefault(report, {})[rule] = None
    return {report: tuple(rules) for report, rules in held.items()}


def agreed(asked: tuple[str, Severity], told: tuple[bool, int, list[str]], failed: pa.Table) -> Statistic:
    """The statistic of one expectation, if it says of its rule what the verdicts `failed` say.

    `told` is whether it holds, the number of verdicts and the reports. Raises GateError.
    """
    rule, severity = asked
    success, count, theirs = told
    ours = failed.filter(pc.and_(pc.equal(failed["rule"], rule), pc.equal(failed["severity"], severity)))
    reports = sorted(set(ours["report_id"].to_pylist()))
    if theirs != reports or count != ours.num_rows or success == bool(reports):
        raise GateError(f"Great Expectations and the verdicts differ on {rule} ({severity})")
    return Statistic(rule, severity, success, count, len(reports))


def complete(statistics: Sequence[Statistic], failed: pa.Table) -> None:
    """Every rule was asked, and no failure is beyond the expectations that were; else GateError."""
    asked = [(one.rule, one.severity) for one in statistics]
    declared = [(rule.id, severity) for rule in RULES for severity in rule.severities]
    if sorted(asked) != sorted(declared) or sum(one.verdicts for one in statistics) != failed.num_rows:
        raise GateError("Great Expectations did not evaluate every rule")
