"""Staged parts: what was read from one batch of documents, named by what went in.

A part is a folder `<part_id>/` with `reports.parquet`, `cells.parquet`, `errors.parquet` and their
`SHA256SUMS`, renamed into place when all are on disk; in an object store the sums come last, and without them there
is no part. The same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from store.remote import Remote
from store.where import Where
from warehouse.errors import StagingError
from warehouse.files import sync
from warehouse.spec import ERRORS, TABLES
from warehouse.table import Table

Part = tuple[pa.Table, pa.Table, pa.Table]

_TABLES: Final[Mapping[str, Table]] = MappingProxyType(
    {"reports": TABLES["reports"], "cells": TABLES["cells"], "errors": ERRORS}
)
_SUMS: Final = "SHA256SUMS"
#: Drafts are `.draft-<pid>-…`; the name of a part never starts with a dot.
_DRAFT: Final = ".draft-"
_log = logging.getLogger(__name__)


def part_id(inputs: Iterable[str]) -> str:
    """The name of the part made from these inputs, in this order (documents' hashes, readers, …)."""
    return hashlib.sha256(json.dumps(list(inputs)).encode()).hexdigest()[:32]


def find_part(staging: Where, name: str) -> Where | None:
    """The staged part of that name, checked to its last byte; None where it is absent or damaged."""
    path = staging / name
    if not (path.is_dir() if isinstance(path, Path) else (path / _SUMS).size()):
        return None
    try:
        read_parts([path])
    except StagingError as error:
        _log.warning("%s; it will be made anew", error)
        return None
    return path


def write_part(staging: Where, name: str, reports: pa.Table, cells: pa.Table, errors: pa.Table) -> Where:
    """Stage a part and return its folder; a whole part of that name is left as it is.

    Raises SpecError for rows that do not fit.
    """
    rows = {
        key: _TABLES[key].conform(data) for key, data in (("reports", reports), ("cells", cells), ("errors", errors))
    }
    if found := find_part(staging, name):
        return found
    return _put(staging / name, rows) if isinstance(staging, Remote) else _draft(staging, name, rows)


def _put(path: Remote, rows: Mapping[str, pa.Table]) -> Remote:
    written = {}
    for key, table in rows.items():
        out = BytesIO()
        pq.write_table(table, out, compression="zstd")
        written[key] = out.getvalue()
        (path / f"{key}.parquet").write_bytes(written[key])
    (path / _SUMS).write_bytes(_sums(written).encode("ascii"))
    return path


def _draft(staging: Path, name: str, rows: Mapping[str, pa.Table]) -> Path:
    staging.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{_DRAFT}{os.getpid()}-", dir=staging))
    for key, table in rows.items():
        pq.write_table(table, draft / f"{key}.parquet", compression="zstd")
    (draft / _SUMS).write_text(_sums(_contents(draft)), encoding="ascii")
    for file in draft.iterdir():
        sync(file)
    sync(draft)
    return _move(draft, staging / name)


def _contents(path: Where) -> dict[str, bytes]:
    return {key: (path / f"{key}.parquet").read_bytes() for key in _TABLES}


def _sums(contents: Mapping[str, bytes]) -> str:
    """The part's checksums, as `sha256sum` writes them."""
    return "".join(f"{hashlib.sha256(data).hexdigest()}  {key}.parquet\n" for key, data in contents.items())


def _move(draft: Path, path: Path) -> Path:
    """Rename a draft into place; where another process was faster, its part stands."""
    if path.exists() and find_part(path.parent, path.name) is None:
        shutil.rmtree(path)
    try:
        draft.rename(path)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if find_part(path.parent, path.name) is None:
            raise
    sync(path.parent)
    return path


def read_parts(paths: Sequence[Where]) -> Part:
    """reports, cells and errors of all the parts, in the order given.

    Raises StagingError naming the part that is absent, incomplete, damaged or of another schema.
    """
    read = [_read(path) for path in paths]
    tables = [
        pa.concat_tables([table.empty(), *(part[number] for part in read)])
        for number, table in enumerate(_TABLES.values())
    ]
    return tables[0], tables[1], tables[2]


def _read(path: Where) -> list[pa.Table]:
    try:
        contents = _contents(path)
        if (path / _SUMS).read_text(encoding="ascii") != _sums(contents):
            raise StagingError(f"staged part {path.name} is damaged: its checksums differ")
        tables = [pq.read_table(pa.BufferReader(data)) for data in contents.values()]
    except (OSError, ValueError, pa.ArrowException) as error:
        raise StagingError(f"staged part {path.name} cannot be read: {' '.join(str(error).split())[:200]}") from error
    for table, read in zip(_TABLES.values(), tables, strict=True):
        if not read.schema.equals(table.schema):
            raise StagingError(f"staged part {path.name}: {table.name} has another schema")
    return tables


def sweep(staging: Where) -> int:
    """Remove what processes of this machine that are gone left half written; gives how many drafts.

    An object store has none: what a process left there without its sums is overwritten by the next that makes it.
    """
    found = drafts(staging)
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)


def drafts(staging: Where) -> list[Path]:
    """What processes of this machine that are gone left half written; an object store has none."""
    if isinstance(staging, Remote):
        return []
    return [path for path in sorted(staging.glob(f"{_DRAFT}*")) if not _alive(int(path.name.split("-")[1]))]


def find_damage(staging: Where) -> Iterator[tuple[Path, str]]:
    """The parts of a folder that cannot be read, each with the reason; those in a store are looked at when used."""
    if isinstance(staging, Remote):
        return
    for path in sorted(staging.glob("[!.]*")):
        if path.is_dir():
            try:
                read_parts([path])
            except StagingError as error:
                yield path, str(error)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def old_parts(staging: Where, before: datetime) -> dict[Where, int]:
    """The parts that were made before that time, with their bytes: the run they were for is over.

    In a store the time is that of the store's clock, and what a process left there half written counts as a part.
    """
    if isinstance(staging, Remote):
        return _old_objects(staging, before)
    found: dict[Where, int] = {}
    for path in sorted(staging.glob("[!.]*")):
        if path.is_dir() and path.stat().st_mtime < before.timestamp():
            found[path] = sum(file.stat().st_size for file in path.iterdir())
    return found


def _old_objects(staging: Remote, before: datetime) -> dict[Where, int]:
    parts: defaultdict[str, list[tuple[int, datetime]]] = defaultdict(list)
    for name, told in staging.below().items():
        parts[name.partition("/")[0]].append(told)
    return {
        staging / part: sum(size for size, _ in objects)
        for part, objects in sorted(parts.items())
        if max(at for _, at in objects) < before
    }


def remove_parts(parts: Iterable[Where]) -> None:
    """Delete parts; whatever they held is read again from the captures, should anybody ask."""
    for path in parts:
        if isinstance(path, Path):
            shutil.rmtree(path, ignore_errors=True)
            continue
        # Without its sums it is no part any more, whatever ends this.
        for name in (_SUMS, *(f"{key}.parquet" for key in _TABLES)):
            (path / name).unlink()
