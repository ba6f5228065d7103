"""Coordinates: from PDF user space to the page as shown, or to the page turned until its text is upright."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extractors.pdf.native import Floats
from form.grid import BBox

#: a, b, c, d, e, f as in the PDF reference: x' = a x + c y + e, y' = b x + d y + f
Matrix = tuple[float, float, float, float, float, float]


def multiply(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that applies `first`, then `then`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


@dataclass(frozen=True, slots=True)
class Frame:
    """A box of another space, moved to the origin and turned clockwise by quarter turns (0..3)."""

    box: BBox
    turns: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height after turning, in points."""
        width, height = self.box[2] - self.box[0], self.box[3] - self.box[1]
        return (height, width) if self.turns % 2 else (width, height)

    @property
    def matrix(self) -> Matrix:
        """From the other space into the frame."""
        left, bottom, right, top = self.box
        return (
            (1.0, 0.0, 0.0, 1.0, -left, -bottom),
            (0.0, -1.0, 1.0, 0.0, -bottom, right),
            (-1.0, 0.0, 0.0, -1.0, right, top),
            (0.0, 1.0, -1.0, 0.0, top, -left),
        )[self.turns]

    def turned(self, turns: int) -> Frame:
        """The same box turned further."""
        return Frame(self.box, (self.turns + turns) % 4)

    def back(self, turns: int) -> Frame:
        """From this frame to the one it was before `turned(turns)`."""
        return Frame((0.0, 0.0, *self.size), -turns % 4)

    def bbox(self, box: BBox) -> BBox:
        """A box of the other space, in the frame."""
        x0, y0, x1, y1 = self.boxes(np.array([box]))[0].tolist()
        return (x0, y0, x1, y1)

    def points(self, points: Floats) -> Floats:
        """Rows of x, y of the other space, in the frame."""
        a, b, c, d, e, f = self.matrix
        x, y = points[:, 0], points[:, 1]
        return np.column_stack((a * x + c * y + e, b * x + d * y + f))

    def boxes(self, boxes: Floats) -> Floats:
        """Rows of x0, y0, x1, y1 of the other space, in the frame."""
        one, other = self.points(boxes[:, :2]), self.points(boxes[:, 2:4])
        return np.hstack((np.minimum(one, other), np.maximum(one, other)))
