"""Which way up a page stands: the side from which its lines read best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from extractors.scan.canvas import Bitmap, Canvas, Gray, spread
from extractors.scan.ctc import read_text
from extractors.scan.ink import page_lines
from extractors.scan.recogniser import Probabilities, recogniser, squeezed, strip
from extractors.scan.skew import skew_of

#: Lines that are read to tell: a few, squeezed; where one of them is in doubt, more of them and larger.
_FIRST: Final = 3
_DOUBTED: Final = 0.75
_PROBES: Final = 5
_GLYPH: Final = 30
#: The confidence of half of them that settles it at once.
_SETTLED: Final = 0.9
#: Of each line only so much is read (times its height), and a character stands in so much of it or less.
_ASPECT: Final = 7
_PER_EM: Final = 2


def set_upright(bitmap: Bitmap, likely: Callable[[], int]) -> tuple[Canvas, int]:
    """The page on its canvas, and its quarter turns clockwise.

    Those that are `likely` (another page's) are tried first; they are asked for when the page's skew is known.
    """
    angle = skew_of(bitmap.layers[0])
    first = likely()
    best: tuple[float, Canvas, int] | None = None
    for turns in ((first + step) % 4 for step in (0, 2, 1, 3)):
        canvas = spread(bitmap, turns, angle)
        score = _legibility(canvas)
        if score >= _SETTLED:
            return canvas, turns
        if best is None or score > best[0]:
            best = (score, canvas, turns)
    assert best is not None
    return best[1], best[2]


def _legibility(canvas: Canvas) -> float:
    """How surely a few lines of the page are read, 0..1; 0 where it has none, as on its side."""
    boxes = [
        (x0, y0, min(x1, x0 + _ASPECT * (y1 - y0)), y1)
        for x0, y0, x1, y1 in page_lines(canvas.ink, (), canvas.scale)
        if x1 - x0 >= 3 * (y1 - y0)
    ]
    if not boxes:
        return 0.0
    usual = float(np.median([y1 - y0 for _, y0, _, y1 in boxes]))
    boxes.sort(key=lambda box: (abs(box[3] - box[1] - usual) > 0.4 * usual, -(box[2] - box[0]), box))
    parts = [canvas.gray[y0:y1, x0:x1] for x0, y0, x1, y1 in boxes[:_PROBES]]
    first = _surenesses([squeezed(part) for part in parts[:_FIRST]], parts)
    # On its side a page may seem to have a line or two.
    few = min(len(parts) / _FIRST, 1.0)
    if min(first) >= _DOUBTED and np.median(first) >= _SETTLED:
        return float(np.median(first)) * few
    return float(np.median(_surenesses([strip(part, _GLYPH) for part in parts], parts))) * few


def _surenesses(strips: Sequence[Gray], parts: Sequence[Gray]) -> list[float]:
    model = recogniser()
    return [_sureness(found, model.alphabet, parts[i].shape) for i, found in model.run(strips)]


def _sureness(probabilities: Probabilities, alphabet: tuple[str, ...], shape: tuple[int, ...]) -> float:
    """The mean probability of the characters read; less where they are fewer than a line of this shape has.

    A line that lies on its side may be read, quite surely, as one stroke.
    """
    height, width = shape
    few = min(len(read_text(probabilities, alphabet).text) * _PER_EM * height / width, 1.0)
    best = probabilities.argmax(axis=1)
    sure = probabilities[np.arange(len(best)), best][best > 0]
    return float(sure.mean()) * few if len(sure) else 0.0
