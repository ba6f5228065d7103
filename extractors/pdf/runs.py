"""Runs: consecutive characters of one printed line that no vertical rule parts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress

import numpy as np

from extractors.pdf import native
from extractors.pdf.frame import Frame
from extractors.pdf.glyphs import NEWLINE, Bools, Glyphs, Text
from extractors.pdf.native import Floats, Integers
from extractors.pdf.tracking import HAIR, set_apart
from form.grid import BBox

#: Baselines closer than this (points) are one printed line.
_LEVEL = 1.5
#: Punctuation that leaves half of its square white.
_HALF_EMPTY = [ord(c) for c in "（）【】〔〕［］《》〈〉「」、，。．：；“”‘’"]
#: White that may part columns, as a share of the height of letters.
_NARROW = 0.25


@dataclass(slots=True)
class Run:
    """A piece of a printed line; what Camelot takes for a text line. Points.

    `y0` is the baseline, the same for all runs of a printed line: Camelot reads a cell from the top
    down by it, and tight boxes would put 一 above its neighbours.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    text: str

    def get_text(self) -> str:
        """The characters; a space in front where one parts the run from what stands before it."""
        return self.text


def plain_runs(text: Text, upright: Frame) -> list[Run]:
    """One run a line of the text layer, for pages without rules: only its ends are measured."""
    index = text.index
    if not len(index):
        return []
    line = np.cumsum(text.codes == NEWLINE)[index]
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    stops = np.append(starts[1:], len(index)) - 1
    first, last = index[starts], index[stops]
    geometry = native.char_geometry(text.text_page, [*first.tolist(), *last.tolist()])
    boxes, origins = upright.boxes(geometry), upright.points(geometry[:, 4:])
    width, height = upright.size
    levels = _levels(origins[: len(starts), 1]).tolist()
    # The end of a line may lie to the left of its start only where the text layer is muddled.
    ends = np.maximum(boxes[: len(starts), 2], boxes[len(starts) :, 2]).tolist()
    runs = [
        Run(x0, level, x1, level + 1.0, " ".join("".join(map(chr, text.codes[a : b + 1].tolist())).split()))
        for x0, level, x1, a, b in zip(
            boxes[: len(starts), 0].tolist(), levels, ends, first.tolist(), last.tolist(), strict=True
        )
    ]
    return [run for run in runs if 0 <= run.x0 <= width and 0 <= run.y0 <= height]


def build_runs(glyphs: Glyphs, verticals: Floats | None, *, apart: bool = False) -> list[Run]:
    """The runs of a page in the order of its text layer; `verticals` are rules, rows of x0, y0, x1, y1.

    `apart` also ends a run where white follows that parts columns without rules.
    """
    count = len(glyphs)
    if not count:
        return []
    broken, spaced, within = _breaks(glyphs, np.empty((0, 4)) if verticals is None else verticals)
    if apart:
        broken |= _set_apart(glyphs) & ~within
    starts = np.flatnonzero(np.concatenate(([True], broken)))
    x0 = np.minimum.reduceat(glyphs.boxes[:, 0], starts).tolist()
    x1 = np.maximum.reduceat(glyphs.boxes[:, 2], starts).tolist()
    top = np.maximum.reduceat(glyphs.boxes[:, 3], starts)
    level = _levels(glyphs.origins[starts, 1])
    texts = _texts(glyphs, spaced, within, starts.tolist())
    y1 = np.maximum(top, level + 1.0).tolist()
    return [Run(*values) for values in zip(x0, level.tolist(), x1, y1, texts, strict=True)]


def parted(runs: list[Run], areas: list[BBox]) -> tuple[list[Run], list[Run]]:
    """The runs whose middle lies in one of the areas, and the others."""
    if not runs or not areas:
        return [], runs
    x, y = np.array([((run.x0 + run.x1) / 2, (run.y0 + run.y1) / 2) for run in runs]).T[:, :, None]
    x0, y0, x1, y1 = np.array(areas).T
    held = ((x0 < x) & (x < x1) & (y0 < y) & (y < y1)).any(axis=1).tolist()
    return list(compress(runs, held)), [run for run, within in zip(runs, held, strict=True) if not within]


