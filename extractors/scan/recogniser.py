"""The recogniser: PP-OCRv6 from the rapidocr wheel, run by onnxruntime on crops of one printed line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime as ort  # type: ignore[import-untyped]  # comes without types

from extractors.scan.canvas import Gray
from extractors.scan.onnx import any_height, property_of, with_classes

_MODEL: Final = "models/PP-OCRv6_rec_small.onnx"
#: The model was trained on lines so high (pixels), and looks at every eighth column.
HEIGHT: Final = 48
_STEP: Final = 8
#: Words are read as surely from lower lines in half of the time: the whole height, the glyphs', and how much they
#: are squeezed, to 14 pixels a Chinese character; at 13 brackets get lost, at 12 digits. Figures alone are not: their
#: 1 and 7 come too close.
_LOW: Final = 32
_LOW_GLYPH: Final = 27
_SQUEEZE: Final = 0.61
#: A line shorter than so many times its height is squeezed to this only: a 不 that is lost there changes a label.
_SHORT: Final = 5.5
_SHORT_SQUEEZE: Final = 0.8
#: Columns of pixels in one run: in larger ones more of them are the blank ends of the shorter lines.
_RUN_COLUMNS: Final = 640
#: Signs beyond GB 2312.
_SIGNS: Final = "〇—–−·•¥￥²³"
#: A longer line is squeezed.
_MAX_WIDTH: Final = 2_400

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A session and its alphabet; `alphabet[0]` is CTC's blank."""

    session: ort.InferenceSession
    alphabet: tuple[str, ...]
    #: Batches of all pages are shared out to it, so that a page with little text leaves no processor idle.
    pool: ThreadPoolExecutor | None

    def run(self, strips: Sequence[Gray]) -> Iterator[tuple[int, Probabilities]]:
        """For each strip (of one height) its number and its probabilities, a row a step, a column a character."""
        batches = list(_batches(strips))
        values = ([strips[i] for i in chosen] for chosen in batches)
        results = self.pool.map(self._of_batch, values) if self.pool else map(self._of_batch, values)
        for chosen, found in zip(batches, results, strict=True):
            yield from zip(chosen, found, strict=True)

    def _of_batch(self, strips: Sequence[Gray]) -> Probabilities:
        width = max(part.shape[1] for part in strips)
        batch = np.full((len(strips), 1, strips[0].shape[0], width), 255, np.uint8)
        for row, part in zip(batch, strips, strict=True):
            row[0, :, : part.shape[1]] = part
        values = np.repeat(batch.astype(np.float32) / 127.5 - 1.0, 3, axis=1)
        found: Probabilities = self.session.run(None, {"x": values})[0]
        return found


@cache
def recogniser() -> Recogniser:
    """The one of this process; nothing is downloaded. It takes as many threads as OpenCV may: one in a worker."""
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("rapidocr")
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model = (Path(spec.origin).parent / _MODEL).read_bytes()
    alphabet = ("", *property_of(model, "character").split("\n"), " ")
    kept = [i for i, character in enumerate(alphabet) if _is_printed(character)]
    small = any_height(with_classes(model, len(alphabet), kept))
    session = ort.InferenceSession(small, options, providers=["CPUExecutionProvider"])
    threads = cv2.getNumThreads()
    pool = ThreadPoolExecutor(threads, "recogniser") if threads > 1 else None
    return Recogniser(session, tuple(alphabet[i] for i in kept), pool)


def _is_printed(character: str) -> bool:
    """Whether a report may hold it: all of GB 2312 (its 6,763 ideographs name every division of GB/T 2260), signs."""
    if character in _SIGNS:
        return True
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def strip(crop: Gray, glyph: int, *, height: int = HEIGHT, squeeze: float = 1.0, room: int = _STEP) -> Gray:
    """A crop of one line as the model takes it: dark on white, `glyph` pixels high within `height`.

    At its ends are at least `room` blank columns, half of them on either side.
    """
    tall, width = crop.shape
    wide = min(max(round(width * glyph / tall * squeeze), 4), _MAX_WIDTH)
    smaller = glyph * squeeze < tall
    scaled = cv2.resize(crop, (wide, glyph), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_CUBIC)
    out = np.full((height, -(-(wide + room) // _STEP) * _STEP), 255, np.uint8)
    top, left = (height - glyph) // 2, (out.shape[1] - wide) // 2
    out[top : top + glyph, left : left + wide] = scaled
    return out


def squeezed(crop: Gray) -> Gray:
    """A crop of one line of words, lower than figures are read, and squeezed."""
    height, width = crop.shape
    squeeze = _SHORT_SQUEEZE if width < _SHORT * height else _SQUEEZE
    return strip(crop, _LOW_GLYPH, height=_LOW, squeeze=squeeze, room=_STEP // 2)


def _batches(strips: Sequence[Gray]) -> Iterator[list[int]]:
    """Numbers of strips by width, so many that a run stays small."""
    batch: list[int] = []
    for i in sorted(range(len(strips)), key=lambda i: (strips[i].shape[1], i)):
        if batch and (len(batch) + 1) * strips[i].shape[1] > _RUN_COLUMNS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
