"""Which cells of a report could be wrong, as its verdicts say it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_reports import Made, application, consistent, tables, verdicts_of

from expectations import evaluate

NEW = consistent()
SUMMED = sorted(key for key in NEW.cells if not key.startswith("proactive"))
Sets = list[list[str]]


def changed(amounts: dict[str, int], made: Made = NEW) -> Made:
    return made.but({key: int(made.cells[key] or 0) + by for key, by in amounts.items()})


def failures(made: Made) -> dict[tuple[str, str], dict[str, Any]]:
    return {which: row for which, row in verdicts_of(made).items() if row["outcome"] == "fail"}


def alternatives(made: Made) -> dict[tuple[str, str], Sets]:
    return {which: row["alternatives"] for which, row in failures(made).items()}


def test_one_cell_is_named_with_what_it_would_have_to_be() -> None:
    key = application("granted", "business")
    rows = failures(changed({key: 7}))
    assert {rule for rule, _ in rows} == {"T3-ROW", "T3-DETAIL"}
    for row in rows.values():
        assert (row["alternatives"], row["suspects"]) == ([[key]], [key])
        before = int(NEW.cells[key])  # type: ignore[arg-type]
        assert f"{before + 7} → {before}" in row["message"]
        assert "只改一格" in row["message"]


def test_a_tie_is_shown_with_all_its_sets() -> None:
    keys = [f"disputes.reconsideration.{name}" for name in ("upheld", "corrected", "other", "pending", "total")]
    made = NEW.but(dict(zip(keys, (5, 6, 7, 8, 29), strict=True)))
    row = failures(made)["T4-SUM", "reconsideration"]
    assert sorted(row["alternatives"]) == sorted([key] for key in keys)
    assert row["suspects"] == [key for (key,) in row["alternatives"]]
    assert "有 5 组单元格可改" in row["message"]


def test_figures_that_nothing_fixes_are_only_examples() -> None:
    """One cell below 0 in two rows and columns that add up: any way to split what each has together would do."""
    rows, columns = ("granted", "unavailable_not_held"), ("natural_person", "business")
    a, b, c, d = (application(row, column) for row in rows for column in columns)
    by = int(NEW.cells[b]) + 4  # type: ignore[arg-type]
    row = failures(changed({a: by, b: -by, c: -by, d: by}))["T3-INTEGER", b]
    assert "有多于 8 组单元格可改" in row["message"]
    assert "·商业企业”-4 → 如 0、" in row["message"]
    assert "“如”后的数字不是唯一的" in row["message"]


def test_a_bound_leaves_the_figure_open_and_an_equation_does_not() -> None:
    key = "proactive.regulations.in_force"
    assert "-1 → 如 0（" in failures(NEW.but({key: -1}))["T2-INFORCE", "regulations"]["message"]
    row = failures(changed({application("granted", "business"): 7}))["T3-ROW", "granted"]
    assert "如" not in row["message"].rpartition("全部成立")[2]


def test_the_likely_slip_comes_first() -> None:
    keys = [f"disputes.reconsideration.{name}" for name in ("upheld", "corrected", "other", "pending", "total")]
    made = NEW.but(dict(zip(keys, (51, 62, 73, 84, 207), strict=True)))
    (first, *others) = failures(made)["T4-SUM", "reconsideration"]["alternatives"]
    assert first == ["disputes.reconsideration.total"]
    assert others


def test_faults_that_do_not_meet_have_their_own_sets() -> None:
    a, b = application("granted", "business"), "disputes.litigation_direct.total"
    found = alternatives(changed({a: 3, b: 4}))
    assert found["T3-ROW", "granted"] == found["T3-DETAIL", "business"] == [[a]]
    assert [b] in found["T4-SUM", "litigation_direct"]


def test_two_neighbours_exchanged_are_one_of_several_pairs() -> None:
    a, b = application("granted", "business"), application("partially_granted", "business")
    assert NEW.cells[a] != NEW.cells[b]
    made = NEW.but({a: NEW.cells[b], b: NEW.cells[a]})
    found = alternatives(made)
    assert set(found) == {("T3-ROW", "granted"), ("T3-ROW", "partially_granted")}
    for sets in found.values():
        assert [a, b] in sets
        assert 1 < len(sets) <= 8


def test_a_blank_cell_may_be_named() -> None:
    key = application("granted", "research")
    made = NEW.but({key: None})
    row = failures(made)["T3-ROW", "granted"]
    assert row["alternatives"] == [[key]]
    assert f"空白 → {NEW.cells[key]}" in row["message"]


def test_a_figure_that_is_no_integer_must_change() -> None:
    key = application("granted", "research")
    found = alternatives(NEW.but({key: Decimal(int(NEW.cells[key])) + Decimal("0.5")}))  # type: ignore[arg-type]
    assert found["T3-INTEGER", key] == found["T3-ROW", "granted"] == [[key]]


def test_a_report_that_is_wrong_everywhere_is_given_up_with_a_reason() -> None:
    made = NEW.but({key: int(NEW.cells[key]) + n for n, key in enumerate(SUMMED) if "natural" in key})  # type: ignore[arg-type]
    rows = [row for row in failures(made).values() if row["rule"] == "T3-ROW"]
    assert rows
    for row in rows:
        assert row["alternatives"] == row["suspects"] == []
        assert "多于 6 格" in row["message"]


def test_a_carry_over_that_fails_is_mended_with_the_cell_or_demands_nothing() -> None:
    before, after = consistent(seed=1), consistent(seed=2)
    rows = ["received", "carried_in"]
    columns = [key.rsplit(".", 1)[1] for key in before.cells if key.startswith("applications.received.")]
    # the later report carries in what the earlier one carried out, and receives so much less or more
    cells: dict[str, int] = {}
    for column in columns:
        out = int(before.cells[application("carried_out", column)])  # type: ignore[arg-type]
        received, carried = (int(after.cells[application(row, column)]) for row in rows)  # type: ignore[arg-type]
        cells |= {application("carried_in", column): out, application("received", column): received + carried - out}
    after = after.but(cells)
    key = application("carried_in", "business")

    def later(made: Made) -> dict[tuple[str, str], dict[str, Any]]:
        earlier = before.but({}, unit_id="620102")
        both = {"620102-2022": Made(earlier.cells, "2021", 2022), "620102-2023": made}
        rows = evaluate(*tables(both), subjects=["620102-2023"]).to_pylist()
        return {(row["rule"], row["scope"]): row for row in rows if row["outcome"] == "fail"}

    assert not [row for row in later(after).values() if row["severity"] == "critical"]
    wrong = later(changed({key: 3}, after))
    assert wrong["X-CARRY", "business"]["alternatives"] == wrong["T3-IDENT", "business"]["alternatives"] == [[key]]
    both = {
        application(row, column): by
        for row, by in (("carried_in", 3), ("received", -3))
        for column in ("business", "total")
    }
    moved = later(changed(both, after))
    assert {which for which in moved if which[0].startswith(("T3", "X-CARRY"))} == {
        ("X-CARRY", "business"),
        ("X-CARRY", "total"),
    }
    assert moved["X-CARRY", "business"]["alternatives"] == []


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from(SUMMED), st.integers(-9, 60).filter(bool), min_size=1, max_size=3))
def test_no_more_cells_than_were_changed_and_every_set_mends_all(amounts: dict[str, int]) -> None:
    amounts = {key: by for key, by in amounts.items() if int(NEW.cells[key]) + by >= 0}  # type: ignore[arg-type]
    found = alternatives(changed(amounts))
    if not amounts:
        assert not found
        return
    groups = {tuple(map(tuple, sets)): sets for (rule, _), sets in found.items() if rule != "T3-INTEGER"}
    assert sum(len(sets[0]) for sets in groups.values()) <= len(amounts)


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_cells_and_reports_changes_nothing(order: int) -> None:
    made = {f"62{n:04d}-2023": changed({key: n + 1}) for n, key in enumerate(SUMMED[::40])}
    reports, cells = tables(dict(list(made.items())[::order]))
    assert evaluate(reports, cells).equals(evaluate(*tables(made)))
