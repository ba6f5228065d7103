"""The comparison of a batch with what is released: every difference is seen, and nothing else."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.changes import comparing, find
from warehouse.table import Column, Table

LISTS: tuple[Any, ...] = (None, [], [None], [""], ["a"], ["a", None], [None, "a"])
TABLE = Table(
    "things",
    "",
    (
        Column("id", pa.string(), "", True),
        Column("a", pa.list_(pa.string()), ""),
        Column("b", pa.list_(pa.string()), ""),
        Column("text", pa.string(), ""),
        Column("value", pa.decimal128(38, 10), ""),
    ),
    ("id",),
    "id",
)


def _rows(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist([dict.fromkeys(TABLE.names) | row for row in rows], schema=TABLE.schema)


def _differing(old: pa.Table, new: pa.Table, folder: Path) -> dict[str, bool]:
    """id -> whether released rows are replaced."""
    pq.write_table(old, folder / "old.parquet")
    with comparing() as connection:
        changes = find(connection, TABLE, new, TABLE.units(new), {None: [str(folder / "old.parquet")]})
    return {row["id"]: row["replaces"] for row in changes.units.to_pylist()} if changes else {}


def test_lists_are_told_apart(tmp_path: Path) -> None:
    pairs = list(product(LISTS, LISTS))
    for shift in range(len(pairs)):
        turned = pairs[shift:] + pairs[:shift]
        old = _rows([{"id": str(n), "a": a, "b": b} for n, (a, b) in enumerate(pairs)])
        new = _rows([{"id": str(n), "a": a, "b": b} for n, (a, b) in enumerate(turned)])
        assert len(_differing(old, new, tmp_path)) == (len(pairs) if shift else 0), shift


def test_text_and_figures_are_told_apart(tmp_path: Path) -> None:
    values = [None, Decimal(0), Decimal(1), Decimal("1E-10"), Decimal("-1"), Decimal(10) ** 27]
    pairs = list(product([None, "", "0", "1", "a\x00", "a"], values))
    for shift in (0, 1, 7, 20):
        turned = pairs[shift:] + pairs[:shift]
        old = _rows([{"id": str(n), "text": text, "value": value} for n, (text, value) in enumerate(pairs)])
        new = _rows([{"id": str(n), "text": text, "value": value} for n, (text, value) in enumerate(turned)])
        assert len(_differing(old, new, tmp_path)) == (len(pairs) if shift else 0), shift


def test_rows_twice_added_and_unknown(tmp_path: Path) -> None:
    one = {"id": "1", "text": "x"}
    other = {"id": "1", "text": "y"}
    assert _differing(_rows([one, one]), _rows([one]), tmp_path) == {"1": True}
    assert _differing(_rows([one, one]), _rows([other, other]), tmp_path) == {"1": True}
    assert _differing(_rows([one, other]), _rows([other, one]), tmp_path) == {}
    assert _differing(_rows([{"id": "0"}, one]), _rows([one, {"id": "2"}]), tmp_path) == {"2": False}
