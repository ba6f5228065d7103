"""What a night asks of a Prefect server, timed: run in a process of its own, with the server's variables."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from prefect.client.orchestration import SyncPrefectClient, get_client  # noqa: E402
from prefect.client.schemas import filters  # noqa: E402
from prefect.client.schemas.actions import ArtifactCreate, ArtifactUpdate, LogCreate  # noqa: E402
from prefect.client.schemas.sorting import FlowRunSort  # noqa: E402
from prefect.server.services.scheduler import schedule_deployments  # noqa: E402
from prefect.states import Completed, Running  # noqa: E402
from prefect.types import DateTime  # noqa: E402

from benchmarks.scheduler_flow import idle, steps  # noqa: E402

_PREFECT: Final = Path(sys.executable).with_name("prefect")
_TIMES: Final = 10
#: starts of a worker's process; the first finds cold files
_STARTS: Final = 2
_LINES: Final = 50
_STEPS: Final = 100
#: seconds that anything may take before the bench gives up
_PATIENCE: Final = 300


def timed(work: Callable[[], object]) -> float:
    """Milliseconds, the median; the first time is left out."""
    found = []
    for _ in range(_TIMES + 1):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return median(found[1:]) * 1000


def calls(client: SyncPrefectClient) -> Iterator[tuple[str, float]]:
    """Name and milliseconds of each call."""
    runs = iter([client.create_flow_run(idle).id for _ in range(2 * _TIMES + 3)])
    yield "create a flow run, ms", timed(lambda: client.create_flow_run(idle))
    yield "a flow run starts, ms", timed(lambda: client.set_flow_run_state(next(runs), Running(), force=True))
    yield "a flow run ends, ms", timed(lambda: client.set_flow_run_state(next(runs), Completed(), force=True))
    run = next(runs)
    made = client.create_artifact(ArtifactCreate(type="progress", data=0.0, flow_run_id=run))
    page = ArtifactCreate(key="gouji-summary", type="markdown", data="text", flow_run_id=run)
    yield "an artifact that keeps its history, ms", timed(lambda: client.create_artifact(page))
    yield "progress moves, ms", timed(lambda: client.update_artifact(made.id, ArtifactUpdate(data=50.0)))
    line = LogCreate(name="bench", level=20, message="a line", timestamp=DateTime.now(UTC), flow_run_id=run)
    yield f"{_LINES} log lines, ms", timed(lambda: client.create_logs([line] * _LINES))
    poll = "/work_pools/gouji/get_scheduled_flow_runs"
    yield "a worker asks for work, ms", timed(lambda: client._client.post(poll, json={}).raise_for_status())
    newest = FlowRunSort.EXPECTED_START_TIME_DESC
    yield "the newest 50 runs, ms", timed(lambda: client.read_flow_runs(sort=newest, limit=50))


def stepped(client: SyncPrefectClient) -> float:
    """Seconds until the server knows of all the task runs of a flow that has nothing but them."""
    began = time.perf_counter()
    run = steps(_STEPS, return_state=True).state_details.flow_run_id
    _until(lambda: _tasks(client, run) == _STEPS)
    return time.perf_counter() - began


def _tasks(client: SyncPrefectClient, run: object) -> int:
    chosen = filters.TaskRunFilter(flow_run_id=filters.TaskRunFilterFlowRunId(any_=[run]))  # type: ignore[list-item]
    response = client._client.post("/task_runs/count", json={"task_runs": chosen.model_dump(mode="json")})
    return int(response.json())


def started(client: SyncPrefectClient) -> float:
    """Seconds from the time for which a deployment's run is scheduled to its state Running, in a worker's process."""
    found = []
    deployment = client.read_deployment_by_name("idle/idle")
    with worker():
        for _ in range(_STARTS + 1):
            run = client.create_flow_run_from_deployment(deployment.id)
            chosen = filters.FlowRunFilter(id=filters.FlowRunFilterId(any_=[run.id]))
            _until(partial(_has_ended, client, chosen))
            done = client.read_flow_run(run.id)
            assert done.start_time is not None
            assert done.expected_start_time is not None
            found.append((done.start_time - done.expected_start_time).total_seconds())
    return median(found[1:])


def _has_ended(client: SyncPrefectClient, chosen: filters.FlowRunFilter) -> bool:
    return client.read_flow_runs(flow_run_filter=chosen)[0].end_time is not None


@contextlib.contextmanager
def worker() -> Iterator[None]:
    """A process worker of the pool."""
    words = [str(_PREFECT), "worker", "start", "--pool", "gouji"]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > ends:
            raise TimeoutError("the server did not follow")
        time.sleep(0.05)


async def passes() -> float:
    """Milliseconds of one pass of the scheduler over all deployments, on the database itself."""
    found = []
    for _ in range(_TIMES + 1):
        began = time.perf_counter()
        await schedule_deployments()
        found.append(time.perf_counter() - began)
    return median(found[1:]) * 1000


def main() -> None:
    """Print what was measured as JSON."""
    found = {"a pass of the scheduler, ms": asyncio.run(passes())}
    with get_client(sync_client=True) as client:
        found |= dict(calls(client))
        found[f"{_STEPS} tasks until the server has them, s"] = stepped(client)
        found["scheduled to running, with a worker, s"] = started(client)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
