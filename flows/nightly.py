"""The nightly run: crawl, read, judge, release, report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from flows.home import Home
from flows.pipeline import CHINA
from flows.plan import make_plan
from flows.run import started
from flows.steps import carry_out
from flows.workers import worker_count


@flow(name="nightly", task_runner=ThreadPoolTaskRunner(max_workers=max(2, worker_count())))  # type: ignore[arg-type]
def nightly(home: str | None = None, sources: list[str] | None = None) -> dict[str, Any]:
    """All units of the sources (or of the sample province), the report years up to last year."""
    plan = make_plan("nightly", Home.at(home), sources, datetime.now(CHINA).date())
    with started(plan) as run:
        return carry_out(run)
