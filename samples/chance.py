"""Randomness that is the same for the same seed, whatever else was drawn before."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

_ONE_BY_ONE: Final = 60


def keyed(seed: int, *parts: object) -> Random:
    """A stream of its own for each purpose, so that one more draw here changes nothing there."""
    return Random(":".join(map(str, (seed, *parts))))  # noqa: S311 - not for secrets


def vary(typical: float, rng: Random) -> int:
    """A whole number not far from `typical`."""
    return round(typical * rng.uniform(0.75, 1.3))


def split(count: int, weights: Sequence[int], rng: Random) -> list[int]:
    """Shares `count` out by weight: one by one where few, in proportion where many; the first takes the rest."""
    shares = [0] * len(weights)
    if count > _ONE_BY_ONE:
        whole = sum(weights)
        shares = [int(count * weight / whole * rng.uniform(0.7, 1.0)) for weight in weights]
    for index in rng.choices(range(len(weights)), weights, k=min(count - sum(shares), _ONE_BY_ONE)):
        shares[index] += 1
    shares[0] += count - sum(shares)
    return shares
