"""What people read: the verdicts that have something to say."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from expectations.schema import FINDINGS
from expectations.world import World


def findings(
    verdicts: pa.Table,
    reports: pa.Table,
    held: Collection[str],
    waived: Collection[str] = (),
    world: World | None = None,
) -> pa.Table:
    """The `findings` of `docs/architecture.md`: the verdicts that fail, in their order.

    `reports` gives unit_name and address; `held` are the report_ids that the gate keeps back, `waived` the
    finding_ids that a waiver covers. A finding about a report that does not exist has no address and no gate, and the
    name that the registry (`world`) has for the unit. An info rule that has something to say fails, so a verdict that
    could not be evaluated is never a finding.
    """
    failed = verdicts.filter(pc.equal(verdicts["outcome"], "fail"))
    at = pc.index_in(failed["report_id"], value_set=reports["report_id"].combine_chunks())
    columns = {name: failed[name] for name in failed.column_names}
    rows = zip(*(failed[name].to_pylist() for name in ("report_id", "rule", "scope")), strict=True)
    columns["finding_id"] = pa.array([finding_id(*row) for row in rows], pa.string())
    columns["unit_name"] = pc.coalesce(reports["unit_name"].take(at), _names(failed["unit_id"], world))
    columns["address"] = reports["address"].take(at)
    gate = pc.if_else(pc.is_in(failed["report_id"], value_set=_ids(held)), "held", "released")
    columns["gate"] = pc.if_else(pc.is_valid(at), gate, pa.scalar(None, pa.string()))
    columns["status"] = pc.if_else(pc.is_in(columns["finding_id"], value_set=_ids(waived)), "waived", "open")
    return pa.table([columns[name] for name in FINDINGS.names], schema=FINDINGS)


def finding_id(report_id: str, rule: str, scope: str) -> str:
    """The identity of a fault from run to run: the same report, rule and place give the same id."""
    return sha256("|".join((report_id, rule, scope)).encode()).hexdigest()[:16]


def _names(units: pa.ChunkedArray, world: World | None) -> pa.ChunkedArray:
    """The registry's names of units; the id of one that it does not have."""
    if world is None:
        return units
    at = pc.index_in(units, value_set=world.units["unit_id"].combine_chunks())
    return pc.coalesce(world.units["unit_name"].take(at), units)


def _ids(values: Collection[str]) -> pa.Array:
    return pa.array(sorted(values), pa.string())
