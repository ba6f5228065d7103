"""The quality report of the current release, for whoever does not have it yet."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from prefect import flow

from flows.home import Home
from flows.records import records
from flows.steps import mail
from flows.summary import Summary
from warehouse.record import current


@flow(name="digest")
def digest(home: str | None = None) -> dict[str, Any]:
    """Compose the report where no run did, and send what is still queued."""
    place = Home.at(home)
    now = datetime.now(UTC)
    summary = Summary(f"{now:%Y%m%dT%H%M%SZ}", "digest", str(place.root), now.isoformat())
    # To the readers, and with the waivers, of the run that made the release.
    kept = records(place)
    summary.sources, summary.waivers = kept.sources, kept.waivers
    summary.stands(current(place.store))
    mail(place, summary)
    summary.finished = datetime.now(UTC).isoformat()
    summary.save(place.runs)
    return asdict(summary)
