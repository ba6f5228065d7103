"""The only importer of Great Expectations: what this project adds to it, and one checkpoint over all batches.

No Data Docs, no store on disk, no telemetry: an ephemeral context in memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from expectations.suites import staged
from expectations.suites.declared import CHECKPOINT, Suite

#: makes the frame of a batch, when its turn has come
Frame = Callable[[], Any]


class _Library(NamedTuple):
    """Great Expectations, and what this project adds to it."""

    gx: Any
    definition: Any
    quiet: Callable[[], Any]


def run(suites: Sequence[Suite], frames: Mapping[str, Frame], parameters: Mapping[str, float]) -> list[list[Any]]:
    """Runs one checkpoint over a frame a suite; gives the results of each suite, in the order of its expectations.

    `parameters` are those of the suites.
    """
    gx, definition, quiet = _library()
    context = gx.get_context(mode="ephemeral", project_config=quiet())
    source = context.data_sources.add_pandas("staged")
    definitions = []
    for declared in suites:
        batch = source.add_dataframe_asset(declared.name).add_batch_definition_whole_dataframe("whole")
        kept = _kept(context.suites, suite(declared), declared)
        added = context.validation_definitions.add(definition(name=declared.name, data=batch, suite=kept))
        definitions.append(definition(name=declared.name, data=batch, suite=kept, id=added.id))
    checkpoint = gx.Checkpoint(name=CHECKPOINT, validation_definitions=definitions, result_format="BASIC")
    result = checkpoint.run(batch_parameters=dict(frames), expectation_parameters=dict(parameters))
    return [_in_order(declared, one) for declared, one in zip(suites, result.run_results.values(), strict=True)]


def prepare() -> None:
    """Import Great Expectations, which takes seconds; `run` does so where nobody did."""
    _library()


def _kept(store: Any, made: Any, declared: Suite) -> Any:
    """The suite as the context keeps it, with the declared ids instead of those that adding it draws."""
    kept = store.add(made)
    kept.id = declared.id
    for expectation, own in zip(kept.expectations, declared.ids(), strict=True):
        expectation.id = own
    kept.save()
    return kept


def suite(declared: Suite) -> Any:
    """The library's own suite, with the ids that were declared."""
    expectations = [
        {"type": one.type, "kwargs": dict(one.kwargs), "severity": one.severity, "id": made}
        for one, made in zip(declared.asked, declared.ids(), strict=True)
    ]
    return _library().gx.ExpectationSuite(name=declared.name, expectations=expectations, id=declared.id)


def _in_order(declared: Suite, result: Any) -> list[Any]:
    """The results in the order of the expectations (the library groups them by column), as far as there are."""
    answers = {one.expectation_config.id: one for one in result.results}
    return [answers[own] for own in declared.ids() if own in answers]


@cache
def _library() -> _Library:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read at import
    # The import takes seconds and only a gate needs it.
    import great_expectations as gx
    from great_expectations.core.validation_definition import ValidationDefinition
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
            return staged.failures(staged.STAGED.get(), frame["report_id"].tolist())

    class ExpectRuleToHold(BatchExpectation):
        """A reconciliation rule holds in every report; the result names the reports where it does not."""

        rule: str
        metric_dependencies = ("gouji.verdicts",)
        success_keys = ("rule",)
        args_keys = ("rule",)

        def _validate(self, metrics: Any, *_: Any, **__: Any) -> dict[str, Any]:
            count, reports = metrics["gouji.verdicts"].get((self.rule, self.severity.value), (0, []))
            return {"success": not count, "result": {"observed_value": count, "details": {"report_ids": reports}}}

    class OwnFrame(ValidationDefinition):
        """A definition that takes its own frame from those of the checkpoint, when its turn has come.

        The library gives all definitions of a checkpoint the same parameters, so one frame for all.
        """

        def run(self, *, batch_parameters: Any = None, **rest: Any) -> Any:
            return super().run(batch_parameters={"dataframe": batch_parameters[self.name]()}, **rest)

    def quiet() -> DataContextConfig:
        """A context that writes nothing: no docs site (a temporary folder each), no progress bars."""
        return DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        )

    return _Library(gx, OwnFrame, quiet)
