"""Copies of a table within one report: those whose captions name another year or scope are not its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from form import vocabulary as words
from form.captions import Caption, caption_of
from form.catalogue import DISPUTE_KEYS, TABLES
from form.gathering import Gathered, place_of
from form.grid import Document, Paragraph
from form.lines import Line, has_values
from form.reading import Scope

_WHOLE: Final = "whole"

#: year and scope that a caption names
_Time = tuple[int | None, Scope | None]


@dataclass(slots=True)
class Copy:
    """Lines of one table that stand under one caption."""

    table: str
    caption: Caption | None
    lines: list[Line] = field(default_factory=list)

    @property
    def time(self) -> _Time:
        """What the caption names."""
        return (self.caption.year, self.caption.scope) if self.caption else (None, None)

    def rows(self) -> set[str]:
        """The rows it prints; of table four its blocks, and that it is whole."""
        return {row for line in self.lines for row in _rows(line)}


def foreign(document: Document, report: Gathered, year: int | None, scope: Scope | None) -> list[Copy]:
    """The copies that are of another year or scope than the report, where the same rows stand elsewhere too.

    A table that stands once is the report's, whatever stands above it: there a year may be a slip of the pen.
    """
    repeated = [table for table in TABLES if _repeats(report.lines[table])]
    if not repeated:
        return []
    copies = [copy for copy in _copies(document, report) if copy.table in repeated]
    printed: dict[tuple[str, _Time], set[str]] = {}
    for copy in copies:
        printed.setdefault((copy.table, copy.time), set()).update(copy.rows())
    others = {
        (table, time)
        for (table, time), rows in printed.items()
        if any(t == table and other != time and not rows.isdisjoint(own) for (t, other), own in printed.items())
    }
    return [
        copy
        for copy in copies
        if copy.caption and copy.caption.another(year, scope) and (copy.table, copy.time) in others
    ]


def _repeats(lines: Sequence[Line]) -> bool:
    rows = [row for line in lines if line.role != "head" for row in _rows(line)]
    return len(rows) > len(set(rows)) or _blocks_repeat(lines)


def _blocks_repeat(lines: Sequence[Line]) -> bool:
    """Whether blocks of table four are headed twice, over fewer columns than the whole has."""
    blocks = [row for line in lines if line.role == "head" for row in _rows(line)]
    return len(blocks) > len(set(blocks))


def _rows(line: Line) -> Iterator[str]:
    if line.role == "data":
        yield line.row
    elif line.table == "disputes":
        if line.role == "head":
            yield from filter(None, (words.DISPUTE_BLOCKS.exact(cell.text) for cell in line.cells))
        elif len(line.cells) >= len(DISPUTE_KEYS) and (line.role in ("figures", "empty") or has_values(line, 0)):
            yield _WHOLE


def _copies(document: Document, report: Gathered) -> list[Copy]:
    """The lines of all tables in order, parted where the table changes or a caption stands."""
    found: list[Copy] = []
    caption: Caption | None = None
    grid = report.first - 1
    for line in sorted((x for lines in report.lines.values() for x in lines), key=place_of):
        if line.grid != grid:
            above = (b.text for b in reversed(document.blocks[grid + 1 : line.grid]) if isinstance(b, Paragraph))
            caption = caption_of(above) or caption
            grid = line.grid
        if inner := _inner_caption(line):
            caption = inner
            continue
        if caption or not found or found[-1].table != line.table:
            found.append(Copy(line.table, caption))
            caption = None
        found[-1].lines.append(line)
    return found


def _inner_caption(line: Line) -> Caption | None:
    """The caption that a row of one text within the grid is."""
    texts = [cell.text for cell in line.cells if cell.text.strip()]
    return caption_of(texts) if len(texts) == 1 and line.role in ("other", "noise", "figures") else None
