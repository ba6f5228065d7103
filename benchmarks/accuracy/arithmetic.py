"""The critical rules within one report, said once more and apart from the product: what a slip must break."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from samples import keys

Cells = Mapping[str, Decimal | None]
_ENDS = ("received", "carried_in", "processed_total", "carried_out")
_SIGNED = ("items_change", "in_force", "amount")


def broken(cells: Cells) -> set[tuple[str, str]]:
    """Every critical (rule, scope) that the figures break; a blank counts as 0 beside filled cells."""
    return {*_columns(cells), *_rows(cells), *_blocks(cells), *_counts(cells), *_stocks(cells), *_items(cells)}


def _grid(cells: Cells) -> dict[str, dict[str, Decimal | None]]:
    rows: dict[str, dict[str, Decimal | None]] = {}
    for key, value in cells.items():
        table, row, column = key.split(".")
        if table == "applications":
            rows.setdefault(row, {})[column] = value
    return rows


def _columns(cells: Cells) -> Iterator[tuple[str, str]]:
    rows = _grid(cells)
    for column in (*keys.COLUMNS, keys.TOTAL):
        figures = {row: values[column] or Decimal(0) for row, values in rows.items()}
        received, before, done, after = (figures[row] for row in _ENDS)
        if received + before != done + after:
            yield "T3-IDENT", column
        if sum(figures.values()) - received - before - done - after != done:
            yield "T3-DETAIL", column


def _rows(cells: Cells) -> Iterator[tuple[str, str]]:
    for row, values in _grid(cells).items():
        total = values[keys.TOTAL]
        parts = [values[column] for column in keys.COLUMNS]
        filled = total is not None and any(part is not None for part in parts)
        if filled and sum(part or Decimal(0) for part in parts) != total:
            yield "T3-ROW", row


def _blocks(cells: Cells) -> Iterator[tuple[str, str]]:
    for block in keys.BLOCKS:
        *parts, total = (cells[f"disputes.{block}.{name}"] for name in (*keys.OUTCOMES, keys.TOTAL))
        filled = any(value is not None for value in (*parts, total))
        if filled and sum(part or Decimal(0) for part in parts) != (total or Decimal(0)):
            yield "T4-SUM", block


def _counts(cells: Cells) -> Iterator[tuple[str, str]]:
    for key, value in cells.items():
        if value is not None and not key.endswith(_SIGNED) and (value < 0 or value != value.to_integral_value()):
            yield "T3-INTEGER", key


def _stocks(cells: Cells) -> Iterator[tuple[str, str]]:
    for kind in keys.DOCUMENTS:
        newly, total = (cells.get(f"proactive.{kind}.{name}_published") for name in ("newly", "total"))
        if newly is not None and total is not None and total < newly:
            yield "T2-STOCK", kind


def _items(cells: Cells) -> Iterator[tuple[str, str]]:
    for row in keys.ITEM_ROWS:
        before, change = (cells.get(f"proactive.{row}.items_{name}") for name in ("previous", "change"))
        if before is not None and change is not None and before + change < 0:
            yield "T2-ITEMS", row
