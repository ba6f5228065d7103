"""The value cells of a row -> the columns of its header: by ordinal, with the position as a check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from form.grid import Cell
from form.numbers import split_figures

#: first grid column and the one after the last
Interval = tuple[int, int]

SURE: Final = 1.0
#: the header's spans differ from those of all data rows alike
SPANS: Final = 0.95
#: the ordinal is clear, but the row stands elsewhere than the rows around it
SHIFTED: Final = 0.85
#: cells were found by position, because the row has more or fewer than the header
PLACED: Final = 0.85
#: several readings of the row are possible
DOUBTFUL: Final = 0.6


class Part(NamedTuple):
    """What stands in one column: its cell, its text (None if it cannot be told), how sure that is."""

    cell: Cell
    text: str | None
    confidence: float
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """One part a column (None where the row prints nothing there), and the cells left over."""

    parts: tuple[Part | None, ...]
    spare: tuple[Cell, ...] = ()


def interval(cell: Cell) -> Interval:
    """The grid columns that a cell covers."""
    return cell.column, cell.column + cell.column_span


def usual(rows: Iterable[Sequence[Cell]], count: int) -> tuple[Interval, ...]:
    """Where rows of exactly `count` value cells mostly have them; () if there is no such row.

    Rows that are blank at one end count only where all are: see `lopsided`.
    """
    fitting = [cells for cells in rows if len(cells) == count]
    even = [cells for cells in fitting if not lopsided(cells)]
    seen = Counter(tuple(interval(c) for c in cells) for cells in even or fitting)
    return min(seen, key=lambda places: (-seen[places], places)) if seen else ()


def align(cells: Sequence[Cell], count: int, places: Sequence[Interval]) -> Alignment:
    """Give each of `count` columns its cell.

    `places` are the columns' usual places in this grid, or () where nothing tells them. As many cells as
    columns are taken in order; otherwise cells go where they stand, or are divided into as many figures.
    """
    if len(cells) == count:
        confidence = _ordinal_confidence(cells, places)
        return Alignment(tuple(Part(c, c.text, confidence) for c in cells))
    if len(places) == count:
        placed = _by_place(cells, places)
        # Merged cells under a header that is spanned otherwise stand where no place can tell them apart.
        divided = _divided(_not_beside(cells, places), count) if _contested(placed) else None
        return divided or placed
    if divided := _divided(cells, count):
        return divided
    trimmed = _trimmed(cells, count)
    if trimmed is None:
        return Alignment((None,) * count, tuple(c for c in cells if c.text.strip()))
    return Alignment(tuple(Part(c, c.text, PLACED) for c in trimmed))


def _ordinal_confidence(cells: Sequence[Cell], places: Sequence[Interval]) -> float:
    if not places or all(c.column == start for c, (start, _) in zip(cells, places, strict=False)):
        return SURE
    # An empty first or last cell beside a shift may be one that belongs to the labels or the margin.
    edges = not cells[0].text.strip() or not cells[-1].text.strip()
    return DOUBTFUL if edges else SHIFTED


def lopsided(cells: Sequence[Cell]) -> bool:
    """Whether cells are blank at an end, but not all of them.

    Such a row may have a cell of the labels, or of the margin, and lack one of the columns.
    """
    filled = [bool(c.text.strip()) for c in cells]
    return any(filled) and not (filled[0] and filled[-1])


def _divided(cells: Sequence[Cell], count: int) -> Alignment | None:
    """Fewer cells than columns, if the figures in them are as many as the columns (`0 0 0` in one cell)."""
    parts: list[Part] = []
    for cell in cells:
        figures = split_figures(cell.text, len(cell.text.split())) or (cell.text,)
        note = f"合并单元格“{cell.text.strip()[:40]}”按顺序拆分" if len(figures) > 1 else None
        parts += [Part(cell, text, PLACED, note) for text in figures]
    return Alignment(tuple(parts)) if len(cells) < count == len(parts) else None


def _trimmed(cells: Sequence[Cell], count: int) -> Sequence[Cell] | None:
    """`count` cells, if dropping empty ones at one end alone leads there."""
    extra = len(cells) - count
    if extra <= 0:
        return None
    front = not any(c.text.strip() for c in cells[:extra])
    back = not any(c.text.strip() for c in cells[count:])
    if front == back:
        return None
    return cells[extra:] if front else cells[:count]


def _by_place(cells: Sequence[Cell], places: Sequence[Interval]) -> Alignment:
    under: list[list[Cell]] = [[] for _ in places]
    spare: list[Cell] = []
    wide: dict[int, tuple[Cell, list[int]]] = {}
    for index, cell in enumerate(cells):
        start, stop = interval(cell)
        hits = [i for i, (first, last) in enumerate(places) if start < last and first < stop]
        if not hits:
            spare += [cell] if cell.text.strip() else []
        elif len(hits) == 1:
            under[hits[0]].append(cell)
        else:
            wide[index] = (cell, hits)
    parts = [_one(here) for here in under]
    for cell, hits in wide.values():
        _spread(cell, hits, parts)
    # An empty surplus cell beside a full set of columns is a matter of drawing, not of doubt.
    if not wide and not spare and all(len(here) == 1 for here in under):
        parts = [Part(p.cell, p.text, SURE) if p else None for p in parts]
    return Alignment(tuple(parts), tuple(spare))


def _not_beside(cells: Sequence[Cell], places: Sequence[Interval]) -> list[Cell]:
    """The cells without blank ones that stand before or behind all places: those are of the labels, or the margin."""
    low, high = min(start for start, _ in places), max(stop for _, stop in places)
    return [c for c in cells if c.text.strip() or (c.column < high and c.column + c.column_span > low)]


def _contested(aligned: Alignment) -> bool:
    return any(part is not None and part.text is None for part in aligned.parts)


def _one(here: list[Cell]) -> Part | None:
    """The part of a column under which several narrow cells may stand."""
    filled = [c for c in here if c.text.strip()]
    if len(filled) > 1:
        text = " ".join(c.text for c in filled)
        return Part(filled[0], None, DOUBTFUL, f"一栏之下有多个数字：{text[:60]}")
    if not here:
        return None
    return Part((filled or here)[0], (filled or here)[0].text, SPANS if len(here) > 1 else PLACED)


def _spread(cell: Cell, hits: list[int], parts: list[Part | None]) -> None:
    """A cell over several columns: its text is divided if it holds one figure for each."""
    if not cell.text.strip():
        texts: Sequence[str | None] = ("",) * len(hits)
        note: str | None = None
    elif figures := split_figures(cell.text, len(hits)):
        texts, note = figures, f"合并单元格“{cell.text.strip()[:40]}”按顺序拆分"
    else:
        texts, note = (None,) * len(hits), f"合并单元格“{cell.text.strip()[:40]}”无法拆分"
    for column, text in zip(hits, texts, strict=True):
        taken = parts[column]
        if taken is None:
            parts[column] = Part(cell, text, PLACED, note)
        elif text is None or text.strip():
            parts[column] = Part(cell, None, DOUBTFUL, "单元格互相重叠")
