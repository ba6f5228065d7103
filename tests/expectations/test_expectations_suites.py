"""Great Expectations at its edges: suites as code, one checkpoint, the population, nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from made_reports import Made, application, consistent, tables

from expectations import UNITS, World, evaluate
from expectations.rules import RULES
from expectations.suites import Population, Source, declared, gate, library
from expectations.suites.measures import ENOUGH, bounds, label
from expectations.suites.population import NAMES, measure

ROOT = Path(__file__).resolve().parents[2]
BASE = consistent("2021", seed=5)
MANY = {f"62{n:04d}-2023": BASE for n in range(ENOUGH + 10)}
PRINT_SUITES = """
import json
from expectations.suites import declared, library
print(json.dumps([library.suite(one).to_json_dict() for one in declared.suites()], sort_keys=False))
"""
#: runs one gate and prints every file opened for writing and every host asked, but for the devices of the system
WATCHED = """
import os, sys
sys.path.insert(0, "tests/expectations")
from made_reports import consistent, tables
from expectations.suites import gate
batch, seen = tables({"620101-2023": consistent("2021", seed=1)}), []
asked = {"socket.connect", "socket.getaddrinfo", "socket.sendto", "os.mkdir", "webbrowser.open", "subprocess.Popen"}
def watch(event, args):
    if event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) and not str(args[0]).startswith("/dev/"):
        seen.append(f"{event} {args[0]}")
    elif event in asked:
        seen.append(f"{event} {args}")
sys.dont_write_bytecode = True
sys.addaudithook(watch)
assert gate(*batch).success
"""
TELL = "print(seen)"
CONTROL = "import tempfile; tempfile.TemporaryFile()"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout


def ledger(statuses: dict[str, int]) -> World:
    """A ledger of counties with so many of each status, the many reports' own first."""
    listed = [status for status, many in statuses.items() for _ in range(many)]
    rows = [
        {"unit_id": f"62{n:04d}", "year": 2023, "level": "county", "kind": "aggregate", "status": status}
        | {"report_id": None, "late_days": None}
        for n, status in enumerate(listed)
    ]
    return World(UNITS.empty_table(), coverage=pa.Table.from_pylist(rows))


def spoilt(share: int) -> dict[str, Made]:
    """The many reports, the first `share` of them with a row that does not add up."""
    wrong = BASE.but({application("granted", "total"): 10**6})
    return {name: wrong if n < share else made for n, (name, made) in enumerate(MANY.items())}


def test_suites_have_the_same_bytes_and_ids_in_every_process() -> None:
    first = run(PRINT_SUITES)
    assert first == json.dumps([library.suite(one).to_json_dict() for one in declared.suites()]) + "\n"
    suites = json.loads(first)
    assert [one["name"] for one in suites] == ["cells", "reports", "population"]
    ids = [one["id"] for suite in suites for one in (suite, *suite["expectations"])]
    assert len(set(ids)) == len(ids)
    assert ids == [i for suite in declared.suites() for i in (suite.id, *suite.ids())]


def test_an_expectation_keeps_its_id_when_others_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    before = declared.reports().ids()
    monkeypatch.setattr(declared, "RULES", RULES[1:])
    after = declared.reports().ids()
    assert set(after) < set(before)
    assert len(before) - len(after) == len(RULES[0].severities)


def test_a_gate_writes_no_file_and_asks_no_host() -> None:
    assert run(WATCHED + TELL).strip() == "[]"
    # The watch would see one.
    assert run(f"{WATCHED.partition('assert')[0]}{CONTROL}\n{TELL}").strip() != "[]"


def test_one_checkpoint_a_run_over_all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoints, frames = [], []
    real = library.run

    def counting(suites, made, parameters):
        gx = library._library().gx
        inner = gx.Checkpoint.run
        monkeypatch.setattr(gx.Checkpoint, "run", lambda self, **kw: (checkpoints.append(self), inner(self, **kw))[1])
        frames.extend(made)
        return real(suites, made, parameters)

    monkeypatch.setattr(library, "run", counting)
    gate(*tables(MANY))
    assert frames == ["cells", "reports", "population"]
    (checkpoint,) = checkpoints
    assert [one.name for one in checkpoint.validation_definitions] == frames
    # The ids are those declared, although adding a suite to a context draws new ones.
    assert [one.suite.id for one in checkpoint.validation_definitions] == [one.id for one in declared.suites()]


