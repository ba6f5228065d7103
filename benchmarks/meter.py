"""What a process and everything below it takes: seconds, processor seconds, memory, bytes written. Linux only."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

Result = TypeVar("Result")

#: seconds between two looks at the memory
_EVERY: Final = 0.25
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Took:
    """One measured run.

    `wall` and `cpu` are seconds, the second of all processes that came and went; `tree` is the greatest sum of what
    all of them held at a time, and `largest` the greatest that any one held, both resident bytes (pages that
    processes share count in each); `written` the bytes that they gave to the system to write.
    """

    wall: float
    cpu: float
    tree: int
    largest: int
    written: int


class _Watch:
    """Looks at a process and its descendants until told to stop."""

    def __init__(self, pid: int) -> None:
        self._pid, self._over = pid, threading.Event()
        self.tree = self.largest = 0
        #: pid and when it began -> bytes written so far
        self._written: dict[tuple[int, str], int] = {}
        self._thread = threading.Thread(target=self._go, daemon=True)
        self._thread.start()

    @property
    def written(self) -> int:
        """By all that were seen, those that are gone as when last seen."""
        return sum(self._written.values())

    def stop(self) -> None:
        """A last look."""
        self._over.set()
        self._thread.join()

    def _go(self) -> None:
        while not self._over.wait(_EVERY):
            self.look()

    def look(self) -> None:
        """One look at all processes."""
        held = []
        for pid, began in _family(self._pid):
            try:
                pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
                told = Path(f"/proc/{pid}/io").read_text("ascii")
            except (OSError, IndexError):
                continue  # gone meanwhile
            held.append(pages * _PAGE)
            self._written[pid, began] = int(told.partition("wchar:")[2].split()[0])
        self.tree, self.largest = max(self.tree, sum(held)), max(self.largest, *held, 0)


def _family(root: int) -> list[tuple[int, str]]:
    """The process and its descendants, each with its start time."""
    parents: dict[int, list[tuple[int, str]]] = {}
    own: list[tuple[int, str]] = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        one = int(entry.name), fields[19]
        if one[0] == root:
            own.append(one)
        parents.setdefault(int(fields[1]), []).append(one)
    found = list(own)
    for pid, _ in found:
        found += parents.get(pid, ())
    return found


def run(command: Sequence[str], env: Mapping[str, str], log: Path, fine: frozenset[int] = frozenset({0})) -> Took:
    """A command to its end, its output in `log`; SystemExit where it ends with another code than the `fine` ones."""
    with log.open("wb") as out:
        before, began = os.times(), time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **env}, stdout=out, stderr=subprocess.STDOUT)
        watch = _Watch(process.pid)
        code = process.wait()
        wall, after = time.perf_counter() - began, os.times()
        watch.stop()
    if code not in fine:
        raise SystemExit(f"{' '.join(command)} ended with {code}; see {log}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(wall, cpu, watch.tree, watch.largest, watch.written)


def within(call: Callable[[], Result]) -> tuple[Result, Took]:
    """A call in this process, with what it starts; memory includes what was held before."""
    watch = _Watch(os.getpid())
    watch.look()
    written, before, began = watch.written, os.times(), time.perf_counter()
    result = call()
    wall, after = time.perf_counter() - began, os.times()
    watch.look()
    watch.stop()
    # Children that live on, a pool's workers, are not in `os.times` yet.
    cpu = sum(after[:4]) - sum(before[:4])
    return result, Took(wall, cpu, watch.tree, watch.largest, watch.written - written)
