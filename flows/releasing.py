"""What a run has to release: its scene as judged, as the rows of a batch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from expectations.findings import findings
from flows.archived import Archived
from flows.judging import Judged, covered
from flows.kin import key_of
from flows.ledger import gated
from flows.life import Moment, Publications, dated, events, unseen
from flows.standing import Standing
from flows.surroundings import Scene
from warehouse.batch import NAMED, ReleaseBatch
from warehouse.chosen import Chosen


def release_batch(
    flow: str, archive: Archived, known: Standing, scene: Scene, judged: Judged, at: datetime
) -> ReleaseBatch:
    """The rows of the release on top of `known`, `at` the time of the run.

    Every subject of the scene is among them; what does not differ from the release before is not written again.
    """
    held = scene.near.only(scene.present.intersection(judged.held))
    passed = scene.near.only(scene.present.difference(judged.held))
    found, told = _findings(known, scene, judged, Moment(at, known.next_release))
    marks = covered(judged)
    gates = _gates(known, passed, held)
    return ReleaseBatch(
        reports=_marked(passed.reports, marks),
        cells=passed.cells,
        held_reports=_marked(held.reports, marks),
        held_cells=held.cells,
        versions=scene.history.gated(gates),
        past_reports=scene.history.past.reports,
        past_cells=scene.history.past.cells,
        changes=scene.history.changes,
        verdicts=judged.verdicts,
        findings=found,
        finding_events=told,
        coverage=gated(scene.coverage, gates),
        captures=archive.rows(),
        documents=scene.documents,
        leaving=_named(judged.leaving),
        judged=_named(scene.subjects),
        note=flow,
    )


def _findings(known: Standing, scene: Scene, judged: Judged, now: Moment) -> tuple[pa.Table, pa.Table]:
    """The findings of the scene's subjects, and what became of them since the release before."""
    found = findings(judged.verdicts, scene.near.reports, judged.held, judged.waived, scene.world)
    before = _of(known.findings, scene.subjects)
    first = known.first_seen(unseen(found, before))
    documents = {report: row["sha256"] for report, row in known.newest.items()}
    read = zip(*(scene.near.reports[name].to_pylist() for name in ("report_id", "sha256")), strict=True)
    told = events(found, before, first.keys(), Publications(documents, {**documents, **dict(read)}), now)
    return dated(found, before, first, now), told


def _gates(known: Standing, passed: Chosen, held: Chosen) -> dict[str, str]:
    """Where the newest version of every report went."""
    gates = dict.fromkeys(known.newest, "released") | dict.fromkeys(known.held_ids, "held")
    for gate, chosen in (("released", passed), ("held", held)):
        gates |= dict.fromkeys(chosen.reports["report_id"].to_pylist(), gate)
    return gates


def _marked(reports: pa.Table, marks: Mapping[str, Sequence[str]]) -> pa.Table:
    """The reports with the critical findings of each that a waiver covers."""
    at = reports.schema.get_field_index("waivers")
    values = [list(marks.get(report, ())) for report in reports["report_id"].to_pylist()]
    return reports.set_column(at, reports.schema.field(at), pa.array(values, pa.list_(pa.string())))


def _of(table: pa.Table, ids: Collection[str]) -> pa.Table:
    return table.filter(pc.is_in(table["report_id"], value_set=pa.array(sorted(ids), pa.string())))


def _named(ids: Iterable[str]) -> pa.Table:
    rows = [{"report_id": report, "year": key_of(report)[1]} for report in sorted(ids)]
    return pa.Table.from_pylist(rows, schema=NAMED)
