"""The nightly run: crawl, read, judge, release, report."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.alerts import after_run
from flows.home import Home
from flows.plan import CHINA, make_plan
from flows.run import started
from flows.steps import carry_out
from flows.waivers import run_waivers
from flows.workers import worker_count


@flow(
    name="nightly",
    task_runner=ThreadPoolTaskRunner(max_workers=max(2, worker_count())),  # type: ignore[arg-type]
    on_completion=[after_run],
    on_failure=[after_run],
    on_crashed=[after_run],
)
def nightly(home: str | None = None, sources: list[str] | None = None, waivers: str | None = None) -> dict[str, Any]:
    """All units of the sources (or of the sample province), the report years up to last year."""
    place = Home.at(home)
    plan = make_plan("nightly", place, sources, datetime.now(CHINA).date())
    with started(replace(plan, waivers=run_waivers(place, sources, waivers))) as run:
        run.summary.sources, run.summary.waivers = sources or [], waivers
        return carry_out(run)
