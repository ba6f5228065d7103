"""The columns of `verdicts` that say which cells could be wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import numpy as np
import pyarrow as pa

from expectations.localisation import Locations

_Keys = tuple[str, ...]


def columns(found: Locations, place: Callable[[int, int], int], size: int) -> dict[str, pa.Array]:
    """`suspects` and `alternatives` of `size` verdicts, mostly none; `place` says where that of a report and an
    answer stands.
    """
    sets: dict[int, list[_Keys]] = {
        place(report, answer): [tuple(cells) for cells in located.sets] for (answer, report), located in found.items()
    }
    rows = [sets[row] for row in sorted(sets)]
    at = sorted(sets)
    suspects = [tuple(dict.fromkeys(chain.from_iterable(own))) for own in rows]
    inner = pa.array(list(chain.from_iterable(rows)), pa.list_(pa.string()))
    return {
        "suspects": _lists(pa.array(list(chain.from_iterable(suspects)), pa.string()), at, suspects, size),
        "alternatives": _lists(inner, at, rows, size),
    }


def _lists(values: pa.Array, at: Sequence[int], lists: Sequence[Sequence[object]], size: int) -> pa.ListArray:
    """`size` lists of the values in their order: those of the places `at`, the others empty."""
    lengths = np.zeros(size, dtype=np.int64)
    lengths[at] = [len(own) for own in lists]
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], np.cumsum(lengths)]), pa.int32()), values)
