"""Staged parts: what was read from one batch of documents, named by what went in.

A part is a folder `<part_id>/` with `reports.parquet`, `cells.parquet`, `errors.parquet` and their
`SHA256SUMS`, renamed into place when all are on disk. The same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

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


def find_part(staging: Path, name: str) -> Path | None:
    """The staged part of that name, checked to its last byte; None where it is absent or damaged."""
    path = staging / name
    if not path.is_dir():
        return None
    try:
        read_parts([path])
    except StagingError as error:
        _log.warning("%s; it will be made anew", error)
        return None
    return path


def write_part(staging: Path, name: str, reports: pa.Table, cells: pa.Table, errors: pa.Table) -> Path:
    """Stage a part and return its folder; a whole part of that name is left as it is.

    Raises SpecError for rows that do not fit.
    """
    rows = {
        key: _TABLES[key].conform(data) for key, data in (("reports", reports), ("cells", cells), ("errors", errors))
    }
    if found := find_part(staging, name):
        return found
    staging.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f"{_DRAFT}{os.getpid()}-", dir=staging))
    for key, table in rows.items():
        pq.write_table(table, draft / f"{key}.parquet", compression="zstd")
    (draft / _SUMS).write_text(_sums(draft), encoding="ascii")
    for file in draft.iterdir():
        sync(file)
    sync(draft)
    return _move(draft, staging / name)


def _sums(path: Path) -> str:
    """The part's checksums, as `sha256sum` writes them."""
    files = [path / f"{key}.parquet" for key in _TABLES]
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


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


def read_parts(paths: Sequence[Path]) -> Part:
    """reports, cells and errors of all the parts, in the order given.

    Raises StagingError naming the part that is absent, incomplete, damaged or of another schema.
    """
    read = [_read(path) for path in paths]
    tables = [
        pa.concat_tables([table.empty(), *(part[number] for part in read)])
        for number, table in enumerate(_TABLES.values())
    ]
    return tables[0], tables[1], tables[2]


def _read(path: Path) -> list[pa.Table]:
    try:
        if (path / _SUMS).read_text(encoding="ascii") != _sums(path):
            raise StagingError(f"staged part {path.name} is damaged: its checksums differ")
        tables = [pq.read_table(path / f"{key}.parquet") for key in _TABLES]
    except (OSError, ValueError, pa.ArrowException) as error:
        raise StagingError(f"staged part {path.name} cannot be read: {' '.join(str(error).split())[:200]}") from error
    for table, read in zip(_TABLES.values(), tables, strict=True):
        if not read.schema.equals(table.schema):
            raise StagingError(f"staged part {path.name}: {table.name} has another schema")
    return tables


def sweep(staging: Path) -> int:
    """Remove what processes of this machine that are gone left half written; gives how many drafts."""
    found = drafts(staging)
    for path in found:
        shutil.rmtree(path, ignore_errors=True)
    return len(found)


def drafts(staging: Path) -> list[Path]:
    """What processes of this machine that are gone left half written."""
    return [path for path in sorted(staging.glob(f"{_DRAFT}*")) if not _alive(int(path.name.split("-")[1]))]


def find_damage(staging: Path) -> Iterator[tuple[Path, str]]:
    """The parts that cannot be read, each with the reason."""
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


def old_parts(staging: Path, before: datetime) -> dict[Path, int]:
    """The parts that were made before that time, with their bytes: the run they were for is over."""
    found = {}
    for path in sorted(staging.glob("[!.]*")):
        if path.is_dir() and path.stat().st_mtime < before.timestamp():
            found[path] = sum(file.stat().st_size for file in path.iterdir())
    return found


def remove_parts(parts: Iterable[Path]) -> None:
    """Delete parts; whatever they held is read again from the captures, should anybody ask."""
    for path in parts:
        shutil.rmtree(path, ignore_errors=True)
