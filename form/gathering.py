"""Document -> the rows of the statutory tables in it, report by report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Final

from form.breaks import first_of, join_breaks, last_of, table_of, whole
from form.captions import caption_of
from form.catalogue import DISPUTE_KEYS, TABLES
from form.grid import Document, Grid, Paragraph
from form.labels import normal
from form.lines import COMMON, Line, lines_of
from form.order import in_place
from form.placing import placed
from form.turning import upright
from form.unknown import near_application, near_proactive

#: unknown rows that are compared with every label; a real report has a handful
MAX_UNKNOWN: Final = 200

#: a title, short and with its year, as it stands between two reports of one document
_TITLE: Final = re.compile(r"^.{0,40}信息公开.{0,12}(年度报告|年报|的报告).{0,12}$")
_OVERVIEW: Final = re.compile(r"^.{0,4}总体情况$")


@dataclass(slots=True)
class Gathered:
    """The lines of one report by table, and the range of the document's blocks that belong to it.

    `rows` are the rows found in each table; table four has one, unnamed. `last` is the last block of its tables.
    `untitled` is set where nothing but a table anew shows that another report begins, `captioned` where the line
    above it tells only of another year or scope.
    """

    lines: dict[str, list[Line]] = field(default_factory=lambda: {t: [] for t in TABLES})
    rows: dict[str, set[str]] = field(default_factory=lambda: {t: set() for t in TABLES})
    first: int = 0
    stop: int = 0
    last: int = 0
    untitled: bool = False
    captioned: bool = False

    def add(self, line: Line) -> None:
        """Take in a line of a known table."""
        self.lines[line.table].append(line)
        self.last = max(self.last, line.grid)
        if line.role in ("data", "figures"):
            self.rows[line.table].add(line.row)

    def place(self) -> None:
        """Name the rows of a scan that only their neighbours tell."""
        for table in ("proactive", "applications"):
            lines = self.lines[table]
            # Headers were kept until a known row followed: an unknown one may stand before its own.
            named = placed(sorted(lines, key=place_of), table)
            if any(line.fuzzy == "placed" for line in named):
                self.lines[table] = named
                self.rows[table] |= {line.row for line in named if line.role == "data"}

    @property
    def alone(self) -> str:
        """The table whose rows are all it has; '' if it has more."""
        tables = [table for table, rows in self.rows.items() if rows]
        return tables[0] if len(tables) == 1 else ""

    def take_over(self, copy: Gathered) -> None:
        """Take in the lines of what turned out to be another copy of a table of its own."""
        for lines in copy.lines.values():
            for line in lines:
                self.add(line)

    def grids(self) -> list[int]:
        """The indices of the blocks that hold the tables, in order."""
        return sorted({x.grid for lines in self.lines.values() for x in lines})


def place_of(line: Line) -> tuple[int, int]:
    """Where a line stands in its document."""
    return line.grid, min((c.row for c in line.cells), default=0)


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
        self._settle()

    def _settle(self) -> None:
        """Give a table that stands alone to the report before it, if it shows to be another copy of its table."""
        last = self.found[-1] if len(self.found) > 1 else None
        if last and last.alone and (last.untitled if last.alone == "disputes" else last.captioned):
            self.found.pop()
            self.found[-1].take_over(last)

    def _report(self, line: Line) -> None:
        """Begin another report if this row begins a table anew; move the waiting headers in."""
        if not self.found:
            self.found.append(Gathered())
        elif self._anew(line):
            untitled = not self._between(line, _TITLE)
            captioned = untitled and self._captioned(line)
            self._settle()
            self.found.append(Gathered(untitled=untitled, captioned=captioned))
        for head in self._heads:
            self.found[-1].add(head)
        self._heads = []

    def _anew(self, line: Line) -> bool:
        current = self.found[-1]
        if line.role == "figures" and not (line.table == "disputes" and self._heads):
            return False
        if line.row not in current.rows[line.table]:
            # Before a title stands no report's beginning, but the copy of a table four.
            lone = current.untitled and current.alone == "disputes"
            return lone and self._between(line, _TITLE, _OVERVIEW)
        # Table four may come in three tables, so another row of it alone begins nothing.
        whole = line.table != "disputes" or len(line.cells) >= len(DISPUTE_KEYS)
        return (whole and all(current.rows.values())) or self._between(line, _TITLE)

    def _between(self, line: Line, *patterns: re.Pattern[str]) -> bool:
        """Whether a line like that stands between the report's tables and a row."""
        return any(pattern.match(normal(text)) for text in self._above(line) for pattern in patterns)

    def _captioned(self, line: Line) -> bool:
        return caption_of(reversed(self._above(line))) is not None

    def _above(self, line: Line) -> list[str]:
        blocks = self._document.blocks[self.found[-1].last : line.grid]
        return [b.text for b in blocks if isinstance(b, Paragraph)]

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
            return near_application(line, self._row)
        return near_proactive(line) if self._table == "proactive" else line

    def _in_place(self, line: Line) -> bool:
        before = self.found[-1].lines["applications"] if self.found else ()
        return self._table == "applications" and in_place(line, before)


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
