"""Ranges of report years as people type them."""

from __future__ import annotations

from flows.exits import UnusableError


def parse_years(text: str) -> tuple[int, int]:
    """`2019..2024` or `2021` -> first and last year. Raises UnusableError for anything else."""
    first, _, last = text.partition("..")
    if not (first.isdigit() and (last or first).isdigit()):
        raise UnusableError(f"{text!r} is not a year or a range such as 2019..2024")
    low, high = int(first), int(last or first)
    if not 2008 <= low <= high <= 2100:
        raise UnusableError(f"{text!r} is not within 2008..2100, the first year before the last")
    return low, high
