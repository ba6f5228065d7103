"""Every rule, each declared once, in the order of the verdicts: one module for each kind of rule."""

from __future__ import annotations

from typing import Final

from expectations.declaration import Rule
from expectations.rules_coverage import COVERAGE
from expectations.rules_levels import LEVELS
from expectations.rules_text import TEXT
from expectations.rules_versions import VERSIONS
from expectations.rules_within import WITHIN
from expectations.rules_years import YEARS

RULES: Final[tuple[Rule, ...]] = (*WITHIN, *TEXT, *YEARS, *LEVELS, *COVERAGE, *VERSIONS)
BY_ID: Final = {rule.id: rule for rule in RULES}
