"""One run under way: its lock, its clock, what it works with, and its record."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from prefect.runtime import deployment

from expectations.waivers import Waiver
from flows.collector import seldom
from flows.engine import Engine, chosen_engine
from flows.exits import UnusableError
from flows.home import Home
from flows.lock import only_run
from flows.network import network
from flows.plan import CHINA, Plan
from flows.retention import forget_records
from flows.sources import served
from flows.standing import Standing, standing
from flows.summary import Summary
from portals.archive import Archive
from portals.crawl import Run as CrawlRun
from portals.fetch import Fetcher
from portals.limits import Limits, Times
from portals.units import PortalSource
from warehouse.record import current
from warehouse.staging import sweep

#: a killed run is continued, not begun anew, within this time
CONTINUED_WITHIN = timedelta(hours=12)
#: a deployment's run waits its turn, and six hours outlast any night; a person is told at once
PATIENCE = 6 * 3600.0
#: seconds of the first pause where every portal is one that we serve ourselves: there is nobody to spare
SAMPLE_BACKOFF = 0.05


class Run:
    """A run under way; make one with `started`. (No dataclass: Prefect would walk through its fields.)"""

    def __init__(
        self, plan: Plan, archive: Archive, engine: Engine, crawl: CrawlRun | None, summary: Summary
    ) -> None:
        self.plan = plan
        self.home: Home = plan.home
        self.archive = archive
        self.engine = engine
        self.crawl = crawl
        self.summary = summary
        self.started_at = datetime.fromisoformat(summary.started)
        self._known: Standing | None = None

    @property
    def known(self) -> Standing:
        """What the current release holds, read once as long as it is the current one."""
        self._known = standing(self.home.store, self._known)
        return self._known

    @property
    def day(self) -> date:
        """The day on which the run began, in China."""
        return self.started_at.astimezone(CHINA).date()

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers that the run follows."""
        return self.plan.waivers

    @property
    def portals(self) -> list[PortalSource]:
        """The portals of the plan's units; none where nothing is to be fetched."""
        if self.crawl is None:
            return []
        used = {unit.portal for unit in self.plan.units}
        return [portal for name, portal in self.plan.registry.portals.items() if name in used]

    def finish(self) -> dict[str, Any]:
        """Close the record: write it to `runs/`, and forget that a run was under way."""
        self.summary.stands(current(self.home.store))
        self.summary.finished = datetime.now(UTC).isoformat(timespec="seconds")
        self.summary.save(self.home.runs)
        _marker(self.home, self.plan.flow).unlink(missing_ok=True)
        return asdict(self.summary)


@contextmanager
def started(plan: Plan) -> Iterator[Run]:
    """Everything a run needs, for the length of the block. Raises UnusableError while another run goes on."""
    engine = chosen_engine()
    with ExitStack() as stack:
        stack.enter_context(seldom())
        stack.enter_context(only_run(plan.home, PATIENCE if deployment.id else 0.0))
        sweep(plan.home.staging)
        forget_records(plan.home, _now())
        summary = _record(plan)
        archive = stack.enter_context(Archive.writing(plan.home.archive))
        crawl = stack.enter_context(_crawling(plan, archive, summary)) if plan.crawls else None
        yield Run(plan, archive, engine, crawl, summary)


@contextmanager
def _crawling(plan: Plan, archive: Archive, summary: Summary) -> Iterator[CrawlRun]:
    portals = plan.registry.portals.values()
    with ExitStack() as stack:
        night = 1 if current(plan.home.store) is None else 2
        folders = {portal.host: portal.serve for portal in portals if portal.serve}
        loopback = stack.enter_context(served(folders, night))
        real = any(portal.host not in loopback for portal in portals)
        try:
            fetcher = stack.enter_context(
                Fetcher(
                    tuple(portals),
                    Times(_now),
                    contact=os.environ.get("GOUJI_CONTACT"),
                    network=network(loopback),
                    limits=Limits() if real else Limits(backoff=SAMPLE_BACKOFF),
                    on_robots=archive.keep_robots,
                )
            )
        except ValueError as error:
            raise UnusableError(f"GOUJI_CONTACT: {error}") from error
        yield CrawlRun(fetcher, archive, _now, datetime.fromisoformat(summary.started))


def _now() -> datetime:
    return datetime.now(UTC)


def _record(plan: Plan) -> Summary:
    """A new record, or that of the killed run that this one continues."""
    marker = _marker(plan.home, plan.flow)
    begun = _begun(marker)
    now = _now()
    if begun is None or now - begun > CONTINUED_WITHIN:
        begun = now
        marker.parent.mkdir(parents=True, exist_ok=True)
        partial = marker.with_suffix(".partial")
        partial.write_text(json.dumps({"started": begun.isoformat()}), "utf-8")
        partial.replace(marker)
    return Summary(
        run_id=f"{begun:%Y%m%dT%H%M%SZ}",
        flow=plan.flow,
        home=str(plan.home.root),
        started=begun.isoformat(),
        store=str(plan.home.elsewhere) if plan.home.elsewhere else None,
    )


def _begun(marker: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(marker.read_text("utf-8"))["started"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _marker(home: Home, flow: str) -> Path:
    return home.runs / f"{flow}.unfinished"
