"""Processes that die on purpose, on behalf of the kill tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Publisher:
    """Forks processes that publish or keep up (see `killed.py`)."""

    def __init__(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, HERE / "killed.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parents[1]), str(HERE)])},
        )

    def run(self, home: Path, step: int = 0, seconds: float = 0, what: str = "publish") -> int:
        """The exit code of one publish, or upkeep: 0, or -9 where it was killed."""
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.write(f"{what} {step} {seconds} {home}\n")
        self.server.stdin.flush()
        return int(self.server.stdout.readline())

    def close(self) -> None:
        assert self.server.stdin
        self.server.stdin.close()
        assert self.server.wait(30) == 0
