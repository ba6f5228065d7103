"""The rules as data, one evaluator, and the suites of Great Expectations at the gate.

`evaluate` gives the verdicts of a batch, `failing` only what fails in it; neither needs Great Expectations.
`expectations.suites.gate` is the gate.
"""

from expectations.evaluator import evaluate, failing
from expectations.findings import findings
from expectations.rules import RULES
from expectations.world import UNITS, World

__all__ = ["RULES", "UNITS", "World", "evaluate", "failing", "findings"]
