"""Shelves of made reports as the evaluator's tables: reports, cells and the world around them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pyarrow as pa
from made_reports import Made, tables
from naive_around import Shelf, Unit

from expectations import UNITS, World, evaluate

#: columns of the warehouse's `reports` that `made_reports` leaves out
MORE = {
    "code": pa.string(),
    "parent_id": pa.string(),
    "scope": pa.string(),
    "published": pa.date32(),
    "overview": pa.string(),
    "problems": pa.string(),
    "other_matters": pa.string(),
}


def named(unit: Unit, year: int, made: Made) -> Made:
    """The report as one of a unit and year, unless it says otherwise of itself."""
    facts = {
        "unit_id": unit.id,
        "unit_name": f"单位{unit.id}",
        "kind": unit.kind,
        "parent_id": unit.parent,
        **made.facts,
    }
    return Made(made.cells, made.edition, year, facts, made.notes, made.printed)


def world_of(shelf: Shelf, **more: Any) -> World:
    rows = [
        {
            "unit_id": unit.id,
            "unit_name": f"单位{unit.id}",
            "code": unit.id[:6],
            "level": "county",
            "kind": unit.kind,
            "parent_id": unit.parent,
            "first_year": unit.first,
            "last_year": unit.last,
            "predecessors": list(unit.predecessors),
            "children_complete": unit.complete,
        }
        for unit in shelf.units.values()
    ]
    return World(pa.Table.from_pylist(rows, schema=UNITS), **more)


def arrow(shelf: Shelf) -> tuple[pa.Table, pa.Table]:
    made = {f"{u}-{y}": named(shelf.units[u], y, report) for (u, y), report in shelf.reports.items()}
    reports, cells = tables(made)
    for name, kind in MORE.items():
        values = [one.facts.get(name) for one in made.values()]
        if name == "code":
            values = [str(one.facts["unit_id"])[:6] for one in made.values()]
        reports = reports.append_column(name, pa.array(values, kind))
    return reports, cells


def judged(
    shelf: Shelf, subjects: Collection[str] | None = None, **more: Any
) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Verdicts by report_id, rule and scope."""
    rows = evaluate(*arrow(shelf), world_of(shelf, **more), subjects).to_pylist()
    found = {(row["report_id"], row["rule"], row["scope"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def one_unit(*reports: Made, first: int = 2020, unit: Unit | None = None) -> Shelf:
    """A shelf of one unit, with a report a year."""
    unit = unit or Unit("620100")
    return Shelf({unit.id: unit}, {(unit.id, first + n): made for n, made in enumerate(reports)})


def outcomes(rows: Mapping[tuple[str, str, str], Mapping[str, Any]], rule: str) -> dict[tuple[str, str], str]:
    """Outcomes of one rule by report_id and scope."""
    return {(report, scope): row["outcome"] for (report, name, scope), row in rows.items() if name == rule}
