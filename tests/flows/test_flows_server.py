"""Against a Prefect server as in production: the deployments, what it forgets, its limits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
import yaml
from commandline import PREFECT, ROOT, environment
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
from prefect.settings import PREFECT_API_URL, PREFECT_LOGGING_TO_API_ENABLED, temporary_settings
from prefect.states import Completed, Running
from prefect.task_runners import ThreadPoolTaskRunner
from prefect_server import production

from flows import steps


@pytest.fixture
def deployed(server: dict[str, str], small_province: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The project's deployments on the server, the digest's schedule made frequent, and a worker."""
    variables = server | {"GOUJI_HOME": str(tmp_path / "home"), "GOUJI_SOURCES": str(small_province)}
    plan = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))
    for deployment in plan["deployments"]:
        assert all(schedule["timezone"] == "Asia/Shanghai" for schedule in deployment["schedules"])
        if deployment["name"] == "digest":
            # One is enough: each is a process, and more would come while the others' runs go on.
            soon = datetime.now(UTC) + timedelta(seconds=40)
            deployment["schedules"] = [{"interval": 90, "anchor_date": soon.isoformat(), "slug": "soon"}]
    (tmp_path / "prefect.yaml").write_text(yaml.safe_dump(plan, allow_unicode=True), "utf-8")
    prefect(variables, "work-pool", "create", "gouji", "--type", "process")
    prefect(variables, "--no-prompt", "deploy", "--all", "--prefect-file", str(tmp_path / "prefect.yaml"))
    with (tmp_path / "worker.log").open("w") as log:
        worker = subprocess.Popen(
            [PREFECT, "worker", "start", "--pool", "gouji"],
            env=environment(**variables),
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    yield variables
    os.killpg(worker.pid, signal.SIGTERM)
    try:
        worker.wait(20)
    except subprocess.TimeoutExpired:
        # It waits for its runs; on a busy machine digests are scheduled faster than they end.
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def prefect(variables: dict[str, str], *words: str) -> str:
    result = subprocess.run(
        [PREFECT, *words], env=environment(**variables), cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def until(folder: Path, pattern: str, seconds: float = 240) -> Path:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = sorted(folder.glob(pattern))
        if found:
            return found[0]
        time.sleep(0.5)
    raise AssertionError(f"no {pattern} in {folder} within {seconds} s")


def test_a_worker_runs_every_deployment_on_postgresql_and_one_run_a_home_at_a_time(deployed: dict[str, str]) -> None:
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    home = Path(deployed["GOUJI_HOME"])
    chosen = ("-p", "years=2021..2022", "-p", "units=620000")
    commands = [("backfill/backfill", *chosen), ("nightly/nightly",)]
    asked = [
        subprocess.Popen(
            [PREFECT, "deployment", "run", *words], env=environment(**deployed), stdout=subprocess.DEVNULL, cwd=ROOT
        )
        for words in commands
    ]
    assert [process.wait(120) for process in asked] == [0, 0]
    backfill, night = (recorded(until(home / "runs", f"*-{flow}.json")) for flow in ("backfill", "nightly"))
    assert 0 < backfill["listed"] < night["listed"]  # one unit and two years, against all
    first, second = sorted((backfill, night), key=lambda record: record["started"])
    assert first["finished"] <= second["started"]
    until(home / "runs", "*-digest.json")  # nobody started it
    database = deployed["PREFECT_API_DATABASE_CONNECTION_URL"]
    ended = "SELECT DISTINCT flow.name FROM flow JOIN flow_run ON flow_id = flow.id WHERE state_type = 'COMPLETED'"
    eventually(lambda: set(ask(database, ended).split()) >= {"backfill", "nightly", "digest"})


def recorded(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return record


def eventually(holds: Callable[[], bool], seconds: float = 90) -> None:
    ends = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < ends, f"not within {seconds} s"
        time.sleep(0.3)


@pytest.fixture
def client(server: dict[str, str]) -> Iterator[SyncPrefectClient]:
    # What this process still had to log when the server has ended, it would try to send for a minute.
    settings = {PREFECT_API_URL: server["PREFECT_API_URL"], PREFECT_LOGGING_TO_API_ENABLED: False}
    with temporary_settings(settings), get_client(sync_client=True) as client:
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


def read_four(each: Callable[[], None]) -> None:
    """Four batches of a run's reading task at once, which do `each` instead of reading."""

    def stage() -> Path:
        each()
        return Path("part")

    @flow(name="reading", task_runner=ThreadPoolTaskRunner(max_workers=4))  # type: ignore[arg-type]
    def reading() -> list[Path]:
        return [future.result() for future in [steps.limited_read().submit(stage) for _ in range(4)]]

    assert reading() == [Path("part")] * 4


def test_batches_are_read_together_unless_the_tag_is_limited(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On a server that others use, too: a night of theirs that is killed would keep its slot for long.
    monkeypatch.setattr(steps, "READER", "reader-of-this-test")
    client.create_concurrency_limit(tag=steps.READER, concurrency_limit=1)
    alone = threading.Lock()

    def once() -> None:
        assert alone.acquire(blocking=False), "two batches at once"
        time.sleep(0.1)
        alone.release()

    try:
        read_four(once)
    finally:
        client.delete_concurrency_limit_by_tag(steps.READER)
    together = threading.Barrier(4)
    read_four(lambda: together.wait(120) and None)


def test_the_runbook_makes_the_database_that_the_server_asks_for() -> None:
    address = urlsplit(production()["PREFECT_API_DATABASE_CONNECTION_URL"])
    role, database = address.username, address.path.removeprefix("/")
    runbook = (ROOT / "docs" / "runbook.md").read_text("utf-8")
    assert f"createuser {role} " in runbook
    assert f"createdb -O {role} {database}\n" in runbook
    assert f"gouji.dump {database}\n" in runbook
    assert f"-d {database} " in runbook
