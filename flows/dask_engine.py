"""Batches read on a Dask cluster: one started for the run, or a running one by its address.

Each worker gets the desk once, as a plugin, and keeps a pool of reader processes beside itself, so that a document
has the same deadline and the same cap on memory as anywhere else (docs/decisions/0038-engines.md).
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import dask
from distributed import Client, Worker, WorkerPlugin, get_worker
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect.task_runners import TaskRunner
from prefect_dask.task_runners import DaskTaskRunner

from flows.desk import Desk, Stage
from flows.exits import UnusableError
from flows.extraction import reader_version
from flows.setting import quiet
from flows.workers import Readers, readers, worker_count
from portals.documents import DocumentSet
from store.where import Where

#: seconds to wait for the first worker of a scheduler, and for one to come back where all are gone
PATIENCE = 120
CONFIG = {
    # A daemonic process may have no children, and the readers are the worker's.
    "distributed.worker.daemon": False,
    "distributed.scheduler.no-workers-timeout": f"{PATIENCE} s",
    # On a machine with ten times as much work as processors, greeting with certificates took more than Dask's 30 s.
    "distributed.comm.timeouts.connect": f"{PATIENCE} s",
}


class UnfitError(UnusableError):
    """A worker that cannot read for this run; one line."""


class DeskPlugin(WorkerPlugin):
    """The desk on a worker, with a reader process for each of its threads."""

    def __init__(self, desk: Desk) -> None:
        self.name = name_of(desk)
        self._desk = desk
        self._version = reader_version()

    def setup(self, worker: Worker) -> None:
        """Make ready to read. Raises UnfitError where the worker cannot, or would read something else."""
        quiet()
        self._held = ExitStack()
        self._pool: Readers | None = None
        self._refuse(worker)
        self._pool = self._held.enter_context(readers(worker.state.nthreads))

    async def teardown(self, worker: Worker) -> None:
        """End the reader processes, off the worker's event loop."""
        await asyncio.to_thread(self._held.close)

    def stage(self, batch: Sequence[DocumentSet]) -> Where:
        """As `Desk.stage`."""
        if self._pool is None:
            # Dask lets a worker that joined late work on, whatever its plugins say.
            self._refuse(get_worker())
            raise UnfitError("the worker has no readers")
        return self._desk.stage(batch, self._pool)

    def _refuse(self, worker: Worker) -> None:
        if reader_version() != self._version:
            raise UnfitError(
                f"worker {worker.address} has readers {reader_version()}, this run {self._version}: "
                "install the same gouji and the same libraries there"
            )
        if isinstance(self._desk.archive, Path) and not self._desk.archive.is_dir():
            raise UnfitError(
                f"worker {worker.address} does not see {self._desk.archive}: "
                "the home must stand at the same path on every machine"
            )
        if multiprocessing.current_process().daemon:
            raise UnfitError(
                f"worker {worker.address} may not start reader processes: "
                "start it with DASK_DISTRIBUTED__WORKER__DAEMON=False"
            )


def name_of(desk: Desk) -> str:
    """The plugin's name: one a home, so that a run takes the place of one that was killed."""
    return f"gouji {desk.staging}"


def stage_here(name: str, batch: Sequence[DocumentSet]) -> Where:
    """In a worker's task: the staged part of a batch."""
    plugin = get_worker().plugins[name]
    assert isinstance(plugin, DeskPlugin)
    return plugin.stage(batch)


@contextmanager
def cluster(desk: Desk, address: str | None) -> Iterator[tuple[TaskRunner[Any], Stage]]:
    """A Dask task runner whose workers have the desk, for the length of the block.

    Raises UnfitError for a worker that may not read, ConnectionError where there is none.
    """
    for name in ("distributed", "distributed.nanny"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with dask.config.set(CONFIG), _reachable(), _runner(address) as runner:
        client, plugin = runner.client, DeskPlugin(desk)
        _await_workers(client)
        client.register_plugin(plugin)
        try:
            yield runner, partial(stage_here, plugin.name)
        finally:
            client.unregister_worker_plugin(plugin.name)
            # A worker whose interpreter takes long to end is killed, with nothing left to lose: no warning of that.
            logging.getLogger("distributed.nanny").setLevel(logging.ERROR)


def _await_workers(client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        # Prefect would take it for a deadline of the flow.
        scheduler = client.scheduler_info()["address"]
        raise ConnectionError(f"no Dask worker has come to {scheduler} within {PATIENCE} s") from None


def _runner(address: str | None) -> DaskTaskRunner:
    if address:
        return DaskTaskRunner(address=address)
    return DaskTaskRunner(
        cluster_kwargs={
            "n_workers": worker_count(),
            "threads_per_worker": 1,
            # Whoever may speak to a scheduler may run code: certificates for this run alone, and loopback.
            "security": True,
            "dashboard_address": "127.0.0.1:0",
        }
    )


@contextmanager
def _reachable() -> Iterator[None]:
    """Let workers report to the Prefect server of this run: they would each start an embedded one of their own."""
    if PREFECT_API_URL.value():
        yield
        return
    with get_client(sync_client=True) as client, temporary_settings({PREFECT_API_URL: str(client.api_url)}):
        yield
