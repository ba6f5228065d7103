"""The catalogue of `form` as the rules see it: positions, rows, columns, blocks and short Chinese labels."""

from __future__ import annotations

from typing import Final

from form.catalogue import APPLICATION_COLUMNS, CELLS, DISPUTE_BLOCKS, DISPUTE_COLUMNS, POSITION, leaf_rows

#: Every key once, in the order of `contract/cells.csv`: axis 0 of a batch.
KEYS: Final = tuple(cell.key for cell in CELLS)
INDEX: Final = POSITION
EDITIONS: Final = {cell.key: frozenset(cell.editions) for cell in CELLS}

TOTAL: Final = "total"
ROWS: Final = tuple(dict.fromkeys(cell.row for cell in CELLS if cell.table == "applications"))
COLUMNS: Final = APPLICATION_COLUMNS
#: natural_person and the five kinds of organisation
APPLICANTS: Final = tuple(column for column in COLUMNS if column != TOTAL)
#: the leaf rows of （一）…（五）, then （六） as one row and as three
LEAVES: Final = tuple(row for row in leaf_rows("2019") if row in leaf_rows("2021"))
OTHER_ROW: Final = next(row for row in leaf_rows("2019") if row not in LEAVES)
OTHER_ROWS: Final = tuple(row for row in leaf_rows("2021") if row not in LEAVES)
BLOCKS: Final = DISPUTE_BLOCKS
RESULTS: Final = tuple(result for result in DISPUTE_COLUMNS if result != TOTAL)


def application(row: str, column: str) -> str:
    """The key of a cell of table three."""
    return f"applications.{row}.{column}"


def dispute(block: str, result: str) -> str:
    """The key of a cell of table four."""
    return f"disputes.{block}.{result}"


OTHER_ONE: Final = tuple(application(OTHER_ROW, column) for column in COLUMNS)
OTHER_THREE: Final = tuple(application(row, column) for row in OTHER_ROWS for column in COLUMNS)
APPLICATIONS: Final = tuple(cell.key for cell in CELLS if cell.table == "applications")
#: counts of documents, cases and items
COUNTS: Final = tuple(cell.key for cell in CELLS if cell.unit in {"件", "项"})
#: amounts of money, kept in 元 and told in 万元, the form's own unit
AMOUNTS: Final = frozenset(cell.key for cell in CELLS if cell.unit == "元")
WAN: Final = 10_000
#: counts whose sign is another rule's business: T2-ITEMS and T2-INFORCE
SIGNED: Final = frozenset(cell.key for cell in CELLS if cell.column in {"items_change", "in_force"})

#: columns of table two that count what happened in the year, not what stood at its end
_HAPPENED: Final = frozenset(
    {"issued", "repealed", "newly_made", "newly_published", "decisions", "amount", "items"}
)  # items: 采购项目数量, contracts of the year
#: rows of table three that say what stood open when a year began or ended
_OPEN: Final = frozenset({"carried_in", "carried_out"})
#: what happened in the year, once: the figures that may be added up over units
FLOWS: Final = tuple(
    cell.key
    for cell in CELLS
    if (cell.table == "proactive" and cell.column in _HAPPENED)
    or (cell.table == "applications" and cell.row not in _OPEN)
)
#: the figures of table four: a case may be counted by two, so they are never added up
DISPUTES: Final = tuple(cell.key for cell in CELLS if cell.table == "disputes")
#: figures of one table, each key once
TABLES: Final = {
    table: tuple(cell.key for cell in CELLS if cell.table == table)
    for table in ("proactive", "applications", "disputes")
}

_LABELS: Final = {cell.key: cell.label for cell in CELLS}
#: what a row's label says beside its name
_ASIDES: Final = ("三、本年度办理结果 ", "（区分处理的，只计这一情形，不计其他情形）")


def _row_label(row: str) -> str:
    text = _LABELS[application(row, TOTAL)].split(" × ")[0]
    for aside in _ASIDES:
        text = text.replace(aside, "")
    return text


def _column_label(column: str) -> str:
    # 其他 alone would not say that it is the last kind of organisation.
    label = _LABELS[application("received", column)].split(" × ")[1]
    return "法人或其他组织·其他" if column == "other_organisation" else label


ROW_LABELS: Final = {row: _row_label(row) for row in ROWS}
COLUMN_LABELS: Final = {column: _column_label(column) for column in COLUMNS}
BLOCK_LABELS: Final = {block: _LABELS[dispute(block, TOTAL)].rsplit(" ", 1)[0] for block in BLOCKS}


def label(key: str) -> str:
    """A cell's full printed label."""
    return _LABELS[key]


def short_label(key: str, scope: str) -> str:
    """A cell's printed label within a scope: what the scope itself does not already say."""
    table, row, column = key.split(".")
    if table == "applications":
        return COLUMN_LABELS[column] if scope == row else ROW_LABELS[row]
    return _LABELS[key].rsplit(" ", 1)[1]
