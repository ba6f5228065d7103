"""A workbook's sheet of figures of whose reading nobody is sure: released or held as read, to be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from notices import words
from notices.findings import Names
from notices.sheet import Sheet
from notices.text import link

NAME: Final = "读取存疑"
_COLUMNS: Final = (
    ("单位", 18),
    ("年度", 6),
    ("单元格", 34),
    ("所读文字", 14),
    ("另一读法", 14),
    ("置信度", 8),
    ("缘由", 34),
    ("页", 5),
    ("放行", 8),
    ("原文", 60),
)
#: columns that are printed
_PAPER: Final = 9
_FOLDED: Final = dict.fromkeys((0, 2, 3, 4, 6), "wrap")


def write_doubted(sheet: Sheet, rows: Sequence[Mapping[str, Any]], names: Names) -> None:
    """Write a row a cell; `rows` as `flows.doubted` gives them."""
    sheet.table(_COLUMNS, len(rows), frozen=3, printed=_PAPER)
    for row in rows:
        sheet.row(
            [
                row["unit_name"],
                row["year"],
                names.cells.get(row["key"], row["key"]),
                row["printed"] or "空白",
                row["second"] if row["second"] != row["printed"] else None,
                round(row["confidence"], 2),
                row["note"],
                row["page"],
                words.word(words.GATES, row["gate"]),
                row["address"],
            ],
            _FOLDED,
            links={9: link(row["address"])},
        )
