"""Rows told apart by their names as by their values; a ledger's dates as looked up one by one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from flows.kin import report_id
from flows.ledger import since
from flows.names import about, named, without

TEXTS = st.sampled_from([None, "", "甲", "a-2023", "a", "published"])
ROWS = st.lists(
    st.tuples(st.sampled_from(["a", "a-2023", "b"]), st.integers(2022, 2024), TEXTS, st.dates()), max_size=9
)
SCHEMA = pa.schema([("unit_id", pa.string()), ("year", pa.int32()), ("status", pa.string()), ("since", pa.date32())])


def table(rows: list[tuple[Any, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in rows], schema=SCHEMA)


def unique(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return list({row[:2]: row for row in rows}.values())


@given(ROWS, ROWS)
def test_rows_that_only_one_table_has(before: list[tuple[Any, ...]], now: list[tuple[Any, ...]]) -> None:
    columns = SCHEMA.names[:3]
    old, new = table(before), table(now)
    left = without(old, named(old, columns), named(new, columns)).select(columns).to_pylist()
    had = {row[:3] for row in now}
    assert [tuple(row.values()) for row in left] == [row[:3] for row in before if row[:3] not in had]


@given(ROWS, st.sets(st.tuples(st.sampled_from(["a", "a-2023", "c"]), st.integers(2022, 2024))))
def test_rows_of_some_units_and_years(rows: list[tuple[Any, ...]], keys: set[tuple[str, int]]) -> None:
    found = about(table(rows), {"nobody", *map(report_id, keys)})
    assert found.equals(table([row for row in rows if row[:2] in keys]))


@given(ROWS, ROWS, st.dates())
def test_a_status_keeps_the_day_on_which_it_was_first_found(
    before: list[tuple[Any, ...]], now: list[tuple[Any, ...]], today: date
) -> None:
    held = {row[:3]: row[3] for row in unique(before)}
    rows = [(*row[:3], today) for row in unique(now)]
    found = since(table(unique(before)), table(rows))
    assert found.equals(table([(*row[:3], held.get(row[:3], today)) for row in rows]))
