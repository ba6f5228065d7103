"""Rows of a scan whose labels cannot be read: named by the form where they stand between rows that can.

Only recognised cells (confidence below one) are named so, only where exactly as many rows are unread as the form
has between the two that are known, and only if what was read of the label is not unlike the form's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from form.catalogue import EDITIONS, row_labels
from form.labels import skeleton
from form.lines import Line, has_values, is_figure

#: value cells of a row at least, by table
_VALUES: Final = {"applications": 7, "proactive": 1}
_HAN: Final = re.compile(r"[\u4e00-\u9fff]{2}")
#: the least likeness of a label to the form's
_ALIKE: Final = 0.3


def placed(lines: Sequence[Line], table: str) -> list[Line]:
    """The lines of a table of one report, those that can only be one row of the form as that row."""
    out = list(lines)
    known = {line.row for line in lines if line.role == "data"}
    for first, run, last in _runs(lines, table):
        for edition in reversed(EDITIONS):
            rows = _between(table, edition, first, last)
            if rows is None or len(rows) != len(run) or not known.isdisjoint(rows):
                continue
            named = [_named(lines[i], table, row, edition) for i, row in zip(run, rows, strict=True)]
            if all(line is not None for line in named):
                for i, line in zip(run, named, strict=True):
                    out[i] = line or out[i]
                known.update(rows)
                break
    return out


def _runs(lines: Sequence[Line], table: str) -> Iterator[tuple[str | None, list[int], str | None]]:
    """Runs of unknown rows of figures, each with the known row before it and the one after."""
    before: str | None = None
    run: list[int] = []
    for i, line in enumerate(lines):
        if line.role == "data":
            if run:
                yield before, run, line.row
            before, run = line.row, []
        elif _is_row(line, table):
            run.append(i)
    if run:
        yield before, run, None


def _is_row(line: Line, table: str) -> bool:
    """Whether a line is a row of figures, whatever its label."""
    if line.role == "figures":
        return len(line.cells) >= _VALUES[table]
    at = _label(line, table)
    # A group's label with another label after it: 不予公开 | I1.属于国家秘密.
    unknown = line.role == "other" or (line.role == "group" and at > line.label)
    return unknown and at >= 0 and has_values(line, at)


def _is_unread(line: Line, table: str) -> bool:
    """Whether a row of figures is a scan's, so that its label may be there and not be read."""
    if line.role == "figures":
        # Its label stands in the cell above, whose lower rule is hidden.
        return table == "applications" and len(line.cells) == _VALUES[table] and line.cells[0].confidence < 1
    return line.cells[_label(line, table)].confidence < 1


def _label(line: Line, table: str) -> int:
    """The index of the cell before the row's values."""
    most = len(line.cells) - _VALUES[table]
    before = line.cells[: max(most, 0)]
    words = [i for i, c in enumerate(before) if _HAN.search(c.text) or (c.text.strip() and not is_figure(c.text))]
    return words[-1] if words else -1


def _between(table: str, edition: str, first: str | None, last: str | None) -> tuple[str, ...] | None:
    """The form's rows between two of them; None if it does not have these two in this order."""
    rows = [row for row, _ in _rows(table, edition)]
    if (first is not None and first not in rows) or (last is not None and last not in rows):
        return None
    start = rows.index(first) + 1 if first is not None else 0
    stop = rows.index(last) if last is not None else len(rows)
    return tuple(rows[start:stop]) if start <= stop else None


def _named(line: Line, table: str, row: str, edition: str) -> Line | None:
    if not _is_unread(line, table):
        return None
    if line.role == "figures":
        return replace(line, role="data", table=table, row=row, label=-1, fuzzy="placed")
    at = _label(line, table)
    printed = skeleton(line.cells[at].text)
    like = max(
        SequenceMatcher(None, printed, skeleton(label), autojunk=False).ratio()
        for name, labels in _rows(table, edition)
        if name == row
        for label in labels
    )
    if like < _ALIKE:
        return None
    return replace(line, role="data", table=table, row=row, label=at, fuzzy="placed")


@lru_cache(maxsize=8)
def _rows(table: str, edition: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The rows of a table that hold figures, in the form's order, with their labels."""
    return tuple((r.row, (r.label, *r.variants)) for r in row_labels(edition) if r.table == table and r.row)
