"""Each rule: tables three and four: what passes, fails, cannot be evaluated, does not apply."""

from __future__ import annotations

from decimal import Decimal

import pytest
from made_reports import (
    BLOCKS,
    COLUMNS,
    ITEM_ROWS,
    LEAVES,
    ONE_ROW,
    RESULTS,
    THREE_ROWS,
    UNREADABLE,
    Cell,
    Made,
    application,
    consistent,
    failed,
    verdicts_of,
)

from expectations import RULES
from expectations.rules_within import WITHIN

NEW = consistent("2021", seed=1)
OLD = consistent("2019", seed=2)


def outcome(made: Made, rule: str, scope: str) -> str | None:
    verdict = verdicts_of(made).get((rule, scope))
    return verdict["outcome"] if verdict else None


def test_consistent_reports_fail_nothing_and_every_rule_speaks() -> None:
    for made in (NEW, OLD, consistent("2021", seed=3, one_row=True)):
        expected = {("T3-EDITION", "applications")} if "applications.other.total" in made.cells else set()
        assert failed(made) == (expected if made.edition == "2021" else set())
    # What stands around a report is not given here, so the rules about coverage and versions are silent.
    silent = {"COV-UNIT", "COV-DUPLICATE", "COV-HOST", "VER-SILENT"}
    assert {rule for rule, _ in verdicts_of(NEW)} == {rule.id for rule in RULES} - silent


def test_the_scopes_are_those_agreed_with_the_sample() -> None:
    within = {rule.id for rule in WITHIN}
    scopes: dict[str, set[str]] = {}
    for made in (NEW, OLD):
        for rule, scope in verdicts_of(made):
            if rule in within:
                scopes.setdefault(rule, set()).add(scope)
    rows = {"received", "carried_in", *LEAVES, *ONE_ROW, *THREE_ROWS, "processed_total", "carried_out"}
    made_rows = {"regulations", "normative_documents"}
    assert scopes == {
        "T3-IDENT": set(COLUMNS),
        "T3-DETAIL": set(COLUMNS),
        "T3-ROW": rows,
        "T3-TOTAL-BLANK": rows,
        "T3-INTEGER": {"cells"},
        "T3-EDITION": {"applications"},
        "T3-EMPTY": {"applications"},
        "T4-SUM": set(BLOCKS),
        "T4-BLANK": set(BLOCKS),
        "T2-FLOW": made_rows,
        "T2-STOCK": made_rows,
        "T2-ITEMS": set(ITEM_ROWS),
        "T2-PROCUREMENT": {"procurement"},
        "T2-INFORCE": made_rows,
        "T2-LEVEL": {"regulations"},
        "T2-FEE": {"fees"},
        "PERIOD": {"period"},
        "SECTIONS": {"sections"},
        "LEFTOVER": {"tables"},
    }


def shown(**figures: Cell) -> dict[str, Cell]:
    """A column of table three: every other row 0."""
    rows = ("received", "carried_in", *LEAVES, *THREE_ROWS, "processed_total", "carried_out")
    return {application(row, "natural_person"): figures.get(row, 0) for row in rows}


def test_ident_says_the_printed_figures() -> None:
    made = NEW.but(shown(received=172, carried_in=5, granted=170, processed_total=170, carried_out=6))
    verdict = verdicts_of(made)["T3-IDENT", "natural_person"]
    assert (verdict["outcome"], verdict["severity"]) == ("fail", "critical")
    assert verdict["equation"] == "172 + 5 ≠ 170 + 6"
    assert (verdict["expected"], verdict["actual"]) == ("177", "176")
    assert verdict["cells"] == [
        application(row, "natural_person") for row in ("received", "carried_in", "processed_total", "carried_out")
    ]
    for text in ("自然人", "新收政府信息公开申请数量 172", "上年结转", "= 177", "= 176", "相差 1"):
        assert text in verdict["message"]
    assert verdict["attribution"] == "unattributed"


