"""What the flow tests share: a sample province, a Prefect server, and the command line as a process."""

from __future__ import annotations

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import GOUJI, PREFECT, Command, environment


@pytest.fixture(scope="session")
def gouji() -> Command:
    """Run `gouji …` to its end."""

    def run(*words: str | Path, timeout: float = 300, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [GOUJI, *map(str, words)],
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment(**env),
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A Prefect server of our own; gives the variables that point to it."""
    home = tmp_path_factory.mktemp("prefect")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {
        "PREFECT_HOME": str(home),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            [PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(port), "--no-ui"],
            env=environment(**variables),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait_for(f"{variables['PREFECT_API_URL']}/health", home / "server.log")
        yield variables
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str, log: Path) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"no Prefect server: {log.read_text('utf-8')[-2000:]}")
