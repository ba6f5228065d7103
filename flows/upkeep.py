"""The weekly upkeep as a flow: what it does stands in `flows.housekeeping`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from prefect import flow

from flows.alerts import after_run
from flows.home import Home
from flows.housekeeping import keep_up
from flows.run import PATIENCE
from warehouse.keeping import Policy


@flow(name="upkeep", on_failure=[after_run], on_crashed=[after_run])
def upkeep(home: str | None = None, keep_days: int = 90, keep_releases: int = 10) -> dict[str, Any]:
    """Compact and tidy a home; every release that is kept stays readable. Waits for a run that is under way."""
    place = Home.at(home)
    return keep_up(place, Policy(keep_days, keep_releases), datetime.now(UTC), PATIENCE).record()
