"""The data file of a unit: what its own page and those of its reports show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from form.catalogue import POSITION
from notices.site import cells as form_cells
from notices.site.cells import Cells
from notices.site.chain import chain
from notices.site.model import Batch, Facts, Picture
from notices.site.payload_findings import counts, finding, history, ranked
from notices.site.payload_report import Sources, version
from notices.text import link, plain
from notices.words import reason

_LETTERS: Final = {"pass": "p", "fail": "f", "not_evaluable": "n", "not_applicable": "-"}
#: where scopes of one rule differ, the gravest is shown
_GRAVITY: Final = {"f": 3, "n": 2, "p": 1, "-": 0}

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Tables:
    """The rows of a batch by unit or report."""

    reports: Mapping[str, list[tuple[str, Row, Cells]]]
    findings: Mapping[str, list[Row]]
    events: Mapping[str, list[Row]]
    verdicts: Mapping[str, Mapping[tuple[str, str], tuple[str, str | None]]]


def units(
    coverage: pa.Table, batch: Batch, facts: Facts, names: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """(unit_id, data) of each unit in `coverage`, whose rows are those of the batch's units.

    `names` maps the ids of all units to their names.
    """
    tables = _Tables(
        _reports(batch), _by(batch.findings, "report_id"), _by(batch.events, "unit_id"), _verdicts(batch)
    )
    for unit_id, rows in sorted(_by(coverage, "unit_id").items()):
        yield unit_id, _unit(sorted(rows, key=lambda row: row["year"]), tables, batch, facts, names)


def _unit(
    rows: Sequence[Row], tables: _Tables, batch: Batch, facts: Facts, names: Mapping[str, str]
) -> dict[str, Any]:
    first = rows[0]
    rules = {rule.id: rule for rule in facts.rules}
    reports: dict[str, Any] = {}
    newest: dict[int, Cells] = {}
    for row in rows:
        report_id = f"{row['unit_id']}-{row['year']}"
        found = tables.findings.get(report_id, [])
        data: dict[str, Any] = {"findings": [finding(one, rules) for one in ranked(found)]}
        versions = tables.reports.get(report_id, [])
        if versions:
            newest[row["year"]] = versions[0][2]
            sources = Sources(batch, tables.verdicts.get(report_id, {}))
            data["versions"] = [version(*one, sources, number == 0) for number, one in enumerate(versions)]
            data["rules"] = _outcomes(tables.verdicts.get(report_id, {}), [rule.id for rule in facts.rules])
            if pictures := batch.pictures.get(report_id):
                data["pictures"] = [_picture(one) for one in pictures]
        if versions or found:
            reports[str(row["year"])] = data
    parent = first["parent_id"]
    return {
        "id": first["unit_id"],
        "name": plain(first["unit_name"], 80),
        "level": first["level"],
        "kind": first["kind"],
        "parent": [parent, plain(names.get(parent, parent), 80)] if parent else None,
        "years": [_year(row, tables.findings.get(f"{row['unit_id']}-{row['year']}", [])) for row in rows],
        "chain": chain(newest),
        "events": history(tables.events.get(first["unit_id"], []), rules),
        "reports": reports,
    }


def _year(row: Row, found: Sequence[Row]) -> dict[str, Any]:
    data = {
        "year": row["year"],
        "status": row["status"],
        "gate": row["gate"],
        "reason": plain(reason(row["reason"]), 200) if row["reason"] else "",
        "address": plain(row["address"], 300),
        "link": link(row["address"]),
        "counts": counts(found),
    }
    return {name: value for name, value in data.items() if value}


def _outcomes(verdicts: Mapping[tuple[str, str], tuple[str, str | None]], rules: Sequence[str]) -> str:
    """One letter a rule, in the order of the catalogue: the gravest of its scopes; `-` where none was asked."""
    worst = dict.fromkeys(rules, "-")
    for (rule, _), (outcome, _) in verdicts.items():
        letter = _LETTERS.get(outcome, "-")
        if rule in worst and _GRAVITY[letter] > _GRAVITY[worst[rule]]:
            worst[rule] = letter
    return "".join(worst.values())


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "file": picture.file,
        "width": picture.width,
        "height": picture.height,
        "label": plain(picture.label, 60),
        "boxes": {str(POSITION[key]): list(box) for key, box in sorted(picture.boxes.items()) if key in POSITION},
    }


def _reports(batch: Batch) -> dict[str, list[tuple[str, Row, Cells]]]:
    """report_id -> its versions, newest first: what the gate holds, what is released, what was before."""
    found: dict[str, list[tuple[str, Row, Cells]]] = {}
    seen: set[tuple[str, str]] = set()
    layers: list[tuple[str, pa.Table, pa.Table]] = [
        ("held", batch.held_reports, batch.held_cells),
        ("released", batch.reports, batch.cells),
        *((one.release_id, one.reports, one.cells) for one in batch.earlier),
    ]
    for gate, reports, cells in layers:
        own = form_cells.by_report(cells)
        for row in reports.to_pylist():
            key = (row["report_id"], row["sha256"])
            if key not in seen:
                seen.add(key)
                found.setdefault(row["report_id"], []).append((gate, row, own.get(row["report_id"], form_cells.NONE)))
    return found


def _verdicts(batch: Batch) -> dict[str, dict[tuple[str, str], tuple[str, str | None]]]:
    found: dict[str, dict[tuple[str, str], tuple[str, str | None]]] = {}
    columns = (batch.verdicts[name].to_pylist() for name in ("report_id", "rule", "scope", "outcome", "message"))
    for report_id, rule, scope, outcome, message in zip(*columns, strict=True):
        found.setdefault(report_id, {})[rule, scope] = (outcome, message)
    return found


def _by(table: pa.Table, column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in table.to_pylist():
        found.setdefault(row[column], []).append(row)
    return found
