"""The table spec and the document made from it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from warehouse.errors import SpecError
from warehouse.spec import ERRORS, RELEASES, TABLES, markdown

ROOT = Path(__file__).resolve().parents[2]


def test_document_is_current() -> None:
    committed = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
    assert committed == markdown(), "run: python -m warehouse.spec > docs/tables.md"


def test_keys_and_partitions_are_columns_without_nulls() -> None:
    for table in (*TABLES.values(), RELEASES, ERRORS):
        assert len(set(table.names)) == len(table.names)
        for name in {*table.key, *table.unit}:
            assert not table.schema.field(name).nullable, (table.name, name)


def test_quarantine_has_the_columns_of_the_tables() -> None:
    assert TABLES["held_reports"].schema == TABLES["reports"].schema
    assert TABLES["held_cells"].schema == TABLES["cells"].schema
    assert TABLES["cells"].schema.field("value").type == pa.decimal128(38, 10)


def test_conform_casts_only_without_loss() -> None:
    table = TABLES["coverage"]
    row = dict.fromkeys(table.names, "x") | {"year": 2023, "since": date(2026, 3, 1), "late_days": 0, "duplicates": 0}
    assert table.conform(pa.Table.from_pylist([row])).schema == table.schema
    with pytest.raises(SpecError, match="coverage"):
        table.conform(pa.Table.from_pylist([row | {"year": 70_000}]))
    with pytest.raises(SpecError, match="coverage"):
        table.conform(pa.Table.from_pylist([row | {"year": "MMXXIII"}]))
