"""Python's garbage collector, where there are many objects that stay: to look through them again finds nothing."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

#: objects more than before for a look at the young ones, and of such looks for one at the older
_SELDOM: Final = (50_000, 20, 100)


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


@contextmanager
def seldom() -> Iterator[None]:
    """What is not used any more is looked for seldom in the block.

    A run makes an object for each report of a province, some of them several times, and drops them without cycles: a
    tenth or so of what a night takes was to look through them.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
