"""What a batch is as a whole, in a few figures: to be kept beside a release and compared with the next.

Shares and quantiles for people and for bounds; no verdict is made of them, so they are floats, rounded to six digits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from expectations.coverage import REPORTED
from expectations.rules import RULES
from expectations.world import World

LEVELS: Final = ("province", "prefecture", "county", "township")
#: figures of which the distribution is watched: what came in, what was done, what stays open, what is disputed
KEY_FIGURES: Final = (
    "applications.received.total",
    "applications.processed_total.total",
    "applications.granted.total",
    "applications.carried_out.total",
    "disputes.reconsideration.total",
)
QUANTILES: Final = {"median": 0.5, "upper_quartile": 0.75}
_NOT_DUE: Final = frozenset({"not_due", "merged"})

#: every measure that a population can have, in order; one that cannot be taken is absent
NAMES: Final = (
    "reports",
    "volume.captured_of_listed",
    "volume.staged_of_captured",
    "standing",
    *(f"coverage.{level}" for level in LEVELS),
    "held",
    *(f"failing.{rule.id}" for rule in RULES),
    *(f"figure.{key}.{name}" for key in KEY_FIGURES for name in QUANTILES),
)


@dataclass(frozen=True, slots=True)
class Source:
    """How much the portals have: annual reports `listed` and `captured`, and how many were read and `staged`."""

    listed: int
    captured: int
    staged: int


@dataclass(frozen=True, slots=True)
class Population:
    """A batch as a whole: how many reports were judged, and its measures by name (`NAMES`).

    `standing` is how many reports the ledger has, `coverage.*` the shares of what is due by level, `held` and
    `failing.*` shares of the reports judged, `figure.*` quantiles of printed figures, `volume.*` shares of what the
    source has.
    """

    reports: int = 0
    measures: Mapping[str, float] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As plain data for JSON."""
        return {"reports": self.reports, "measures": dict(self.measures)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Population:
        """The opposite of `to_dict`; measures that are no longer known are left out."""
        measures = {name: float(value) for name, value in data["measures"].items() if name in NAMES}
        return cls(int(data["reports"]), measures)


def measure(
    judged: tuple[pa.Table, pa.Table, pa.Table],
    world: World | None = None,
    subjects: Collection[str] | None = None,
    source: Source | None = None,
) -> Population:
    """The population of `judged` (reports, cells, verdicts): of its `subjects`, or all; neighbours do not count."""
    reports, cells, verdicts = judged
    ids = reports["report_id"].combine_chunks()
    if subjects is not None:
        ids = ids.filter(pc.is_in(ids, value_set=pa.array(sorted(subjects), pa.string())))
    size = len(ids)
    found: dict[str, float] = {"reports": float(size), **_volume(source)}
    found |= _coverage(world)
    if size:
        found |= _failing(verdicts, ids)
        found |= _figures(cells, ids)
    return Population(size, {name: round(found[name], 6) for name in NAMES if name in found})


def _volume(source: Source | None) -> dict[str, float]:
    if source is None:
        return {}
    shares = {
        "volume.captured_of_listed": (source.captured, source.listed),
        "volume.staged_of_captured": (source.staged, source.captured),
    }
    return {name: part / whole for name, (part, whole) in shares.items() if whole}


def due(world: World | None) -> dict[str, int]:
    """How many units and years of the ledger are due, by level; levels without any are left out."""
    counts = _ledger(world)
    found = {
        level: sum(n for (of, status), n in counts.items() if of == level and status not in _NOT_DUE)
        for level in LEVELS
    }
    return {level: n for level, n in found.items() if n}


def _ledger(world: World | None) -> Counter[tuple[str, str]]:
    """How many units and years there are by level and status."""
    if world is None or world.coverage is None:
        return Counter()
    ledger = world.coverage
    levels = ledger["level"].to_pylist() if "level" in ledger.column_names else [None] * ledger.num_rows
    return Counter(zip(levels, ledger["status"].to_pylist(), strict=True))


def _coverage(world: World | None) -> dict[str, float]:
    """The reports that the ledger has, and their share of what is due, by level."""
    counts = _ledger(world)
    if not counts:
        return {}
    standing = sum(n for (_, status), n in counts.items() if status in REPORTED)
    shares = {
        f"coverage.{level}": sum(counts[level, status] for status in REPORTED) / n for level, n in due(world).items()
    }
    return {"standing": float(standing), **shares}


def _failing(verdicts: pa.Table, ids: pa.Array) -> dict[str, float]:
    """The share of reports that fail each rule, and of those that fail a critical one."""
    failed = verdicts.filter(
        pc.and_(pc.equal(verdicts["outcome"], "fail"), pc.is_in(verdicts["report_id"], value_set=ids))
    )
    by_rule = failed.group_by(["rule"]).aggregate([("report_id", "count_distinct")])
    counts = dict(zip(*(by_rule[name].to_pylist() for name in ("rule", "report_id_count_distinct")), strict=True))
    critical = failed.filter(pc.equal(failed["severity"], "critical"))
    shares = {f"failing.{rule.id}": counts.get(rule.id, 0) / len(ids) for rule in RULES}
    return {"held": pc.count_distinct(critical["report_id"]).as_py() / len(ids), **shares}


def _figures(cells: pa.Table, ids: pa.Array) -> dict[str, float]:
    own = cells.filter(pc.is_in(cells["key"], value_set=pa.array(KEY_FIGURES)))
    own = own.filter(pc.and_(pc.is_in(own["report_id"], value_set=ids), pc.equal(own["state"], "printed")))
    found: dict[str, float] = {}
    for key in KEY_FIGURES:
        values = own["value"].filter(pc.equal(own["key"], key)).cast(pa.float64())
        if len(values):
            at = np.quantile(values.to_numpy(), list(QUANTILES.values()))
            found |= {f"figure.{key}.{name}": float(value) for name, value in zip(QUANTILES, at, strict=True)}
    return found
