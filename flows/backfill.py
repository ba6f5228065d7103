"""The same pipeline over chosen years and units, crawled again or from the archive alone."""

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
from flows.years import parse_years


@flow(
    name="backfill",
    task_runner=ThreadPoolTaskRunner(max_workers=max(2, worker_count())),  # type: ignore[arg-type]
    on_completion=[after_run],
    on_failure=[after_run],
    on_crashed=[after_run],
)
def backfill(
    years: str | int,
    units: str | int | None = None,
    from_archive: bool = False,
    home: str | None = None,
    sources: list[str] | None = None,
    waivers: str | None = None,
) -> dict[str, Any]:
    """`years` such as 2019..2021; `units` GB/T 2260 codes or their beginnings, split by commas (None: all).

    On Prefect's command line a single code arrives as a number.
    """
    place, today = Home.at(home), datetime.now(CHINA).date()
    plan = make_plan("backfill", place, sources, today, parse_years(str(years)), str(units or ""), from_archive)
    with started(replace(plan, waivers=run_waivers(place, sources, waivers))) as run:
        run.summary.sources, run.summary.waivers = sources or [], waivers
        return carry_out(run)
