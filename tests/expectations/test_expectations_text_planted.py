"""Planted sentences: the wordings of the sample province, and those of the bench that nobody tuned for."""

from __future__ import annotations

from benchmarks.text_rules import measure
from benchmarks.text_wordings import INNOCENT, LAST
from samples.faults_text import FAULTS, NEAR_MISSES, RULES
from samples.narrative_claims import CLAIMS, NEAR, STATEMENTS, YEARS


def test_the_wordings_of_the_sample_are_all_told_apart() -> None:
    own = (*CLAIMS, *STATEMENTS, *YEARS)
    counts, bad = measure(own, (*own, *NEAR), 1, 5)
    assert bad == {"missed": set(), "false": set()}
    assert all(counts[rule, "planted"] and counts[rule, "near"] for rule in RULES)


def test_wordings_that_nobody_tuned_for() -> None:
    counts, bad = measure(LAST, (*LAST, *INNOCENT), 1, 5)
    planted, found, false = (sum(counts[rule, name] for rule in RULES) for name in ("planted", "found", "false"))
    assert not false, bad["false"]
    assert found >= 0.9 * planted, bad["missed"]


def test_every_rule_has_wordings_for_faults_and_near_misses() -> None:
    assert set(FAULTS) == set(NEAR_MISSES) == set(RULES)
    assert all(len(FAULTS[rule]) >= 3 and len(NEAR_MISSES[rule]) > len(FAULTS[rule]) for rule in RULES)
