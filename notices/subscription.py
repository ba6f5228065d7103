"""A subscription: which part of the province a reader is told of, how bad it must be, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.headerregistry import Address
from typing import Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from notices import words
from notices.digest import Tables
from notices.render import BEIJING
from notices.text import plain

Rhythm = Literal["release", "daily", "weekly", "monthly"]
RHYTHMS: Final = ("release", "daily", "weekly", "monthly")
SEVERITIES: Final = tuple(words.SEVERITIES)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What one reader gets. `regions` are GB/T 2260 codes or their beginnings, `levels` those of units (none: all);
    `severity` is the least that is told; `changes_only` is for readers who want no mail where nothing is new or gone.
    """

    reader: Address
    regions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    severity: str = "info"
    rhythm: Rhythm = "release"
    changes_only: bool = False
    workbook: bool = True

    def scope(self, places: Mapping[str, str]) -> str:
        """The choice in words; '' where everything is told."""
        named = [plain(places.get(f"{code:0<6}", code), 20) for code in self.regions]
        parts = ["、".join(named), "、".join(words.LEVELS[level] for level in self.levels)]
        if self.severity != SEVERITIES[-1]:
            parts.append(f"仅{words.SEVERITIES[self.severity]}{'' if self.severity == SEVERITIES[0] else '及以上'}")
        return "，".join(part for part in parts if part)

    def due(self, last: datetime | None, now: datetime) -> bool:
        """Whether it is time for a mail after one at `last`: at most one a day, ISO week or month of Beijing."""
        return last is None or self.rhythm == "release" or _period(self.rhythm, last) != _period(self.rhythm, now)

    def narrowed(self, tables: Tables) -> Tables:
        """The rows that this reader is told of."""
        severities = pa.array(SEVERITIES[: SEVERITIES.index(self.severity) + 1])
        units = self._units(tables.coverage)

        def chosen(table: pa.Table) -> pa.Table:
            found = table if units is None else table.filter(pc.is_in(_texts(table, "unit_id"), units))
            if "severity" in found.column_names:
                found = found.filter(pc.is_in(_texts(found, "severity"), severities))
            return found

        before, events, doubted = tables.previous_findings, tables.events, tables.doubted
        return replace(
            tables,
            reports=chosen(tables.reports),
            held_reports=chosen(tables.held_reports),
            findings=chosen(tables.findings),
            coverage=chosen(tables.coverage),
            previous_findings=None if before is None else chosen(before),
            events=None if events is None else chosen(events),
            doubted=None if doubted is None else chosen(doubted),
        )

    def _units(self, coverage: pa.Table) -> pa.Array | None:
        """The ids of the chosen units; None where all are."""
        if not self.regions and not self.levels:
            return None
        columns = (coverage[name].to_pylist() for name in ("unit_id", "code", "level"))
        return pa.array(
            sorted(
                {
                    unit
                    for unit, code, level in zip(*columns, strict=True)
                    if (not self.regions or (code or "").startswith(self.regions))
                    and (not self.levels or level in self.levels)
                }
            ),
            pa.string(),
        )


def _texts(table: pa.Table, name: str) -> pa.ChunkedArray:
    # Delta readers may give string views, which `is_in` does not take.
    return table[name].cast(pa.string())


def _period(rhythm: Rhythm, moment: datetime) -> tuple[int, ...]:
    there = moment.astimezone(BEIJING).date()
    if rhythm == "weekly":
        return there.isocalendar()[:2]
    return (there.year, there.month) if rhythm == "monthly" else (there.year, there.month, there.day)
