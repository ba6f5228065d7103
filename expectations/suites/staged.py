"""The batch under validation: the frames that the library sees, and the verdicts that it asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from contextvars import ContextVar
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from expectations.evaluator import evaluate
from expectations.suites.declared import CELL_COLUMNS, REPORT_COLUMNS
from expectations.suites.population import NAMES, Population, Source, measure
from expectations.world import World


class Staged:
    """The batch, its verdicts once the metric has run, and its population once that has been measured."""

    def __init__(
        self,
        tables: tuple[pa.Table, pa.Table],
        world: World | None,
        subjects: Collection[str] | None,
        source: Source | None,
    ) -> None:
        self.reports, self.cells = tables
        self.world = world
        self.subjects = subjects
        self.source = source
        self.verdicts: pa.Table | None = None
        self.population = Population()

    @property
    def size(self) -> int:
        """How many reports are judged, neighbours apart."""
        ids = self.reports["report_id"]
        return len(ids) if self.subjects is None else len(set(self.subjects).intersection(ids.to_pylist()))

    def cell_frame(self) -> Any:
        """The cells, with what only both tables and all columns can tell, as a pandas frame."""
        cells, known = self.cells, self.reports["report_id"].combine_chunks()
        columns = {name: cells[name].dictionary_encode() for name in CELL_COLUMNS}
        columns["of_a_report"] = pc.is_in(cells["report_id"], value_set=known)
        columns["value_fits_state"] = pc.equal(pc.equal(cells["state"], "printed"), cells["value"].is_valid())
        return pa.table(columns).to_pandas()

    def report_frame(self) -> Any:
        """The reports, with how many cells each has, as a pandas frame."""
        counts = self.cells.group_by("report_id").aggregate([("key", "count")])
        at = pc.index_in(self.reports["report_id"], value_set=counts["report_id"].combine_chunks())
        frame = self.reports.select(REPORT_COLUMNS)
        return frame.append_column("cells", pc.fill_null(counts["key_count"].take(at), 0)).to_pandas()

    def population_frame(self) -> Any:
        """The measures of the population as one row, null where one cannot be taken."""
        if self.verdicts is not None:
            judged = (self.reports, self.cells, self.verdicts)
            self.population = measure(judged, self.world, self.subjects, self.source)
        taken = self.population.measures
        return pa.table({name: pa.array([taken.get(name)], pa.float64()) for name in NAMES}).to_pandas()


#: The evaluator needs both tables and the printed texts, more than the frame of one batch carries.
STAGED: Final[ContextVar[Staged]] = ContextVar("staged")
#: (rule, severity) -> the failed verdicts, and the reports that they are in
Failures = Mapping[tuple[str, str], tuple[int, list[str]]]


def failures(staged: Staged, report_ids: list[str]) -> Failures:
    """The metric: runs the evaluator; for each rule and severity, failed verdicts and their reports.

    Raises ValueError where the library validates other reports than those staged.
    """
    if report_ids != staged.reports["report_id"].to_pylist():
        raise ValueError("the validated batch is not the staged one")
    staged.verdicts = evaluate(staged.reports, staged.cells, staged.world, staged.subjects)
    failed = staged.verdicts.filter(pc.equal(staged.verdicts["outcome"], "fail"))
    counts: dict[tuple[str, str], int] = defaultdict(int)
    reports: dict[tuple[str, str], list[str]] = defaultdict(list)
    columns = (failed[name].to_pylist() for name in ("rule", "severity", "report_id"))
    for rule, severity, report in zip(*columns, strict=True):
        counts[rule, severity] += 1
        reports[rule, severity].append(report)
    return {which: (count, sorted(set(reports[which]))) for which, count in counts.items()}
