"""Hosts known to replay government pages with altered text; never visited, never registered."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def hosts() -> frozenset[str]:
    """The known ones, without `www.`."""
    text = (files("portals.gansu") / "hijacked.csv").read_text("utf-8")
    return frozenset(row["host"] for row in csv.DictReader(text.splitlines()))


def is_hijacked(host: str) -> bool:
    """Whether a host is one of them, or below one."""
    parts = host.lower().split(".")
    return any(".".join(parts[start:]) in hosts() for start in range(len(parts) - 1))
