"""The labels of both editions together, by the place where they may stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from form.catalogue import EDITIONS, ColumnLabel, RowLabel, column_labels, row_labels
from form.labels import Labels, Mark, Name, mark_of, normal

#: what a group label of table three names: it is no row of its own
GROUP: Final = ""
#: heads that tell a table at sight
HEAD: Final = "head"

_BLOCK: Final = re.compile(r"^第?(?:二十|20)条.{0,4}\(?[一五六八九]\)?项?")


def _rows(table: str) -> Iterator[RowLabel]:
    # The newer form first: where both print a label, its numbering is the one to expect.
    for edition in reversed(EDITIONS):
        yield from (r for r in row_labels(edition) if r.table == table)


def _columns(table: str) -> Iterator[ColumnLabel]:
    for edition in reversed(EDITIONS):
        yield from (c for c in column_labels(edition) if c.table == table)


def _row_names(table: str, prefixes: tuple[str, ...] = ("",)) -> Iterator[Name]:
    for row in _rows(table):
        for text in (row.label, *row.variants):
            for prefix in prefixes:
                yield Name(f"{row.under}{text}" if prefix else text, row.row, mark_of(row.label))


def _column_names(table: str) -> Iterator[Name]:
    for column in _columns(table):
        yield from (Name(text, column.column) for text in (column.label, *column.variants))


def _heads(table: str, ambiguous: frozenset[str]) -> Iterator[Name]:
    for column in _columns(table):
        names = (column.label, *column.variants)
        yield from (Name(text, HEAD) for text in names if text not in ambiguous)


#: rows of table two -> row id
PROACTIVE_ROWS: Final = Labels((n for n in _row_names("proactive") if n.what), turn=True)
#: columns of table two -> column id ('' for 信息内容)
PROACTIVE_COLUMNS: Final = Labels(_column_names("proactive"), turn=True)
#: rows of table three -> row id (GROUP for a heading); a leaf's label may carry its group's before it
APPLICATION_ROWS: Final = Labels(n for prefixes in (("",), ("under",)) for n in _row_names("applications", prefixes))
#: columns of table three -> column id
APPLICATION_COLUMNS: Final = Labels(n for n in _column_names("applications") if n.what)
_SHARED: Final = frozenset({"其他", "总计", "合计", "企业", "其他组织", "维持", "纠正"})
#: column labels that stand in no other table
APPLICATION_HEADS: Final = Labels(_heads("applications", _SHARED))
#: columns of table four -> column id
DISPUTE_COLUMNS: Final = Labels(_column_names("disputes"))
#: blocks of table four -> block id ('' for 行政诉讼)
DISPUTE_BLOCKS: Final = Labels(_row_names("disputes"))
DISPUTE_HEADS: Final = Labels([*_heads("disputes", _SHARED), *(Name(n.text, HEAD) for n in _row_names("disputes"))])


def is_block_header(text: str) -> bool:
    """Whether a cell is a block header of table two, such as `第二十条第（一）项`."""
    return bool(_BLOCK.match(normal(text))) and len(normal(text)) <= 24


def application_label(row: str) -> tuple[str, Mark | None]:
    """The label of a row of table three as the form prints it, and its numbering."""
    label = next(r.label for r in _rows("applications") if r.row == row)
    return label, mark_of(label)
