"""The truth of a sample against the rules: what they find in its documents, all together, is what it says."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from samples_reading import registry_of, tables, world

from benchmarks import province as figures_only
from benchmarks.rules import measure
from expectations import RULES, evaluate
from samples import around
from samples.draft import Draft
from samples.figures import province_figures
from samples.reports import Reports
from samples.units import choose_units

Finding = tuple[str, str, str, str]


def failures(verdicts) -> list[Finding]:
    failed = verdicts.filter(pc.equal(verdicts["outcome"], "fail"))
    columns = (failed[name].to_pylist() for name in ("report_id", "rule", "severity", "scope"))
    return list(zip(*columns, strict=True))


def test_a_night_over_the_whole_sample_finds_what_the_truth_says(province) -> None:
    registry = registry_of(province.summary.sources)
    files = {line["address"]: province.file(line["address"]) for line in province.truth if line["address"]}
    reports, cells = tables(province.truth, files, registry)
    read: dict[str, dict[str, Decimal | None]] = {}
    for row in cells.select(["report_id", "key", "value"]).to_pylist():
        read.setdefault(row["report_id"], {})[row["key"]] = row["value"]
    told = {
        f"{line['unit_id']}-{line['year']}": {k: v and Decimal(v) for k, v in line["cells"].items()}
        for line in province.truth
        if line["cells"]
    }
    assert read == told
    found = failures(evaluate(reports, cells, world(province.truth, registry)))
    expected = [
        (f"{line['unit_id']}-{line['year']}", fault["rule"], fault["severity"], fault["scope"])
        for line in province.truth
        for fault in line["faults"]
    ]
    assert Counter(found) == Counter(expected)


def test_the_registry_knows_who_was_renamed_and_who_is_complete(province) -> None:
    units = registry_of(province.summary.sources).units
    (street,) = (unit for unit in units.values() if unit.predecessors)
    (old,) = street.predecessors
    assert units[old].last_year == street.first_year - 1
    assert street.name.endswith("街道办事处")
    assert [unit.id for unit in units.values() if unit.children_complete] == ["620102"]
    years = {(line["unit_id"], line["year"]) for line in province.truth}
    assert {year for unit, year in years if unit == old} == set(range(2019, street.first_year))
    assert {year for unit, year in years if unit == street.id} == set(range(street.first_year, 2025))


@pytest.fixture(scope="module")
def clean() -> figures_only.Province:
    return figures_only.tables(800, (2019, 2024), 3)


def test_a_clean_province_breaks_no_rule_across_years_and_levels(clean) -> None:
    found = failures(evaluate(clean.reports, clean.cells, clean.world))
    # Changes in the units below may cancel out, so that a government's table four is last year's.
    figures = province_figures(choose_units(800), (2019, 2024), 3)
    chance = {f"{unit_id}-{year}" for unit_id, year in Reports(figures).coincidences()}
    office = ("620000-bgt-2020", "T4-BLANK", "info", "reconsideration")
    assert {row for row in found if row[1] != "X-COPY"} <= {office}
    assert {row[0] for row in found if row[1] == "X-COPY"} == chance
    merged = [unit for unit in clean.world.units.to_pylist() if len(unit["predecessors"]) == 2]
    complete = [unit for unit in clean.world.units.to_pylist() if unit["children_complete"]]
    assert len(merged) >= 3
    assert len(complete) >= 30


def test_the_figures_of_the_tables_are_those_of_the_drafts(clean) -> None:
    figures = province_figures(choose_units(800), (2019, 2024), 3)
    slots = list(figures.slots())
    some = {
        f"{holder.unit.id}-{year}": figures.draft(holder, year).cells
        for holder, year in slots[::97]
        if (holder.unit.id, year) != ("620000-bgt", 2020)
    }
    mine = clean.cells.filter(pc.is_in(clean.cells["report_id"], value_set=pa.array(some)))
    told: dict[str, dict[str, Decimal]] = {report_id: {} for report_id in some}
    for row in mine.select(["report_id", "key", "value"]).to_pylist():
        told[row["report_id"]][row["key"]] = row["value"]
    assert told == some
    assert len(slots) == len(clean.reports)
    assert len(clean.cells) == sum(198 if year <= 2020 else 200 for _, year in slots)


def test_the_bench_finds_each_rule_without_miss_or_false_alarm() -> None:
    outcome = measure(420, 1, 5, workers=1)
    lines = [outcome.line(rule) for rule in RULES]
    assert outcome.found.keys() == outcome.wanted
    assert [line["rule"] for line in lines if not line["planted"]] == []
    assert sum(line["near"] for line in lines) >= 40
    assert sum(line["alarms"] for line in lines) == 0


def test_without_neighbours_nothing_is_said_of_them() -> None:
    figures = province_figures(choose_units(1), (2019, 2020), 1)
    reports = Reports(figures)
    (holder,) = figures.holders
    assert [list(around.findings(reports, holder.unit, year)) for year in (2019, 2020)] == [[], []]


@pytest.mark.parametrize("row", ["carried_in", "granted"])
def test_one_changed_cell_is_seen_from_all_sides(row: str) -> None:
    """The oracle of the truth by hand: 城关区 lists all its units, one of which reports one application more."""
    reports = Reports(province_figures(choose_units(12), (2019, 2024), 1))
    key = f"applications.{row}.business"
    draft: Draft = reports.keep(reports.fresh("620102-bgs", 2022))
    draft.cells[key] = draft.value(key) + 1
    seen = {
        (unit_id, year, fault.rule, fault.severity, fault.scope)
        for unit_id, year in reports.around("620102-bgs", 2022)
        for fault in around.findings(reports, reports.unit(unit_id), year)
    }
    if row == "carried_in":
        assert seen == {("620102-bgs", 2022, "X-CARRY", "warning", "business")}
    else:
        assert ("620102", 2022, "R-SUM", "warning", key) in seen
        assert {rule for *_, rule, _, _ in seen} <= {"R-SUM", "R-PART"}
