"""What the server is told in production: it forgets old runs, and limits hold for all homes together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from postgres import ask, programs
from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, LogCreate
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterId,
    LogFilter,
    LogFilterFlowRunId,
)
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.states import Completed, Running
from prefect.task_runners import ThreadPoolTaskRunner

from flows import steps


@pytest.fixture
def client(server: dict[str, str]) -> Iterator[SyncPrefectClient]:
    with temporary_settings({PREFECT_API_URL: server["PREFECT_API_URL"]}), get_client(sync_client=True) as client:
        yield client


@flow(name="kept")
def kept() -> None:
    """Has runs that are over, and does nothing."""


def over(client: SyncPrefectClient) -> UUID:
    """A run that has ended, with a log line and an artifact."""
    run = client.create_flow_run(kept)
    for state in (Running(), Completed()):
        client.set_flow_run_state(run.id, state, force=True)
    line = LogCreate(name="kept", level=20, message="line", timestamp=datetime.now(UTC), flow_run_id=run.id)
    client.create_logs([line])
    client.create_artifact(ArtifactCreate(key="kept", type="markdown", data="text", flow_run_id=run.id))
    return run.id


def remembered(client: SyncPrefectClient, run: UUID) -> tuple[int, int, int]:
    """Runs, log lines and artifacts that the server has of a run."""
    runs = client.read_flow_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run])))
    logs = client.read_logs(LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run])))
    mine = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[run]))
    return len(runs), len(logs), len(client.read_artifacts(artifact_filter=mine))


def test_the_server_forgets_runs_after_ninety_days_with_all_that_hangs_on_them(
    client: SyncPrefectClient, server: dict[str, str]
) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    recent, old = over(client), over(client)
    for run, days in ((recent, 88), (old, 92)):
        earlier = f"UPDATE flow_run SET end_time = end_time - interval '{days} days' WHERE id = '{run}'"
        ask(server["PREFECT_API_DATABASE_CONNECTION_URL"], earlier)
    eventually(lambda: remembered(client, old) == (0, 0, 0))
    assert remembered(client, recent) == (1, 1, 1)


def read_four(monkeypatch: pytest.MonkeyPatch, each: Callable[[], None]) -> None:
    """Four batches of a run's reading task at once, which do `each` instead of reading."""
    monkeypatch.setattr(steps, "stage_batch", lambda *_: each() or Path("part"))
    run: Any = SimpleNamespace(home=SimpleNamespace(staging=None), plan=SimpleNamespace(registry=None), pool=None)
    run.archive = SimpleNamespace(read=None)

    @flow(name="reading", task_runner=ThreadPoolTaskRunner(max_workers=4))  # type: ignore[arg-type]
    def reading() -> list[Path]:
        return [future.result() for future in [steps.read_batch.submit(run, []) for _ in range(4)]]

    assert reading() == [Path("part")] * 4


def test_batches_are_read_together_unless_the_tag_is_limited(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(4)
    read_four(monkeypatch, lambda: together.wait(120) and None)
    client.create_concurrency_limit(tag=steps.READER, concurrency_limit=1)
    alone = threading.Lock()

    def once() -> None:
        assert alone.acquire(blocking=False), "two batches at once"
        time.sleep(0.1)
        alone.release()

    try:
        read_four(monkeypatch, once)
    finally:
        client.delete_concurrency_limit_by_tag(steps.READER)


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"not within {seconds} s"
        time.sleep(0.3)
