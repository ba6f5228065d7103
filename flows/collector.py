"""Python's garbage collector and imports: what they make stays; to look through it again and again finds nothing."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Nothing is collected in the block; a fifth of what the import of a large library takes."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


@contextmanager
def kept() -> Iterator[None]:
    """The same, and what there is at the end is never looked at again: each look would take a fifth of a second."""
    with uncollected():
        yield
        gc.freeze()
    # The interpreter's own end collects it after all: extensions complain of what is left over.
    atexit.register(gc.unfreeze)
