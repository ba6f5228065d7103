"""The engine that reads batches, as $GOUJI_ENGINE says: threads of this process, or a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any, Literal
from urllib.parse import urlsplit

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.desk import Desk, Stage
from flows.exits import UnusableError
from flows.server import own_server
from flows.workers import readers, worker_count

#: schemes of a Dask scheduler's address
SCHEMES = ("tcp", "tls")
#: batches under way beyond one a reader: with none, readers had nothing to do for a second or two whenever batches
#: ended and others began
_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Engine:
    """Where batches are read; `address` is that of a running Dask scheduler, None for a cluster of our own."""

    kind: Literal["threads", "dask"]
    address: str | None = None

    @contextmanager
    def at(self, desk: Desk) -> Iterator[tuple[TaskRunner[Any], Stage]]:
        """A started task runner and what its tasks call, for the length of the block."""
        if self.kind == "threads":
            threads: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=worker_count() + _AHEAD)
            with readers() as pool, threads as runner:
                yield runner, partial(desk.stage, pool=pool)
            return
        from flows.dask_engine import cluster

        with cluster(desk, self.address) as found:
            yield found


def chosen_engine() -> Engine:
    """What $GOUJI_ENGINE says: `threads` (also where it is not set), `dask`, or a scheduler's address.

    Raises UnusableError for anything else, without the extra `gouji[dask]`, and for a scheduler elsewhere whose
    workers could not reach Prefect's server.
    """
    said = os.environ.get("GOUJI_ENGINE", "").strip()
    if said in ("", "threads"):
        return Engine("threads")
    address = None if said == "dask" else said
    if address is not None and not _usable(address):
        raise UnusableError(
            f"GOUJI_ENGINE: {said!r} is neither threads nor dask nor tcp://host:port nor tls://host:port"
        )
    if find_spec("prefect_dask") is None:
        raise UnusableError("GOUJI_ENGINE: Dask is not installed; pip install 'gouji[dask]'")
    if address is not None and not _here(address) and own_server():
        raise UnusableError(f"GOUJI_ENGINE: workers of {address} need a Prefect server: set PREFECT_API_URL")
    return Engine("dask", address)


def _usable(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in SCHEMES and bool(parts.hostname) and parts.port is not None
    except ValueError:
        return False


def _here(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
