"""Rows of table three whose labels stand elsewhere too: 其他 and 总计 are the form's only in their places."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Final

from form.labels import Mark, mark_of, skeleton
from form.lines import COMMON, Line

#: lines looked back on for the row before, empty ones and repeated headers among them
_BACK: Final = 40
_SIXTH: Final = Mark("b", 6)
_ITEM: Final = Mark("c", 3)


def in_place(line: Line, before: Sequence[Line]) -> bool:
    """Whether a row named 其他 or 总计 is （六）3.其他 or （七）总计; `before` are the lines of its table before it.

    A sum of the publisher's own may stand behind any row, and an item 其他 under any group. A number （七） tells the
    form's total alone; without it, it stands behind the rows of （六）.
    """
    if line.row not in COMMON:
        return True
    mark = mark_of(line.cells[line.label].text)
    if mark and line.row == "processed_total" and (mark.level == "b" or mark.number == 7):
        return True
    last, sixth = _last(before)
    if last.startswith("other"):
        return True
    if line.row == "processed_total":
        return sixth
    # The form's own number behind the last group before （六） is enough where nothing else tells.
    return sixth or _is_sixth(line) or (mark == _ITEM and (not last or last.startswith("declined")))


def _last(before: Sequence[Line]) -> tuple[str, bool]:
    """The last row known, and whether the group （六） began since."""
    sixth = False
    for line in islice(reversed(before), _BACK):
        if line.role == "data":
            return line.row, sixth
        sixth = sixth or _is_sixth(line)
    return "", sixth


def _is_sixth(line: Line) -> bool:
    texts = [cell.text for cell in line.cells[: line.label + 1 or None]]
    return any(mark_of(text) == _SIXTH and skeleton(text).startswith("其他") for text in texts)
