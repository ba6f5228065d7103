"""What of a Delta table no kept version needs, and a table brought to few files; the contents stay as they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from warehouse import deltas
from warehouse.errors import WarehouseError
from warehouse.table import Table

_LOG: Final = "_delta_log"
_COMMIT: Final = re.compile(r"(\d{20})\.(?:json|checkpoint\.parquet)")
#: two files that fit into one are put together
_CROWD: Final = 2
#: opening a version with so many commits since the last checkpoint is slower than reading a checkpoint
_MANY_COMMITS: Final = 10


@dataclass(frozen=True, slots=True)
class Waste:
    """Files that may go, with their bytes: `data`, and commits and checkpoints of the `log`.

    Before the log goes, the versions `alone` must stand for themselves; `last` is the newest of those kept.
    """

    data: tuple[tuple[Path, int], ...]
    log: tuple[tuple[Path, int], ...]
    alone: tuple[int, ...]
    last: int

    @property
    def size(self) -> int:
        """Bytes in all."""
        return sum(size for _, size in (*self.data, *self.log))


def compact(path: Path, table: Table, at: int) -> int:
    """Put small files of version `at` together; gives the version that has the same rows, `at` where none were.

    What a crash left behind `at` is undone. Raises WarehouseError where the table cannot be read or written.
    """
    try:
        delta = deltas.latest(path, table)
        if delta.version() != at:
            delta.restore(at, commit_properties=deltas.COMMIT)
        for year in deltas.crowded(delta, table, _CROWD):
            deltas.compact(delta, year)
        return int(delta.version())
    except (DeltaError, OSError) as error:
        raise WarehouseError(f"table {path.name} cannot be compacted: {' '.join(str(error).split())}") from error


def waste(path: Path, keep: Collection[int], since: int) -> Waste:
    """What none of the versions `keep` needs; from the version `since`, one of them, on all commits stay."""
    try:
        names = DeltaTable(deltas.uri(path)).vacuum(
            retention_hours=0,
            dry_run=True,
            enforce_retention_duration=False,
            full=True,
            keep_versions=sorted(keep),
        )
    except (DeltaError, OSError) as error:
        raise WarehouseError(f"table {path.name} cannot be vacuumed: {' '.join(str(error).split())}") from error
    data = (path / unquote(name) for name in sorted(names))
    alone = tuple(sorted(version for version in keep if version <= since))
    return Waste(tuple(_sized(data)), tuple(_sized(_old_log(path, keep, since))), alone, max(keep))


def clear(path: Path, waste: Waste) -> None:
    """Remove the waste of a table; whatever kills this, every kept version can be read."""
    for version in waste.alone if waste.log else ():
        if not (path / _LOG / f"{version:020d}.checkpoint.parquet").exists():
            deltas.open_at(path, version).create_checkpoint()
    if _commits_to_read(path, waste.last) > _MANY_COMMITS:
        deltas.open_at(path, waste.last).create_checkpoint()
    for file, _ in (*waste.data, *waste.log):
        file.unlink(missing_ok=True)


def _commits_to_read(path: Path, version: int) -> int:
    """How many commits are read to open a version: those since the checkpoint before it."""
    names = [found for file in (path / _LOG).iterdir() if (found := _COMMIT.fullmatch(file.name))]
    points = [int(found[1]) for found in names if found[0].endswith(".parquet") and int(found[1]) <= version]
    return version - max(points, default=-1)


def _old_log(path: Path, keep: Collection[int], since: int) -> Iterator[Path]:
    for file in sorted((path / _LOG).iterdir()):
        found = _COMMIT.fullmatch(file.name)
        if found and int(found[1]) < since and int(found[1]) not in keep:
            yield file


def _sized(paths: Iterable[Path]) -> Iterator[tuple[Path, int]]:
    for path in paths:
        try:
            yield path, path.stat().st_size
        except FileNotFoundError:
            continue
