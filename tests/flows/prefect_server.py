"""A Prefect server as a process, set up as the runbook says."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from commandline import PREFECT, ROOT, environment
from tied import tied


def production() -> dict[str, str]:
    """The variables of docs/production/server.env."""
    lines = (ROOT / "docs" / "production" / "server.env").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


@contextmanager
def prefect_server(variables: Mapping[str, str], log: Path) -> Iterator[dict[str, str]]:
    """A running server on a free port of this machine; gives `variables` and where it is."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    reached = {"PREFECT_SERVER_API_PORT": port, "PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    settled = {**variables, **reached}
    with log.open("a") as lines:
        process = subprocess.Popen(
            tied([PREFECT, "server", "start"]),
            env=environment(**settled),
            stdout=lines,
            stderr=lines,
            start_new_session=True,
        )
    try:
        _wait_for(f"{settled['PREFECT_API_URL']}/health", process, log)
        yield settled
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(1500):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.2)
    raise RuntimeError(f"no Prefect server: {log.read_text('utf-8')[-2000:]}")
