"""What the flow tests share: a sample province, a Prefect server, and the command line as a process."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from commandline import GOUJI, Command, environment
from forks import Forks
from postgres import cluster, programs
from prefect_server import prefect_server, production

from samples.province import write_province


@pytest.fixture(scope="session")
def gouji() -> Command:
    """Run `gouji …` to its end, as a process of its own with all of its start-up."""

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
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    """Where the command's start-up is not what a test is about."""
    made = Forks(tmp_path_factory.mktemp("forks"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def quick(forks: Forks) -> Command:
    """Run `gouji …` to its end without its start-up; a run reports to `server`."""
    return forks.run


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A Prefect server of our own, set up as in production; gives the variables that point to it.

    Its database is PostgreSQL where that is installed, else SQLite.
    """
    home = tmp_path_factory.mktemp("prefect")
    with ExitStack() as stack:
        variables = production() | {
            "PREFECT_HOME": str(home),
            "PREFECT_LOGGING_LEVEL": "WARNING",
            "PREFECT_SERVER_UI_ENABLED": "false",
            "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
            "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "2",
            "PREFECT_WORKER_QUERY_SECONDS": "1",
        }
        address = variables.pop("PREFECT_API_DATABASE_CONNECTION_URL")
        if installed := programs():
            variables["PREFECT_API_DATABASE_CONNECTION_URL"] = stack.enter_context(cluster(installed, address))
        yield stack.enter_context(prefect_server(variables, home / "server.log"))


@pytest.fixture(scope="session")
def small_province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources file of a small province."""
    folder = tmp_path_factory.mktemp("province")
    write_province(folder, units=4, years=(2020, 2023), seed=5)
    return folder / "sources.toml"
