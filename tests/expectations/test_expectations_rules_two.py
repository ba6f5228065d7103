"""The rules of table two and of the report as a whole: what passes, fails, cannot be evaluated."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from made_reports import (
    APPLICANTS,
    SECTIONS,
    UNREADABLE,
    Cell,
    Made,
    application,
    consistent,
    failed,
    verdicts_of,
)

from expectations.rules_within import WITHIN
from form.numbers import read_figure

NEW = consistent("2021", seed=1)
OLD = consistent("2019", seed=2)


def outcome(made: Made, rule: str, scope: str) -> str | None:
    verdict = verdicts_of(made).get((rule, scope))
    return verdict["outcome"] if verdict else None


def old(row: str, **figures: Cell) -> Made:
    return OLD.but({f"proactive.{row}.{name}": figure for name, figure in figures.items()})


def test_flow_and_stock() -> None:
    row = "normative_documents"
    beyond = old(row, newly_made=3, newly_published=5, total_published=5)
    verdict = verdicts_of(beyond)["T2-FLOW", row]
    assert failed(beyond) == {("T2-FLOW", row)}
    assert (verdict["severity"], verdict["equation"]) == ("warning", "5 ＞ 3")
    assert (verdict["expected"], verdict["actual"]) == ("≤ 3", "5")
    short = old(row, newly_made=5, newly_published=5, total_published=4)
    verdict = verdicts_of(short)["T2-STOCK", row]
    assert (verdict["severity"], verdict["equation"]) == ("critical", "4 ＜ 5")
    assert verdict["alternatives"] == [[f"proactive.{row}.{name}"] for name in ("newly_published", "total_published")]
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
        assert (verdict["equation"], verdict["expected"], verdict["actual"]) == ("8 + (-9) ＜ 0", "≥ 0", "-1")
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
    assert (verdict["equation"], verdict["expected"], verdict["actual"]) == ("3 ＜ 5 − 1", "≥ 4", "3")


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
        (None, None, "东岔镇", "fail"),
        (None, None, "某县某乡政府", "fail"),
        (None, None, "某区某街道", "fail"),
        (None, None, "某街道办事处", "fail"),
        (None, None, "榆中县", "fail"),
        (None, None, "肃北蒙古族自治县", "fail"),
        (None, None, "榆中县政府办公室", "fail"),
        (None, None, "榆中县政府办", "fail"),
        (None, None, "甘肃省", "pass"),
        (None, None, "临夏回族自治州", "pass"),
        (None, None, "宁夏回族自治区政府", "pass"),
        (None, None, "江西景德镇", "not_evaluable"),
        (None, None, "河南新乡", "not_evaluable"),
        (None, None, "兰州新区", "not_evaluable"),
        (None, None, "某县档案馆办公室", "not_evaluable"),
        (None, None, "兰州市", "not_evaluable"),
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


def test_a_fee_says_how_many_decimals_it_has() -> None:
    made = Made({**NEW.cells, "proactive.fees.amount": Decimal(1)}, printed={"proactive.fees.amount": "3714.2352775"})
    row = verdicts_of(made)["T2-FEE", "fees"]
    assert (row["expected"], row["actual"]) == ("小数不超过 6 位", "小数 7 位")


@pytest.mark.parametrize(
    ("text", "yuan", "unit"),
    [("3.1234567", "3.1234567", "元"), ("3.1234567", "31234.567", "万元"), ("3.1234567亿", "312345670", "亿元")],
)
def test_a_fee_says_in_which_unit_it_is_printed(text: str, yuan: str, unit: str) -> None:
    """The header's own, which the values alone tell."""
    key = "proactive.fees.amount"
    row = verdicts_of(Made({**NEW.cells, key: Decimal(yuan)}, printed={key: text}))["T2-FEE", "fees"]
    assert f"印为“{text}”（单位：{unit}）" in row["message"]


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


@pytest.mark.parametrize("year", [0, None])
def test_a_report_without_a_year_is_evaluated_as_far_as_it_goes(year: int | None) -> None:
    verdicts = verdicts_of(NEW.but(year=year))
    assert verdicts["PERIOD", "period"]["outcome"] == "not_evaluable"
    assert {row["outcome"] for row in verdicts.values()} == {"pass", "not_evaluable", "not_applicable"}


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
    within = {rule.id for rule in WITHIN}
    for (rule, _), row in verdicts_of(OLD).items():
        if rule not in within:
            continue
        assert row["outcome"] in {"pass", "not_applicable"}
        assert not any(row[name] for name in ("expected", "actual", "equation", "message", "attribution"))
        assert row["cells"] == row["suspects"] == []


def test_every_verdict_that_is_no_pass_says_something() -> None:
    made = Made({application("granted", column): None for column in APPLICANTS})
    verdicts = verdicts_of(made)
    assert all(row["message"] for row in verdicts.values() if row["outcome"] in {"fail", "not_evaluable"})
    assert failed(made) == {("T3-EMPTY", "applications")}
