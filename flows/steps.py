"""The steps of a run as Prefect tasks: thin wrappers with retries; what they do stands in the other rooms."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture

from flows.archived import archived
from flows.artifacts import ProgressArtifacts, publish_summary
from flows.batches import batches, halves
from flows.canonical import merge
from flows.desk import Desk
from flows.earlier import earlier
from flows.home import Home
from flows.judging import Judged, expected, judge
from flows.kin import key_of
from flows.ledger import NO_TROUBLE
from flows.pending import pending
from flows.population import previous, source
from flows.progress import report, watched
from flows.releasing import release_batch
from flows.reporting import Mailed, send_report
from flows.run import Run
from flows.server import own_server
from flows.summary import Summary, markdown
from flows.surroundings import scene
from portals.captures import DamagedError
from portals.crawl import CrawlResult, Progress, crawl
from portals.documents import DocumentSet
from portals.units import PortalSource
from store.where import Where
from warehouse.release import publish as release
from warehouse.staging import read_parts

#: a limit of this tag on the server holds for all homes together (docs/runbook.md)
READER = "gouji-reader"
_Reading = tuple[Sequence[DocumentSet], PrefectFuture[Where]]
PHASES = {"list": "列表", "fetch": "采集"}


class Case:
    """What a run brings before the gate. (No dataclass: Prefect would walk through its fields.)"""

    def __init__(self, run: Run, parts: Sequence[Where]) -> None:
        self.archive = archived(run.archive)
        self.known = run.known
        nothing = read_parts([])
        read = [nothing, *(read_parts([part]) for part in parts)]
        staged = merge(read, self.known.newest, self.archive)
        self.scene = scene(run.plan, self.archive, self.known, staged, run.waivers, run.day, read)
        reports = {*self.known.newest, *staged[0]["report_id"].to_pylist()}
        self.source = source(run.plan, self.archive, map(key_of, sorted(reports)))
        self.previous = previous(run.home.runs)
        run.summary.read = staged[0].num_rows
        run.summary.unreadable = sum(code not in NO_TROUBLE for code in staged[2]["code"].to_pylist())


def carry_out(run: Run) -> dict[str, Any]:
    """The pipeline, step by step; gives the run's summary."""
    with watched(ProgressArtifacts()):
        crawl_portals(run)
        # Readers on other machines, and the release, name what the store has.
        run.archive.share()
        parts = read_documents(run)
        judge_and_release(run, parts)
        mail(run.home, run.summary)
    summary = run.finish()
    publish_summary(markdown(run.summary), run.summary.coverage)
    return summary


def crawl_portals(run: Run) -> None:
    """Every portal at once, each at its own pace."""
    futures = [crawl_portal.submit(run, portal) for portal in run.portals]
    for result in (future.result() for future in futures):
        run.summary.listed += result.listed
        run.summary.fetched += result.fetched
        run.summary.unchanged += result.unchanged + result.skipped
        run.summary.problems += [
            {"code": problem.code, "address": problem.address, "detail": problem.detail}
            for problem in result.problems
        ]


def read_documents(run: Run) -> list[Where]:
    """The staged parts of all documents that are new (or, from the archive, asked for again)."""
    known = run.known
    listed = pending(run.plan, run.archive, known)
    layers = [listed, *earlier(listed, run.archive, known, run.plan.anew)]
    cut = [batch for layer in layers for batch in batches(layer)]
    total = sum(len(batch) for batch in cut)
    done = 0
    parts: list[Where] = []
    read = limited_read()
    with run.engine.at(Desk(run.home.warcs, run.home.staging, run.plan.registry)) as (runner, stage):

        def submit(batch: Sequence[DocumentSet]) -> _Reading:
            # Bound into a call: Prefect and Dask would look for futures in every field of every document.
            return batch, runner.submit(read, {"stage": partial(stage, batch)})

        waiting = deque(map(submit, cut))
        while waiting:
            batch, future = waiting.popleft()
            try:
                parts.append(future.result())
            except Exception as error:
                if isinstance(error, DamagedError) and len(batch) > 1:
                    # Down to the one set whose capture is damaged, so that it takes no other with it.
                    waiting.extendleft(map(submit, reversed(halves(batch))))
                    continue
                detail = " ".join(f"{type(error).__name__}: {error}".split())
                run.summary.problems.append({"code": "batch", "address": batch[0].entry.address, "detail": detail})
            done += len(batch)
            report("读取", done, total)
    return parts


def judge_and_release(run: Run, parts: Sequence[Where]) -> None:
    """The gate over what was read and all that it opens again, then one release, if anything differs."""
    case = Case(run, parts)
    judged = gate(case)
    run.summary.measures = dict(judged.measures) if judged.measures else None
    run.summary.population = list(judged.warnings)
    publish(run, case, judged)


@task(name="crawl", task_run_name="crawl {portal.name}", cache_policy=NO_CACHE, retries=1, retry_delay_seconds=30)
def crawl_portal(run: Run, portal: PortalSource) -> CrawlResult:
    """List and fetch one portal."""

    def advance(progress: Progress) -> None:
        report(f"{PHASES[progress.phase]} {progress.portal}", progress.done, progress.total)

    assert run.crawl is not None
    first, last = run.plan.years
    units = [unit for unit in run.plan.units if unit.portal == portal.name]
    known = run.plan.registry.units.values()
    return crawl(portal, units, run.crawl, years=range(first, last + 1), on_progress=advance, known=known)


def limited_read() -> Task[[Callable[[], Where]], Where]:
    """`read_batch`, under the limit of `READER` where there is a server on which somebody may have set one.

    Before each task with a tag Prefect asks the server for its limits, one task after the other. A run's own server
    has none; but where its SQLite was just being written it answered 503, and all batches waited for the next try: 2
    to 45 seconds of a province's backfill, several times.
    """
    return read_batch if own_server() else read_batch.with_options(tags={READER})


@task(name="read", cache_policy=NO_CACHE, retries=1, retry_delay_seconds=1)
def read_batch(stage: Callable[[], Where]) -> Where:
    """Read one batch and stage it, wherever the engine runs this."""
    return stage()


@task(name="gate", cache_policy=NO_CACHE)
def gate(case: Case) -> Judged:
    """Great Expectations over the whole scene; nothing is released where it cannot judge."""
    report("校验", 0, 1)
    judged = judge(case.known, case.scene, partial(expected, previous=case.previous, source=case.source))
    report("校验", 1, 1)
    return judged


@task(name="release", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=5, retry_jitter_factor=1.0)
def publish(run: Run, case: Case, judged: Judged) -> None:
    """One release of what passed and what was held."""
    batch = release_batch(run.plan.flow, case.archive, case.known, case.scene, judged, run.started_at)
    run.summary.judged(batch, judged.void, release(run.home.store, batch, run.started_at))


def mail(home: Home, summary: Summary) -> None:
    """The report of the current release; one that cannot be sent stays in line and does not fail the run."""
    state = send_mail(home, asdict(summary), return_state=True)
    if not state.is_completed():
        summary.problems.append({"code": "mail", "address": str(home.outbox), "detail": state.message or "not sent"})
        return
    mailed: Mailed | None = state.result()
    if mailed:
        summary.mail = str(mailed.path)
        summary.mail_sent = mailed.sent


@task(name="mail", cache_policy=NO_CACHE, retries=2, retry_delay_seconds=[5, 30])
def send_mail(home: Home, facts: dict[str, Any]) -> Mailed | None:
    """Compose, keep and send; None where the readers have it already."""
    return send_report(home, facts)
