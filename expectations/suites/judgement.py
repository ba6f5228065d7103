"""The gate: what is asked, and what the answers decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from expectations.suites import declared, library
from expectations.suites.decision import Gate, GateError, agreed, complete, held_by
from expectations.suites.declared import RULE_TYPE, Asked, Suite
from expectations.suites.measures import Bounds, Measured, bounds, said
from expectations.suites.population import NAMES, Population, Source, due
from expectations.suites.staged import STAGED, Staged
from expectations.waivers import Waiver, Weighed, weigh
from expectations.world import World


def gate(  # noqa: PLR0913  (the first six as they are called; the others are facts of the population)
    reports: pa.Table,
    cells: pa.Table,
    world: World | None = None,
    subjects: Collection[str] | None = None,
    waivers: Sequence[Waiver] = (),
    today: date | None = None,
    *,
    previous: Population | None = None,
    source: Source | None = None,
) -> Gate:
    """Validates a staged batch: `reports` and `cells` of `docs/architecture.md`, neighbours included.

    `world` and `subjects` as `expectations.evaluate` takes them. A critical finding that one of the `waivers`
    covers on the day `today` holds no report. `previous` is the population of the release before, `source` what the
    portals have: both only warn (`Gate.warnings`).

    Raises GateError where the population is wrong, the library failed, or it says otherwise than the
    verdicts: then nothing may be released.
    """
    if waivers and today is None:
        raise ValueError("waivers hold until a day: today is needed")
    staged = Staged((reports, cells), world, subjects, source)
    limits = bounds(staged.size, source, previous, due(world))
    asked = declared.suites()
    answers = _checked(asked, _run(staged, asked, limits))
    if staged.verdicts is None:
        raise GateError("the rules were not evaluated")
    failed = staged.verdicts.filter(pc.equal(staged.verdicts["outcome"], "fail"))
    statistics = tuple(
        agreed((one.kwargs["rule"], one.severity), _told(answer), failed)
        for one, answer in answers
        if one.type == RULE_TYPE
    )
    complete(statistics, failed)
    weighed = weigh(staged.verdicts, reports, cells, waivers, today) if today else Weighed()
    return Gate(
        staged.verdicts,
        held_by(failed, reports, weighed.covered),
        statistics,
        weighed.covered,
        weighed.void,
        staged.population,
        _measured(staged.population, limits, answers),
    )


def _run(staged: Staged, asked: Sequence[Suite], limits: Mapping[str, Bounds]) -> list[list[Any]]:
    parameters: dict[str, float] = {}
    for name, limit in limits.items():
        least, most = declared.parameter_names(name)
        parameters |= {least: limit.least, most: limit.most}
    frames = {"cells": staged.cell_frame, "reports": staged.report_frame, "population": staged.population_frame}
    token = STAGED.set(staged)
    try:
        return library.run(asked, frames, parameters)
    finally:
        STAGED.reset(token)


def _checked(asked: Sequence[Suite], results: Sequence[Sequence[Any]]) -> list[tuple[Asked, Any]]:
    """Every expectation with its answer.

    Raises GateError for the first suite whose population is wrong, that has an expectation that could not be
    computed, or that was not asked in full: each of them makes the later answers worthless.
    """
    answers: list[tuple[Asked, Any]] = []
    for suite, own in zip(asked, results, strict=True):
        if len(own) != len(suite.asked):
            raise GateError(f"{suite.name}: not every expectation was asked")
        pairs = list(zip(suite.asked, own, strict=True))
        wrong = [_reason(one, answer) for one, answer in pairs if _of_population(one) and not answer.success]
        if wrong:
            raise GateError(f"population of {suite.name}: {'; '.join(wrong)}")
        for _, answer in pairs:
            if answer.exception_info.get("raised_exception", True):
                raise GateError(f"{suite.name}: {_first_line(answer.exception_info)}")
        answers += pairs
    return answers


def _of_population(one: Asked) -> bool:
    return one.type != RULE_TYPE and one.severity == "critical"


def _told(answer: Any) -> tuple[bool, int, list[str]]:
    """What the library says of a rule: whether it holds, the verdicts that fail and their reports."""
    return bool(answer.success), answer.result["observed_value"], answer.result["details"]["report_ids"]


def _measured(
    population: Population, limits: Mapping[str, Bounds], answers: Sequence[tuple[Asked, Any]]
) -> tuple[Measured, ...]:
    """Each measure with what the library says of it; one that was bounded and could not be taken is a warning."""
    success = {
        one.kwargs["column"]: bool(answer.success)
        for one, answer in answers
        if one.severity == "warning" and one.type != RULE_TYPE
    }
    found = []
    for name in NAMES:
        value = population.measures.get(name)
        if value is not None or limits[name].asked:
            found.append(said(name, value, limits[name], success[name] and value is not None))
    return tuple(found)


def _reason(one: Asked, answer: Any) -> str:
    kwargs = {k: v for k, v in one.kwargs.items() if k in {"column", "column_list"}}
    if answer.exception_info.get("raised_exception", True):
        return f"{one.type} {kwargs} {_first_line(answer.exception_info)}"
    seen = {k: v for k, v in answer.result.items() if k in {"observed_value", "unexpected_count"}}
    return f"{one.type} {kwargs} {seen}"


def _first_line(exception_info: Mapping[str, Any]) -> str:
    """The message of the first exception; where a metric failed, the record is one level down, by metric."""
    record = exception_info
    if "exception_message" not in record:
        record = next(iter(record.values()), {})
    return " ".join(str(record.get("exception_message") or "not computed").split())[:300]
