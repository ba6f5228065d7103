"""The form as data: every cell, row and column of both editions, from `editions/*/rows.csv, columns.csv`.

A key is `proactive.{row}.{column}`, `applications.{row}.{column}` or `disputes.{row}.{column}`; the rows of
table four are its blocks. Order and units follow the contract's `cells.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

EDITIONS: Final = ("2019", "2021")
TABLES: Final = ("proactive", "applications", "disputes")


@dataclass(frozen=True, slots=True)
class RowLabel:
    """A printed row label. `row` is '' for a heading; `under` is the group label it stands under.

    `leaf` marks the outcomes of table three whose sum is `processed_total`.
    """

    table: str
    block: str
    row: str
    under: str
    label: str
    variants: tuple[str, ...]
    leaf: bool


@dataclass(frozen=True, slots=True)
class ColumnLabel:
    """A printed column label. `column` is '' for a heading; `unit` is 件, 项 or 元."""

    table: str
    block: str
    column: str
    label: str
    variants: tuple[str, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class CellSpec:
    """One statutory cell: `label` is its row and column as printed, for people."""

    key: str
    table: str
    row: str
    column: str
    editions: tuple[str, ...]
    label: str
    unit: str


def _records(edition: str, name: str) -> list[dict[str, str]]:
    text = files("form").joinpath("editions", edition, name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _variants(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


@cache
def row_labels(edition: str) -> tuple[RowLabel, ...]:
    """All row labels of an edition, headings included, in the order of the form."""
    return tuple(
        RowLabel(
            table=r["table"],
            block=r["block"],
            row=r["row"],
            under=r["under"],
            label=r["label"],
            variants=_variants(r["variants"]),
            leaf=r["leaf"] == "1",
        )
        for r in _records(edition, "rows.csv")
    )


@cache
def column_labels(edition: str) -> tuple[ColumnLabel, ...]:
    """All column labels of an edition, headings included, in the order of the form."""
    return tuple(
        ColumnLabel(
            table=r["table"],
            block=r["block"],
            column=r["column"],
            label=r["label"],
            variants=_variants(r["variants"]),
            unit=r["unit"],
        )
        for r in _records(edition, "columns.csv")
    )


def _printed(row: RowLabel, column: ColumnLabel) -> str:
    label = f"{row.under} {row.label}".strip()
    return f"{label} × {column.label}" if row.table == "applications" else f"{label} {column.label}"


def _specs(edition: str) -> Iterator[CellSpec]:
    columns = [c for c in column_labels(edition) if c.column]
    for row in row_labels(edition):
        if not row.row:
            continue
        for column in columns:
            if (column.table, column.block) == (row.table, row.block):
                key = f"{row.table}.{row.row}.{column.column}"
                yield CellSpec(key, row.table, row.row, column.column, (edition,), _printed(row, column), column.unit)


_BY_EDITION: Final = {edition: tuple(_specs(edition)) for edition in EDITIONS}


def _after_predecessor(base: Iterable[CellSpec], extra: Iterable[CellSpec]) -> list[CellSpec]:
    """`base` with the specs it lacks put in where `extra` has them."""
    merged = list(base)
    place = {spec.key: index for index, spec in enumerate(merged)}
    at = 0
    for spec in extra:
        if spec.key in place:
            at = merged.index(next(m for m in merged if m.key == spec.key)) + 1
        else:
            merged.insert(at, spec)
            at += 1
    return merged


def _merged() -> tuple[CellSpec, ...]:
    # Table two is another table in each edition, so its cells follow one another; table three is the same
    # table with other rows, so they interleave.
    specs: list[CellSpec] = []
    for table in TABLES:
        old, new = ([s for s in _BY_EDITION[e] if s.table == table] for e in EDITIONS)
        if table == "proactive":
            known = {s.key for s in new}
            specs += new + [s for s in old if s.key not in known]
        else:
            specs += _after_predecessor(new, old)
    printed = {s.key: tuple(e for e in EDITIONS if s.key in _keys(e)) for s in specs}
    return tuple(CellSpec(s.key, s.table, s.row, s.column, printed[s.key], s.label, s.unit) for s in specs)


@cache
def _keys(edition: str) -> frozenset[str]:
    return frozenset(s.key for s in _BY_EDITION[edition])


#: every cell of both editions once, in the order of the contract
CELLS: Final[tuple[CellSpec, ...]] = _merged()
_BY_KEY: Final = {spec.key: spec for spec in CELLS}
POSITION: Final = {spec.key: index for index, spec in enumerate(CELLS)}


def keys_of(edition: str) -> tuple[str, ...]:
    """The keys that an edition prints, in the order of its form: 198 for 2019, 200 for 2021."""
    return tuple(s.key for s in _BY_EDITION[edition])


def cell(key: str) -> CellSpec:
    """The cell of a key; KeyError for a key that no edition has."""
    return _BY_KEY[key]


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def rows_of(table: str, edition: str) -> tuple[str, ...]:
    """The row ids of a table in the order of an edition; for table four these are its three blocks."""
    return tuple(r.row for r in row_labels(edition) if r.table == table and r.row)


def leaf_rows(edition: str) -> tuple[str, ...]:
    """The rows of table three whose sum is `processed_total`: 19 in 2019, 21 in 2021."""
    return tuple(r.row for r in row_labels(edition) if r.leaf)


#: the seven columns of table three; the last is the sum of the others
APPLICATION_COLUMNS: Final = _unique(
    c.column for c in column_labels("2021") if c.table == "applications" and c.column
)
#: the three blocks of table four, and the five columns of each; the last is the sum of the others
DISPUTE_BLOCKS: Final = rows_of("disputes", "2021")
DISPUTE_COLUMNS: Final = _unique(c.column for c in column_labels("2021") if c.table == "disputes" and c.column)
#: the keys of table four's one row, from left to right
DISPUTE_KEYS: Final = tuple(f"disputes.{b}.{c}" for b in DISPUTE_BLOCKS for c in DISPUTE_COLUMNS)
