"""What may hide text: filled boxes and pictures, in the order of painting, with their colours and clips."""

from __future__ import annotations

import ctypes
from typing import Final, NamedTuple

import numpy as np

from extractors.pdf import native
from extractors.pdf.frame import Matrix
from extractors.pdf.native import Floats
from form.grid import BBox

#: red, green, blue, opacity, each 0..255
Colour = tuple[int, int, int, int]

#: what is at least this opaque (of 255) lets nothing be read through it
_OPAQUE: Final = 230
#: clips of more pieces are not looked at
_CLIPS: Final = 64


class Painted(NamedTuple):
    """A filled box or a picture: its handle, how many text objects are painted before it, and its place.

    `outer` is the matrix from the space of the object's parent into that of `box`.
    """

    handle: int
    before: int
    box: BBox
    outer: Matrix
    picture: bool = False


def colour_of(handle: int) -> Colour | None:
    """The colour that fills an object; None where it is a pattern or a shading."""
    parts = (ctypes.c_uint * 4)()
    at = ctypes.addressof(parts)
    if not native.fill_colour(handle, at, at + 4, at + 8, at + 12):
        return None
    red, green, blue, opacity = parts
    return red, green, blue, opacity


def hides(painted: Painted) -> bool:
    """Whether nothing shows through it, so far as that can be told: highlights are blended or half transparent."""
    if native.has_transparency(painted.handle):
        return False
    colour = None if painted.picture else colour_of(painted.handle)
    return colour is None or colour[3] >= _OPAQUE


def clipped(painted: Painted) -> BBox:
    """The part of its place that is painted: programs fill a whole page within the clip of one cell."""
    x0, y0, x1, y1 = painted.box
    clip = native.clip_path(painted.handle)
    count = native.clip_count(clip) if clip else 0
    for index in range(min(max(count, 0), _CLIPS)):
        points = _points(clip, index, painted.outer)
        if len(points):
            (left, low), (right, high) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
            x0, y0, x1, y1 = max(x0, left), max(y0, low), min(x1, right), min(y1, high)
    return x0, y0, x1, y1


def _points(clip: int, index: int, outer: Matrix) -> Floats:
    a, b, c, d, e, f = outer
    place = (ctypes.c_float * 2)()
    at = ctypes.addressof(place)
    points = []
    for number in range(min(native.clip_segments(clip, index), _CLIPS)):
        segment = native.clip_segment(clip, index, number)
        if segment and native.segment_point(segment, at, at + 4):
            x, y = place
            points.append((a * x + c * y + e, b * x + d * y + f))
    return np.array(points).reshape(-1, 2)
