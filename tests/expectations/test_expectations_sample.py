"""The sample province's figures: what its generator planted is what the rules within a report find, and nothing else.

A planted figure disturbs the years beside it and the levels above too; that is not asked here. The generator and
the rules were written apart, from the same description.
"""

from __future__ import annotations

from random import Random

import numpy as np
from made_reports import SECTIONS, Made, tables

from expectations.answer import FAIL
from expectations.batch import load
from expectations.declaration import SEVERITIES
from expectations.evaluator import ask
from expectations.rules_within import WITHIN
from samples.draft import Draft
from samples.faults import KINDS
from samples.figures import unit_reports
from samples.units import choose_units

YEARS = (2019, 2024)


def as_made(draft: Draft) -> Made:
    unit = draft.unit
    facts = {
        "unit": unit.name,
        "unit_name": unit.name,
        "level": unit.level,
        "kind": unit.kind,
        "period_from": draft.period[0],
        "period_to": draft.period[1],
        "sections": [name for name in SECTIONS if name != draft.missing_section],
    }
    if draft.extra_row:
        facts["leftovers"] = [{"table": "proactive", "printed": " ".join(draft.extra_row), "page": 1}]
    return Made(dict(draft.cells), draft.edition, draft.year, facts, {}, dict(draft.printed))


def test_the_rules_find_what_was_planted_and_nothing_else() -> None:
    reports, planted, kinds = {}, {}, set()
    drafts = [draft for unit in choose_units(60) for draft in unit_reports(unit, YEARS, 7)]
    for number, draft in enumerate(drafts):
        kind = KINDS[number // 2 % len(KINDS)]
        if number % 2 and kind.fits(draft.unit, draft.year):
            kind.plant(draft, Random(number))
            kinds.add(kind.name)
        name = f"{draft.unit.id}-{draft.year}"
        reports[name] = as_made(draft)
        planted[name] = {(fault.rule, fault.scope, fault.severity) for fault in draft.faults}
    batch = load(*tables(reports))
    names = batch.strings("report_id")
    found: dict[str, set[tuple[str, str, str]]] = {name: set() for name in reports}
    # The answers themselves: which cells would mend a failure is asked elsewhere, and takes its time.
    for rule in WITHIN:
        for answer in ask(batch, rule):
            for at in np.flatnonzero(answer.outcome == FAIL).tolist():
                found[names[at]].add((rule.id, answer.scope, SEVERITIES[answer.severity[at]]))
    assert found == planted
    assert kinds == {kind.name for kind in KINDS}
