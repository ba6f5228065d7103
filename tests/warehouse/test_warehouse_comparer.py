"""Two versions of rows side by side."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

from warehouse.comparer import Comparer, comparer
from warehouse.table import Column, Table

TABLE = Table(
    "things",
    "Things.",
    (
        Column("report_id", pa.string(), "whose", True),
        Column("key", pa.string(), "what", True),
        Column("table", pa.string(), "a reserved word"),
        Column("value", pa.decimal128(38, 10), "how much"),
        Column("words", pa.list_(pa.string()), "a list"),
        Column("parts", pa.list_(pa.struct([pa.field("a", pa.string())])), "structs"),
    ),
    ("report_id", "key"),
    "report_id",
)
COLUMNS = ("table", "value", "words", "parts")


def rows(**keys: dict[str, object]) -> pa.Table:
    blank = dict.fromkeys(COLUMNS)
    return pa.Table.from_pylist(
        [{"report_id": "r", "key": key, **blank, **values} for key, values in keys.items()], schema=TABLE.schema
    )


@pytest.fixture(scope="module")
def compare() -> Iterator[Comparer]:
    with comparer() as made:
        yield made


def test_rows_that_differ_appear_and_vanish_come_in_the_order_of_the_key(compare: Comparer) -> None:
    before = rows(d={"value": 1}, a={"value": 1, "table": "x"}, c={"value": 5})
    now = rows(c={"value": 5}, b={"value": 2}, a={"value": 2, "table": "y"})
    found = compare.differing(TABLE, before, now, COLUMNS).to_pylist()
    assert [(row["key"], row["change"], row["names"]) for row in found] == [
        ("a", "changed", ["table", "value"]),
        ("b", "appears", []),
        ("d", "vanishes", []),
    ]
    assert (found[0]["before"]["value"], found[0]["now"]["value"]) == (1, 2)
    assert (found[1]["before"], found[2]["now"]) == (None, None)


@pytest.mark.parametrize(
    ("column", "old", "new"),
    [
        ("value", None, 0),
        ("words", None, []),
        ("words", [], [None]),
        ("words", ["a", "b"], ["b", "a"]),
        ("parts", [{"a": "x"}], [{"a": None}]),
        ("table", "", None),
    ],
)
def test_null_is_no_value_and_lists_have_an_order(compare: Comparer, column: str, old: object, new: object) -> None:
    before, now = rows(a={column: old}), rows(a={column: new})
    (found,) = compare.differing(TABLE, before, now, COLUMNS).to_pylist()
    assert found["names"] == [column]
    assert compare.differing(TABLE, before, before, COLUMNS).num_rows == 0
    assert compare.counted(TABLE, before, now, {column: (column,)}) == {column: 1}


def test_columns_that_are_not_compared_do_not_count(compare: Comparer) -> None:
    before, now = rows(a={"table": "x"}, b={"table": "x", "value": 1}), rows(a={"table": "y"}, c={})
    assert compare.differing(TABLE, before, now, ("value",))["key"].to_pylist() == ["b", "c"]
    assert compare.counted(TABLE, before, now, {"one": ("table", "value"), "two": ("words",)}) == {"one": 1, "two": 0}


def test_nothing_beside_nothing(compare: Comparer) -> None:
    assert compare.differing(TABLE, TABLE.empty(), TABLE.empty(), COLUMNS).num_rows == 0
    assert compare.counted(TABLE, TABLE.empty(), TABLE.empty(), {"one": COLUMNS}) == {"one": 0}
