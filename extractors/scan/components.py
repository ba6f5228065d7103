"""What hangs together in a mask, in half of the time: labels of 16 bits where they are enough."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.uint8]
Labels = npt.NDArray[Any]
#: A row a component (0: the ground): x, y, width, height, area in pixels.
Stats = npt.NDArray[np.int32]

X, Y, W, H, AREA = range(5)
#: As many labels as OpenCV may hand out on its way with 16 bits.
_MOST: Final = 65_000


def components(mask: Mask) -> tuple[Labels, Stats]:
    """The label of every pixel (of 8 neighbours, 0 where the mask is 0) and each label's place and size."""
    kind = cv2.CV_16U if _runs(mask) < _MOST else cv2.CV_32S
    _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(mask, 8, kind, cv2.CCL_DEFAULT)
    return labels, np.asarray(stats, np.int32)


def chosen(labels: Labels, which: npt.NDArray[np.bool_], value: int = 1) -> Mask:
    """`value` on the components that `which` says, 0 elsewhere."""
    values = which.astype(np.uint8) * np.uint8(value)
    if labels.dtype != np.uint16:
        return np.asarray(np.take(values, labels, mode="clip"), np.uint8)
    # A table of all labels there can be, which OpenCV looks up in a quarter of numpy's time.
    table = np.zeros(1 << 16, np.uint8)
    table[: len(values)] = values
    return np.asarray(cv2.LUT(labels, table), np.uint8)


def _runs(mask: Mask) -> int:
    """At least as many as there can be labels, merged ones included: runs in pairs of rows, or a pixel in four."""
    height, width = mask.shape
    most: int = (height + 1) // 2 * ((width + 1) // 2)
    if most < _MOST:
        return most
    pairs = cv2.bitwise_or(mask[: height // 2 * 2 : 2], mask[1::2])
    begun = cv2.countNonZero(cv2.compare(pairs[:, 1:], pairs[:, :-1], cv2.CMP_GT))
    last = cv2.countNonZero(mask[-1])
    return int(begun) + len(pairs) + int(last)
