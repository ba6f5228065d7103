"""Measurements that a long bench keeps as it goes, so that one that was stopped goes on where it was."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_ROOT: Final = Path(__file__).resolve().parents[1]


def state() -> str:
    """The commit that is measured, with a mark where code differs from it: tables and documents are not code."""
    commit = _git("rev-parse", "--short", "HEAD")
    changed = _git("status", "--porcelain", "--", "*.py", "*.toml", "*.lock", "*.txt")
    return f"{commit}, changed" if changed else commit


def _git(*words: str) -> str:
    done = subprocess.run(("git", *words), cwd=_ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Taken:
    """What was measured so far, by name, as JSON in a file; each says of which state it was taken."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, tuple[str, Any]] = json.loads(file.read_text("utf-8")) if file.is_file() else {}

    def once(self, name: str, measure: Callable[[], Any]) -> Any:
        """What was measured under a name, measured now where it was not yet."""
        if name not in self._known:
            print(f"{name} …", file=sys.stderr, flush=True)
            self._known[name] = state(), measure()
            self._file.write_text(json.dumps(self._known, ensure_ascii=False, indent=1), "utf-8")
        return self._known[name][1]

    @property
    def states(self) -> tuple[str, ...]:
        """All states that something was measured of, in order."""
        return tuple(dict.fromkeys(of for of, _ in self._known.values()))
