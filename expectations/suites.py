"""The gate: Great Expectations validates the whole staged batch, from the same rule declarations.

The only importer of Great Expectations; the import takes seconds, so it happens when a batch is validated,
not when this module is read. Two batches are validated, each at once: `cells` for its population, `reports`
for its population and then for the rules, one expectation a rule and severity. The rule expectations share
one table metric, which runs the evaluator once. No Data Docs, no store, no telemetry: an ephemeral context.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple, cast

import pyarrow as pa
import pyarrow.compute as pc

from expectations import layout
from expectations.declaration import Severity
from expectations.evaluator import evaluate
from expectations.findings import finding_id
from expectations.rules import RULES
from expectations.waivers import Void, Waiver, Weighed, weigh
from expectations.world import World


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
    """

    verdicts: pa.Table
    held: Mapping[str, tuple[str, ...]]
    statistics: tuple[Statistic, ...]
    waived: frozenset[str] = frozenset()
    void: tuple[Void, ...] = ()

    @property
    def success(self) -> bool:
        """Whether every report may be released."""
        return not self.held


class _Staged:
    """The batch under validation, and its verdicts once the metric has run."""

    def __init__(
        self, reports: pa.Table, cells: pa.Table, world: World | None, subjects: Collection[str] | None
    ) -> None:
        self.reports = reports
        self.cells = cells
        self.world = world
        self.subjects = subjects
        self.verdicts: pa.Table | None = None


#: The evaluator needs both tables and the printed texts, more than the frame of one batch carries.
_STAGED: Final[ContextVar[_Staged]] = ContextVar("staged")
_REPORT_COLUMNS: Final = ("report_id", "unit_id", "year", "edition", "address", "sha256")
_CELL_COLUMNS: Final = ("report_id", "key", "table", "state")


def gate(
    reports: pa.Table,
    cells: pa.Table,
    world: World | None = None,
    subjects: Collection[str] | None = None,
    waivers: Sequence[Waiver] = (),
    today: date | None = None,
) -> Gate:
    """Validates a staged batch: `reports` and `cells` of `docs/architecture.md`, neighbours included.

    `world` and `subjects` as `expectations.evaluate` takes them. A critical finding that one of the `waivers`
    covers on the day `today` holds no report.

    Raises GateError where the population is wrong, the library failed, or it says otherwise than the
    verdicts: then nothing may be released.
    """
    if waivers and today is None:
        raise ValueError("waivers hold until a day: today is needed")
    staged = _Staged(reports, cells, world, subjects)
    token = _STAGED.set(staged)
    try:
        _population("cells", _cell_frame(staged), _cell_expectations())
        frame = _report_frame(staged)
        _population("reports", frame, _report_expectations())
        results = _validate("rules", frame, _rule_expectations())
    finally:
        _STAGED.reset(token)
    if staged.verdicts is None:
        raise GateError("the rules were not evaluated")
    failed = staged.verdicts.filter(pc.equal(staged.verdicts["outcome"], "fail"))
    statistics = tuple(_agreed(result, failed) for result in results)
    _complete(statistics, failed)
    weighed = weigh(staged.verdicts, reports, cells, waivers, today) if today else Weighed()
    return Gate(staged.verdicts, held_by(failed, reports, weighed.covered), statistics, weighed.covered, weighed.void)


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


def _agreed(result: Any, failed: pa.Table) -> Statistic:
    """The statistic of one expectation, if it says of its rule what the verdicts say."""
    config = result.expectation_config
    rule, severity = config.kwargs["rule"], cast(Severity, config.severity.value)
    ours = failed.filter(pc.and_(pc.equal(failed["rule"], rule), pc.equal(failed["severity"], severity)))
    held = sorted(set(ours["report_id"].to_pylist()))
    theirs = result.result["details"]["report_ids"]
    if theirs != held or result.result["observed_value"] != ours.num_rows or result.success == bool(held):
        raise GateError(f"Great Expectations and the verdicts differ on {rule} ({severity})")
    return Statistic(rule, severity, bool(result.success), ours.num_rows, len(held))


def _complete(statistics: Sequence[Statistic], failed: pa.Table) -> None:
    """Every rule was asked, and no failure is beyond the expectations that were."""
    asked = [(one.rule, one.severity) for one in statistics]
    declared = [(rule.id, severity) for rule in RULES for severity in rule.severities]
    if sorted(asked) != sorted(declared) or sum(one.verdicts for one in statistics) != failed.num_rows:
        raise GateError("Great Expectations did not evaluate every rule")


def _report_frame(staged: _Staged) -> Any:
    counts = staged.cells.group_by("report_id").aggregate([("key", "count")])
    at = pc.index_in(staged.reports["report_id"], value_set=counts["report_id"].combine_chunks())
    frame = staged.reports.select(_REPORT_COLUMNS)
    return frame.append_column("cells", pc.fill_null(counts["key_count"].take(at), 0)).to_pandas()


def _cell_frame(staged: _Staged) -> Any:
    cells, known = staged.cells, staged.reports["report_id"].combine_chunks()
    columns = {name: cells[name].dictionary_encode() for name in _CELL_COLUMNS}
    columns["of_a_report"] = pc.is_in(cells["report_id"], value_set=known)
    columns["value_fits_state"] = pc.equal(pc.equal(cells["state"], "printed"), cells["value"].is_valid())
    return pa.table(columns).to_pandas()


