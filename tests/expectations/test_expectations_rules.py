"""Each rule: what passes, fails, cannot be evaluated, does not apply."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from made_reports import (
    APPLICANTS,
    BLOCKS,
    COLUMNS,
    ITEM_ROWS,
    LEAVES,
    ONE_ROW,
    RESULTS,
    SECTIONS,
    THREE_ROWS,
    UNREADABLE,
    Cell,
    Made,
    application,
    consistent,
    failed,
    verdicts_of,
)

from form.numbers import read_figure

NEW = consistent("2021", seed=1)
OLD = consistent("2019", seed=2)


def outcome(made: Made, rule: str, scope: str) -> str | None:
    verdict = verdicts_of(made).get((rule, scope))
    return verdict["outcome"] if verdict else None


def test_consistent_reports_fail_nothing_and_every_rule_speaks() -> None:
    for made in (NEW, OLD, consistent("2021", seed=3, one_row=True)):
        expected = {("T3-EDITION", "applications")} if "applications.other.total" in made.cells else set()
        assert failed(made) == (expected if made.edition == "2021" else set())
    assert len({rule for rule, _ in verdicts_of(NEW)}) == 19


def test_the_scopes_are_those_agreed_with_the_sample() -> None:
    scopes: dict[str, set[str]] = {}
    for made in (NEW, OLD):
        for rule, scope in verdicts_of(made):
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
        "-0.5 ∉ ℕ",
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


def old(row: str, **figures: Cell) -> Made:
    return OLD.but({f"proactive.{row}.{name}": figure for name, figure in figures.items()})


def test_flow_and_stock() -> None:
    row = "normative_documents"
    beyond = old(row, newly_made=3, newly_published=5, total_published=5)
    verdict = verdicts_of(beyond)["T2-FLOW", row]
    assert failed(beyond) == {("T2-FLOW", row)}
    assert (verdict["severity"], verdict["equation"]) == ("warning", "5 ≰ 3")
    assert (verdict["expected"], verdict["actual"]) == ("≤ 3", "5")
    short = old(row, newly_made=5, newly_published=5, total_published=4)
    verdict = verdicts_of(short)["T2-STOCK", row]
    assert (verdict["severity"], verdict["equation"], verdict["suspects"]) == ("critical", "4 ≱ 5", [])
    for rule, name in (("T2-FLOW", "newly_made"), ("T2-STOCK", "total_published")):
        assert outcome(old(row, **{name: None}), rule, row) == "not_evaluable"
        assert outcome(NEW, rule, row) == "not_applicable"


@pytest.mark.parametrize(
    ("before", "change", "expected"),
    [(8, -8, "pass"), (8, -9, "fail"), (8, None, "pass"), (None, -9, "not_evaluable"), (None, None, "not_evaluable")],
)
def test_items(before: Cell, change: Cell, expected: str) -> None:
    made = old("fees", items_previous=before, items_change=change)
    verdict = verdicts_of(made)["T2-ITEMS", "fees"]
    assert verdict["outcome"] == expected
    if expected == "fail":
        assert (verdict["equation"], verdict["expected"], verdict["actual"]) == ("8 + (-9) ≱ 0", "≥ 0", "-1")
    assert outcome(NEW, "T2-ITEMS", "licensing") == "not_applicable"


@pytest.mark.parametrize(
    ("items", "amount", "expected"),
    [
        (0, 0, "pass"),
        (10, 45557710, "pass"),
        (10, 0, "fail"),
        (0, Decimal("0.01"), "fail"),
        (0, 10**12, "fail"),
        (10, 10**12, "pass"),
        (10, None, "not_evaluable"),
        (None, None, "not_evaluable"),
        (10, UNREADABLE, "not_evaluable"),
    ],
)
def test_procurement(items: Cell, amount: Cell, expected: str) -> None:
    assert outcome(old("procurement", items=items, amount=amount), "T2-PROCUREMENT", "procurement") == expected
    assert outcome(NEW, "T2-PROCUREMENT", "procurement") == "not_applicable"


def test_procurement_without_a_unit() -> None:
    """The note is that of `form.numbers`, so the two rooms must agree on it."""
    key = "proactive.procurement.amount"
    for text, expected in (("4555.771", "fail"), ("0", "pass"), ("12元", "pass")):
        figure = read_figure(text, "元")
        items = 0 if figure.value == 0 else 4
        cell = UNREADABLE if figure.value is None else figure.value
        made = old("procurement", items=items, amount=cell)
        made = Made(made.cells, "2019", 2020, {}, {key: figure.note} if figure.note else {}, {key: text})
        verdict = verdicts_of(made)["T2-PROCUREMENT", "procurement"]
        assert verdict["outcome"] == expected
        assert expected == "pass" or "4555.771" in verdict["message"]


@pytest.mark.parametrize(
    ("issued", "repealed", "in_force", "expected", "severity"),
    [
        (5, 1, 4, "pass", None),
        (5, 1, 3, "fail", "warning"),
        (0, 9, -1, "fail", "critical"),
        (5, 1, -1, "fail", "critical"),
        (None, None, 3, "not_evaluable", None),
        (None, None, -3, "fail", "critical"),
        (3, None, 3, "pass", None),
        (3, None, None, "not_evaluable", None),
    ],
)
def test_in_force(issued: Cell, repealed: Cell, in_force: Cell, expected: str, severity: str | None) -> None:
    names = {"issued": issued, "repealed": repealed, "in_force": in_force}
    made = NEW.but({f"proactive.normative_documents.{name}": figure for name, figure in names.items()})
    verdict = verdicts_of(made)["T2-INFORCE", "normative_documents"]
    assert verdict["outcome"] == expected
    assert severity is None or verdict["severity"] == severity
    assert outcome(OLD, "T2-INFORCE", "normative_documents") == "not_applicable"


def test_in_force_says_the_difference() -> None:
    names = {"issued": 5, "repealed": 1, "in_force": 3}
    made = NEW.but({f"proactive.normative_documents.{name}": figure for name, figure in names.items()})
    verdict = verdicts_of(made)["T2-INFORCE", "normative_documents"]
    assert (verdict["equation"], verdict["expected"], verdict["actual"]) == ("3 ≱ 5 − 1", "≥ 4", "3")


@pytest.mark.parametrize(
    ("level", "kind", "unit", "expected"),
    [
        ("province", "aggregate", "甘肃省人民政府", "pass"),
        ("province", "office", "甘肃省人民政府办公厅", "pass"),
        ("prefecture", "aggregate", "兰州市人民政府", "pass"),
        ("province", "department", "甘肃省财政厅", "fail"),
        ("county", "aggregate", "榆中县人民政府", "fail"),
        ("township", "aggregate", "螅镇人民政府", "fail"),
        (None, None, "甘肃省人民政府办公厅", "pass"),
        (None, None, "宁夏回族自治区人民政府", "pass"),
        (None, None, "临夏回族自治州人民政府", "pass"),
        (None, None, "淮安市洪泽区人民政府", "fail"),
        (None, None, "肃北蒙古族自治县人民政府", "fail"),
        (None, None, "太平镇人民政府", "fail"),
        (None, None, "敦煌市人民政府", "not_evaluable"),
        (None, None, "沭阳县发展和改革局", "not_evaluable"),
        (None, None, None, "not_evaluable"),
    ],
)
def test_level(level: str | None, kind: str | None, unit: str | None, expected: str) -> None:
    facts = {"level": level, "kind": kind, "unit": unit, "unit_name": unit}
    some = NEW.but({"proactive.regulations.in_force": 6}, **facts)
    assert outcome(some, "T2-LEVEL", "regulations") == expected
    assert outcome(NEW.but(**facts), "T2-LEVEL", "regulations") == "pass"
    blank = {key: None for key in NEW.cells if "regulations" in key}
    assert outcome(NEW.but(blank, **facts), "T2-LEVEL", "regulations") == "not_evaluable"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("96171.6", "pass"),
        ("190.457379", "pass"),
        ("0.1234567", "fail"),
        ("０．１２３４５６７", "fail"),
        ("190.4573791万元", "fail"),
        ("190.4573791元", "pass"),
        ("", "not_evaluable"),
    ],
)
def test_fee(text: str, expected: str) -> None:
    key = "proactive.fees.amount"
    made = Made({**NEW.cells, key: Decimal("1.5") if text else None}, printed={key: text})
    assert outcome(made, "T2-FEE", "fees") == expected
    assert outcome(OLD, "T2-FEE", "fees") == "not_applicable"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2023, 1, 1), date(2023, 12, 31), "pass"),
        (date(2023, 1, 1), date(2023, 12, 30), "fail"),
        (date(2022, 1, 1), date(2022, 12, 31), "fail"),
        (None, date(2022, 12, 31), "fail"),
        (None, date(2023, 12, 31), "not_evaluable"),
        (None, None, "not_evaluable"),
    ],
)
def test_period(first: date | None, last: date | None, expected: str) -> None:
    assert outcome(NEW.but(period_from=first, period_to=last), "PERIOD", "period") == expected


def test_sections() -> None:
    verdicts = verdicts_of(NEW.but(sections=[s for s in SECTIONS if s not in {"problems", "overview"}]))
    spoken = {scope: row["outcome"] for (rule, scope), row in verdicts.items() if rule == "SECTIONS"}
    assert spoken == {"overview": "fail", "problems": "fail"}
    assert outcome(NEW, "SECTIONS", "sections") == "pass"
    assert outcome(NEW.but(sections=None), "SECTIONS", "sections") == "not_evaluable"
    assert len([1 for rule, _ in failed(NEW.but(sections=[])) if rule == "SECTIONS"]) == 6


def test_leftovers_are_quoted_without_markup_or_control_characters() -> None:
    hostile = "其他主动\n公开\u202e文件<script>alert(1)</script>&amp;" + "长" * 500
    left = [{"table": table, "printed": hostile, "page": 3} for table in ("proactive", "proactive", "elsewhere")]
    verdicts = verdicts_of(NEW.but(leftovers=left))
    spoken = {scope: row for (rule, scope), row in verdicts.items() if rule == "LEFTOVER"}
    assert {scope: row["outcome"] for scope, row in spoken.items()} == {"proactive": "fail", "elsewhere": "fail"}
    message = spoken["proactive"]["message"]
    assert not set("<>&\n\u202e") & set(message)
    assert "其他主动 公开" in message
    assert len(message) < 200
    assert outcome(NEW, "LEFTOVER", "tables") == "pass"


def test_passes_carry_no_words() -> None:
    for row in verdicts_of(OLD).values():
        assert row["outcome"] in {"pass", "not_applicable"}
        assert not any(row[name] for name in ("expected", "actual", "equation", "message", "attribution"))
        assert row["cells"] == row["suspects"] == []


def test_every_verdict_that_is_no_pass_says_something() -> None:
    made = Made({application("granted", column): None for column in APPLICANTS})
    verdicts = verdicts_of(made)
    assert all(row["message"] for row in verdicts.values() if row["outcome"] in {"fail", "not_evaluable"})
    assert failed(made) == {("T3-EMPTY", "applications")}
