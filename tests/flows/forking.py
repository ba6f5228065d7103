"""Runs `gouji` commands in forks of a process that has imported everything. Not a test: started by `Forks`.

A fork begins where a process of its own would have spent seconds on imports; its environment, streams, process group
and end are its own. What Prefect took from the environment when it was imported is taken anew. What a run forks its
readers from is a fork as well: else each would import the readers' libraries.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing import forkserver
from typing import Any

#: what commands and readers import on their way; what readers need comes first, as it sets up libraries for forks
IMPORTED = (
    "flows.preloaded",
    *("flows.nightly", "flows.backfill", "flows.digest", "flows.progress", "flows.summary", "flows.checking"),
    *("flows.site", "flows.evidence", "flows.impact", "flows.doctor", "flows.housekeeping", "flows.portal_check"),
    *("great_expectations", "matplotlib.figure", "obstore", "warehouse.package", "notices.workbook", "flows.cli"),
)
#: these would start a Prefect server of their own, by settings that Prefect reads when it is imported
RUNS = {"nightly", "backfill", "report"}


def main() -> None:
    """Serve until nobody can ask any more."""
    for name in IMPORTED:
        import_module(name)
    gc.freeze()  # else the first collection in a fork would copy all of it
    kept: list[int] = []
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        while (message := socket.recv_fds(asked, 1 << 20, 3))[0]:
            ordered, (answer, *streams) = message[:2]
            if keeper := os.fork():
                kept.append(keeper)
            else:
                asked.close()
                _keep(json.loads(ordered), answer, streams)
                return
            for file in (answer, *streams):
                os.close(file)
    for keeper in kept:
        os.waitpid(keeper, 0)
    gc.unfreeze()  # what is not collected in the end, extensions complain of


def _keep(ordered: dict[str, Any], answer: int, streams: list[int]) -> None:
    """Fork the command; tell its process and then its end."""
    if child := os.fork():
        for file in streams:
            os.close(file)
        os.write(answer, f"{child}\n".encode())
        os.write(answer, f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n".encode())
        os._exit(0)
    os.close(answer)
    os.setsid()
    for number, file in enumerate(streams, 1):
        os.dup2(file, number)
        os.close(file)
    os.chdir(ordered["cwd"])
    os.environ.clear()
    os.environ.update(ordered["env"])
    sys.argv[:] = ["gouji", *ordered["words"]]
    if sys.argv[1] in RUNS:
        _fork_readers_from_here()
    _settle()
    if ordered["dies"]:
        _die_after(*ordered["dies"])
    import_module("flows.cli").main()


def _fork_readers_from_here() -> None:
    """Let multiprocessing's fork server be a child that is forked now, before the command has threads.

    It waits until the command would start one, and ends with the command where that never happens.
    """
    asked, asks = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if not (child := os.fork()):
        asks.close()
        with asked:
            files = socket.recv_fds(asked, 1, 2)[1]
        with suppress(SystemExit):
            if files:
                forkserver.main(*files, None)
        os._exit(0)
    asked.close()
    start = forkserver.util.spawnv_passfds  # type: ignore[attr-defined]

    def begun(path: bytes, words: list[str], files: list[int]) -> int:
        if "forkserver" not in words[-1]:
            return int(start(path, words, files))
        socket.send_fds(asks, [b"+"], files)
        asks.close()
        forkserver.util.spawnv_passfds = start  # type: ignore[attr-defined]
        return child

    forkserver.util.spawnv_passfds = begun  # type: ignore[attr-defined]


def _settle() -> None:
    if sys.argv[1] in RUNS and len(sys.argv) > 2 and "--help" not in sys.argv:
        assert os.environ.get("PREFECT_API_URL"), "a run that starts a server needs a process of its own"
    import_module("prefect.context").refresh_global_settings_context()
    import_module("prefect.logging.configuration").setup_logging(incremental=False)


def _die_after(place: str, times: int) -> None:
    """Have the process killed as by `kill -9` when `module:name` has been called for the nth time."""
    module, _, name = place.partition(":")
    owner: Any = import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    real: Callable[..., Any] = getattr(owner, last)
    calls = iter(range(1, times))

    def call(*args: Any, **options: Any) -> Any:
        result = real(*args, **options)
        if next(calls, None) is None:
            os.killpg(0, signal.SIGKILL)
        return result

    setattr(owner, last, call)


if __name__ == "__main__":
    main()
