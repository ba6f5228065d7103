"""The three statutory tables as rows of labels and figures, laid out as the form prints them.

A slot is `{"t": label}` or `{"k": number of the key}`, with `"r"` and `"c"` where it spans rows or columns. Numbers
of keys are places in `form.catalogue.CELLS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

from form.catalogue import CELLS, EDITIONS, POSITION, ColumnLabel, RowLabel, column_labels, keys_of, row_labels

Slot = dict[str, Any]
Rows = list[list[Slot]]

#: columns of table two: the label and three figures
_PROACTIVE_COLUMNS: Final = 4
#: columns of labels in table three: section, group, row
_LABELS: Final = 3
_CAPTIONS: Final = {
    "proactive": "二、主动公开政府信息情况",
    "applications": "三、收到和处理政府信息公开申请情况",
    "disputes": "四、政府信息公开行政复议、行政诉讼情况",
}
#: the row of table three that the 2019 form has, and 2021 reports still print
ONE_ROW: Final = "applications.other"


def form_data() -> dict[str, Any]:
    """The keys with labels and units, the order of the keys by edition, and the tables by name."""
    tables = {}
    for edition in EDITIONS:
        tables[f"proactive-{edition}"] = _table("proactive", _proactive(edition))
        tables[f"applications-{edition}"] = _table("applications", _applications(edition))
    tables["disputes"] = _table("disputes", _disputes())
    return {
        "keys": [{"key": cell.key, "label": cell.label, "unit": cell.unit, "table": cell.table} for cell in CELLS],
        "editions": {edition: [POSITION[key] for key in keys_of(edition)] for edition in EDITIONS},
        "tables": tables,
    }


def tables_of(edition: str, one_row: bool) -> list[str]:
    """The names of the tables of a report; `one_row` where its （六） is one row, as in the form of 2019."""
    return [f"proactive-{edition}", f"applications-{EDITIONS[0] if one_row else edition}", "disputes"]


def _table(name: str, rows: Rows) -> dict[str, Any]:
    return {"caption": _CAPTIONS[name], "kind": name, "rows": rows}


def _label(text: str, rows: int = 1, columns: int = 1) -> Slot:
    return {"t": text, **_spans(rows, columns)}


def _figure(key: str, columns: int = 1) -> Slot:
    return {"k": POSITION[key], **_spans(1, columns)}


def _spans(rows: int, columns: int) -> dict[str, int]:
    return {name: span for name, span in (("r", rows), ("c", columns)) if span > 1}


def _proactive(edition: str) -> Rows:
    """Each block of table two: its heading, its column labels, its rows; the last column takes what is left."""
    columns = [column for column in column_labels(edition) if column.table == "proactive"]
    first = next(column.label for column in columns if not column.column)
    labels = [row for row in row_labels(edition) if row.table == "proactive"]
    rows: Rows = []
    for block, members in groupby(labels, key=lambda row: row.block):
        own = [column for column in columns if column.column and column.block == block]
        for row in members:
            if row.row:
                rows.append([_label(row.label), *_spread([f"proactive.{row.row}.{c.column}" for c in own])])
            else:
                rows.append([_label(row.label, columns=_PROACTIVE_COLUMNS)])
                rows.append([_label(first), *_spread_labels(own)])
    return rows


def _spread(keys: Sequence[str]) -> list[Slot]:
    return [_figure(key, _width(place, len(keys))) for place, key in enumerate(keys)]


def _spread_labels(columns: Sequence[ColumnLabel]) -> list[Slot]:
    return [_label(column.label, 1, _width(place, len(columns))) for place, column in enumerate(columns)]


def _width(place: int, of: int) -> int:
    """The columns that figure number `place` of `of` covers."""
    return 1 if place < of - 1 else _PROACTIVE_COLUMNS - of


def _applications(edition: str) -> Rows:
    labels = [row for row in row_labels(edition) if row.table == "applications"]
    columns = [column for column in column_labels(edition) if column.table == "applications"]
    rows = _application_head(columns)
    keys = [column.column for column in columns if column.column]
    section = next(row.label for row in labels if not row.row and not row.under and not row.label.startswith("（"))
    inside = sum(1 for row in labels if row.row and _within(row, section))
    pending: list[Slot] = []
    for row in labels:
        if row.label == section:
            pending = [_label(section, rows=inside)]
        elif not row.row:
            pending.append(_label(row.label, rows=sum(1 for other in labels if other.under == row.label)))
        else:
            wide = 1 if row.under.startswith("（") else _LABELS - 1 if _within(row, section) else _LABELS
            figures = [_figure(f"applications.{row.row}.{key}") for key in keys]
            rows.append([*pending, _label(row.label, columns=wide), *figures])
            pending = []
    return rows


def _within(row: RowLabel, section: str) -> bool:
    """Whether a row stands under 三、本年度办理结果: those numbered （一） to （七） and what is under them."""
    return row.under == section or row.label.startswith("（") or row.under.startswith("（")


def _application_head(columns: Sequence[ColumnLabel]) -> Rows:
    note, applicants, organisations = (column.label for column in columns if not column.column)
    own = [column for column in columns if column.column]
    return [
        [_label(note, 3, _LABELS), _label(applicants, 1, len(own))],
        [_label(own[0].label, 2), _label(organisations, 1, len(own) - 2), _label(own[-1].label, 2)],
        [_label(column.label) for column in own[1:-1]],
    ]


def _disputes() -> Rows:
    """Three blocks side by side: reviews under one heading, both kinds of suits under another."""
    edition = EDITIONS[-1]
    columns = [column for column in column_labels(edition) if column.table == "disputes"]
    labels = [row for row in row_labels(edition) if row.table == "disputes"]
    blocks = [row for row in labels if row.row]
    heads = [
        _label(row.label, 2, len(columns))
        if row.row
        else _label(row.label, 1, len(columns) * sum(1 for block in blocks if block.under == row.label))
        for row in labels
        if not row.under
    ]
    return [
        heads,
        [_label(block.label, 1, len(columns)) for block in blocks if block.under],
        [_label(column.label) for _ in blocks for column in columns],
        [_figure(f"disputes.{block.row}.{column.column}") for block in blocks for column in columns],
    ]
