"""What people read: the verdicts that have something to say."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from expectations.schema import FINDINGS


def findings(verdicts: pa.Table, reports: pa.Table, held: Collection[str]) -> pa.Table:
    """The `findings` of `docs/architecture.md`: the verdicts that fail, in their order.

    `reports` gives unit_name and address; `held` are the report_ids that the gate keeps back. An info rule
    that has something to say fails, so a verdict that could not be evaluated is never a finding.
    """
    failed = verdicts.filter(pc.equal(verdicts["outcome"], "fail"))
    at = pc.index_in(failed["report_id"], value_set=reports["report_id"].combine_chunks())
    columns = {name: failed[name] for name in failed.column_names}
    rows = zip(*(failed[name].to_pylist() for name in ("report_id", "rule", "scope")), strict=True)
    columns["finding_id"] = pa.array([finding_id(*row) for row in rows], pa.string())
    columns["unit_name"] = reports["unit_name"].take(at)
    columns["address"] = reports["address"].take(at)
    columns["gate"] = pc.if_else(pc.is_in(failed["report_id"], value_set=_ids(held)), "held", "released")
    return pa.table([columns[name] for name in FINDINGS.names], schema=FINDINGS)


def finding_id(report_id: str, rule: str, scope: str) -> str:
    """The identity of a fault from run to run: the same report, rule and place give the same id."""
    return sha256("|".join((report_id, rule, scope)).encode()).hexdigest()[:16]


def _ids(held: Collection[str]) -> pa.Array:
    return pa.array(sorted(held), pa.string())
