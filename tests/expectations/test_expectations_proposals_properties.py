"""What must hold of proposals whatever recognition made of a report, and whatever the publisher printed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from test_expectations_proposals import report

from expectations.proposal_doubt import doubts
from expectations.proposal_equations import REDUNDANT, equations
from expectations.proposals import propose
from form.reading import Reading, Report

BASES = [report(seed, edition) for seed in (1, 2) for edition in ("2019", "2021")]
KEPT = ("key", "printed", "reader", "page", "bbox", "alternatives", "second")

figures = st.sampled_from(["0", "1", "3", "8", "13", "18", "73", "78", "1000", "", "l3", "1.5", "无"])
alternatives = st.lists(st.tuples(figures, st.floats(0, 1)), min_size=1, max_size=4).map(tuple)


@st.composite
def printed_reports(draw: st.DrawFn) -> Report:
    """Reports read surely throughout, up to three cells of them wrong as printed."""
    base = draw(st.sampled_from(BASES))
    readings = list(base.readings)
    for place in draw(st.lists(st.integers(0, len(readings) - 1), max_size=3, unique=True)):
        slip = Decimal(draw(st.integers(0, 200)))
        readings[place] = readings[place]._replace(printed=str(slip), value=slip)
    return replace(base, readings=tuple(readings))


@st.composite
def doubted_reports(draw: st.DrawFn) -> Report:
    """Printed reports of which recognition doubts up to nine cells, near one another more often than not."""
    base = draw(printed_reports())
    readings = list(base.readings)
    start = draw(st.integers(0, len(readings) - 30))
    for place in draw(st.lists(st.integers(start, start + 29), min_size=1, max_size=9, unique=True)):
        readings[place] = _doubted(draw, readings[place])
    return replace(base, readings=tuple(readings))


def _doubted(draw: st.DrawFn, reading: Reading) -> Reading:
    others = draw(alternatives)
    confidence = draw(st.floats(0, 1))
    kind = draw(st.sampled_from(["as read", "misread", "blank", "unreadable"]))
    doubted = reading._replace(
        confidence=confidence, alternatives=((reading.printed, draw(st.floats(0, 1))), *others)
    )
    if kind == "misread":
        slip = Decimal(draw(st.integers(0, 100)))
        return doubted._replace(printed=str(slip), value=slip)
    if kind == "blank":
        return doubted._replace(printed="", value=None, state="blank")
    return doubted._replace(printed="?", value=None, state="unreadable") if kind == "unreadable" else doubted


@given(printed_reports())
@settings(max_examples=25, deadline=None)
def test_without_doubt_nothing_changes_whatever_was_printed(read: Report) -> None:
    assert propose(read) == read


@given(doubted_reports())
@settings(max_examples=60, deadline=None)
def test_what_may_change_and_what_may_not(read: Report) -> None:
    after = propose(read)
    doubted = doubts(read)
    assert replace(after, readings=()) == replace(read, readings=())
    assert len(after.readings) == len(read.readings)
    for was, now in zip(read.readings, after.readings, strict=True):
        if was.key not in doubted:
            assert now == was
            continue
        assert all(getattr(now, name) == getattr(was, name) for name in KEPT)
        assert now.reason
        assert (now.value is None) == (now.state != "printed")
        if now.state != "unreadable" and (now.state, now.value) != (was.state, was.value):
            assert now.value == now.proposed
            assert now.proposed in {Decimal(text) for text, _ in was.alternatives if text.isdigit()}
            assert was.key in REDUNDANT
        if now.confidence >= 0.9 and now.state != "unreadable":
            _surely_holds(after, now)


def _surely_holds(after: Report, cell: Reading) -> None:
    """A doubted cell that ends up sure: two equations, exactly, without any cell that stayed unreadable."""
    contents = {r.key: (r.state, r.value) for r in after.readings}
    around = [equation for equation in equations(after.edition, contents) if cell.key in equation.coefficients]
    assert len(around) >= 2
    for equation in around:
        assert sum(c * (contents[key][1] or 0) for key, c in equation.coefficients.items()) == 0


@given(doubted_reports())
@settings(max_examples=15, deadline=None)
def test_the_same_again(read: Report) -> None:
    assert propose(read) == propose(read)
