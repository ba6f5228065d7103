"""Reports made for the tests, as Arrow tables with the columns of `docs/architecture.md`.

Written without the rules' own layout, so that the tests do not share its mistakes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pyarrow as pa

from expectations import evaluate

APPLICANTS = ("natural_person", "business", "research", "civil_society", "legal_service", "other_organisation")
COLUMNS = (*APPLICANTS, "total")
LEAVES = (
    *("granted", "partially_granted", "denied_state_secret", "denied_prohibited_by_law"),
    *("denied_security_stability", "denied_third_party", "denied_internal_affairs", "denied_deliberative"),
    *("denied_enforcement_file", "denied_administrative_inquiry", "unavailable_not_held"),
    *("unavailable_requires_creation", "unavailable_unclear", "declined_petition", "declined_duplicate"),
    *("declined_publication", "declined_excessive", "declined_reconfirmation"),
)
ONE_ROW = ("other",)
THREE_ROWS = ("other_correction_overdue", "other_fee_overdue", "other_remaining")
BLOCKS = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
RESULTS = ("upheld", "corrected", "other", "pending")
SECTIONS = ("overview", "proactive", "applications", "disputes", "problems", "other_matters")
ITEM_ROWS = ("licensing", "other_services", "penalties", "coercive_measures", "fees")

UNREADABLE = "?"
REPORTS = pa.schema(
    [
        *((name, pa.string()) for name in ("report_id", "unit_id", "unit", "unit_name", "level", "kind")),
        ("year", pa.int16()),
        ("edition", pa.string()),
        ("address", pa.string()),
        ("sha256", pa.string()),
        ("period_from", pa.date32()),
        ("period_to", pa.date32()),
        ("sections", pa.list_(pa.string())),
        (
            "leftovers",
            pa.list_(pa.struct([("table", pa.string()), ("printed", pa.string()), ("page", pa.int16())])),
        ),
    ]
)
CELLS = pa.schema(
    [
        *((name, pa.string()) for name in ("report_id", "key", "table", "printed")),
        ("value", pa.decimal128(38, 10)),
        ("state", pa.string()),
        ("note", pa.string()),
    ]
)

#: a figure, None where blank, UNREADABLE where unreadable
Cell = Decimal | int | None | str


@dataclass(frozen=True)
class Made:
    """A report: its cells, and what else the rules look at."""

    cells: dict[str, Cell]
    edition: str = "2021"
    year: int = 2023
    facts: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)

    def but(self, cells: Mapping[str, Cell] | None = None, without: Iterable[str] = (), **facts: Any) -> Made:
        """The same report with other cells (those `without` not printed at all) and other facts."""
        gone = set(without)
        kept = {key: cell for key, cell in {**self.cells, **(cells or {})}.items() if key not in gone}
        return replace(self, cells=kept, facts={**self.facts, **facts})


def application(row: str, column: str) -> str:
    return f"applications.{row}.{column}"


def consistent(edition: str = "2021", seed: int = 0, most: int = 40, one_row: bool | None = None) -> Made:
    """A report in which every rule holds; `most` bounds a leaf."""
    rng = Random(seed)
    one_row = edition == "2019" if one_row is None else one_row
    rows = (*LEAVES, *(ONE_ROW if one_row else THREE_ROWS))
    cells: dict[str, Cell] = {}
    sums = dict.fromkeys(("received", "carried_in", *rows, "processed_total", "carried_out"), 0)
    for column in APPLICANTS:
        figures = {row: rng.randint(0, most) for row in rows}
        figures["processed_total"] = sum(figures.values())
        figures["carried_out"] = rng.randint(0, most)
        whole = figures["processed_total"] + figures["carried_out"]
        figures["carried_in"] = rng.randint(0, whole)
        figures["received"] = whole - figures["carried_in"]
        for row in sums:
            cells[application(row, column)] = figures[row]
            sums[row] += figures[row]
    cells |= {application(row, "total"): figure for row, figure in sums.items()}
    for block in BLOCKS:
        results = [rng.randint(0, most) for _ in RESULTS]
        cells |= {f"disputes.{block}.{name}": n for name, n in zip(RESULTS, results, strict=True)}
        cells[f"disputes.{block}.total"] = sum(results)
    cells |= _proactive_2019(rng, most) if edition == "2019" else _proactive_2021(rng, most)
    return Made(cells, edition, 2020 if edition == "2019" else 2023)


def _proactive_2019(rng: Random, most: int) -> dict[str, Cell]:
    cells: dict[str, Cell] = {}
    for row in ("regulations", "normative_documents"):
        made = rng.randint(0, most) if row != "regulations" else 0
        published = rng.randint(0, made)
        figures = (made, published, published + rng.randint(0, most) if row != "regulations" else 0)
        names = ("newly_made", "newly_published", "total_published")
        cells |= {f"proactive.{row}.{name}": n for name, n in zip(names, figures, strict=True)}
    for row in ITEM_ROWS:
        before = rng.randint(0, most)
        cells |= {
            f"proactive.{row}.items_previous": before,
            f"proactive.{row}.items_change": rng.randint(-before, 9),
        }
        if row != "fees":
            cells[f"proactive.{row}.decisions"] = rng.randint(0, most)
    items = rng.randint(0, 5)
    amount = Decimal(rng.randint(1, 10**7)) / 100 if items else 0
    return cells | {"proactive.procurement.items": items, "proactive.procurement.amount": amount}


def _proactive_2021(rng: Random, most: int) -> dict[str, Cell]:
    cells: dict[str, Cell] = {f"proactive.regulations.{name}": 0 for name in ("issued", "repealed", "in_force")}
    issued, repealed = rng.randint(0, most), rng.randint(0, most)
    figures = (issued, repealed, max(0, issued - repealed) + rng.randint(0, most))
    names = ("issued", "repealed", "in_force")
    cells |= {f"proactive.normative_documents.{name}": n for name, n in zip(names, figures, strict=True)}
    for row in ("licensing", "penalties", "coercive_measures"):
        cells[f"proactive.{row}.decisions"] = rng.randint(0, most)
    return cells | {"proactive.fees.amount": Decimal(rng.randint(0, 10**9)) / 100}


def tables(reports: Mapping[str, Made]) -> tuple[pa.Table, pa.Table]:
    """The Arrow tables `reports` and `cells`, in the order given."""
    rows, cells = [], []
    for report_id, made in reports.items():
        rows.append(_report(report_id, made))
        for key, cell in made.cells.items():
            state = "blank" if cell is None else "unreadable" if cell == UNREADABLE else "printed"
            cells.append(
                {
                    "report_id": report_id,
                    "key": key,
                    "table": key.split(".")[0],
                    "printed": made.printed.get(key, "" if cell is None else str(cell)),
                    "value": Decimal(cell) if state == "printed" else None,
                    "state": state,
                    "note": made.notes.get(key),
                }
            )
    return pa.Table.from_pylist(rows, schema=REPORTS), pa.Table.from_pylist(cells, schema=CELLS)


def _report(report_id: str, made: Made) -> dict[str, Any]:
    return {
        "report_id": report_id,
        "unit_id": report_id.rsplit("-", 1)[0],
        "unit": "沂水县人民政府",
        "unit_name": "沂水县人民政府",
        "level": "county",
        "kind": "aggregate",
        "year": made.year,
        "edition": made.edition,
        "address": f"http://example.invalid/{report_id}",
        "sha256": "0" * 64,
        "period_from": date(made.year, 1, 1),
        "period_to": date(made.year, 12, 31),
        "sections": list(SECTIONS),
        "leftovers": [],
        **made.facts,
    }


def verdicts_of(made: Made) -> dict[tuple[str, str], dict[str, Any]]:
    """All verdicts of one report by rule and scope; a repeated pair is an error of the evaluator."""
    rows = evaluate(*tables({"370101-2023": made})).to_pylist()
    found = {(row["rule"], row["scope"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def failed(made: Made) -> set[tuple[str, str]]:
    """Rule and scope of the failures."""
    return {which for which, row in verdicts_of(made).items() if row["outcome"] == "fail"}
