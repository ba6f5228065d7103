"""The registry, the coverage ledger and the documents, as the rules want them."""

from __future__ import annotations

import pyarrow as pa

from expectations.world import UNITS, World
from portals.registry import Registry


def world_of(registry: Registry, coverage: pa.Table, documents: pa.Table, unannounced: pa.Table) -> World:
    """The world around the reports of a run; tables as the warehouse has them, `unannounced` as the rules want it."""
    rows = [
        {
            "unit_id": unit.id,
            "unit_name": unit.name,
            "code": unit.code,
            "level": unit.level,
            "kind": unit.kind,
            "parent_id": unit.parent,
            "first_year": unit.first_year,
            "last_year": unit.last_year,
            "predecessors": list(unit.predecessors),
            "children_complete": unit.children_complete,
        }
        for _, unit in sorted(registry.units.items())
    ]
    return World(pa.Table.from_pylist(rows, schema=UNITS), coverage, documents, registry.hosts, unannounced)
