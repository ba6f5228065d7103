"""Proposals: what the equations of the form may do to cells that recognition doubted."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from bounded import readers_time
from made_reports import APPLICANTS, BLOCKS, application, consistent

from expectations.proposal_doubt import BROKEN
from expectations.proposal_equations import equations
from expectations.proposals import propose
from form.catalogue import POSITION
from form.reading import Reading, Report

CELL = application("granted", "business")
TOTAL = application("granted", "total")


def report(seed: int = 1, edition: str = "2021", **made: Any) -> Report:
    """A consistent report as recognition reads it where it is sure of everything."""
    cells = consistent(edition, seed, **made).cells
    readings = tuple(
        Reading(key, str(cells[key]), Decimal(str(cells[key])), "printed", "scan", 0.99, alternatives=(("7", 0.001),))
        for key in sorted(cells, key=POSITION.__getitem__)
    )
    return Report("沂水县人民政府", 2023, edition, "", readings)


def but(base: Report, changes: dict[str, dict[str, Any]]) -> Report:
    readings = tuple(r._replace(**changes[r.key]) if r.key in changes else r for r in base.readings)
    return replace(base, readings=readings)


def value(base: Report, key: str) -> Decimal:
    found = at(base, key).value
    assert found is not None
    return found


def at(base: Report, key: str) -> Reading:
    return next(r for r in base.readings if r.key == key)


def misread(text: object, confidence: float, *alternatives: tuple[object, float]) -> dict[str, Any]:
    return {
        "printed": str(text),
        "value": Decimal(str(text)),
        "confidence": confidence,
        "alternatives": tuple((str(other), given) for other, given in alternatives),
    }


def others_unchanged(before: Report, after: Report, *keys: str) -> None:
    assert replace(after, readings=()) == replace(before, readings=())
    for was, now in zip(before.readings, after.readings, strict=True):
        assert was.key in keys or now == was


def test_a_misread_cell_takes_the_alternative_with_which_row_and_column_hold() -> None:
    base = report()
    true = value(base, CELL)
    read = but(base, {CELL: misread(true + 90, 0.6, (true, 0.3))})
    after = propose(read)
    others_unchanged(read, after, CELL)
    cell = at(after, CELL)
    assert (cell.value, cell.proposed, cell.state) == (true, true, "printed")
    assert cell.printed == str(true + 90)
    assert cell.alternatives == ((str(true), 0.3),)
    assert cell.confidence == pytest.approx(0.95)
    assert cell.reason is not None
    assert "2个勾稽关系" in cell.reason


def test_a_doubted_cell_that_was_read_rightly_is_confirmed() -> None:
    base = report()
    true = value(base, CELL)
    cell = at(propose(but(base, {CELL: misread(true, 0.55, (true + 3, 0.4))})), CELL)
    assert (cell.value, cell.proposed, cell.confidence) == (true, true, 0.95)
    assert cell.reason == "识别存疑，2个勾稽关系均成立，确认原读数"


def test_one_equation_confirms_only_so_far() -> None:
    base = report()
    key = f"disputes.{BLOCKS[0]}.upheld"
    true = value(base, key)
    for change in (misread(true, 0.6, (true + 3, 0.3)), misread(true + 3, 0.5, (true, 0.45))):
        cell = at(propose(but(base, {key: change})), key)
        assert (cell.value, cell.proposed, cell.confidence) == (true, true, 0.85)


def test_a_cell_that_no_alternative_mends_is_unreadable_with_a_suggestion() -> None:
    base = report()
    true = value(base, CELL)
    cell = at(propose(but(base, {CELL: misread(true + 5, 0.6, (true + 8, 0.3))})), CELL)
    assert (cell.value, cell.state, cell.proposed) == (None, "unreadable", true)
    assert cell.printed == str(true + 5)
    assert cell.reason == f"识别存疑，由2个勾稽关系推算为{true}，仅供参考"


def test_an_unreadable_cell_stays_so_unless_an_alternative_fits() -> None:
    base = report()
    true = value(base, CELL)
    lost = {"printed": "1l", "value": None, "state": "unreadable", "confidence": 0.3}
    cell = at(propose(but(base, {CELL: {**lost, "alternatives": (("l", 0.2),)}})), CELL)
    assert (cell.value, cell.state, cell.proposed, cell.printed) == (None, "unreadable", true, "1l")
    cell = at(propose(but(base, {CELL: {**lost, "alternatives": ((str(true), 0.2),)}})), CELL)
    assert (cell.value, cell.state, cell.printed) == (true, "printed", "1l")
    cell = at(propose(but(base, {CELL: {**lost, "alternatives": ((str(true + 1), 0.2),)}})), CELL)
    assert (cell.value, cell.state, cell.proposed) == (None, "unreadable", true)


def test_a_sure_cell_never_changes_although_its_equations_cry_out() -> None:
    base = report()
    true = value(base, CELL)
    read = but(base, {CELL: misread(true + 5, 0.95, (true, 0.04))})
    assert propose(read) == read


def test_a_printed_error_makes_no_doubted_neighbour_give_way() -> None:
    """The publisher's total is 3 too much; a doubted cell of the row has an alternative that is 3 more."""
    base = report()
    true = value(base, CELL)
    wrong = {TOTAL: misread(value(base, TOTAL) + 3, 0.99)}
    after = propose(but(base, wrong | {CELL: misread(true, 0.5, (true + 3, 0.45))}))
    assert at(after, TOTAL).value == value(base, TOTAL) + 3
    assert at(after, CELL).state == "unreadable"


