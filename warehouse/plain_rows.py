"""Rows as CSV has them: figures without trailing zeros, times as ISO 8601, lists as JSON, no text a formula."""

from __future__ import annotations

import json
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from warehouse.table import Table

#: what a spreadsheet takes for a formula, signed numbers apart; an apostrophe is put before it, as `gouji query` does
_FORMULA: Final = "^[=@\t\r]"
_SIGNED: Final = "^[+-]"
_NUMBER: Final = "^[+-][0-9.]+$"


def plain_schema(table: Table) -> pa.Schema:
    """The schema of `plain_rows`: numbers stay numbers, all else is text."""
    return pa.schema([pa.field(field.name, _plain_type(field.type)) for field in table.schema])


def plain_rows(rows: pa.Table) -> pa.Table:
    """The rows as text and numbers."""
    columns = {name: _plain(rows[name]) for name in rows.column_names}
    return pa.table(columns)


def _plain_type(kind: pa.DataType) -> pa.DataType:
    return kind if pa.types.is_integer(kind) or pa.types.is_floating(kind) else pa.string()


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column
    if pa.types.is_decimal(kind):
        return _figures(column)
    if pa.types.is_timestamp(kind):
        return pc.strftime(column.cast(pa.timestamp("s", "UTC"), safe=False), format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_nested(kind):
        return pa.chunked_array([pa.array(map(_json, column.to_pylist()), pa.string())])
    return _harmless(column.cast(pa.string()))


def _figures(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decimals with a fixed scale as people write them: 172, 3021.850835."""
    text = column.cast(pa.string())
    # Arrow writes zero as 0E-10, and other figures below a millionth so too.
    zero = pc.equal(column, pa.scalar(0).cast(column.type))
    if pc.any(pc.and_not(pc.match_substring(text, "E"), zero)).as_py():
        text = pa.chunked_array([[None if it is None else format(it, "f") for it in column.to_pylist()]], pa.string())
    trimmed = pc.utf8_rtrim(pc.utf8_rtrim(text, characters="0"), characters=".")
    return pc.if_else(zero, "0", trimmed)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)


def _harmless(column: pa.ChunkedArray) -> pa.ChunkedArray:
    signed = pc.and_not(
        pc.match_substring_regex(column, pattern=_SIGNED), pc.match_substring_regex(column, pattern=_NUMBER)
    )
    formula = pc.or_(pc.match_substring_regex(column, pattern=_FORMULA), signed)
    return pc.if_else(formula, pc.binary_join_element_wise("'", column, ""), column)
