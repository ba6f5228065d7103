"""Recognised text: of the cells of grids, twice where they hold figures, and of the lines beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from extractors.scan.canvas import Canvas, Gray, ink_of
from extractors.scan.ctc import Guess, read_text
from extractors.scan.figures import read_first, read_second, read_third
from extractors.scan.ink import Box, cell_lines, crop, is_clean
from extractors.scan.lattice import Ruled
from extractors.scan.recogniser import recogniser, squeezed, strip
from extractors.scan.seen import Seen, is_label, is_sure
from form.grid import Cell, Grid

#: Height (pixels) to which a line is brought that could not be read when squeezed.
_GLYPH: Final = 34
#: Widths (times the height): what is narrower may be a figure, what is wider holds none.
_NARROW: Final = 1.7
_WIDE: Final = 9.0
#: Confidences: the most that recognition claims; a blank cell with a trace in it; where two passes differ; where a
#: character touches the cell's edge and may be cut, or coloured ink stands over it.
_MOST: Final = 0.99
_TRACED: Final = 0.6
_DIFFER: Final = 0.49
_CUT: Final = 0.85
#: So much darker (gray levels) is what has coloured ink over it; so many points square are a stain.
_COLOURED: Final = 60
_STAIN: Final = 1.0


def fill(canvas: Canvas, grids: Sequence[Ruled], number: int) -> list[Grid]:
    """The grids with the text of their cells."""
    seen = [[Seen(place, cell_lines(canvas.ink, place.box, canvas.scale)) for place in grid.places] for grid in grids]
    everything = [cell for cells in seen for cell in cells]
    if canvas.darkest is not canvas.gray:
        _look_under_red(canvas, everything)
    for cell in everything:
        cell.crops = _crops(canvas, cell)
    groups = read_first(_read(everything))
    chosen = _alike({id(cell) for cells in seen for cell in _figures(cells)}, groups)
    read_second(groups, chosen)
    read_third([cell for cell in everything if id(cell) in chosen])
    return [
        Grid(
            tuple(_cell(canvas, cell, number, figure=id(cell) in chosen) for cell in cells),
            grid.rows,
            grid.columns,
            number,
        )
        for grid, cells in zip(grids, seen, strict=True)
    ]


def read_lines(canvas: Canvas, boxes: Sequence[Box]) -> list[Guess]:
    """The text of each line."""
    crops = [crop(canvas, [box], stacked=False)[0] for box in boxes]
    found = _recognised([squeezed(part) for part in crops])
    return _again(crops, found)


def _again(crops: Sequence[Gray], found: Sequence[Guess]) -> list[Guess]:
    """What was found; what is unsure of it, read again in full."""
    best = list(found)
    unsure = [i for i, guess in enumerate(found) if not is_sure(guess)]
    for i, guess in zip(unsure, _recognised([strip(crops[i], _GLYPH) for i in unsure]), strict=True):
        best[i] = guess
    return best


def _look_under_red(canvas: Canvas, cells: Sequence[Seen]) -> None:
    """Cells that are blank but for red (a stamp's, or figures printed in red), and those with red over their text."""
    ink = ink_of(canvas.darkest, canvas.scale)
    for cell in cells:
        if cell.lines.boxes:
            cell.stained = any(_is_stained(canvas, box) for box in cell.lines.boxes)
            continue
        lines = cell_lines(ink, cell.place.box, canvas.scale)
        if lines.boxes:
            cell.lines, cell.red = lines, True


def _is_stained(canvas: Canvas, box: Box) -> bool:
    x0, y0, x1, y1 = box
    over = cv2.subtract(canvas.gray[y0:y1, x0:x1], canvas.darkest[y0:y1, x0:x1])
    return bool(np.count_nonzero(over > _COLOURED) > _STAIN * canvas.scale**2)


def _crops(canvas: Canvas, cell: Seen) -> list[Gray]:
    if not cell.lines.boxes:
        return []
    return crop(canvas, cell.lines.boxes, stacked=cell.lines.stacked, darkest=cell.red)


def _recognised(strips: Sequence[Gray]) -> list[Guess]:
    model = recogniser()
    found = [Guess("", 0.0)] * len(strips)
    for i, probabilities in model.run(strips):
        found[i] = read_text(probabilities, model.alphabet)
    return found


def _read(cells: Sequence[Seen]) -> list[Seen]:
    """The text of cells that hold words; gives back those that may hold a figure, not to be squeezed."""
    narrow = [cell for cell in cells if len(cell.crops) == 1 and _shape(cell.crops[0]) <= _NARROW]
    others = [cell for cell in cells if len(cell.crops) > 1 or (cell.crops and _shape(cell.crops[0]) > _NARROW)]
    guesses = iter(_recognised([squeezed(part) for cell in others for part in cell.crops]))
    for cell in others:
        cell.texts = [next(guesses) for _ in cell.crops]
    short = [cell for cell in others if _may_be_short(cell)]
    apart = {id(cell) for cell in short}
    words = [cell for cell in others if id(cell) not in apart]
    best = iter(_again([part for cell in words for part in cell.crops], [text for c in words for text in c.texts]))
    for cell in words:
        cell.texts = [next(best) for _ in cell.crops]
    return narrow + short


def _may_be_short(cell: Seen) -> bool:
    return len(cell.crops) == 1 and _shape(cell.crops[0]) <= _WIDE and not is_label(cell.texts[0])


def _shape(part: Gray) -> float:
    height, width = part.shape
    return float(width / height)


def _figures(cells: Sequence[Seen]) -> list[Seen]:
    """The cells that hold figures: those that read so, and short ones that stand in a column of such."""
    columns: dict[int, list[Seen]] = defaultdict(list)
    for cell in cells:
        if cell.is_short:
            columns[cell.place.column].append(cell)
    found = []
    for column in columns.values():
        most = 2 * sum(cell.looks_like_figure for cell in column) > len(column)
        found += [cell for cell in column if cell.looks_like_figure or (most and cell.may_be_figure)]
    return found


def _alike(chosen: set[int], groups: Sequence[Sequence[Seen]]) -> set[int]:
    """The `id` of every cell that shows the same as a chosen one: what is a figure there is one here."""
    return chosen.union(*({id(c) for c in group} for group in groups if any(id(c) in chosen for c in group)))


def _cell(canvas: Canvas, cell: Seen, number: int, *, figure: bool) -> Cell:
    text, confidence, others = _figure(cell) if figure else _label(canvas, cell)
    if cell.lines.cut or cell.stained:
        confidence = min(confidence, _CUT)
    if cell.red:
        confidence = min(confidence, _DIFFER)
    place = cell.place
    return Cell(
        place.row, place.column, text, place.row_span, place.column_span, number, canvas.on_page(place.box),
        round(confidence, 4), others,
    )  # fmt: skip


def _figure(cell: Seen) -> tuple[str, float, tuple[tuple[str, float], ...]]:
    """Text, confidence and alternatives of a cell that was read twice, and a third time if that left a doubt."""
    text, confidence = _agreed(cell)
    seen: dict[str, float] = {}
    for guess in (*cell.figures, *cell.second, *cell.third):
        if guess.text != text and guess.confidence >= 0.001:
            seen[guess.text] = max(seen.get(guess.text, 0.0), guess.confidence)
    bare = text.strip(".,")
    if bare != text and bare.isdigit():
        # A speck beside a whole number: no figure of the form ends or begins so.
        seen[text], text, confidence = confidence, bare, min(confidence, _CUT)
        seen.pop(bare, None)
    ranked = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    return text, confidence, tuple((text, round(p, 4)) for text, p in ranked[:4])


def _agreed(cell: Seen) -> tuple[str, float]:
    """What two passes agree on, and how sure the less sure of them is."""
    first, second = cell.figures[0], cell.second[0]
    if not cell.third:
        return first.text, min(first.confidence, second.confidence, _MOST)
    third = cell.third[0]
    votes = [guess for guess in (first, second, third) if guess.text == third.text]
    if len(votes) > 1:
        return third.text, min(sorted(guess.confidence for guess in votes)[-2], _CUT)
    best = max(first, second, key=lambda guess: guess.confidence)
    agree = first.text == second.text
    return best.text, min(first.confidence, second.confidence) if agree else min(best.confidence, _DIFFER)


def _label(canvas: Canvas, cell: Seen) -> tuple[str, float, tuple[tuple[str, float], ...]]:
    if not cell.lines.boxes:
        clean = not cell.lines.specks and is_clean(canvas.gray, cell.place.box, canvas.scale)
        return "", (_MOST if clean else _TRACED), ()
    confidence = min((guess.confidence for guess in cell.texts), default=0.0)
    text = cell.text.strip()
    return text, min(confidence, _MOST if text else _TRACED), ()
