"""`datapackage.json` of a release, by the Data Package standard (Frictionless, version 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

import pyarrow as pa

from warehouse.record import Release
from warehouse.table import Column, Table

PROFILE: Final = "https://datapackage.org/profiles/2.0/datapackage.json"
_MEDIA: Final = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}
#: what a resource says that it is; of Parquet not that it is a table: frictionless takes a `table`, or the format
#: `parquet`, through pandas, and finds lists, absent figures and its own count of bytes at fault
_TYPES: Final[Mapping[str, Mapping[str, str]]] = {
    "parquet": {"format": "Parquet"},
    "csv": {"type": "table", "format": "csv", "encoding": "utf-8"},
}
_NOTES: Final = {
    "parquet": "Exact: types as in the schema, figures as decimals.",
    "csv": "Null and empty text are both empty here; lists are JSON; text that a spreadsheet would take for a "
    "formula has an apostrophe before it. The Parquet file has everything exact.",
}
#: table -> columns -> table, columns
_REFERENCES: Final[Mapping[str, tuple[str, str]]] = {
    "cells": ("report_id", "reports"),
    "held_cells": ("report_id", "held_reports"),
}


@dataclass(frozen=True, slots=True)
class File:
    """A file of the package: a table in one form."""

    table: Table
    form: str
    path: str
    size: int
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Source:
    """A portal, and how many documents came from it."""

    path: str
    documents: int


def descriptor(
    release: Release, files: Sequence[File], sources: Iterable[Source], licence: Mapping[str, str]
) -> dict[str, Any]:
    """The descriptor of a package that holds `files`."""
    return {
        "$schema": PROFILE,
        "name": f"gouji-{release.release_id}",
        "title": f"勾稽 {release.release_id}：政府信息公开工作年度报告的核对数据",
        "description": "Statutory figures of annual reports on government information disclosure as printed, every "
        "rule asked of them, findings, and coverage. Columns: docs/tables.md of gouji.",
        "version": release.release_id,
        "created": release.created_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "keywords": ["政府信息公开", "年度报告", "勾稽关系"],
        "licenses": [dict(licence)],
        "sources": [{"title": f"{it.documents} documents", "path": it.path} for it in sources],
        "resources": [_resource(file) for file in files],
    }


def _resource(file: File) -> dict[str, Any]:
    return {
        "name": file.table.name.replace("_", "-") + ("" if file.form == "csv" else f"-{file.form}"),
        "path": file.path,
        "title": file.table.name,
        "description": f"{file.table.meaning} {_NOTES[file.form]} {file.rows} rows.",
        **_TYPES[file.form],
        "mediatype": _MEDIA[file.form],
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "schema": _schema(file.table, file.form),
    }


def _schema(table: Table, form: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
        "primaryKey": list(table.key),
    }
    if table.name in _REFERENCES:
        column, other = _REFERENCES[table.name]
        resource = other.replace("_", "-") + ("" if form == "csv" else f"-{form}")
        found["foreignKeys"] = [{"fields": [column], "reference": {"resource": resource, "fields": [column]}}]
    return found


def _field(column: Column) -> dict[str, Any]:
    kind = _kind(column.type)
    field: dict[str, Any] = {"name": column.name, "type": kind, "description": column.meaning}
    # Empty text is text, but looks like nothing in CSV.
    if column.required and kind != "string":
        field["constraints"] = {"required": True}
    return field


def _kind(kind: pa.DataType) -> str:
    tests = (
        (pa.types.is_integer, "integer"),
        (pa.types.is_decimal, "number"),
        (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"),
        (pa.types.is_timestamp, "datetime"),
        (pa.types.is_nested, "array"),
    )
    return next((name for test, name in tests if test(kind)), "string")
