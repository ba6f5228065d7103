"""The gate with the real Great Expectations; its import takes seconds, so there are few tests."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from made_reports import application, consistent, tables

from expectations import evaluate, findings
from expectations.findings import finding_id
from expectations.rules import RULES
from expectations.suites import Gate, GateError, declared, gate, staged
from expectations.waivers import cited_printed, failing, waiver_of

ROOT = Path(__file__).resolve().parents[2]
CLEAN = {f"6201{n:02d}-2023": consistent("2021", seed=n) for n in range(6)}
BROKEN_ROW = CLEAN["620101-2023"].but({application("granted", "business"): 10**6})
BROKEN_TWICE = CLEAN["620102-2023"].but(
    {"disputes.reconsideration.total": 10**6, application("carried_out", "research"): 10**6}
)
NEGATIVE = CLEAN["620105-2023"].but({"proactive.normative_documents.in_force": -1})
WARNED = CLEAN["620103-2023"].but(
    {"proactive.regulations.in_force": 3}, sections=["overview"], period_from=None, period_to=None
)
STAGED = {
    **CLEAN,
    "620101-2023": BROKEN_ROW,
    "620102-2023": BROKEN_TWICE,
    "620103-2023": WARNED,
    "620105-2023": NEGATIVE,
}


@pytest.fixture(scope="module")
def judged() -> Gate:
    """What the gate says of those staged."""
    return gate(*tables(STAGED))


def test_the_gate_holds_exactly_the_critical_ones(judged: Gate) -> None:
    decision = judged
    assert decision.held == {
        "620101-2023": ("T3-DETAIL", "T3-ROW"),
        "620102-2023": ("T3-IDENT", "T3-ROW", "T4-SUM"),
        "620105-2023": ("T2-INFORCE",),
    }
    assert not decision.success
    assert decision.verdicts.equals(evaluate(*tables(STAGED)))
    assert [(s.rule, s.severity) for s in decision.statistics] == [(r.id, v) for r in RULES for v in r.severities]
    found = {(s.rule, s.severity): (s.verdicts, s.reports) for s in decision.statistics if not s.success}
    assert found == {
        ("T3-IDENT", "critical"): (1, 1),
        ("T3-DETAIL", "critical"): (1, 1),
        ("T3-ROW", "critical"): (2, 2),
        ("T4-SUM", "critical"): (1, 1),
        ("T2-INFORCE", "critical"): (1, 1),
        ("T2-LEVEL", "warning"): (1, 1),
        ("SECTIONS", "warning"): (5, 1),
    }


def test_a_waived_critical_lets_its_report_through_and_a_void_waiver_does_not(judged: Gate) -> None:
    reports, cells = tables(STAGED)
    found = failing(evaluate(reports, cells))
    printed = cited_printed(found.values(), cells)
    days = (date(2026, 11, 24), date(2027, 3, 31))
    waivers = [waiver_of(row, "0" * 64, printed, ("张三", "已核实"), days) for row in found.values()]
    assert reports["sha256"][0].as_py() == "0" * 64
    decision = gate(reports, cells, waivers=waivers, today=days[1])
    assert decision.held == {}
    assert decision.waived == found.keys()
    late = gate(reports, cells, waivers=waivers, today=date(2027, 4, 1))
    assert late.held == judged.held
    assert (late.waived, len(late.void)) == (frozenset(), len(waivers))
    one = next(waiver for waiver in waivers if waiver.rule == "T3-DETAIL")
    assert gate(reports, cells, waivers=[one], today=days[0]).held[one.report_id] == ("T3-ROW",)
    with pytest.raises(ValueError, match="today is needed"):
        gate(reports, cells, waivers=waivers)


def test_the_gate_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    gate(*tables(CLEAN))
    assert list(tmp_path.iterdir()) == []


def test_clean_reports_pass_and_the_order_of_arrival_does_not_matter(judged: Gate) -> None:
    assert gate(*tables(CLEAN)).success
    backwards = dict(reversed(STAGED.items()))
    assert gate(*tables(backwards)).held == judged.held


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r, c: (r.slice(0, 0), c.slice(0, 0)), "row_count"),
        (lambda r, c: (r, c.slice(0, 0)), "population of cells.*row_count"),
        (lambda r, c: (pa.concat_tables([r, r.slice(0, 1)]), c), "population of reports.*unique"),
        (lambda r, c: (r, pa.concat_tables([c, c.slice(0, 1)])), "population of cells.*unique"),
        (lambda r, c: (r.slice(1), c), "of_a_report"),
        (lambda r, c: (r, c.set_column(5, "state", pa.repeat("guessed", c.num_rows))), "column.*state"),
        (lambda r, c: (r, c.set_column(1, "key", pa.repeat("x", c.num_rows))), "column.*key"),
        (lambda r, c: (r, c.set_column(4, "value", pa.nulls(c.num_rows, c["value"].type))), "value_fits_state"),
        (lambda r, c: (r.set_column(7, "edition", pa.repeat("2014", r.num_rows)), c), "column.*edition"),
        (lambda r, c: (r, c.filter(pa.compute.not_equal(c["report_id"], "620100-2023"))), "column.*cells"),
    ],
)
def test_a_wrong_population_holds_everything(change, message) -> None:
    with pytest.raises(GateError, match=message) as error:
        gate(*change(*tables(CLEAN)))
    assert "\n" not in str(error.value)


def test_the_gate_trusts_no_library_that_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    real = staged.failures

    def forgetful(batch, report_ids):
        return {which: what for which, what in real(batch, report_ids).items() if which[0] != "T4-SUM"}

    monkeypatch.setattr(staged, "failures", forgetful)
    with pytest.raises(GateError, match="differ on T4-SUM"):
        gate(*tables(STAGED))


def test_an_evaluator_that_fails_lets_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*batch):
        raise RuntimeError("out of order")

    monkeypatch.setattr(staged, "evaluate", broken)
    with pytest.raises(GateError, match="out of order"):
        gate(*tables(CLEAN))


def test_a_rule_that_was_not_asked_lets_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(declared, "RULES", RULES[1:])
    with pytest.raises(GateError, match="did not evaluate every rule"):
        gate(*tables(CLEAN))


def test_the_evaluator_runs_once_for_all_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def counting(reports, *rest):
        calls.append(reports.num_rows)
        return evaluate(reports, *rest)

    monkeypatch.setattr(staged, "evaluate", counting)
    gate(*tables(STAGED))
    assert calls == [len(STAGED)]


def test_findings_are_the_failures_with_name_address_and_gate() -> None:
    reports, cells = tables(STAGED)
    verdicts = evaluate(reports, cells)
    rows = findings(verdicts, reports, {"620101-2023": ("T3-ROW",)}).to_pylist()
    failed = [row for row in verdicts.to_pylist() if row["outcome"] == "fail"]
    assert [(r["report_id"], r["rule"], r["scope"]) for r in rows] == [
        (r["report_id"], r["rule"], r["scope"]) for r in failed
    ]
    assert {r["gate"] for r in rows if r["report_id"] == "620101-2023"} == {"held"}
    assert {r["gate"] for r in rows if r["report_id"] != "620101-2023"} == {"released"}
    assert rows[0]["unit_name"] == "沂水县人民政府"
    assert rows[0]["address"] == "http://example.invalid/620101-2023"
    assert len({r["finding_id"] for r in rows}) == len(rows)
    assert rows[0]["finding_id"] == finding_id("620101-2023", "T3-DETAIL", "business") == "b617f9a70aba2821"
    assert findings(verdicts.slice(0, 0), reports, {}).num_rows == 0


def test_the_identity_of_a_finding_does_not_depend_on_its_figures() -> None:
    ids = []
    for figure in (10**6, 10**7):
        made = CLEAN["620101-2023"].but({application("granted", "business"): figure})
        reports, cells = tables({"620101-2023": made})
        ids.append(findings(evaluate(reports, cells), reports, ())["finding_id"].to_pylist())
    assert ids[0] == ids[1]


def test_evaluating_and_even_reading_the_suites_imports_no_great_expectations() -> None:
    code = "import sys, expectations, expectations.suites; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
