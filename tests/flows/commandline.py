"""The command line as a process, in an environment of our own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GOUJI = Path(sys.executable).with_name("gouji")
PREFECT = Path(sys.executable).with_name("prefect")

Command = Callable[..., subprocess.CompletedProcess[str]]


def environment(**more: str) -> dict[str, str]:
    """This process's environment without anything that configures gouji or Prefect, and `more`."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GOUJI_", "PREFECT_"))}
    return {**kept, "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false", **more}
