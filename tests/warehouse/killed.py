"""Runs publishes and upkeep in child processes that are to die. Not a test: started by `Publisher`.

Reads lines `WHAT STEP SECONDS HOME` from standard input. For each, a fork publishes `second()` into HOME, or keeps it
up; it is killed as by `kill -9` after its STEPth step on disk (0: never) or after so many SECONDS (0: never). Answers
with the fork's exit code. The imports are done once, and no thread is started before a fork.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from made_province import Doc, batch, night

from warehouse import deltas
from warehouse.batch import ReleaseBatch
from warehouse.keeping import Policy
from warehouse.release import publish
from warehouse.upkeep import upkeep

DOCS = [Doc(u, y, 10 * u) for u in range(1, 4) for y in (2022, 2023)]


def first() -> ReleaseBatch:
    return _judged(batch(DOCS, held=[Doc(8, 2023, 1)]))


def second() -> ReleaseBatch:
    """Adds, corrects, holds and lets go from the quarantine."""
    return _judged(batch([Doc(1, 2022, 99), Doc(8, 2023, 2), Doc(20, 2023, 5)], [Doc(2, 2022, 7)]))


def _judged(full: ReleaseBatch) -> ReleaseBatch:
    """The tables with the most steps; the others go the same way."""
    empty = ReleaseBatch()
    return replace(full, coverage=empty.coverage, captures=empty.captures, documents=empty.documents)


def _die_after(step: int) -> None:
    """Have the process killed right after the STEPth call that leaves something on disk."""
    done = [0]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            result = real(*args, **options)
            done[0] += 1
            if done[0] == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call

    for owner, name in (
        (DeltaTable, "create"),
        (DeltaTable, "restore"),
        (DeltaTable, "create_checkpoint"),
        (deltas, "write_deltalake"),
        (deltas, "compact"),
        (Path, "unlink"),
        (os, "replace"),
        (os, "sync"),
    ):
        setattr(owner, name, counted(getattr(owner, name)))


def main() -> None:
    gc.freeze()  # else the first collection in a fork would copy all that was imported
    for line in sys.stdin:
        what, step, seconds, home = line.rstrip("\n").split(" ", 3)
        child = os.fork()
        if not child:
            _die_after(int(step))
            if what == "upkeep":
                upkeep(Path(home), Policy(days=0, least=2), night(9))
            else:
                publish(Path(home), second(), night(1))
            os._exit(0)
        if float(seconds):
            time.sleep(float(seconds))
            os.kill(child, signal.SIGKILL)  # at worst a zombie: it is reaped only now
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    gc.unfreeze()  # what is not collected in the end, extensions complain of


if __name__ == "__main__":
    main()
