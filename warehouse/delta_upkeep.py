"""What of a Delta table no kept version needs, and a table brought to few files; the contents stay as they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from deltalake.exceptions import DeltaError

from store.files import names, remove, size
from store.where import Where
from warehouse import deltas
from warehouse.errors import WarehouseError
from warehouse.needed import LOG, needed
from warehouse.table import Table

_COMMIT: Final = re.compile(r"(\d{20})\.(?:json|checkpoint\.parquet)")
#: two files that fit into one are put together
_CROWD: Final = 2
#: opening a version with so many commits since the last checkpoint is slower than reading a checkpoint
_MANY_COMMITS: Final = 10
#: how long before a table's newest file what an object store has is left alone
SPARED: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waste:
    """Files that may go, with their bytes: `data`, and commits and checkpoints of the `log`.

    Before the log goes, the versions `alone` must stand for themselves; `last` is the newest of those kept.
    """

    data: tuple[tuple[Where, int], ...]
    log: tuple[tuple[Where, int], ...]
    alone: tuple[int, ...]
    last: int

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(size for _, size in (*self.data, *self.log))


def compact(path: Where, table: Table, at: int) -> int:
    """Put small files of version `at` together; gives the version that has the same rows, `at` where none were.

    What a crash left behind `at` is undone. Raises WarehouseError where the table cannot be read or written.
    """
    try:
        delta = deltas.latest(path, table)
        if delta.version() != at:
            delta.restore(at, commit_properties=deltas.COMMIT)
        deltas.compact(delta, path, table, _CROWD)
        return int(delta.version())
    except (DeltaError, OSError) as error:
        raise WarehouseError(f"table {path.name} cannot be compacted: {' '.join(str(error).split())}") from error


def waste(path: Where, keep: Collection[int], since: int) -> Waste:
    """What none of the versions `keep` needs; from the version `since`, one of them, on all commits stay."""
    try:
        kept = {unquote(name) for name in needed(path, keep, since)}
    except (DeltaError, OSError, ValueError) as error:
        raise WarehouseError(f"table {path.name} cannot be vacuumed: {' '.join(str(error).split())}") from error
    data = _sized(path, [name for name in _data(path) if name not in kept])
    alone = tuple(sorted(version for version in keep if version <= since))
    return Waste(tuple(data), tuple(_sized(path, _old_log(path, keep, since))), alone, max(keep))


def clear(path: Where, waste: Waste) -> None:
    """Remove the waste of a table; whatever kills this, every kept version can be read."""
    for version in waste.alone if waste.log else ():
        if size(path / LOG / f"{version:020d}.checkpoint.parquet") is None:
            deltas.open_at(path, version).create_checkpoint()
    if _commits_to_read(path, waste.last) > _MANY_COMMITS:
        deltas.open_at(path, waste.last).create_checkpoint()
    for file, _ in (*waste.data, *waste.log):
        remove(file)


def _commits_to_read(path: Where, version: int) -> int:
    """How many commits are read to open a version: those since the checkpoint before it."""
    commits = [found for name in names(path / LOG) if (found := _COMMIT.fullmatch(name))]
    points = [int(found[1]) for found in commits if found[0].endswith(".parquet") and int(found[1]) <= version]
    return version - max(points, default=-1)


def _old_log(path: Where, keep: Collection[int], since: int) -> Iterator[str]:
    for name in names(path / LOG):
        found = _COMMIT.fullmatch(name)
        if found and int(found[1]) < since and int(found[1]) not in keep:
            yield f"{LOG}/{name}"


def _data(path: Where) -> list[str]:
    """The files of a table's folder but for its log, and whatever else is hidden, in order."""
    if isinstance(path, Path):
        there = [str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()]
    else:
        there = list(path.below())
    return sorted(name for name in there if not any(part.startswith(("_", ".")) for part in name.split("/")))


def _sized(path: Where, found: Iterable[str]) -> Iterator[tuple[Where, int]]:
    """Those that are there, with their bytes.

    In an object store those of the last day are left, by the store's own clock: a writer that was overtaken, or one
    that overtook us, may be about to name them, and there no lock keeps them off for certain.
    """
    if isinstance(path, Path):
        for name in found:
            if (bytes_ := size(path / name)) is not None:
                yield path / name, bytes_
        return
    there = path.below()
    newest = max((at for _, at in there.values()), default=None)
    for name in found:
        if newest and name in there and newest - there[name][1] > SPARED:
            yield path / name, there[name][0]