def test_detail_leaves_zeros_out_of_the_equation() -> None:
    made = NEW.but(
        shown(
            received=161,
            granted=26,
            partially_granted=28,
            denied_state_secret=5,
            denied_third_party=1,
            processed_total=161,
        )
    )
    verdict = verdicts_of(made)["T3-DETAIL", "natural_person"]
    assert verdict["equation"] == "26 + 28 + 5 + 1 ≠ 161"
    assert len(verdict["cells"]) == 22
    nothing = verdicts_of(NEW.but(shown(received=4, processed_total=4)))["T3-DETAIL", "natural_person"]
    assert nothing["equation"] == "0 ≠ 4"


@pytest.mark.parametrize("one_row", [True, False])
def test_detail_counts_the_leaves_that_are_printed(one_row: bool) -> None:
    made = consistent("2021", seed=5, one_row=one_row)
    verdicts = verdicts_of(made)
    assert {verdicts["T3-DETAIL", column]["outcome"] for column in COLUMNS} == {"pass"}
    other, three = verdicts["T3-ROW", "other"], verdicts["T3-ROW", "other_remaining"]
    assert [other["outcome"], three["outcome"]] == ["pass", "not_applicable"][:: 1 if one_row else -1]
    row = "other" if one_row else "other_fee_overdue"
    changed = made.but({application(row, "business"): 1000})
    assert {("T3-DETAIL", "business"), ("T3-ROW", row)} <= failed(changed)
    assert len(verdicts_of(changed)["T3-DETAIL", "business"]["cells"]) == (20 if one_row else 22)


@pytest.mark.parametrize(
    ("other", "expected"),
    [(None, "pass"), (0, "pass"), ("sum", "pass"), (999, "not_evaluable"), (UNREADABLE, "not_evaluable")],
)
def test_both_layouts_of_other_at_once(other: Cell, expected: str) -> None:
    """A one-row （六） beside the three rows is their heading, unless it says something else."""
    sums = {column: sum(int(NEW.cells[application(row, column)]) for row in THREE_ROWS) for column in COLUMNS}
    made = NEW.but({application("other", column): sums[column] if other == "sum" else other for column in COLUMNS})
    assert outcome(made, "T3-DETAIL", "natural_person") == expected
    assert outcome(made, "T3-EDITION", "applications") == "fail"
    assert outcome(made, "T3-ROW", "other") is not None


def test_row() -> None:
    key = application("granted", "research")
    assert outcome(NEW.but({key: 99}), "T3-ROW", "granted") == "fail"
    assert outcome(NEW.but({key: UNREADABLE}), "T3-ROW", "granted") == "not_evaluable"
    assert outcome(NEW.but(without=[key]), "T3-ROW", "granted") == "not_evaluable"
    assert outcome(OLD, "T3-ROW", "other_remaining") == "not_applicable"


@pytest.mark.parametrize(
    ("cell", "fails"),
    [(-1, True), (Decimal("2.5"), True), (Decimal("3.0"), False), (2**60, False), (-(2**60), True), (0, False)],
)
def test_integer(cell: Cell, fails: bool) -> None:
    for key in (
        application("granted", "business"),
        "disputes.litigation_direct.other",
        "proactive.penalties.decisions",
    ):
        assert (("T3-INTEGER", key) in failed(NEW.but({key: cell}))) is fails


def test_integer_speaks_of_each_bad_cell_once_and_else_of_all() -> None:
    fine, bad = application("granted", "business"), application("granted", "research")
    verdicts = verdicts_of(NEW.but({fine: UNREADABLE, bad: Decimal("-0.5")}))
    spoken = {scope: row for (rule, scope), row in verdicts.items() if rule == "T3-INTEGER"}
    assert {scope: row["outcome"] for scope, row in spoken.items()} == {fine: "not_evaluable", bad: "fail"}
    assert spoken[fine]["attribution"] == "unreadable"
    assert (spoken[bad]["expected"], spoken[bad]["actual"], spoken[bad]["equation"]) == (
        "非负整数",
        "-0.5",
        "-0.5 ＜ 0",
    )
    assert spoken[bad]["cells"] == [bad]
    assert outcome(Made(dict.fromkeys(NEW.cells)), "T3-INTEGER", "cells") == "not_evaluable"
    assert outcome(Made({}), "T3-INTEGER", "cells") == "not_evaluable"


