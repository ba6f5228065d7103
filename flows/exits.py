"""Exit codes of every command (`contract/cli.md`), and the error that gives 2."""

from __future__ import annotations

import atexit
import os
import sys
import threading
from contextlib import suppress
from typing import Final, NoReturn

DONE: Final = 0
CRITICAL: Final = 1
CANNOT_USE: Final = 2
INTERRUPTED: Final = 3


class UnusableError(Exception):
    """Input or configuration that cannot be used; its text is one line for the person who typed it."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))


def leave(code: int) -> NoReturn:
    """End the process: first what Python has to end, and then the process, without taking the interpreter apart.

    After a run that takes a second and a half of processor. And threads that libraries keep for an object store may
    abort it, after all was done and said (one doctor of 24: "terminate called without an active exception").
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)
