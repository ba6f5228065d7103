"""The rules about coverage and timeliness. Source: `domain/rules.md`."""

from __future__ import annotations

from typing import Final

from expectations.declaration import Rule

COVERAGE: Final[tuple[Rule, ...]] = ()
