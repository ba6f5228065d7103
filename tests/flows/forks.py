"""The command line without its start-up: forks of one process that has imported everything (see `forking.py`)."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from select import select
from typing import IO

from commandline import ROOT, environment

HERE = Path(__file__).resolve().parent


@dataclass
class Fork:
    """A command under way, in a process group of its own."""

    pid: int
    answer: IO[bytes]

    def wait(self, timeout: float) -> int:
        """How it ended: an exit code, or -9 where it was killed."""
        if not select([self.answer], [], [], timeout)[0]:
            os.killpg(self.pid, signal.SIGKILL)
            raise TimeoutError(f"not done within {timeout} s")
        return int(self.answer.readline())


class Forks:
    """`gouji …`, again and again, in one process's forks."""

    def __init__(self, home: Path) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._orders = ours
        where = {"PREFECT_HOME": str(home), "PYTHONPATH": str(ROOT), "GX_ANALYTICS_ENABLED": "false"}
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, HERE / "forking.py", str(theirs.fileno())],
                env=environment(**where),
                pass_fds=[theirs.fileno()],
                cwd=home,
            )

    def begin(self, *words: str | Path, out: int, err: int, dies: tuple[str, int] | None = None, **env: str) -> Fork:
        """Start a command; it is killed after the nth call of `dies`, which is ("module:name", n)."""
        asked = {"words": [*map(str, words)], "env": environment(**env), "cwd": str(Path.cwd()), "dies": dies}
        reading, writing = os.pipe()
        try:
            socket.send_fds(self._orders, [json.dumps(asked).encode()], [writing, out, err])
        finally:
            os.close(writing)
        answer = os.fdopen(reading, "rb", buffering=0)
        return Fork(int(answer.readline()), answer)

    def run(
        self, *words: str | Path, timeout: float = 300, dies: tuple[str, int] | None = None, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """A command to its end."""
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
            fork = self.begin(*words, out=out.fileno(), err=err.fileno(), dies=dies, **env)
            with fork.answer:
                code = fork.wait(timeout)
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess([*map(str, words)], code, out.read(), err.read())

    def close(self) -> None:
        self._orders.close()
        assert self._process.wait(60) == 0