def test_integer_leaves_the_sign_to_the_rules_that_own_it() -> None:
    change, stock = "proactive.licensing.items_change", "proactive.normative_documents.in_force"
    assert failed(OLD.but({change: -1, "proactive.licensing.items_previous": 3})) == set()
    assert failed(OLD.but({change: Decimal("0.5")})) == {("T3-INTEGER", change)}
    assert failed(NEW.but({stock: -99})) == {("T2-INFORCE", "normative_documents")}


def test_edition() -> None:
    assert outcome(OLD, "T3-EDITION", "applications") == "pass"
    late = Made(OLD.cells, "2019", 2022)
    verdict = verdicts_of(late)["T3-EDITION", "applications"]
    assert (verdict["outcome"], verdict["severity"]) == ("fail", "warning")
    assert "2022" in verdict["message"]
    assert outcome(consistent("2021", one_row=True), "T3-EDITION", "applications") == "fail"
    tables_two_and_four = [key for key in NEW.cells if key.startswith("applications")]
    assert outcome(NEW.but(without=tables_two_and_four), "T3-EDITION", "applications") == "not_evaluable"


def test_empty() -> None:
    keys = [key for key in NEW.cells if key.startswith("applications")]
    assert outcome(NEW.but(dict.fromkeys(keys, 0)), "T3-EMPTY", "applications") == "pass"
    blank = NEW.but(dict.fromkeys(keys))
    assert failed(blank) == {("T3-EMPTY", "applications")}
    verdicts = verdicts_of(blank)
    assert {row["outcome"] for (rule, _), row in verdicts.items() if rule in {"T3-IDENT", "T3-DETAIL"}} == {
        "not_evaluable"
    }
    unreadable = {**dict.fromkeys(keys), keys[0]: UNREADABLE}
    assert outcome(NEW.but(unreadable), "T3-EMPTY", "applications") == "not_evaluable"
    assert outcome(NEW.but(without=keys), "T3-EMPTY", "applications") == "not_evaluable"


def block(*figures: Cell) -> dict[str, Cell]:
    return {f"disputes.reconsideration.{name}": n for name, n in zip((*RESULTS, "total"), figures, strict=True)}


def test_disputes_as_the_contract_shows() -> None:
    verdict = verdicts_of(NEW.but(block(5, 3, 3, 0, 0)))["T4-SUM", "reconsideration"]
    assert (verdict["expected"], verdict["actual"], verdict["equation"]) == ("11", "0", "5 + 3 + 3 ≠ 0")
    assert verdict["cells"] == [f"disputes.reconsideration.{name}" for name in (*RESULTS, "total")]
    assert verdict["suspects"] == ["disputes.reconsideration.total"]


@pytest.mark.parametrize(
    ("figures", "total", "blank"),
    [
        ((1, 2, 3, 4, 10), "pass", "pass"),
        ((1, None, None, None, 1), "pass", "pass"),
        ((1, None, None, None, 2), "fail", "pass"),
        ((1, 2, 3, 4, None), "not_evaluable", "pass"),
        ((None, None, None, None, 3), "not_evaluable", "pass"),
        ((None, None, None, None, None), "not_evaluable", "fail"),
        ((UNREADABLE, 2, 3, 4, 10), "not_evaluable", "pass"),
        ((UNREADABLE, None, None, None, None), "not_evaluable", "not_evaluable"),
    ],
)
def test_dispute_blocks(figures: tuple[Cell, ...], total: str, blank: str) -> None:
    made = NEW.but(block(*figures))
    assert outcome(made, "T4-SUM", "reconsideration") == total
    assert outcome(made, "T4-BLANK", "reconsideration") == blank


def test_a_wholly_blank_table_four_is_no_partly_blank_one() -> None:
    keys = [key for key in NEW.cells if key.startswith("disputes")]
    verdicts = verdicts_of(NEW.but(dict.fromkeys(keys)))
    assert {verdicts[rule, name]["outcome"] for rule in ("T4-SUM", "T4-BLANK") for name in BLOCKS} == {
        "not_evaluable"
    }
