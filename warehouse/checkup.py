"""What is wrong with a warehouse: release records, versions, data files, row counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from form.fault import Fault
from store.files import size
from store.where import Where
from store.where import where as at
from warehouse import deltas, record
from warehouse.errors import WarehouseError
from warehouse.record import Release
from warehouse.spec import TABLES

REBUILD: Final = (
    "restore the warehouse folder from a backup; else move it aside and gouji backfill --years … --from-archive"
)


@dataclass(frozen=True, slots=True)
class Chain:
    """The release records that could be read, newest first, and what is wrong with the others."""

    releases: tuple[Release, ...]
    removed: frozenset[str]
    faults: tuple[Fault, ...]

    @property
    def readable(self) -> tuple[Release, ...]:
        """The releases that upkeep did not remove."""
        return tuple(one for one in self.releases if one.release_id not in self.removed)


def chain(home: Where) -> Chain:
    """Follow the records from the pointer back."""
    faults: list[Fault] = []
    found: list[Release] = []
    if beside := record.orphaned(home):
        what = f"missing, beside {len(beside)} release records up to {beside[-1]}"
        return Chain((), frozenset(), (Fault("release", "warehouse/RELEASE", what, record.RESTORE_POINTER),))
    try:
        release = record.current(home)
        while release is not None:
            found.append(release)
            release = record.read(home, release.parent) if release.parent else None
    except WarehouseError as error:
        broken = found[-1].parent if found else "the current release"
        faults.append(Fault("release", "warehouse/releases", f"{broken}: {error}", REBUILD))
    try:
        removed = frozenset(record.removed(home))
    except WarehouseError as error:
        removed = frozenset()
        faults.append(Fault("release", "warehouse/releases/removed.json", str(error), "restore it from a backup"))
    faults += _strays(home, found)
    return Chain(tuple(found), removed, tuple(faults))


def _strays(home: Where, found: Sequence[Release]) -> Iterator[Fault]:
    """Records that no pointer names: of a run that was killed, or of a pointer that went back."""
    known = {release.release_id for release in found}
    if not found or found[-1].parent:
        return  # the chain is broken: which records belong to it is not known
    for name in record.ids(home):
        if name not in known:
            what = f"was never made the current release; that is {found[0].release_id}"
            yield Fault(
                "release",
                f"warehouse/releases/{name}.json",
                what,
                "nothing: the next release replaces it",
                "leftover",
            )


@dataclass(frozen=True, slots=True)
class Opened:
    """One version of a table that can be opened: its rows by the log, its data files with size and rows."""

    rows: int
    files: Mapping[str, tuple[int, int]]


def version_faults(
    home: Where, releases: Sequence[Release]
) -> tuple[list[Fault], dict[str, dict[str, tuple[int, int]]]]:
    """Versions that cannot be opened, counts that are not the record's; the data files of the others, by table."""
    faults: list[Fault] = []
    files: dict[str, dict[str, tuple[int, int]]] = {}
    seen: dict[tuple[str, int], Opened | None] = {}
    for release in releases:
        for name, version in release.tables.items():
            if name not in TABLES:
                faults.append(Fault("release", release.release_id, f"names an unknown table {name}", "update gouji"))
                continue
            if (name, version) not in seen:
                seen[name, version] = _open(home, name, version, release, faults)
            opened = seen[name, version]
            if opened is None:
                continue
            files.setdefault(name, {}).update(opened.files)
            if opened.rows != release.counts.get(name, 0):
                what = f"{name} has {opened.rows} rows, the record says {release.counts.get(name, 0)}"
                faults.append(Fault("count", release.release_id, what, REBUILD))
    return faults, files


def _open(home: Where, name: str, version: int, release: Release, faults: list[Fault]) -> Opened | None:
    path = record.folder(home) / name
    try:
        added = pa.table(deltas.open_at(path, version).get_add_actions(flatten=True))
    except WarehouseError as error:
        faults.append(Fault("version", f"{release.release_id} {name}", " ".join(str(error).split())[:200], REBUILD))
        return None
    columns = (added[column].to_pylist() for column in ("path", "size_bytes", "num_records"))
    folder = deltas.root(path)
    files = {deltas.data_file(folder, name): (size, rows) for name, size, rows in zip(*columns, strict=True)}
    return Opened(sum(rows for _, rows in files.values()), files)


def data_faults(files: Mapping[str, tuple[int, int]]) -> list[Fault]:
    """Data files that are not there, or not what the log says of them: size, a Parquet footer, rows."""
    return [fault for name, (size, rows) in sorted(files.items()) for fault in _data(name, size, rows)]


def _data(name: str, stated: int, rows: int) -> Iterator[Fault]:
    path, where = at(name), f"warehouse/{name.rpartition('/warehouse/')[2]}"
    try:
        actual = size(path)
        if actual is None:
            yield Fault("data", where, "missing", REBUILD)
            return
        if actual != stated:
            yield Fault("data", where, f"{actual} bytes, the log says {stated}", REBUILD)
            return
        with path.open("rb") as file:
            found = pq.read_metadata(file).num_rows
        if found != rows:
            yield Fault("data", where, f"{found} rows, the log says {rows}", REBUILD)
    except (OSError, pa.ArrowException) as error:
        yield Fault("data", where, f"no Parquet file: {' '.join(str(error).split())[:120]}", REBUILD)
