"""Upkeep of a home: warehouse, staged parts, the archive's index."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from flows.home import Home
from flows.lock import only_run
from flows.summary import Summary
from notices.outbox import Outbox
from portals.tidying import tidy_index
from warehouse.delta_upkeep import Waste
from warehouse.keeping import Policy
from warehouse.record import current
from warehouse.staging import old_parts, remove_parts, sweep
from warehouse.upkeep import Upkept, planned, upkeep

#: staged parts are read in the run that made them, or in the one that goes on with it; later they only take room
_STAGED_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Kept:
    """What upkeep did, or would do: to the warehouse, to how many staged parts, to the index. Sizes are bytes."""

    warehouse: Upkept
    parts: int
    parts_size: int
    index_size: int

    @property
    def size(self) -> int:
        """Bytes that went, or would go."""
        return self.parts_size + self.index_size + sum(waste.size for waste in self.warehouse.waste.values())

    def record(self) -> dict[str, Any]:
        """As JSON has it."""
        found = self.warehouse
        return {
            "kept": list(found.kept),
            "removed": list(found.removed),
            "compacted": {name: list(pair) for name, pair in found.versions.items()},
            "tables": {name: _waste(waste) for name, waste in found.waste.items() if waste.data or waste.log},
            "staged_parts": self.parts,
            "staged_bytes": self.parts_size,
            "index_bytes": self.index_size,
            "bytes": self.size,
        }


def plan_upkeep(home: Home, policy: Policy, now: datetime) -> Kept:
    """What `keep_up` would remove now; nothing is touched."""
    parts = old_parts(home.staging, now - _STAGED_FOR)
    return Kept(planned(home.store, named(home, policy), now), len(parts), sum(parts.values()), 0)


def keep_up(home: Home, policy: Policy, now: datetime, patience: float = 0.0) -> Kept:
    """Compact, remove and tidy; `now` has a zone. It is recorded in `runs/`.

    Raises UnusableError while a run goes on for longer than `patience` seconds, WarehouseError, ArchiveError.
    """
    with only_run(home, patience):
        sweep(home.staging)
        done = upkeep(home.store, named(home, policy), now)
        parts = old_parts(home.staging, now - _STAGED_FOR)
        remove_parts(parts)
        kept = Kept(done, len(parts), sum(parts.values()), _tidied(home))
        _save(home, now, kept)
        return kept


def named(home: Home, policy: Policy) -> Policy:
    """The policy, with the releases of each reader's last report: the next one is compared with it."""
    last = {it.reader: it.about for it in Outbox(home.outbox).entries() if it.kind == "report"}
    return Policy(policy.days, policy.least, policy.named | frozenset(last.values()))


def _tidied(home: Home) -> int:
    """Bytes that went from the index; in a store it is packed, and old snapshots of it go with every run."""
    return tidy_index(home.archive) if isinstance(home.archive, Path) else 0


def _save(home: Home, now: datetime, kept: Kept) -> None:
    """A record of the run like any other, with what became of the home."""
    at = now.astimezone(UTC)
    summary = Summary(f"{at:%Y%m%dT%H%M%SZ}", "upkeep", str(home.root), at.isoformat(timespec="seconds"))
    summary.stands(current(home.store))
    summary.finished = datetime.now(UTC).isoformat(timespec="seconds")
    summary.upkeep = kept.record()
    summary.save(home.runs)


def _waste(waste: Waste) -> dict[str, int]:
    return {"files": len(waste.data), "log_files": len(waste.log), "bytes": waste.size}