def test_two_explanations_settle_nothing() -> None:
    base = report()
    block = BLOCKS[1]
    keys = [f"disputes.{block}.upheld", f"disputes.{block}.pending"]
    figures = [value(base, key) for key in keys]
    # Either cell could be the one that is 3 too small.
    changes = {
        keys[0]: misread(figures[0] + 3, 0.5, (figures[0], 0.45)),
        keys[1]: misread(figures[1], 0.5, (figures[1] - 3, 0.45)),
    }
    after = propose(but(base, changes))
    assert [at(after, key).state for key in keys] == ["unreadable", "unreadable"]


def test_a_rectangle_of_doubts_settles_nothing() -> None:
    """Four cells that could all be otherwise without any sum noticing."""
    base = report(most=900)
    rows, columns = ("granted", "unavailable_not_held"), ("natural_person", "business")
    changes = {}
    for row, sign in zip(rows, (1, -1), strict=True):
        for column, turn in zip(columns, (1, -1), strict=True):
            true = value(base, application(row, column))
            changes[application(row, column)] = misread(true, 0.48, (true + 3 * sign * turn, 0.47))
    after = propose(but(base, changes))
    assert Counter(at(after, key).state for key in changes) == {"unreadable": 4}


def test_a_label_in_doubt_is_not_a_cell_in_doubt() -> None:
    base = report()
    row = [application("granted", column) for column in (*APPLICANTS, "total")]
    read = but(base, {key: {"confidence": 0.8} for key in row})
    assert propose(read) == read
    true = value(base, CELL)
    read = but(read, {CELL: misread(true, 0.5, (true + 3, 0.4))})
    assert at(propose(read), CELL).confidence == pytest.approx(0.8)


def test_no_sum_tells_a_blank_from_a_nought() -> None:
    base = report(most=0)
    blank = {"printed": "", "value": None, "state": "blank"}
    for change in (
        misread(0, 0.6, ("", 0.3)),
        {**blank, "confidence": 0.6, "alternatives": (("0", 0.3),)},
        {**blank, "confidence": 0.6, "alternatives": (("8", 0.3),)},
    ):
        cell = at(propose(but(base, {CELL: change})), CELL)
        assert (cell.value, cell.confidence) == (change["value"], 0.6)


def test_table_two_has_no_redundancy() -> None:
    base = report()
    key = "proactive.licensing.decisions"
    true = value(base, key)
    cell = at(propose(but(base, {key: misread(true, 0.7, (true + 1, 0.25))})), key)
    assert (cell.value, cell.confidence, cell.proposed) == (true, 0.7, None)
    cell = at(propose(but(base, {key: misread(true, 0.92, (true + 1, 0.9))})), key)
    assert (cell.value, cell.confidence) == (true, 0.85)
    cell = at(propose(but(base, {key: misread(true, 0.4, (true + 1, 0.3))})), key)
    assert (cell.value, cell.state) == (None, "unreadable")
    cell = at(propose(but(base, {key: {"second": str(true + 1)}})), key)
    assert (cell.value, cell.state) == (None, "unreadable")
    cell = at(propose(but(base, {key: {"second": str(true)}})), key)
    assert (cell.value, cell.confidence) == (true, 0.99)


def test_large_figures_stay_exact() -> None:
    """Neighbours of 10**16 are one float apart; two of them are doubted at once."""
    base = report()
    row = [application("granted", column) for column in APPLICANTS]
    large = Decimal(10**16 + 1)
    columns = [key.rsplit(".", 1)[1] for key in row[:2]]
    changes = {}
    for column in columns:
        for name in ("granted", "processed_total", "received"):
            key = application(name, column)
            changes[key] = misread(value(base, key) + large, 0.99)
    for name in ("granted", "processed_total", "received"):
        key = application(name, "total")
        changes[key] = misread(value(base, key) + 2 * large, 0.99)
    base = but(base, changes)
    true = [value(base, key) for key in row[:2]]
    read = but(base, {key: misread(t + 1, 0.5, (t, 0.4), (t + 2, 0.05)) for key, t in zip(row, true, strict=False)})
    after = propose(read)
    assert [at(after, key).value for key in row[:2]] == true


def test_no_cell_has_so_many_equations_that_an_unheard_figure_could_pay() -> None:
    """Why the programme has no figures of its own: one costs 11, and at most three equations are won."""
    contents = {r.key: (r.state, r.value) for r in report().readings}
    count = Counter(key for equation in equations("2021", contents) for key in equation.coefficients)
    assert max(count.values()) * BROKEN < 11


def test_a_native_report_comes_back_at_once_without_scipy() -> None:
    code = (
        "import sys; sys.path[:0] = ['tests', 'tests/expectations']\n"
        "from dataclasses import replace\n"
        "from test_expectations_proposals import report, CELL\n"
        "from expectations.proposals import propose\n"
        "native = replace(report(), readings=tuple(r._replace(alternatives=(), second='5', confidence=0.8)"
        " for r in report().readings))\n"
        "assert propose(native) is native\n"
        "assert propose(report()) == report()\n"
        "assert not [name for name in sys.modules if name.startswith('scipy.')]\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("share", [0.15, 1])
def test_a_hopeless_page_ends_and_prints_nothing(capfd: pytest.CaptureFixture[str], share: float) -> None:
    """Eight alternatives a doubted cell: bounded, and not a word on standard output, where JSON goes."""
    rng = Random(5)
    base = report(most=9)
    changes = {
        r.key: misread(r.value, 0.2, *((rng.randint(0, 30), 0.15) for _ in range(8)))
        for r in base.readings
        if r.key.startswith(("applications.", "disputes.")) and rng.random() < share
    }
    with readers_time():
        after = propose(but(base, changes))
    assert capfd.readouterr() == ("", "")
    assert all(r.confidence <= 0.95 for r in after.readings if r.key in changes)
