"""The embedded Prefect server: a process of its own beside a run that is given no server.

Prefect would start one itself, when the first request needs it; but it imports its whole server into the run's
process to do so (as much work as that server's own start), and the run waits. Ours starts while the run still imports
what it needs, and ends when the run's process does, however that ends.
"""

from __future__ import annotations

import atexit
import os
import select
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, ClassVar

#: seconds for the server to be ready, where PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS does not say
PATIENCE = 120.0
#: what a server says when it takes requests, and what it is told so that it forgets old runs when it ends
READY, FORGET = b"ready\n", b"forget\n"


class ServerError(Exception):
    """The embedded server did not start, or not in time."""


@dataclass(slots=True)
class Server:
    """A server under way on loopback; `Server.start` makes one."""

    #: the server of this process
    own: ClassVar[Server | None] = None

    url: str
    _process: subprocess.Popen[bytes]

    @classmethod
    def start(cls) -> Server:
        """Begin to start one, which ends with this process at the latest, and let Prefect's clients know of it."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            # Requests wait in the socket until the server is there.
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "flows.server_program", str(listening.fileno())],
                pass_fds=(listening.fileno(),),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # An interrupt is for the run, which has to tell its server of it.
                start_new_session=True,
            )
            cls.own = server = cls(f"http://127.0.0.1:{listening.getsockname()[1]}/api", process)
        # What Prefect's clients still have to say when the process ends they say before this, as its threads end.
        atexit.register(server.end)
        os.environ["PREFECT_API_URL"] = server.url
        if "prefect" in sys.modules:
            from prefect.context import refresh_global_settings_context

            refresh_global_settings_context()
        return server

    def wait(self) -> None:
        """Wait until it takes requests. Raises ServerError."""
        patience = float(os.environ.get("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS") or PATIENCE)
        if not select.select([self._out], [], [], patience)[0]:
            raise ServerError(f"Prefect's server was not ready within {patience:g} s")
        if self._out.readline() != READY:
            raise ServerError(f"Prefect's server did not start: it ended with {self._process.wait()}")

    def forget(self) -> None:
        """Let it delete, when it ends, what is past Prefect's retention; it says itself what it cannot delete."""
        self._in.write(FORGET)
        self._in.flush()

    def end(self) -> None:
        """End it, when it has done what it was asked."""
        with suppress(OSError):
            self._in.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._out.close()

    @property
    def _in(self) -> IO[bytes]:
        assert self._process.stdin is not None
        return self._process.stdin

    @property
    def _out(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout


def own_server() -> bool:
    """Whether there is no Prefect server but this process's own."""
    from prefect.settings import PREFECT_API_URL

    return PREFECT_API_URL.value() in (None, Server.own and Server.own.url)
