"""Document -> the rows of the statutory tables in it, report by report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

from form import vocabulary as words
from form.breaks import first_of, join_breaks, label_index, last_of, table_of, whole
from form.catalogue import CELLS, DISPUTE_BLOCKS, DISPUTE_COLUMNS, TABLES
from form.grid import Document, Grid, Paragraph
from form.labels import mark_of, normal, skeleton
from form.lines import COMMON, Line, application_row, has_values, lines_of
from form.order import in_place
from form.placing import placed
from form.turning import upright

#: unknown rows that are compared with every label; a real report has a handful
MAX_UNKNOWN: Final = 200

_ROWS: Final = tuple(dict.fromkeys(c.row for c in CELLS if c.table == "applications"))
#: figures of table four in one row
_DISPUTES: Final = len(DISPUTE_BLOCKS) * len(DISPUTE_COLUMNS)
#: a title, short and with its year, as it stands between two reports of one document
_TITLE: Final = re.compile(r"^.{0,40}信息公开.{0,12}(年度报告|年报|的报告).{0,12}$")
_OVERVIEW: Final = re.compile(r"^.{0,4}总体情况$")


@dataclass(slots=True)
class Gathered:
    """The lines of one report by table, and the range of the document's blocks that belong to it.

    `rows` are the rows found in each table; table four has one, unnamed.
    """

    lines: dict[str, list[Line]] = field(default_factory=lambda: {t: [] for t in TABLES})
    rows: dict[str, set[str]] = field(default_factory=lambda: {t: set() for t in TABLES})
    first: int = 0
    stop: int = 0

    def add(self, line: Line) -> None:
        """Take in a line of a known table."""
        self.lines[line.table].append(line)
        if line.role in ("data", "figures"):
            self.rows[line.table].add(line.row)

    def place(self) -> None:
        """Name the rows of a scan that only their neighbours tell."""
        for table in ("proactive", "applications"):
            lines = self.lines[table]
            # Headers were kept until a known row followed: an unknown one may stand before its own.
            named = placed(sorted(lines, key=lambda x: (x.grid, min((c.row for c in x.cells), default=0))), table)
            if any(line.fuzzy == "placed" for line in named):
                self.lines[table] = named
                self.rows[table] |= {line.row for line in named if line.role == "data"}

    def grids(self) -> list[int]:
        """The indices of the blocks that hold the tables, in order."""
        return sorted({x.grid for lines in self.lines.values() for x in lines})


def gather(document: Document) -> list[Gathered]:
    """The reports of a document: lines with every row's table told, and ranges of blocks."""
    grids = _statutory(document)
    join_breaks(grids)
    walk = _Walk(document)
    for lines in grids:
        for line in lines:
            walk.take(line)
    walk.finish()
    for report in walk.found:
        report.place()
    _bound(walk.found, document)
    return walk.found


def _statutory(document: Document) -> list[list[Line]]:
    """The lines of the grids that hold parts of the form, grid by grid."""
    accepted: list[list[Line]] = []
    for index, block in enumerate(document.blocks):
        if not isinstance(block, Grid):
            continue
        lines = lines_of(upright(block), index)
        if any(line.strong for line in lines) or (accepted and _continues(lines, accepted[-1])):
            accepted.append(lines)
    return accepted


def _continues(lines: list[Line], before: list[Line]) -> bool:
    """Whether a grid without a header goes on with the table of the statutory grid before it."""
    table = table_of(before)
    first, last = first_of(lines, table), last_of(before)
    if first is None or last is None:
        return False
    if whole(last, first):
        return True
    if table == "proactive":
        return any(x.role == "data" and x.table == table for x in lines)
    if table == "applications":
        return any(x.role == "data" and x.row in COMMON for x in lines)
    # The page may cut the header's last row: its halves stand behind the rest and before the figures.
    head = last.role == "head" or (last.role == "other" and any(x.role == "head" for x in before[-2:]))
    return head and any(x.role == "figures" and len(x.cells) >= 5 for x in lines[:2])


