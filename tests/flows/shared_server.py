"""One Prefect server, as in production, for all test processes of a session: to start one takes fifteen seconds of a
processor, and it is never quite at rest.

Started as a program it keeps the server; `SharedServer` is how a test process uses it. Whoever is there, and whoever
uses it, holds a lock on a file, which ends with its process, however that ends.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from commandline import ROOT
from filelock import FileLock
from postgres import cluster, programs
from prefect_server import prefect_server, production

#: seconds after which a server that nobody uses ends: no more tests are about it, or none for long
PATIENCE = 20.0
_LOOK = 0.5


class SharedServer:
    """The server of the test processes that name this folder; from the first use on one is there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(exist_ok=True)
        self._present = _held(folder / "present")
        self._keeper: subprocess.Popen[bytes] | None = None

    @contextmanager
    def used(self) -> Iterator[dict[str, str]]:
        """The variables that point to it; it stays for the length of the block."""
        with FileLock(self._folder / "mutex"):
            use = _held(self._folder / "used")
            if not _told(self._folder).exists():
                self._start()
        try:
            yield json.loads(_told(self._folder).read_text("utf-8"))
        finally:
            os.close(use)

    def leave(self) -> None:
        """Nothing more will be asked of it by this process; whoever started it sees it end."""
        os.close(self._present)
        if self._keeper:
            assert self._keeper.wait(600) == 0

    def _start(self) -> None:
        with (self._folder / "keeper.log").open("a") as log:
            program = [sys.executable, __file__, self._folder]
            self._keeper = subprocess.Popen(program, stdout=log, stderr=log, start_new_session=True)
        while not _told(self._folder).exists():
            if self._keeper.poll() is not None:
                raise RuntimeError((self._folder / "keeper.log").read_text("utf-8")[-2000:])
            time.sleep(0.2)


def _told(folder: Path) -> Path:
    return folder / "variables.json"


def _held(path: Path) -> int:
    """A lock that others may have, too."""
    file = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def _free(path: Path) -> bool:
    """Whether nobody holds a lock on it."""
    file = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(file)


@contextmanager
def served(home: Path) -> Iterator[dict[str, str]]:
    """A server as in production; its database is PostgreSQL where that is installed, else SQLite."""
    variables = production() | {
        "PREFECT_HOME": str(home),
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "5",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "5",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }
    address = variables.pop("PREFECT_API_DATABASE_CONNECTION_URL")
    with ExitStack() as stack:
        if installed := programs():
            variables["PREFECT_API_DATABASE_CONNECTION_URL"] = stack.enter_context(cluster(installed, address))
        yield stack.enter_context(prefect_server(variables, home / "server.log"))


def keep(folder: Path) -> None:
    """Have a server until no test process is there, or none has used it for long."""
    with served(folder) as variables:
        draft = _told(folder).with_suffix(".draft")
        draft.write_text(json.dumps(variables), "utf-8")
        draft.replace(_told(folder))
        used = time.monotonic()
        while True:
            time.sleep(_LOOK)
            if not _free(folder / "used"):
                used = time.monotonic()
            elif (_free(folder / "present") or time.monotonic() - used > PATIENCE) and _given_up(folder):
                return


def _given_up(folder: Path) -> bool:
    """Whether nobody can come to use it any more."""
    with FileLock(folder / "mutex"):
        if _free(folder / "used"):
            _told(folder).unlink()
            return True
    return False


if __name__ == "__main__":
    sys.path.append(str(ROOT))
    with suppress(KeyboardInterrupt):
        keep(Path(sys.argv[1]))
