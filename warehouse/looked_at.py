"""What this process has seen of versions of Delta tables: one never changes, and opening it takes 5 to 30 ms.

A night asks for the files of a version three or four times, and the log of an old table is long.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, NamedTuple

import pyarrow as pa

from store.errors import StoreError
from store.remote import Remote
from store.where import Where

#: versions that are kept in mind: some runs' of all tables
_MOST: Final = 256
#: what tells a commit from another one of the same number
_Stamp = tuple[int, int, int] | str


class DataFile(NamedTuple):
    """A data file as the log names it: its partition, and the first and last owner of its rows, where it says so."""

    name: str
    year: int | None
    first: str | None
    last: str | None

    def may_hold(self, owners: Sequence[str]) -> bool:
        """Whether rows of any of these owners (in order) can be in it."""
        if self.first is None or self.last is None:
            return True
        place = bisect_left(owners, self.first)
        return place < len(owners) and owners[place] <= self.last


class Version(NamedTuple):
    """The data files of a version, in order of name, its number of rows, and its columns as they are written."""

    files: tuple[DataFile, ...]
    rows: int
    schema: pa.Schema


_kept: Final[OrderedDict[tuple[Where, int], tuple[_Stamp, Version]]] = OrderedDict()
_lock: Final = threading.Lock()


def recall(path: Where, at: int) -> Version | None:
    """The version, if this process has seen it; None where its commit is gone, or another one."""
    with _lock:
        found = _kept.get((path, at))
    return found[1] if found and found[0] == _stamp(path, at) else None


def remember(path: Where, at: int, version: Version) -> None:
    """Keep a version in mind."""
    stamp = _stamp(path, at)
    if stamp is None:
        return
    with _lock:
        _kept[path, at] = stamp, version
        _kept.move_to_end((path, at))
        while len(_kept) > _MOST:
            _kept.popitem(last=False)


def _stamp(path: Where, at: int) -> _Stamp | None:
    """What tells the commit of a version from one of another table that took its place; None where it is gone."""
    commit = path / "_delta_log" / f"{at:020d}.json"
    try:
        if isinstance(commit, Remote):
            return commit.mark()
        told = commit.stat()
    except (OSError, StoreError):
        # Whoever wants the version says what is wrong.
        return None
    return told.st_ino, told.st_mtime_ns, told.st_size
