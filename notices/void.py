"""Waivers that cover nothing any more, in the words that a mail has for units, rules and cells."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from notices.findings import Names
from notices.text import plain

#: a cell as a run's record names it, of the report itself or of another one
_CELL: Final = re.compile(r" ?(?P<key>[a-z_]+\.[a-z_]+\.[a-z_]+)(@\S+-(?P<year>\d{4}))?(?![\w.@]) ?")


def void_lines(
    void: Sequence[Mapping[str, str]],
    coverage: pa.Table,
    told: pa.Table,
    names: Names,
    scopes: Mapping[tuple[str, str], str],
) -> tuple[str, ...]:
    """A line for each void waiver of a run's record: unit, year, rule, place and the reason.

    `coverage` is that of all units, `told` of those that the reader is told of; a waiver of a unit that neither has
    is everybody's. `scopes` has the labels by rule and scope.
    """
    if not void:
        return ()
    units, near = _units(void, coverage), _units(void, told)
    return tuple(
        _line(it, units, names, scopes) for it in void if (unit := _unit(it)[0]) in near or unit not in units
    )


def _unit(void: Mapping[str, str]) -> tuple[str, str]:
    """Unit and year that the id of a report is made of."""
    unit, _, year = void["report_id"].rpartition("-")
    return unit, year


def _units(void: Sequence[Mapping[str, str]], coverage: pa.Table) -> dict[str, str]:
    """The names of the units concerned, as far as the table has them."""
    ids = coverage["unit_id"].cast(pa.string())
    rows = coverage.select(["unit_id", "unit_name"]).filter(pc.is_in(ids, pa.array([_unit(it)[0] for it in void])))
    return {row["unit_id"]: row["unit_name"] for row in rows.to_pylist()}


def _line(
    void: Mapping[str, str], units: Mapping[str, str], names: Names, scopes: Mapping[tuple[str, str], str]
) -> str:
    unit, year = _unit(void)
    rule, scope = void["rule"], void["scope"]
    where = scopes.get((rule, scope)) or names.cells.get(scope, scope)
    title = names.rules.get(rule, "")
    reason = _CELL.sub(lambda found: _cell(found, names), void["reason"])
    return f"{plain(units.get(unit, unit), 60)} · {year} 年，{plain(where, 80)}：{title} {rule}。{reason}"


def _cell(found: re.Match[str], names: Names) -> str:
    label = names.cells.get(found["key"])
    if label is None:
        return found[0]
    return f"“{label}”" + (f"（{found['year']} 年）" if found["year"] else "")
