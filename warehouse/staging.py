"""Staged parts: what was read from one batch of documents, named by what went in.

A part is a folder `<part_id>/` with `reports.parquet`, `cells.parquet` and `errors.parquet`, renamed into
place when all three are on disk. The same rows give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
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
#: Drafts are `.draft-<pid>-…`; the name of a part never starts with a dot.
_DRAFT: Final = ".draft-"
_log = logging.getLogger(__name__)


def part_id(inputs: Iterable[str]) -> str:
    """The name of the part made from these inputs, in this order (documents' hashes, readers, …)."""
    return hashlib.sha256(json.dumps(list(inputs)).encode()).hexdigest()[:32]


def find_part(staging: Path, name: str) -> Path | None:
    """The staged part of that name, checked to its last page; None where it is absent or damaged."""
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
        file = draft / f"{key}.parquet"
        pq.write_table(table, file, compression="zstd", write_page_checksum=True)
        sync(file)
    sync(draft)
    return _move(draft, staging / name)


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
    tables = [pa.concat_tables([_TABLES[key].empty(), *(_read(path, key) for path in paths)]) for key in _TABLES]
    return tables[0], tables[1], tables[2]


def _read(path: Path, key: str) -> pa.Table:
    file = path / f"{key}.parquet"
    try:
        table = pq.ParquetFile(file, page_checksum_verification=True).read()
    except (OSError, pa.ArrowException) as error:
        raise StagingError(f"staged part {path.name}: {file.name} cannot be read: {_line(error)}") from error
    if not table.schema.equals(_TABLES[key].schema):
        raise StagingError(f"staged part {path.name}: {file.name} has another schema")
    return table


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def sweep(staging: Path) -> int:
    """Remove what processes of this machine that are gone left half written; gives how many drafts."""
    drafts = [path for path in staging.glob(f"{_DRAFT}*") if not _alive(int(path.name.split("-")[1]))]
    for path in drafts:
        shutil.rmtree(path, ignore_errors=True)
    return len(drafts)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
