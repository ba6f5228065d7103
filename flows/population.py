"""What the gate is told of the batch as a whole: the population of the release before, and what the portals have."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from expectations.suites.population import Population, Source
from flows.archived import Archived
from flows.coverage import Key
from flows.plan import Plan


def previous(runs: Path) -> Population | None:
    """The population of the last run that led to a release; None where no record in `runs` has one."""
    for record in sorted(runs.glob("*.json"), reverse=True):
        try:
            kept = json.loads(record.read_text("utf-8"))
            if kept["release_id"] and kept["measures"]:
                return Population.from_dict(kept["measures"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # a record of another version, or no record of ours
    return None


def source(plan: Plan, archive: Archived, reports: Iterable[Key]) -> Source:
    """What the portals list for the plan's units and years, what of it is captured, and what of it became reports.

    The whole archive counts, not this night alone: on most nights hardly anything is new. Copies (图解) are left out.
    """
    years = {unit.id: plan.covers(unit) for unit in plan.units}

    def wanted(unit: str, year: int | None) -> bool:
        return unit in years and (year is None or year in years[unit])

    there = set(archive.captures.column("address"))
    listed = {one.address for one in archive.listed if wanted(one.unit_id, one.year)}
    return Source(len(listed), len(listed & there), sum(wanted(unit, year) for unit, year in reports))
