"""The default province as a night sees it: documents read by the real readers, registry by the real loader."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from expectations.world import UNANNOUNCED, World
from extractors.read import read
from flows.world import world_of
from form.recognise import read_reports
from portals.registry import Registry, load
from warehouse.rows import Provenance, cell_rows, report_rows
from warehouse.spec import TABLES

Line = dict[str, Any]


def tables(lines: list[Line], files: dict[str, Path], registry: Registry) -> tuple[pa.Table, pa.Table]:
    """`reports` and `cells` of the documents that hold a report."""
    sources = []
    for line in lines:
        if not line["cells"]:
            continue
        (report,) = read_reports(read(files[line["address"]].read_bytes()))
        unit = registry.units[line["unit_id"]]
        place = Provenance(
            unit_id=unit.id,
            unit_name=unit.name,
            code=unit.code,
            level=unit.level,
            kind=unit.kind,
            parent_id=unit.parent,
            year=line["year"],
            address=line["address"],
            media_type="",
            sha256="",
            capture_id=line["address"],
            reader="",
            published=date.fromisoformat(line["published"]),
        )
        sources.append((place, report))
    return report_rows(sources), cell_rows(sources)


def world(lines: list[Line], registry: Registry) -> World:
    """What stands around them."""
    names = ("unit_id", "code", "level", "kind", "year", "status", "address")
    coverage = [
        {name: line[name] for name in names}
        | {"unit_name": line["unit"], "report_id": f"{line['unit_id']}-{line['year']}" if line["cells"] else None}
        for line in lines
    ]
    documents = [
        {"unit_id": line["unit_id"], "year": line["year"], "address": line["address"], "capture_id": line["address"]}
        | {"sha256": "", "reader": "", "outcome": line["no_report"] or "report"}
        for line in lines
        if line["address"]
    ]
    return world_of(
        registry,
        pa.Table.from_pylist(coverage, schema=TABLES["coverage"].schema),
        pa.Table.from_pylist(documents, schema=TABLES["documents"].schema),
        UNANNOUNCED.empty_table(),
    )


def registry_of(sources: Path) -> Registry:
    """The registry as the portals' own loader reads it."""
    return load(sources)
