"""What the flow tests share: a sample province, a Prefect server, and the command line as a process."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from commandline import GOUJI, Command, environment
from forks import Forks
from shared_server import SharedServer

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
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedServer]:
    base = tmp_path_factory.getbasetemp()
    shared = SharedServer((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prefect")
    yield shared
    shared.leave()


@pytest.fixture(scope="module")
def server(shared_server: SharedServer) -> Iterator[dict[str, str]]:
    """A Prefect server as in production, which all test processes share; gives the variables that point to it.

    Its database is PostgreSQL where that is installed, else SQLite.
    """
    with shared_server.used() as variables:
        yield variables


@pytest.fixture(scope="session")
def small_province(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources file of a small province."""
    folder = tmp_path_factory.mktemp("province")
    write_province(folder, units=4, years=(2020, 2023), seed=5)
    return folder / "sources.toml"