def _report_expectations() -> list[Any]:
    gxe = _library().gxe
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="critical"),
        *(gxe.ExpectColumnValuesToNotBeNull(column=name, severity="critical") for name in _REPORT_COLUMNS),
        gxe.ExpectColumnValuesToBeUnique(column="report_id", severity="critical"),
        gxe.ExpectColumnValuesToBeInSet(column="edition", value_set=["2019", "2021"], severity="critical"),
        gxe.ExpectColumnValuesToBeBetween(column="year", min_value=2008, max_value=2100, severity="critical"),
        gxe.ExpectColumnValuesToBeBetween(
            column="cells", min_value=1, max_value=len(layout.KEYS), severity="critical"
        ),
    ]


def _cell_expectations() -> list[Any]:
    gxe = _library().gxe
    allowed: dict[str, list[Any]] = {
        "key": list(layout.KEYS),
        "table": ["proactive", "applications", "disputes"],
        "state": ["printed", "blank", "unreadable"],
        "of_a_report": [True],
        "value_fits_state": [True],
    }
    return [
        gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="critical"),
        *(gxe.ExpectColumnValuesToNotBeNull(column=name, severity="critical") for name in _CELL_COLUMNS),
        *(
            gxe.ExpectColumnValuesToBeInSet(column=name, value_set=values, severity="critical")
            for name, values in allowed.items()
        ),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=["report_id", "key"], severity="critical"),
    ]


def _rule_expectations() -> list[Any]:
    expect = _library().expect_rule
    return [expect(rule=rule.id, severity=severity) for rule in RULES for severity in rule.severities]


def _population(name: str, frame: Any, expectations: list[Any]) -> None:
    wrong = [_reason(result) for result in _validate(name, frame, expectations) if not result.success]
    if wrong:
        raise GateError(f"population of {name}: {'; '.join(wrong)}")


def _reason(result: Any) -> str:
    kwargs = {k: v for k, v in result.expectation_config.kwargs.items() if k in {"column", "column_list"}}
    seen = {k: v for k, v in result.result.items() if k in {"observed_value", "unexpected_count"}}
    return f"{result.expectation_config.type} {kwargs} {seen}"


def _validate(name: str, frame: Any, expectations: list[Any]) -> list[Any]:
    """Validates a frame at once; an expectation that could not be computed is a GateError, not a failure."""
    gx = _library().gx
    context = gx.get_context(mode="ephemeral", project_config=_library().quiet())
    asset = context.data_sources.add_pandas("staged").add_dataframe_asset(name)
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
    suite = gx.ExpectationSuite(name=name, expectations=expectations)
    results = batch.validate(suite, result_format="BASIC").results
    for result in results:
        if result.exception_info.get("raised_exception", True) or len(results) != len(expectations):
            raise GateError(f"{name}: {_first_line(result.exception_info)}")
    return list(results)


def _first_line(exception_info: Mapping[str, Any]) -> str:
    """The message of the first exception; where a metric failed, the record is one level down, by metric."""
    record = exception_info
    if "exception_message" not in record:
        record = next(iter(record.values()), {})
    return " ".join(str(record.get("exception_message") or "not computed").split())[:300]


class _Library(NamedTuple):
    """Great Expectations, and what this project adds to it."""

    gx: Any
    gxe: Any
    expect_rule: Any
    quiet: Callable[[], Any]


@cache
def _library() -> _Library:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read at import
    # The import takes seconds and only a gate needs it.
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )
    from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
    from great_expectations.expectations.expectation import BatchExpectation
    from great_expectations.expectations.metrics.metric_provider import metric_value
    from great_expectations.expectations.metrics.table_metric_provider import (
        TableMetricProvider,
    )

    class Verdicts(TableMetricProvider):
        """The verdicts of the staged batch: no value keys, so once a validation for all rules."""

        metric_name = "gouji.verdicts"

        @metric_value(engine=PandasExecutionEngine)
        def _pandas(cls, execution_engine: Any, metric_domain_kwargs: Any, **_: Any) -> Any:  # noqa: N805
            frame, _compute, _accessor = execution_engine.get_compute_domain(
                domain_kwargs=metric_domain_kwargs, domain_type="table"
            )
            return _failures(_STAGED.get(), frame["report_id"].tolist())

    class ExpectRuleToHold(BatchExpectation):
        """A reconciliation rule holds in every report; the result names the reports where it does not."""

        rule: str
        metric_dependencies = ("gouji.verdicts",)
        success_keys = ("rule",)
        args_keys = ("rule",)

        def _validate(self, metrics: Any, *_: Any, **__: Any) -> dict[str, Any]:
            count, reports = metrics["gouji.verdicts"].get((self.rule, self.severity.value), (0, []))
            return {"success": not count, "result": {"observed_value": count, "details": {"report_ids": reports}}}

    def quiet() -> DataContextConfig:
        """A context that writes nothing: no docs site (a temporary folder each), no progress bars."""
        return DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        )

    return _Library(gx, gx.expectations, ExpectRuleToHold, quiet)


def _failures(staged: _Staged, report_ids: list[str]) -> dict[tuple[str, str], tuple[int, list[str]]]:
    """The metric: runs the evaluator; for each rule and severity, failed verdicts and their reports."""
    if report_ids != staged.reports["report_id"].to_pylist():
        raise GateError("the validated batch is not the staged one")
    staged.verdicts = evaluate(staged.reports, staged.cells, staged.world, staged.subjects)
    failed = staged.verdicts.filter(pc.equal(staged.verdicts["outcome"], "fail"))
    counts: dict[tuple[str, str], int] = defaultdict(int)
    reports: dict[tuple[str, str], list[str]] = defaultdict(list)
    columns = (failed[name].to_pylist() for name in ("rule", "severity", "report_id"))
    for rule, severity, report in zip(*columns, strict=True):
        counts[rule, severity] += 1
        # The verdicts are in order of report_id, so the same report comes in a row.
        if reports[rule, severity][-1:] != [report]:
            reports[rule, severity].append(report)
    return {which: (count, reports[which]) for which, count in counts.items()}
