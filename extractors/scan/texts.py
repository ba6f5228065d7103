"""Recognised text: of the cells of grids, twice where they hold figures, and of the lines beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from extractors.scan.canvas import Canvas, Gray
from extractors.scan.ctc import Guess, read_figure, read_text
from extractors.scan.ink import Box, Lines, cell_lines, crop, ink_of, is_clean
from extractors.scan.lattice import Place, Ruled
from extractors.scan.recogniser import recogniser, strip
from form.grid import Cell, Grid

#: Heights (pixels) to which a line is brought: of any text; of figures the second time.
_GLYPH: Final = 34
_SECOND: Final = 42
#: Wider strips hold no figure.
_WIDEST_FIGURE: Final = 320
#: Confidences: the most that recognition claims; a blank cell; one with a trace in it; where two passes differ;
#: where a character touches the cell's edge and may be cut.
_MOST: Final = 0.99
_TRACED: Final = 0.6
_DIFFER: Final = 0.49
_CUT: Final = 0.85

_LOOKALIKES: Final = str.maketrans(
    "OoＯ〇○lI|丨（），．／－—–一０１２３４５６７８９",
    "000001111(),./----0123456789",
)
_FIGURE: Final = re.compile(r"[\d.,/()\-]+", re.ASCII)
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")


@dataclass(slots=True)
class _Seen:
    """A cell in the making: its lines, what was read in them, and whether it holds a figure."""

    place: Place
    lines: Lines
    texts: list[Guess] = field(default_factory=list)
    figures: list[Guess] = field(default_factory=list)
    second: list[Guess] = field(default_factory=list)
    red: bool = False

    @property
    def text(self) -> str:
        return "".join(guess.text for guess in self.texts)

    @property
    def is_short(self) -> bool:
        return len(self.texts) == 1 and bool(self.figures)

    @property
    def looks_like_figure(self) -> bool:
        return self.is_short and _FIGURE.fullmatch(self.text.translate(_LOOKALIKES)) is not None


def fill(canvas: Canvas, grids: Sequence[Ruled], number: int) -> list[Grid]:
    """The grids with the text of their cells."""
    ink = ink_of(canvas.gray, canvas.scale)
    seen = [[_Seen(place, cell_lines(ink, place.box, canvas.scale)) for place in grid.places] for grid in grids]
    everything = [cell for cells in seen for cell in cells]
    if canvas.darkest is not canvas.gray:
        _look_under_red(canvas, everything)
    _read(canvas, everything)
    figures = [cell for cells in seen for cell in _figures(cells)]
    _read_again(canvas, figures)
    chosen = {id(cell) for cell in figures}
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
    return _recognised(crops)


def _look_under_red(canvas: Canvas, cells: Sequence[_Seen]) -> None:
    """Cells that are blank but for red: a stamp's, or figures printed in red."""
    ink = ink_of(canvas.darkest, canvas.scale)
    for cell in cells:
        if not cell.lines.boxes:
            lines = cell_lines(ink, cell.place.box, canvas.scale)
            if lines.boxes:
                cell.lines, cell.red = lines, True


def _crops(canvas: Canvas, cell: _Seen) -> list[Gray]:
    if not cell.lines.boxes:
        return []
    return crop(canvas, cell.lines.boxes, stacked=cell.lines.stacked, darkest=cell.red)


def _recognised(crops: Sequence[Gray]) -> list[Guess]:
    model = recogniser()
    found = [Guess("", 0.0)] * len(crops)
    for i, probabilities in model.run([strip(part, _GLYPH) for part in crops]):
        found[i] = read_text(probabilities, model.alphabet)
    return found


def _read(canvas: Canvas, cells: Sequence[_Seen]) -> None:
    """The first pass: every line of every cell, all characters; narrow ones as figures too."""
    model = recogniser()
    owners: list[tuple[_Seen, int]] = []
    strips: list[Gray] = []
    for cell in cells:
        parts = [strip(part, _GLYPH) for part in _crops(canvas, cell)]
        cell.texts = [Guess("", 0.0)] * len(parts)
        owners += [(cell, i) for i in range(len(parts))]
        strips += parts
    for i, probabilities in model.run(strips):
        cell, line = owners[i]
        cell.texts[line] = read_text(probabilities, model.alphabet)
        if len(cell.texts) == 1 and strips[i].shape[1] <= _WIDEST_FIGURE:
            cell.figures = read_figure(probabilities, model.alphabet)


def _figures(cells: Sequence[_Seen]) -> list[_Seen]:
    """The cells that hold figures: those that read so, and short ones that stand in a column of such."""
    columns: dict[int, list[_Seen]] = defaultdict(list)
    for cell in cells:
        if cell.is_short:
            columns[cell.place.column].append(cell)
    found = []
    for column in columns.values():
        most = 2 * sum(cell.looks_like_figure for cell in column) > len(column)
        found += [cell for cell in column if cell.looks_like_figure or (most and _may_be_figure(cell))]
    return found


def _may_be_figure(cell: _Seen) -> bool:
    """Short and without a Chinese character that is read with confidence (无, a label)."""
    sure = cell.texts[0].confidence >= 0.9 and _HAN.search(cell.text) is not None
    return len(cell.text) <= 12 and not sure and len(_HAN.findall(cell.text)) <= 1


def _read_again(canvas: Canvas, cells: Sequence[_Seen]) -> None:
    """The second pass: figures alone, in another size."""
    model = recogniser()
    strips = [strip(_crops(canvas, cell)[0], _SECOND) for cell in cells]
    for i, probabilities in model.run(strips):
        cells[i].second = read_figure(probabilities, model.alphabet)


def _cell(canvas: Canvas, cell: _Seen, number: int, *, figure: bool) -> Cell:
    text, confidence, others = _figure(cell) if figure else _label(canvas, cell)
    if cell.lines.cut:
        confidence = min(confidence, _CUT)
    if cell.red:
        confidence = min(confidence, _DIFFER)
    place = cell.place
    return Cell(
        place.row, place.column, text, place.row_span, place.column_span, number, canvas.on_page(place.box),
        round(confidence, 4), others,
    )  # fmt: skip


def _figure(cell: _Seen) -> tuple[str, float, tuple[tuple[str, float], ...]]:
    """Text, confidence and alternatives of a cell that was read twice."""
    first, second = cell.figures[0], cell.second[0]
    agree = first.text == second.text
    best = first if first.confidence >= second.confidence else second
    confidence = min(first.confidence, second.confidence, _MOST) if agree else min(best.confidence, _DIFFER)
    seen: dict[str, float] = {}
    for guess in (*cell.figures, *cell.second):
        if guess.text != best.text and guess.confidence >= 0.001:
            seen[guess.text] = max(seen.get(guess.text, 0.0), guess.confidence)
    ranked = sorted(seen.items(), key=lambda item: (-item[1], item[0]))
    return best.text, confidence, tuple((text, round(p, 4)) for text, p in ranked[:4])


def _label(canvas: Canvas, cell: _Seen) -> tuple[str, float, tuple[tuple[str, float], ...]]:
    if not cell.lines.boxes:
        clean = not cell.lines.specks and is_clean(canvas.gray, cell.place.box, canvas.scale)
        return "", (_MOST if clean else _TRACED), ()
    confidence = min((guess.confidence for guess in cell.texts), default=0.0)
    text = cell.text.strip()
    return text, min(confidence, _MOST if text else _TRACED), ()
