"""The rules across levels: a unit and the government above it. Source: `domain/rules.md`."""

from __future__ import annotations

from typing import Final

from expectations.declaration import Rule

LEVELS: Final[tuple[Rule, ...]] = ()
