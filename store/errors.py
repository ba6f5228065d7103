"""What goes wrong with an object store: each message is one line that says what and where."""

from __future__ import annotations

import re
from typing import Final

_LENGTH: Final = 300
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


class StoreError(OSError):
    """The object store cannot be reached or refuses; to callers it is what a disk's fault is."""


class StoreBusyError(StoreError):
    """Somebody else holds the lease, and lives."""


def one_line(error: Exception) -> str:
    """What a store's client says, short of the pages that it adds for its own developers."""
    said = _COLOUR.sub("", str(error)).partition("Debug source:")[0]
    return " ".join(said.split())[:_LENGTH] or type(error).__name__
