"""Statutory tables without rules: rows by their labels, columns by where figures and headers stand.

Camelot's parsers for text alone know neither labels of several lines nor blank cells, so a table that has
both comes out of them with rows torn apart (see docs/decisions/0014). What is read here is never beyond doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from extractors.pdf.labelled import APPLICATION, HEAD_2, HEAD_3, HEAD_4, PROACTIVE, Label, labels_of
from extractors.pdf.runs import Run
from extractors.pdf.tracking import joined
from form import vocabulary as words
from form.catalogue import APPLICATION_COLUMNS, DISPUTE_BLOCKS, DISPUTE_COLUMNS
from form.grid import BBox, Cell, Grid
from form.lines import COMMON, application_row, is_figure

#: how sure a figure is that no rule holds in its place
SURE: Final = 0.8
#: labels that a page must show before its words are taken for a table
FEWEST: Final = 3
#: a header stands at most this far above its first row, figures of table four as far below theirs (points)
_HEAD: Final = 150.0
#: header labels of one block of table two stand at most this far apart in height (points)
_LEVEL: Final = 20.0

#: characters of a printed page number, at most
_NUMBER: Final = 12

Interval = tuple[float, float]


@dataclass(slots=True)
class Loose:
    """What stands on one page: grids with their upper edges, and the runs that they did not take."""

    page: int
    runs: list[Run]
    #: the columns of table three on the page before
    carried: Sequence[Interval] = ()
    grids: list[tuple[float, Grid]] = field(default_factory=list)
    _labels: list[Label] = field(default_factory=list)

    def read(self) -> None:
        """Take the tables out of the runs."""
        self._labels = labels_of(self.runs)
        if len(self._labels) < FEWEST:
            return
        self._applications()
        self._proactive()
        self._disputes()

    def _of(self, *kinds: str) -> list[Label]:
        return [label for label in self._labels if label.kind in kinds]

    def _applications(self) -> None:
        strong = [r for r in self._of(APPLICATION) if r.what not in COMMON]
        if not strong:
            return
        left, top = max(r.x1 for r in strong), max(r.y1 for r in strong)
        if self.carried and not self._of(HEAD_3):
            # Rows too common to tell the table may stand first on a page that goes on with it.
            left = max(left, self.carried[0][0] - 1)
            top = max(r.y1 for r in self._of(APPLICATION) if r.x1 <= left + 1)
        rows = [r for r in self._of(APPLICATION) if r.x1 <= left + 1 and r.y1 <= top]
        rows += self._damaged(rows, left, top)
        heads = [
            h for h in self._labels
            if top <= h.y0 <= top + _HEAD and h.x0 >= left and words.APPLICATION_COLUMNS.exact(h.text)
        ]  # fmt: skip
        values = self._figures(left, top, min(r.y0 for r in rows))
        columns: Sequence[Interval] = _clusters([*((h.x0, h.x1) for h in heads), *((v.x0, v.x1) for v in values)])
        if len(columns) != len(APPLICATION_COLUMNS):
            columns = self.carried
        if len(columns) != len(APPLICATION_COLUMNS):
            return
        self.carried = columns
        self._emit(rows, sorted(heads, key=lambda h: h.x0), columns, values)

    def _damaged(self, rows: Sequence[Label], left: float, top: float) -> list[Label]:
        """Rows of table three, each of one line, whose labels lack characters."""
        known, low = {r.what for r in rows}, min(r.y0 for r in rows)
        found: dict[str, Label] = {}
        for run in self.runs:
            text = run.text.strip()
            if run.x1 > left + 1 or not low <= run.y0 <= top or is_figure(text):
                continue
            what = application_row(text, near=True)
            if what and what not in known:
                found.setdefault(what, Label(APPLICATION, what, text, run.x0, run.y0, run.x1, run.y1, (run,)))
        return list(found.values())

    def _proactive(self) -> None:
        starts = [h for h in self._of(HEAD_2) if not h.what]
        self._headless(max((h.y1 for h in starts), default=-1.0))
        for index, start in enumerate(starts):
            until = starts[index + 1].y1 if index + 1 < len(starts) else -1.0
            heads = [h for h in self._of(HEAD_2) if h.what and abs(h.y0 - start.y0) <= _LEVEL and h.x0 > start.x0]
            rows = [r for r in self._of(PROACTIVE) if until < r.y0 < start.y0 and r.x0 < heads[0].x0] if heads else []
            if rows:
                heads.sort(key=lambda h: h.x0)
                columns = [(h.x0, h.x1) for h in heads]
                values = self._figures(max(r.x1 for r in rows), start.y0, min(r.y0 for r in rows))
                self._emit(rows, heads, columns, values, start)

    def _headless(self, low: float) -> None:
        """Rows of table two above the first header of the page: theirs is on the page before."""
        for row in self._of(PROACTIVE):
            beside = [v for v in self._figures(row.x1, row.y1, row.y0) if row.y0 > low and _beside(row, v, [row])]
            if beside:
                self._emit([row], [], _clusters([(v.x0, v.x1) for v in beside]), beside)

    def _disputes(self) -> None:
        heads = [
            h for h in self._labels
            if words.DISPUTE_COLUMNS.exact(h.text) and any(
                abs(h.y0 - d.y0) <= 2 * _LEVEL for d in self._of(HEAD_4)
            )
        ]  # fmt: skip
        heads.sort(key=lambda h: h.x0)
        if [words.DISPUTE_COLUMNS.exact(h.text) for h in heads] != list(DISPUTE_COLUMNS) * len(DISPUTE_BLOCKS):
            return
        low = min(h.y0 for h in heads)
        values = [v for v in self._figures(-1.0, low, low - _HEAD) if v.y0 < low]
        if not values and not any(r.y0 < low and len(r.text.strip()) > _NUMBER for r in self.runs):
            # The figures stand on the next page.
            return
        level = max((v.y0 for v in values), default=low)
        self._emit([], heads, [(h.x0, h.x1) for h in heads], [v for v in values if v.y0 >= level - 3.0])

    def _figures(self, left: float, high: float, low: float) -> list[Run]:
        """Figures right of the labels, between two heights."""
        return [
            r for r in self.runs
            if r.text.strip() and is_figure(r.text.strip()) and (r.x0 + r.x1) / 2 > left
            and low - (r.y1 - r.y0) <= r.y0 <= high
        ]  # fmt: skip

    def _emit(
        self, rows: Sequence[Label], heads: Sequence[Label], columns: Sequence[Interval], values: Sequence[Run],
        corner: Label | None = None,
    ) -> None:  # fmt: skip
        """Make a grid: a header, the rows by height, and figures beside no label in rows of their own."""
        cells: list[Cell] = []
        shift = 1 if rows else 0
        number = 0
        if heads:
            cells += [self._head(corner, 0)] if rows else []
            cells += [self._head(h, _nearest(columns, h.x0, h.x1) + shift) for h in heads]
            number = 1
        beside = [(row, [v for v in values if _beside(row, v, rows)]) for row in sorted(rows, key=lambda r: -r.y0)]
        held = {id(v) for _, mine in beside for v in mine}
        left = [v for v in values if id(v) not in held]
        for row, mine in beside:
            if not mine and (left or _may_be_none(row, rows)):
                # Whether the row is blank, or has the figures that no label is beside, cannot be told.
                continue
            cells.append(self._cell(number, 0, row.text, (row.x0, row.y0, row.x1, row.y1)))
            cells += self._row(number, mine, columns, shift)
            number += 1
        if left:
            cells += [self._cell(number, 0, "", None)] if rows else []
            cells += self._row(number, left, columns, shift)
            number += 1
        elif not rows:
            cells += self._row(number, [], columns, shift)
            number += 1
        taken = {id(run) for label in (*rows, *heads, *([corner] if corner else [])) for run in label.runs}
        taken |= {id(v) for v in values}
        self.runs = [run for run in self.runs if id(run) not in taken]
        upper = max(label.y1 for label in (*rows, *heads))
        self.grids.append((upper, Grid(tuple(cells), number, len(columns) + shift, self.page)))

    def _head(self, label: Label | None, column: int) -> Cell:
        box = (label.x0, label.y0, label.x1, label.y1) if label else None
        return self._cell(0, column, label.text if label else "", box)

    def _row(self, number: int, values: Sequence[Run], columns: Sequence[Interval], shift: int) -> Iterator[Cell]:
        under: list[list[Run]] = [[] for _ in columns]
        for value in values:
            under[_nearest(columns, value.x0, value.x1)].append(value)
        for column, here in enumerate(under):
            text, sure, doubt = joined("\n".join(v.text.strip() for v in sorted(here, key=lambda v: (-v.y0, v.x0))))
            cell = self._cell(number, column + shift, text, _around(here))
            yield cell.doubted(sure, doubt) if doubt else cell

    def _cell(self, row: int, column: int, text: str, box: BBox | None) -> Cell:
        return Cell(row, column, text, page=self.page, bbox=box, confidence=SURE)


def _may_be_none(row: Label, rows: Sequence[Label]) -> bool:
    """Whether a label without figures may be no row: 总计 of table four, or （六） over rows of its own."""
    return row.what in COMMON or (row.what == "other" and any(r.what.startswith("other_") for r in rows))


def _around(runs: Sequence[Run]) -> BBox | None:
    if not runs:
        return None
    return min(r.x0 for r in runs), min(r.y0 for r in runs), max(r.x1 for r in runs), max(r.y1 for r in runs)


def _clusters(spans: Sequence[Interval]) -> list[Interval]:
    """Intervals that overlap, as one."""
    merged: list[Interval] = []
    for x0, x1 in sorted(spans):
        if merged and x0 < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], x1))
        else:
            merged.append((x0, x1))
    return merged


def _nearest(columns: Sequence[Interval], x0: float, x1: float) -> int:
    """The column that an interval overlaps most, or stands nearest to."""
    return max(
        range(len(columns)),
        key=lambda i: (min(x1, columns[i][1]) - max(x0, columns[i][0]), -abs(x0 + x1 - sum(columns[i]))),
    )


def _beside(row: Label, value: Run, rows: Sequence[Label]) -> bool:
    """Whether no other label is nearer in height to a figure, and this one is near."""

    def away(label: Label) -> float:
        return max(label.y0 - value.y0, value.y0 - label.runs[0].y0, 0.0)

    near = away(row)
    height = max(value.y1 - value.y0, 1.0)
    return near <= height and all(near < away(other) or other is row for other in rows)
