"""Randomness that is the same for the same seed, whatever else was drawn before."""

from __future__ import annotations

from hashlib import sha256
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: so many of a count are shared out one by one
_ONE_BY_ONE: Final = 60


def keyed(seed: int, *parts: object) -> Random:
    """A stream of its own for each purpose, so that one more draw here changes nothing there."""
    return Random(":".join(map(str, (seed, *parts))))  # noqa: S311 - not for secrets


def stream(seed: int, *parts: object) -> np.random.Generator:
    """The same for arrays. Only its uniform draws are used: they are the same on every machine."""
    digest = sha256(":".join(map(str, (seed, *parts))).encode()).digest()
    return np.random.default_rng(int.from_bytes(digest[:16]))


def between(low: float, high: float, shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Numbers from `low` up to `high`."""
    return low + (high - low) * rng.random(shape)


def vary(typical: Floats, years: int, rng: np.random.Generator) -> Ints:
    """Whole numbers not far from the typical ones, a row each and a column a year; no year repeats the last."""
    drawn = np.rint(typical[:, None] * between(0.75, 1.3, (len(typical), years), rng)).astype(np.int64)
    for year in range(1, years):
        drawn[:, year] += (drawn[:, year] == drawn[:, year - 1]) & (drawn[:, year] > 0)
    return drawn


def split(counts: Ints, weights: tuple[int, ...], rng: np.random.Generator) -> Ints:
    """Shares each of `counts` (a vector) out by weight, a row each.

    One by one where few, in proportion where many; the first share takes the rest.
    """
    whole, width = sum(weights), len(weights)
    many = (counts > _ONE_BY_ONE)[:, None]
    parts = counts[:, None] * np.array(weights) / whole * between(0.7, 1.0, (len(counts), width), rng)
    shares = np.where(many, parts, 0).astype(np.int64)
    single = np.minimum(counts - shares.sum(axis=1), _ONE_BY_ONE)
    row = np.repeat(np.arange(len(counts)), single)
    column = np.searchsorted(np.cumsum(weights), rng.random(len(row)) * whole, side="right")
    np.add.at(shares, (row, column), 1)
    shares[:, 0] += counts - shares.sum(axis=1)
    return shares
