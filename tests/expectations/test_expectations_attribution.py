"""Whose error a critical failure is, from the second readings of its cells."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from made_reports import COLUMNS, Made, application, consistent, tables, verdicts_of

from expectations import evaluate

BUSINESS = "business"
#: rows that grow together and keep every relation
ROWS = ("granted", "processed_total", "received")
TOTAL, PERSON, FIRM = (application("received", column) for column in ("total", "natural_person", "business"))


def attributed(made: Made, seconds: dict[str, str | None] | None, rule: str, scope: str) -> str | None:
    """The attribution of one verdict; `seconds` None leaves the column out, else unnamed cells are confirmed."""
    reports, cells = tables({"620102-2023": made})
    if seconds is not None:
        pairs = zip(cells["key"].to_pylist(), cells["printed"].to_pylist(), strict=True)
        cells = cells.append_column("second", pa.array([seconds.get(k, p) for k, p in pairs], pa.string()))
    rows = evaluate(reports, cells).to_pylist()
    (verdict,) = (row for row in rows if (row["rule"], row["scope"]) == (rule, scope))
    attribution: str | None = verdict["attribution"]
    return attribution


def wrong(key: str = TOTAL, by: int = 3) -> Made:
    made = consistent()
    return made.but({key: int(made.cells[key] or 0) + by})


def test_confirmed_cells_make_it_the_publishers() -> None:
    assert attributed(wrong(), {}, "T3-ROW", "received") == "publisher"
    assert attributed(wrong(), {}, "T3-IDENT", "total") == "publisher"


@pytest.mark.parametrize("text", [" １ ２\n３", "123", "123件", "１２３"])
def test_the_same_figure_otherwise_written_confirms(text: str) -> None:
    made = consistent().but({TOTAL: 123})
    assert attributed(made, {TOTAL: text}, "T3-ROW", "received") == "publisher"


@pytest.mark.parametrize("text", ["124", "", "12 件3", "一二三"])
def test_another_figure_makes_it_the_extractions(text: str) -> None:
    made = consistent().but({TOTAL: 123})
    assert attributed(made, {TOTAL: text}, "T3-ROW", "received") == "extraction"
    # a difference weighs more than a cell that nobody read again
    assert attributed(made, {TOTAL: text, PERSON: None}, "T3-ROW", "received") == "extraction"


def test_a_blank_is_not_confirmed_by_a_nought() -> None:
    made = wrong().but({FIRM: None})
    assert attributed(made, {FIRM: ""}, "T3-ROW", "received") == "publisher"
    assert attributed(made, {FIRM: "0"}, "T3-ROW", "received") == "extraction"


def test_nobody_is_blamed_where_a_cell_was_not_read_again() -> None:
    assert attributed(wrong(), {PERSON: None}, "T3-ROW", "received") == "unattributed"
    assert attributed(wrong(), None, "T3-ROW", "received") == "unattributed"


def test_a_figure_in_the_wrong_column_is_the_extractions_unless_confirmed() -> None:
    made = consistent()
    moved = made.but({PERSON: int(made.cells[PERSON] or 0) + 7, FIRM: int(made.cells[FIRM] or 0) - 7})
    for column in ("natural_person", "business"):
        assert attributed(moved, None, "T3-IDENT", column) == "extraction"
        assert attributed(moved, {}, "T3-IDENT", column) == "publisher"
    uneven = made.but({PERSON: int(made.cells[PERSON] or 0) + 7, FIRM: int(made.cells[FIRM] or 0) - 6})
    assert attributed(uneven, None, "T3-IDENT", "business") == "unattributed"


def test_an_unreadable_cell_and_a_rule_that_holds() -> None:
    assert attributed(consistent().but({TOTAL: "?"}), {}, "T3-ROW", "received") == "unreadable"
    assert attributed(consistent(), {}, "T3-ROW", "received") is None


def test_a_value_that_arithmetic_settled_is_confirmed_by_its_figure_not_by_the_print() -> None:
    made = consistent().but({TOTAL: 123})
    made.printed[TOTAL] = "128"
    reports, cells = tables({"620102-2023": made})
    keys, printed = cells["key"].to_pylist(), cells["printed"].to_pylist()
    cells = cells.append_column(
        "proposed", pa.array([123 if k == TOTAL else None for k in keys], pa.decimal128(38, 10))
    )
    for text, expected in (("128", "extraction"), ("123", "publisher")):
        seconds = pa.array([text if k == TOTAL else p for k, p in zip(keys, printed, strict=True)])
        rows = evaluate(reports, cells.append_column("second", seconds)).to_pylist()
        (verdict,) = (row for row in rows if (row["rule"], row["scope"]) == ("T3-ROW", "received"))
        assert verdict["attribution"] == expected


def test_warnings_are_nobodys_error() -> None:
    made = consistent("2019").but({"proactive.procurement.items": 3, "proactive.procurement.amount": 0})
    assert attributed(made, {}, "T2-PROCUREMENT", "procurement") == "unattributed"


def test_neighbours_exchanged_are_the_extractions_unless_confirmed() -> None:
    below = application("partially_granted", "business")
    above = application("granted", "business")
    made = consistent()
    swapped = made.but({above: made.cells[below], below: made.cells[above]})
    assert made.cells[above] != made.cells[below]
    for row in ("granted", "partially_granted"):
        assert attributed(swapped, None, "T3-ROW", row) == "extraction"
        assert attributed(swapped, {}, "T3-ROW", row) == "publisher"
    apart = application("declined_petition", "business")
    far = made.but({above: made.cells[apart], apart: made.cells[above]})
    assert attributed(far, None, "T3-ROW", "granted") == "unattributed"


@pytest.mark.parametrize("to", [1, -1])
def test_a_row_one_column_off_is_the_extractions(to: int) -> None:
    made = consistent(seed=4)
    keys = [application("granted", column) for column in COLUMNS]
    figures = [made.cells[key] for key in keys]
    moved = [0, *figures[:-1]] if to > 0 else [*figures[1:], 0]
    shifted = made.but(dict(zip(keys, moved, strict=True)))
    assert attributed(shifted, None, "T3-DETAIL", "business") == "extraction"
    assert attributed(shifted, {}, "T3-DETAIL", "business") == "publisher"


def test_a_row_of_which_little_is_printed_tells_no_shift() -> None:
    """Two cells that are no counts, in a row whose others stand in no relation that can be asked."""
    half = Made({application("received", column): Decimal("12.5") for column in ("business", "total")})
    broken = {scope for (rule, scope), row in verdicts_of(half).items() if row["outcome"] == "fail"}
    assert broken == set(half.cells)
    assert all(verdicts_of(half)["T3-INTEGER", key]["attribution"] == "unattributed" for key in half.cells)


@pytest.mark.parametrize(
    ("confidence", "expected"), [(0.6, "extraction"), (0.95, "unattributed"), (None, "unattributed")]
)
@pytest.mark.parametrize(("printed", "right"), [(18, 13), (113, 13), (1, 13), (31, 13)])
def test_a_digit_off_in_an_unsure_cell_is_the_extractions(
    confidence: float | None, expected: str, printed: int, right: int
) -> None:
    key = application("granted", "business")
    made = consistent()
    moved = right - int(made.cells[key] or 0)
    same = {
        application(row, c): int(made.cells[application(row, c)] or 0) + moved
        for row in ROWS
        for c in (BUSINESS, "total")
    }
    reports, cells = tables({"620102-2023": made.but(same).but({key: printed})})
    sure = [confidence if k == key else 1.0 for k in cells["key"].to_pylist()]
    cells = cells.append_column("confidence", pa.array(sure, pa.float32()))
    rows = evaluate(reports, cells).to_pylist()
    (verdict,) = (row for row in rows if (row["rule"], row["scope"]) == ("T3-ROW", "granted"))
    assert verdict["alternatives"] == [[key]]
    assert verdict["attribution"] == expected
