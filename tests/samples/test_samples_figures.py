from __future__ import annotations

import csv
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples_arithmetic import PEOPLE, broken

from samples import keys, office
from samples.chance import keyed, split, stream
from samples.draft import Draft
from samples.faults import KINDS
from samples.figures import unit_reports
from samples.units import Unit, choose_units

UNITS = choose_units(400)
# All kinds and levels in the first twelve; the rest are more of the same.
some_unit = st.one_of(st.sampled_from(UNITS[:12]), st.sampled_from(UNITS))
seeds = st.integers(min_value=0, max_value=10**9)


def failing(draft: Draft) -> set[tuple[str, str, str]]:
    return broken(draft.cells, draft.year, draft.edition, draft.unit.level)


@given(some_unit, seeds)
@settings(max_examples=200, deadline=None)
def test_clean_reports_break_no_rule(unit: Unit, seed: int) -> None:
    for draft in unit_reports(unit, (2019, 2024), seed):
        expected = {(fault.rule, fault.severity, fault.scope) for fault in draft.faults}
        assert failing(draft) == expected
        assert bool(expected) == ((unit.id, draft.year) == (office.UNIT, office.YEAR))
        assert set(draft.cells) == set(keys.all_keys(draft.edition, draft.one_other))


@given(some_unit, seeds)
@settings(max_examples=120, deadline=None)
def test_years_chain(unit: Unit, seed: int) -> None:
    drafts = list(unit_reports(unit, (2019, 2024), seed))
    for before, after in pairwise(drafts):
        for column in (*PEOPLE, "total"):
            left = before.cells[f"applications.carried_out.{column}"]
            assert after.cells[f"applications.carried_in.{column}"] == left
        for kind in ("regulations", "normative_documents"):
            row = f"proactive.{kind}"
            if after.edition == "2019":
                grown = before.value(f"{row}.total_published") + after.value(f"{row}.newly_published")
                assert after.value(f"{row}.total_published") == grown
            elif before.edition == "2021":
                grown = before.value(f"{row}.in_force") + after.value(f"{row}.issued")
                assert after.value(f"{row}.in_force") == grown - after.value(f"{row}.repealed")
        if after.edition == "2019":
            for row in ("licensing", "other_services", "penalties", "coercive_measures", "fees"):
                grown = before.value(f"proactive.{row}.items_previous") + before.value(
                    f"proactive.{row}.items_change"
                )
                assert after.value(f"proactive.{row}.items_previous") == grown


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(data=st.data(), seed=seeds)
@settings(max_examples=12, deadline=None)
def test_a_fault_breaks_what_it_says_and_nothing_else(kind, data: st.DataObject, seed: int) -> None:
    slots = [(unit, year) for unit in UNITS[:30] for year in range(2019, 2025) if kind.fits(unit, year)]
    unit, year = data.draw(st.sampled_from(slots))
    draft = next(d for d in unit_reports(unit, (2019, 2024), seed) if d.year == year)
    kind.plant(draft, keyed(seed, "fault"))
    listed = {(fault.rule, fault.severity, fault.scope) for fault in draft.faults}
    assert len(listed) == len(draft.faults) > 0
    assert {rule for rule, _, _ in listed} == {kind.name.split()[0]}
    by_figures = {fault for fault in listed if fault[0] not in ("PERIOD", "SECTIONS", "LEFTOVER")}
    assert failing(draft) == by_figures
    assert draft.held == any(severity == "critical" for _, severity, _ in listed)
    assert all(key in draft.cells for fault in draft.faults for key in fault.keys)


def test_the_office_report_of_2020_is_the_real_one() -> None:
    drafts = {draft.year: draft for draft in unit_reports(UNITS[1], (2019, 2021), 5)}
    draft = drafts[2020]
    assert draft.unit.name == "甘肃省人民政府办公厅"
    assert (draft.text("applications.received.total"), draft.text("applications.processed_total.total")) == (
        "172",
        "170",
    )
    assert draft.text("proactive.procurement.amount") == "4555.771 万元"
    assert draft.value("proactive.procurement.amount") == Decimal("45557710")
    assert [fault.rule for fault in draft.faults] == ["T4-BLANK"]
    assert draft.text("disputes.reconsideration.total") == ""
    assert drafts[2019].value("proactive.normative_documents.total_published") == 71


def test_the_keys_are_those_of_the_contract() -> None:
    contract = Path(__file__).resolve().parents[2] / ".." / "shared" / "contract" / "cells.csv"
    if not contract.exists():
        pytest.skip("../shared is not here")
    with contract.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for edition in ("2019", "2021"):
        named = {row["key"] for row in rows if edition in row["edition"]}
        mine = set(keys.all_keys(edition, True)) | (set(keys.all_keys("2021", False)) if edition == "2021" else set())
        assert mine == named


@given(st.integers(0, 20_000), st.lists(st.integers(1, 500), min_size=1, max_size=22), seeds)
def test_a_split_loses_nothing(count: int, weights: list[int], seed: int) -> None:
    counts = np.array([count, 0, 1, count // 3])
    shares = split(counts, tuple(weights), stream(seed, "split"))
    assert shares.sum(axis=1).tolist() == counts.tolist()
    assert shares.min() >= 0


def test_parents_come_before_children_and_ids_are_unique() -> None:
    units = choose_units(6000)
    seen: set[str] = set()
    for unit in units:
        assert unit.parent is None or unit.parent in seen
        assert unit.id.startswith(unit.code)
        seen.add(unit.id)
    assert len(seen) == 6000
    assert {unit.level for unit in units[:12]} == {"province", "prefecture", "county", "township"}
    assert {unit.kind for unit in units[:12]} == {"aggregate", "office", "department", "township"}


@pytest.mark.parametrize("count", [0, -3, 100_000])
def test_an_impossible_number_of_units_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="units can be made"):
        choose_units(count)
