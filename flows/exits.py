"""Exit codes of every command (`contract/cli.md`), and the error that gives 2."""

from __future__ import annotations

from typing import Final

DONE: Final = 0
CRITICAL: Final = 1
CANNOT_USE: Final = 2
INTERRUPTED: Final = 3


class UnusableError(Exception):
    """Input or configuration that cannot be used; its text is one line for the person who typed it."""

    def __init__(self, text: str) -> None:
        super().__init__(" ".join(text.split()))
