"""The gate: one checkpoint of Great Expectations over the whole staged batch, from the same rule declarations.

The only importer of Great Expectations is `library`; the import takes seconds, so it happens when a batch is
validated, not when this package is read.
"""

from expectations.suites.decision import Gate, GateError, Statistic, held_by
from expectations.suites.judgement import gate
from expectations.suites.library import prepare
from expectations.suites.measures import Measured
from expectations.suites.population import Population, Source

__all__ = ["Gate", "GateError", "Measured", "Population", "Source", "Statistic", "gate", "held_by", "prepare"]