class _Walk:
    """Goes through the lines in order and knows table, last row and report at each."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._table = ""
        self._row = ""
        self._heads: list[Line] = []
        self._unknown = 0
        self.found: list[Gathered] = []

    def take(self, line: Line) -> None:
        """Give one line to the table and report it belongs to."""
        line = self._resolved(line)
        if line.role in ("head", "block"):
            self._table, self._row = line.table, ""
            self._heads.append(line)
            return
        if not line.table:
            return
        self._table = line.table
        if line.role == "data":
            self._row = line.row
        if line.role in ("data", "figures") or not self.found:
            self._report(line)
        self.found[-1].add(line)

    def finish(self) -> None:
        """Keep the headers that no data row followed."""
        for head in self._heads:
            if self.found:
                self.found[-1].add(head)

    def _report(self, line: Line) -> None:
        """Begin another report if this row begins a table anew; move the waiting headers in."""
        if not self.found or self._anew(line):
            self.found.append(Gathered())
        for head in self._heads:
            self.found[-1].add(head)
        self._heads = []

    def _anew(self, line: Line) -> bool:
        current = self.found[-1]
        if line.role == "figures" and not (line.table == "disputes" and self._heads):
            return False
        if line.row not in current.rows[line.table]:
            return False
        # Table four may come in three tables, so another row of it alone begins nothing.
        whole = line.table != "disputes" or len(line.cells) >= _DISPUTES
        if whole and all(current.rows.values()):
            return True
        between = self._document.blocks[max(current.grids()) : line.grid]
        return any(isinstance(b, Paragraph) and _TITLE.match(normal(b.text)) for b in between)

    def _resolved(self, line: Line) -> Line:
        """The line with table and role told from what came before it."""
        if line.role == "data" and line.row in COMMON and not self._in_place(line):
            line = replace(line, role="other", table="", row="", label=-1)
        if line.role in ("data", "group", "head", "block"):
            return line
        line = replace(line, table=self._table)
        if line.role != "other" or self._unknown >= MAX_UNKNOWN:
            return line
        self._unknown += 1
        if self._table == "applications":
            return _near_application(line, self._row)
        return _near_proactive(line) if self._table == "proactive" else line

    def _in_place(self, line: Line) -> bool:
        before = self.found[-1].lines["applications"] if self.found else ()
        return self._table == "applications" and in_place(line, before)


def _near_application(line: Line, before: str) -> Line:
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


def _near_proactive(line: Line) -> Line:
    at = label_index(line)
    if at >= 0 and has_values(line, at):
        row = words.PROACTIVE_ROWS.near(line.cells[at].text)
        return replace(line, role="data", row=row, label=at, fuzzy="near") if row else line
    # A header of another thing is a header too: the figures under it are not the form's.
    like = [words.PROACTIVE_COLUMNS.like(c.text) for c in line.cells]
    return replace(line, role="head") if any(found is not None for found in like) else line


def _bound(found: Sequence[Gathered], document: Document) -> None:
    """Tell each report its blocks: a report begins at its title, else at its first section."""
    for one, other in pairwise(found):
        low, high = max(one.grids()) + 1, min(other.grids())
        one.stop = other.first = _beginning(document, low, max(low, high))
    if found:
        found[-1].stop = len(document.blocks)


def _beginning(document: Document, low: int, high: int) -> int:
    texts = {i: normal(b.text) for i, b in enumerate(document.blocks[low:high], low) if isinstance(b, Paragraph)}
    for pattern in (_TITLE, _OVERVIEW):
        for index, text in texts.items():
            if pattern.match(text):
                above = texts.get(index - 1, "")
                alone = text[:2] == "20" and above and len(above) <= 30 and not re.search(r"[\d。]", above)
                return index - 1 if alone else index
    return high
