"""The judgement of a run: the gate over its scene, and older released versions in their own right."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from expectations import evaluate
from expectations.suites import gate, held_by, prepare
from expectations.suites.population import Population, Source
from expectations.waivers import Void, failing, weigh
from flows.collector import uncollected
from flows.kin import key_of, report_id
from flows.standing import Standing
from flows.surroundings import Scene
from warehouse.chosen import Chosen, released
from warehouse.spec import TABLES


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts of a scene's subjects, and what the gate makes of them.

    `held` are the reports that stay behind, with the rules that hold them; `leaving` those whose released version
    breaks a critical rule by now. `waived` are the finding_ids that a waiver covers, `void` the waivers that cover
    nothing. `measures` are those of the batch as a whole (`Population.to_dict`), None where nobody took them;
    `warnings` what is unusual about them, a line each (Chinese). They hold nothing back.
    """

    verdicts: pa.Table = field(default_factory=TABLES["verdicts"].empty)
    held: Mapping[str, Sequence[str]] = field(default_factory=dict)
    waived: frozenset[str] = frozenset()
    void: tuple[Void, ...] = ()
    leaving: frozenset[str] = frozenset()
    measures: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()


#: how a scene is judged
Judge = Callable[[Scene], Judged]


def judge(known: Standing, scene: Scene, by: Judge) -> Judged:
    """The judgement of a scene; where nothing is asked, nothing is said but of waivers that have expired."""
    if not scene.subjects:
        return Judged(void=weigh(TABLES["verdicts"].empty(), *scene.near, scene.waivers, scene.today).void)
    # Great Expectations refuses a batch without reports; there is nothing to hold back in one.
    judged = by(scene) if scene.near.reports.num_rows else evaluated(scene)
    return replace(judged, leaving=_leaving(known, scene, judged))


def expected(scene: Scene, previous: Population | None = None, source: Source | None = None) -> Judged:
    """By the gate: Great Expectations over the whole scene; `previous` and `source` as the gate takes them."""
    reports, cells = scene.near
    # Verdicts are asked of the subjects alone; how much there is of what is due is measured on the whole ledger.
    world = replace(scene.world, coverage=scene.coverage)
    with uncollected():
        prepare()
    done = gate(reports, cells, world, scene.subjects, scene.waivers, scene.today, previous=previous, source=source)
    told = tuple(one.message for one in done.warnings)
    return Judged(done.verdicts, done.held, done.waived, done.void, measures=done.population.to_dict(), warnings=told)


def evaluated(scene: Scene) -> Judged:
    """By the evaluator alone, which says the same and needs no Great Expectations (they take seconds to import)."""
    reports, cells = scene.near
    verdicts = evaluate(reports, cells, scene.world, scene.subjects)
    weighed = weigh(verdicts, reports, cells, scene.waivers, scene.today)
    failed = verdicts.filter(pc.equal(verdicts["outcome"], "fail"))
    return Judged(verdicts, held_by(failed, reports, weighed.covered), weighed.covered, weighed.void)


def covered(judged: Judged) -> dict[str, list[str]]:
    """report_id -> the finding_ids of its critical findings that a waiver covers, in order."""
    marks: dict[str, list[str]] = {}
    if judged.waived:
        for finding, row in sorted(failing(judged.verdicts).items()):
            if finding in judged.waived and row["severity"] == "critical":
                marks.setdefault(row["report_id"], []).append(finding)
    return marks


def _leaving(known: Standing, scene: Scene, judged: Judged) -> frozenset[str]:
    """The released reports, newest version held, whose released version does not stand either.

    It is that very version; or it breaks a critical rule itself by now; or it was read from a document that is a
    duplicate by now, and would not have been released had the two come in the other order.
    """
    both = known.released_ids.intersection(judged.held)
    # Neither read again nor held before: the version that is held now is the released one.
    same = both - scene.staged - known.held_ids
    older = released(known.home, both - same)
    newest = scene.near.only(both - same)
    address, before = (
        dict(zip(reports["report_id"].to_pylist(), reports["address"].to_pylist(), strict=True))
        for reports in (newest.reports, older.reports)
    )
    return same | {one for one in sorted(both - same) if address[one] != before[one] or _breaks(scene, older, one)}


def _breaks(scene: Scene, older: Chosen, report: str) -> bool:
    """Whether the older version of a report, put in the place of its newest, breaks a critical rule."""
    beside = {report_id(key) for key in scene.kin.around(key_of(report))} - {report}
    near = scene.near.only(beside).beside(older.only({report}))
    return report in evaluated(replace(scene, near=near, subjects=frozenset({report}))).held
