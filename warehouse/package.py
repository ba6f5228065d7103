"""A release as a data package: every table as Parquet and as CSV, with `datapackage.json` that says what is in them.

Rows are streamed, a partition at a time and in the order of their keys, so that seven million cells need little
memory and the same release gives the same rows.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from store.where import Where
from warehouse import deltas, record
from warehouse.datapackage import File, Source, descriptor
from warehouse.errors import WarehouseError
from warehouse.plain_rows import plain_rows, plain_schema
from warehouse.query import release_rows
from warehouse.record import Release
from warehouse.scan import DataFiles, names, opened, parquet
from warehouse.spec import RELEASES, TABLES
from warehouse.status import release_as_of
from warehouse.table import Table

#: rows in memory at a time; a row group of Parquet has as many
ROWS: Final = 50_000
_LIMITS: Final[dict[str, str | bool | int]] = {"memory_limit": "1GB", "threads": 2}


@dataclass(frozen=True, slots=True)
class Licence:
    """Under what terms the package may be used: an SPDX or Open Definition id, a title, an address."""

    name: str
    title: str
    path: str


#: official documents are nobody's; who publishes a package says more if they wish
PUBLIC_DOMAIN: Final = Licence(
    "other-pd",
    "官方文件，不适用著作权法（《中华人民共和国著作权法》第五条）",
    "https://www.gov.cn/guoqing/2021-10/29/content_5647633.htm",
)


def write_package(home: Where, target: Path, as_of: str | None = None, licence: Licence = PUBLIC_DOMAIN) -> Release:
    """Write the package of a release (`as_of` as in `release_as_of`; the current one) to the folder `target`.

    The folder is there whole or not at all. Raises WarehouseError where it exists and is not empty, where it cannot
    be written, and as `release_as_of`.
    """
    release = release_as_of(home, as_of)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise WarehouseError(f"{target}: is there already, and not empty")
    partial = target.with_name(f".{target.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        (partial / "data").mkdir(parents=True)
        files = [file for table in (*TABLES.values(), RELEASES) for file in _table(home, release, table, partial)]
        described = descriptor(release, files, _sources(partial), vars_of(licence))
        text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
        (partial / "datapackage.json").write_text(text, "utf-8")
        if target.exists():
            target.rmdir()
        partial.rename(target)
    except OSError as error:
        raise WarehouseError(f"{target}: {error.strerror or type(error).__name__}") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return release


def vars_of(licence: Licence) -> dict[str, str]:
    """The licence as a descriptor has it."""
    return {"name": licence.name, "title": licence.title, "path": licence.path}


def _table(home: Where, release: Release, table: Table, folder: Path) -> Iterator[File]:
    """Write a table in both forms; gives what was written."""
    paths = {form: folder / "data" / f"{table.name}.{form}" for form in ("parquet", "csv")}
    rows = 0
    with ExitStack() as stack:
        exact = stack.enter_context(pq.ParquetWriter(paths["parquet"], table.schema, compression="zstd"))
        text = stack.enter_context(pa_csv.CSVWriter(paths["csv"], plain_schema(table)))
        for batch in _batches(home, release, table):
            exact.write_table(batch, row_group_size=ROWS)
            text.write_table(plain_rows(batch))
            rows += len(batch)
    for form, path in paths.items():
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        yield File(table, form, f"data/{path.name}", path.stat().st_size, digest, rows)


def _batches(home: Where, release: Release, table: Table) -> Iterator[pa.Table]:
    """The rows of a table, by partition and key."""
    if table is RELEASES:
        yield release_rows(home, release)
        return
    version = release.tables.get(table.name)
    files: DataFiles = {}
    if version is not None:
        files = deltas.files(record.folder(home) / table.name, table, version)
    for value in sorted(files, key=str):
        yield from _partition(home, table, {value: files[value]})


def _partition(home: Where, table: Table, files: Mapping[int | None, list[str]]) -> Iterator[pa.Table]:
    """The rows of a partition, a span of keys at a time: sorting it as a whole would take its size in memory."""
    selected, first = parquet(table, dict(files)), names(table.key[:1])
    with opened(home, **_LIMITS) as connection:
        connection.execute("SET enable_progress_bar = false")
        # Pages of Parquet would be kept up to the limit.
        connection.execute("SET enable_external_file_cache = false")
        try:
            # Names come from the spec, keys are parameters.
            counted = f"SELECT {first}, count(*) FROM ({selected}) GROUP BY ALL ORDER BY ALL"  # noqa: S608
            chosen = f"SELECT * FROM ({selected}) WHERE {first} BETWEEN ? AND ? ORDER BY {names(table.key)}"  # noqa: S608
            for span in _spans(connection.execute(counted).fetchall()):
                yield connection.sql(chosen, params=span).to_arrow_table().cast(table.schema)
        except (duckdb.Error, pa.ArrowException) as error:
            raise WarehouseError(f"table {table.name}: {' '.join(str(error).split())[:300]}") from error


def _spans(counted: Sequence[tuple[Any, int]]) -> Iterator[tuple[Any, Any]]:
    """First and last key of spans with some `ROWS` rows; `counted` has each key with its rows, in order."""
    begin, rows = 0, 0
    for place, (_, number) in enumerate(counted):
        rows += number
        if rows >= ROWS or place == len(counted) - 1:
            yield counted[begin][0], counted[place][0]
            begin, rows = place + 1, 0


def _sources(folder: Path) -> list[Source]:
    """The hosts that documents came from, with how many."""
    counts: dict[tuple[str, str], int] = {}
    captures: Any = pq.ParquetFile(folder / "data" / "captures.parquet")
    for batch in captures.iter_batches(ROWS, columns=["address"]):
        for address in batch["address"].to_pylist():
            parts = urlsplit(address)
            key = (parts.scheme, parts.hostname or "")
            counts[key] = counts.get(key, 0) + 1
    return [Source(f"{scheme}://{host}/", number) for (scheme, host), number in sorted(counts.items()) if host]
