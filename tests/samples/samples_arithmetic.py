"""The rules within one report once more, written for the tests alone, from `domain/rules.md`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

Cells = Mapping[str, Decimal | None]
Broken = tuple[str, str, str]

PEOPLE = ("natural_person", "business", "research", "civil_society", "legal_service", "other_organisation")
ENDS = ("received", "carried_in", "processed_total", "carried_out")
PARTS = ("upheld", "corrected", "other", "pending")


def table_three(cells: Cells) -> dict[str, dict[str, Decimal | None]]:
    """Row -> column -> figure, as the keys give them."""
    rows: dict[str, dict[str, Decimal | None]] = {}
    for key, value in cells.items():
        table, row, column = key.split(".")
        if table == "applications":
            rows.setdefault(row, {})[column] = value
    return rows


def broken(cells: Cells, year: int, edition: str, level: str) -> set[Broken]:
    """Every (rule, severity, scope) that fails, of the rules that figures alone decide."""
    return {
        *_three_columns(cells),
        *_three_rows(cells),
        *_three_form(cells, year, edition),
        *_four(cells),
        *_two_documents(cells, level),
        *_two_items(cells),
    }


def _number(value: Decimal | None) -> Decimal:
    return Decimal(0) if value is None else value


def _three_columns(cells: Cells) -> Iterator[Broken]:
    rows = table_three(cells)
    for column in (*PEOPLE, "total"):
        figures = {row: values[column] for row, values in rows.items()}
        if all(value is None for value in figures.values()):
            continue
        received, before, done, after = (_number(figures[row]) for row in ENDS)
        if received + before != done + after:
            yield "T3-IDENT", "critical", column
        if sum(_number(value) for row, value in figures.items() if row not in ENDS) != done:
            yield "T3-DETAIL", "critical", column


def _three_rows(cells: Cells) -> Iterator[Broken]:
    for row, values in table_three(cells).items():
        parts = [values[column] for column in PEOPLE]
        if all(part is None for part in parts):
            continue
        if values["total"] is None:
            yield "T3-TOTAL-BLANK", "info", row
        elif sum(map(_number, parts)) != values["total"]:
            yield "T3-ROW", "critical", row


def _three_form(cells: Cells, year: int, edition: str) -> Iterator[Broken]:
    mine = {key: value for key, value in cells.items() if key.startswith("applications.")}
    for key, value in cells.items():
        signed = key.endswith(("items_change", "in_force", "amount"))
        if value is not None and not signed and (value < 0 or value != value.to_integral_value()):
            yield "T3-INTEGER", "critical", key
    if all(value is None for value in mine.values()):
        yield "T3-EMPTY", "warning", "applications"
    if year >= 2021 and (edition == "2019" or "applications.other.total" in mine):
        yield "T3-EDITION", "warning", "applications"


def _four(cells: Cells) -> Iterator[Broken]:
    blocks = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
    figures = {b: [cells[f"disputes.{b}.{name}"] for name in (*PARTS, "total")] for b in blocks}
    empty = {block for block, values in figures.items() if all(value is None for value in values)}
    for block, values in figures.items():
        if block in empty:
            if len(empty) < 3:
                yield "T4-BLANK", "info", block
        elif sum(map(_number, values[:4])) != _number(values[4]):
            yield "T4-SUM", "critical", block


def _two_documents(cells: Cells, level: str) -> Iterator[Broken]:
    for kind in ("regulations", "normative_documents"):
        mine = {
            key.rpartition(".")[2]: _number(value)
            for key, value in cells.items()
            if key.startswith(f"proactive.{kind}.")
        }
        if "in_force" in mine:
            if mine["in_force"] < 0:
                yield "T2-INFORCE", "critical", kind
            if mine["in_force"] < mine["issued"] - mine["repealed"]:
                yield "T2-INFORCE", "warning", kind
        else:
            if mine["newly_published"] > mine["newly_made"]:
                yield "T2-FLOW", "warning", kind
            if mine["total_published"] < mine["newly_published"]:
                yield "T2-STOCK", "critical", kind
        if kind == "regulations" and any(mine.values()) and level in ("county", "township"):
            yield "T2-LEVEL", "warning", "regulations"


def _two_items(cells: Cells) -> Iterator[Broken]:
    for key, value in cells.items():
        if key.endswith(".items_change") and _number(value) + _number(cells[key[:-6] + "previous"]) < 0:
            yield "T2-ITEMS", "critical", key.split(".")[1]
    if "proactive.procurement.items" in cells:
        items, amount = (cells[f"proactive.procurement.{name}"] for name in ("items", "amount"))
        if bool(items) != bool(amount):
            yield "T2-PROCUREMENT", "warning", "procurement"
    fees = cells.get("proactive.fees.amount")
    # Seven decimals of 万元 are three decimals of 元.
    if fees is not None and fees * 100 != (fees * 100).to_integral_value():
        yield "T2-FEE", "warning", "fees"