def _breaks(glyphs: Glyphs, verticals: Floats) -> tuple[Bools, Bools, Bools]:
    """Between each character and the next: does the run end, is there room for a space, is that within a figure."""
    boxes, origins = glyphs.boxes, glyphs.origins
    gap = boxes[1:, 0] - boxes[:-1, 2]
    rise = np.diff(origins[:, 1])
    other_level = np.abs(rise) > 0.55 * glyphs.em
    backwards = boxes[1:, 0] < boxes[:-1, 0] - 0.5 * glyphs.em
    broken = other_level | backwards | (np.diff(glyphs.line) > 0)
    crossed = np.diff(_columns(boxes, verticals)) != 0
    _keep_overflowing(glyphs, crossed & ~broken & ~glyphs.spaced[1:] & (gap < glyphs.em), crossed)
    broken |= crossed
    broken &= ~_climbing(glyphs, rise)
    spaced = ~other_level & ((glyphs.spaced[1:] & (gap > 0)) | (gap > 1.5 * glyphs.em))
    within = set_apart(glyphs, spaced, other_level | backwards | crossed)
    return broken & ~within, spaced, within


def _columns(boxes: Floats, verticals: Floats) -> Integers:
    """How many vertical rules stand to the left of each character, at its height."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    left = verticals[:, 0] < x[:, None]
    beside = (verticals[:, 1] <= y[:, None]) & (y[:, None] <= verticals[:, 3])
    count: Integers = np.count_nonzero(left & beside, axis=1)
    return count


def _keep_overflowing(glyphs: Glyphs, doubtful: Bools, crossed: Bools) -> None:
    """Clear `crossed` inside a figure that is wider than its cell.

    Its digits stand close together on both sides of the rule, without a space between, and come from
    one text object.
    """
    for i in np.flatnonzero(doubtful).tolist():
        here, there = glyphs.index[i : i + 2].tolist()
        if native.char_object(glyphs.text_page, here) == native.char_object(glyphs.text_page, there):
            crossed[i] = False


def _set_apart(glyphs: Glyphs) -> Bools:
    """Pairs of characters with white between as wide as a letter, or less where each is from a text of its own."""
    gap = glyphs.boxes[1:, 0] - glyphs.boxes[:-1, 2]
    wide = np.isin(glyphs.codes, _HALF_EMPTY)
    # The height of letters is mostly that of digits, some 0.7 of the square that punctuation half fills.
    gap = gap - 0.8 * glyphs.em * (wide[1:] | wide[:-1])
    apart: Bools = gap > glyphs.em
    for i in np.flatnonzero(~apart & (gap > _NARROW * glyphs.em)).tolist():
        here, there = glyphs.index[i : i + 2].tolist()
        apart[i] = native.char_object(glyphs.text_page, here) != native.char_object(glyphs.text_page, there)
    return apart


def _climbing(glyphs: Glyphs, rise: Floats) -> Bools:
    """Pairs of characters of a text that runs upwards (a label turned by 90 degrees)."""
    upwards = (rise > 0) & (rise < 1.6 * glyphs.em)
    upwards &= np.abs(np.diff(glyphs.origins[:, 0])) < 0.2 * glyphs.em
    for i in np.flatnonzero(upwards).tolist():
        angles = [native.char_angle(glyphs.text_page, at) for at in glyphs.index[i : i + 2].tolist()]
        upwards[i] = angles[0] == angles[1] != 0.0
    return upwards


def _levels(baselines: Floats) -> Floats:
    """Each baseline, or the lowest one of its printed line."""
    level = np.empty_like(baselines)
    lowest = -np.inf
    for i in np.argsort(baselines, kind="stable").tolist():
        if baselines[i] - lowest > _LEVEL:
            lowest = baselines[i]
        level[i] = lowest
    return level


def _texts(glyphs: Glyphs, spaced: Bools, within: Bools, starts: list[int]) -> list[str]:
    kinds = np.concatenate(([0], spaced.astype(np.intp) + (spaced & within))).tolist()
    marks = [("", " ", HAIR)[kind] for kind in kinds]
    parts = [mark + chr(code) for mark, code in zip(marks, glyphs.codes.tolist(), strict=True)]
    for at in np.flatnonzero(glyphs.doubt).tolist():
        parts[at] = chr(glyphs.doubt[at]) + parts[at]
    return ["".join(parts[a:b]) for a, b in zip(starts, [*starts[1:], len(parts)], strict=True)]
