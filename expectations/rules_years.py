"""The rules across years: the same unit, the year before. Source: `domain/rules.md`."""

from __future__ import annotations

from typing import Final

from expectations.declaration import Rule

YEARS: Final[tuple[Rule, ...]] = ()
