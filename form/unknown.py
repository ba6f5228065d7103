"""Rows whose labels are not exactly the form's: named by likeness, or left as they are."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final

from form import vocabulary as words
from form.breaks import label_index
from form.catalogue import CELLS
from form.labels import mark_of, skeleton
from form.lines import Line, application_row, has_values

_ROWS: Final = tuple(dict.fromkeys(c.row for c in CELLS if c.table == "applications"))


def near_application(line: Line, before: str) -> Line:
    """The line as a row of table three; `before` is the row above it, which tells what short labels may follow."""
    at = label_index(line)
    if at < 0 or not has_values(line, at):
        return line
    text = line.cells[at].text
    expected = _next_rows(before)
    row = application_row(text, near=True)
    if row is None:
        row = next((r for r in expected if _alike(text, r)), None)
    if not row:
        return line
    fuzzy = "supported" if row in expected else "near"
    return replace(line, role="data", row=row, label=at, fuzzy=fuzzy)  # type: ignore[arg-type]


def _next_rows(row: str) -> tuple[str, ...]:
    """The rows that may follow a row: the next, or where the editions differ, the next ones."""
    if row not in _ROWS:
        return _ROWS[:1]
    at = _ROWS.index(row)
    if row == "declined_reconfirmation":
        return _ROWS[at + 1 : at + 3]
    return ("processed_total",) if row == "other" else _ROWS[at + 1 : at + 2]


def _alike(text: str, row: str) -> bool:
    """A short label with a slip: the numbering is right and most characters are there."""
    name, mark = words.application_label(row)
    ratio = SequenceMatcher(None, skeleton(text), skeleton(name), autojunk=False).ratio()
    return mark is not None and mark_of(text) == mark and ratio >= 0.6


def near_proactive(line: Line) -> Line:
    """The line as a row of table two, or a header of it."""
    at = label_index(line)
    if at >= 0 and has_values(line, at):
        row = words.PROACTIVE_ROWS.near(line.cells[at].text)
        return replace(line, role="data", row=row, label=at, fuzzy="near") if row else line
    # A header of another thing is a header too: the figures under it are not the form's.
    like = [words.PROACTIVE_COLUMNS.like(c.text) for c in line.cells]
    return replace(line, role="head") if any(found is not None for found in like) else line
