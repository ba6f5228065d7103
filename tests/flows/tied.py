"""Servers of tests that end with them, also where pytest is killed."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path


def tied(words: Sequence[str | Path], signal: str = "TERM") -> list[str | Path]:
    """A command that gets `signal` when the thread that starts it ends; util-linux has what is needed, on Linux."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", signal, *words] if setpriv else list(words)
