"""The evaluator says across years and levels what plain Python says, report by report."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from made_reports import UNREADABLE, Cell, Made
from made_world import judged
from naive_around import (
    APPLICATIONS,
    DISPUTES,
    PROACTIVE,
    Shelf,
    Unit,
    across_levels,
    across_years,
    before,
    copied,
)

YEARS = (2019, 2020, 2021, 2022)
KEYS = (
    *("applications.carried_in.total", "applications.carried_out.total", "applications.carried_in.natural_person"),
    *("applications.carried_out.natural_person", "applications.received.total", "applications.granted.total"),
    *("applications.received.business", "disputes.reconsideration.upheld", "disputes.reconsideration.total"),
    *("proactive.normative_documents.in_force", "proactive.normative_documents.issued"),
    *("proactive.normative_documents.repealed", "proactive.normative_documents.total_published"),
    *("proactive.normative_documents.newly_published", "proactive.licensing.items_previous"),
    *("proactive.licensing.items_change", "proactive.licensing.decisions", "proactive.fees.amount"),
)
FIGURES: st.SearchStrategy[Cell] = st.one_of(
    st.sampled_from((0, 0, 1, 2, 3, 10, 99, 100, 1000)),
    st.sampled_from((None, UNREADABLE, Decimal("12.5"), Decimal(10) ** 12)),
)
CELLS = st.dictionaries(st.sampled_from(KEYS), FIGURES, min_size=4)
RULES = ("X-CARRY", "X-INFORCE", "X-PUBLISHED", "X-ITEMS", "X-JUMP", "R-PART", "R-SUM")


@st.composite
def reports(draw: st.DrawFn, year: int) -> Made:
    scope = draw(st.sampled_from((None, None, None, "own", "aggregate")))
    edition = draw(st.sampled_from(("2019" if year < 2021 else "2021",) * 5 + ("2019",)))
    return Made(draw(CELLS), edition, year, {"scope": scope})


@st.composite
def shelves(draw: st.DrawFn) -> Shelf:
    """A government with an office, departments that may merge or be divided, and a county."""
    years = st.sampled_from((2020, 2021, 2022))
    turn = draw(years)
    gone = draw(st.sampled_from((turn - 1, turn, None)))
    old = draw(st.lists(st.sampled_from(("620100-a", "620100-b")), unique=True))
    again = draw(st.lists(st.sampled_from(("620100-a", "620100-b")), unique=True, max_size=1))
    units = [
        Unit("620100", complete=draw(st.booleans())),
        Unit("620100-bgs", "office", "620100"),
        Unit("620100-a", "department", "620100", last=gone),
        Unit("620100-b", "department", "620100", last=gone),
        Unit("620100-c", "department", "620100", turn, None, tuple(old)),
        Unit("620100-d", "department", "620100", turn, None, tuple(again)),
        Unit("620102", "aggregate", "620100"),
    ]
    found: dict[tuple[str, int], Made] = {}
    for unit in units:
        for year in YEARS:
            if draw(st.integers(0, 9)) < 7:
                found[unit.id, year] = draw(reports(year))
    return Shelf({unit.id: unit for unit in units}, found)


@given(shelves())
@settings(max_examples=40, deadline=None)
def test_every_verdict_is_the_naive_one(shelf: Shelf) -> None:
    naive = {
        (f"{unit}-{year}", rule, scope): outcome
        for unit, year in shelf.reports
        for ask in (across_years, across_levels)
        for rule, scope, outcome in ask(shelf, unit, year)
    }
    rows = judged(shelf)
    assert {key: row["outcome"] for key, row in rows.items() if key[1] in RULES} == naive
    for (report, rule, scope), row in rows.items():
        assert row["message"] or row["outcome"] in {"pass", "not_applicable"}
        unit, year = report.rsplit("-", 1)
        if rule == "X-COPY" and scope in ("proactive", "applications", "disputes"):
            keys = {"proactive": PROACTIVE, "applications": APPLICATIONS, "disputes": DISPUTES}[scope]
            made, olds = shelf.reports[unit, int(year)], before(shelf, unit, int(year))
            same_form = scope != "proactive" or all(old.edition == made.edition for old in olds or ())
            unread = any(UNREADABLE in one.cells.values() for one in (made, *(olds or ())))
            assert (row["outcome"] == "fail") <= (copied(made, olds, keys) and same_form)
            assert unread or (row["outcome"] == "fail") == (copied(made, olds, keys) and same_form)


@given(shelves(), st.data())
@settings(max_examples=10, deadline=None)
def test_subjects_and_the_order_of_arrival_change_no_verdict(shelf: Shelf, data: st.DataObject) -> None:
    rows = judged(shelf)
    names = sorted({f"{unit}-{year}" for unit, year in shelf.reports})
    chosen = set(data.draw(st.lists(st.sampled_from(names)))) if names else set()
    assert judged(shelf, chosen) == {key: row for key, row in rows.items() if key[0] in chosen}
    turned = Shelf(shelf.units, {key: shelf.reports[key] for key in reversed(list(shelf.reports))})
    assert judged(turned) == rows


@given(shelves())
@settings(max_examples=10, deadline=None)
def test_whatever_fails_names_cells_that_are_there(shelf: Shelf) -> None:
    printed = {f"{unit}-{year}": made.cells for (unit, year), made in shelf.reports.items()}
    for (report, rule, _), row in judged(shelf).items():
        if row["outcome"] == "fail" and rule in RULES:
            assert len(row["cells"]) >= 2 and row["message"] and row["equation"]
            for cell in row["cells"]:
                key, _, other = cell.partition("@")
                assert key in printed[other or report]