def test_every_measure_has_a_name_for_people_and_parameters_of_its_own() -> None:
    assert all(label(name) for name in NAMES)
    assert len({name for measure in NAMES for name in declared.parameter_names(measure)}) == 2 * len(NAMES)


def test_a_population_survives_json() -> None:
    done = gate(*tables(spoilt(3)))
    kept = Population.from_dict(json.loads(json.dumps(done.population.to_dict())))
    assert kept == done.population
    assert kept.reports == len(MANY)
    assert kept.measures["failing.T3-ROW"] == kept.measures["held"] == round(3 / len(MANY), 6)
    assert kept.measures["figure.applications.received.total.median"] == BASE.cells["applications.received.total"]
    assert Population.from_dict({"reports": 1, "measures": {"failing.NO-SUCH-RULE": 0.5}}) == Population(1)


def test_only_subjects_count_and_nothing_is_asked_of_few() -> None:
    few = set(list(MANY)[: ENOUGH - 1])
    done = gate(*tables(spoilt(ENOUGH)), subjects=few)
    assert done.population.reports == len(few)
    assert done.population.measures["held"] == 1.0
    assert not done.warnings


@pytest.fixture(scope="module")
def before() -> Population:
    """What the many reports are as they should be."""
    return gate(*tables(MANY)).population


@pytest.fixture(scope="module")
def failing() -> Population:
    """What they are where a rule fails in most of them."""
    return gate(*tables(spoilt(ENOUGH))).population


def test_what_drifts_from_the_release_before_warns_and_holds_nothing(before: Population, failing: Population) -> None:
    same = gate(*tables(MANY), previous=before)
    assert not same.warnings
    assert sum(one.bounds.asked for one in same.measured) > len(RULES)
    doubled = {key: 3 * cell for key, cell in BASE.cells.items() if isinstance(cell, int)}
    larger = gate(*tables(dict.fromkeys(MANY, BASE.but(doubled))), previous=before)
    names = {one.name for one in larger.warnings}
    assert "figure.applications.received.total.median" in names
    assert not any(name.startswith("failing.") for name in names)
    assert larger.success
    wrong = gate(*tables(spoilt(12)), previous=before)
    assert {one.name for one in wrong.warnings} >= {"failing.T3-ROW", "held"}
    shown = next(one for one in wrong.warnings if one.name == "failing.T3-ROW")
    assert shown.message == "T3-ROW（表三各行合计）不成立的报告比例：30.0%，超出预期范围 0.0% 至 2.0%"
    # A rule that falls silent is as strange as one that speaks too much.
    silent = gate(*tables(MANY), previous=failing)
    assert "failing.T3-ROW" in {one.name for one in silent.warnings}


def test_coverage_by_level_and_the_reports_that_stand() -> None:
    full = ledger({"published": 35, "attachment_only": 3, "not_published": 2, "not_due": 50, "merged": 4})
    done = gate(*tables(MANY), full)
    assert done.population.measures["coverage.county"] == 0.95
    assert done.population.measures["standing"] == 38
    assert "coverage.province" not in done.population.measures
    fewer = gate(*tables(MANY), ledger({"published": 30, "blocked": 10}), previous=done.population)
    said = {one.name: one.message for one in fewer.warnings}
    assert said.keys() == {"coverage.county", "standing"}
    assert said["coverage.county"] == "县级应公开报告的已有比例：75.0%，超出预期范围 90.0% 至 100.0%"
    assert said["standing"] == "台账中已有的报告数：30，超出预期范围 不少于 37.24"
    half = gate(*tables(MANY), ledger({"published": 10, "blocked": 30}))
    assert [one.name for one in half.warnings] == ["coverage.county"]
    gone = gate(*tables(MANY), None, previous=done.population)
    assert {one.name for one in gone.warnings} == {"coverage.county", "standing"}
    assert all(one.value is None and one.message.endswith("无法计量") for one in gone.warnings)


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (Source(40, 40, 40), set()),
        (Source(100, 40, 40), {"volume.captured_of_listed"}),
        (Source(100, 100, 40), {"volume.staged_of_captured"}),
        (Source(40, 40, 90), {"volume.staged_of_captured"}),
        (Source(20, 2, 1), set()),
        (Source(0, 0, 0), set()),
    ],
)
def test_volumes_beside_the_source(source: Source, names: set[str]) -> None:
    batch = tables({"620101-2023": BASE})
    taken = measure((*batch, evaluate(*batch)), source=source).measures
    limits = bounds(1, source, None, {})
    outside = {n for n, value in taken.items() if not limits[n].least <= value <= limits[n].most}
    assert outside == names
