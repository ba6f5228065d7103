"""Across years: one test for each rule and each exception that `domain/rules.md` names."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_reports import COLUMNS, Made, application, consistent
from made_world import judged, one_unit, outcomes
from naive_around import Shelf, Unit, common

from expectations.years_copy import similarity

TOTAL_OUT, TOTAL_IN = application("carried_out", "total"), application("carried_in", "total")
STOCK, ISSUED, REPEALED = (f"proactive.normative_documents.{name}" for name in ("in_force", "issued", "repealed"))


def carried(out: int, into: int, **later: object) -> dict[tuple[str, str, str], dict[str, Any]]:
    return judged(one_unit(Made({TOTAL_OUT: out}), Made({TOTAL_IN: into}, facts=dict(later)), first=2021))


def test_carry_names_both_years_and_blames_the_later_report() -> None:
    rows = carried(121, 120)
    row = rows["620100-2022", "X-CARRY", "total"]
    assert (row["outcome"], row["severity"]) == ("fail", "critical")
    assert row["cells"] == [f"{TOTAL_OUT}@620100-2021", TOTAL_IN]
    assert (row["expected"], row["actual"], row["equation"]) == ("121", "120", "121 ≠ 120")
    assert "上年度“四、结转下年度继续办理” 121" in str(row["message"])
    assert rows["620100-2021", "X-CARRY", "total"]["outcome"] == "not_evaluable"
    assert carried(121, 121)["620100-2022", "X-CARRY", "total"]["outcome"] == "pass"


def test_carry_of_the_other_columns_is_a_warning() -> None:
    keys = {column: (application("carried_out", column), application("carried_in", column)) for column in COLUMNS}
    earlier = Made({out: 6 if column == "total" else 1 for column, (out, _) in keys.items()})
    later = Made({into: 12 if column == "total" else 2 for column, (_, into) in keys.items()})
    rows = judged(one_unit(earlier, later, first=2021))
    severities = {column: rows["620100-2022", "X-CARRY", column]["severity"] for column in COLUMNS}
    assert severities.pop("total") == "critical" and set(severities.values()) == {"warning"}


def test_carry_is_a_warning_where_the_earlier_figure_is_in_doubt() -> None:
    parts = {application("carried_out", column): 1 for column in COLUMNS[:-1]}
    rows = judged(one_unit(Made({**parts, TOTAL_OUT: 7}), Made({TOTAL_IN: 6}), first=2021))
    assert rows["620100-2021", "T3-ROW", "carried_out"]["outcome"] == "fail"
    row = rows["620100-2022", "X-CARRY", "total"]
    assert (row["outcome"], row["severity"]) == ("fail", "warning")


def test_2018_is_never_compared_with_2019() -> None:
    rows = judged(one_unit(Made({TOTAL_OUT: 3}, "2019"), Made({TOTAL_IN: 4}, "2019"), first=2018))
    assert {row["outcome"] for key, row in rows.items() if key[:2] == ("620100-2019", "X-CARRY")} == {
        "not_applicable"
    }


@pytest.mark.parametrize("scopes", [("own", "aggregate"), ("aggregate", "own")])
def test_reports_of_different_scope_are_not_compared(scopes: tuple[str, str]) -> None:
    shelf = one_unit(
        Made({TOTAL_OUT: 3}, facts={"scope": scopes[0]}), Made({TOTAL_IN: 4}, facts={"scope": scopes[1]})
    )
    row = judged(shelf)["620100-2021", "X-CARRY", "total"]
    assert row["outcome"] == "not_evaluable" and "统计范围" in row["message"]
    assert outcomes(judged(shelf), "X-JUMP")["620100-2021", "cells"] == "not_evaluable"


def merged(*, second: int | None, last: int | None = 2021, heirs: int = 1) -> dict[str, Any]:
    units = [Unit("620100-a", last=last), Unit("620100-b", last=2021)]
    units += [Unit(f"620100-n{n}", first=2022, predecessors=("620100-a", "620100-b")) for n in range(heirs)]
    reports = {("620100-a", 2021): Made({TOTAL_OUT: 3}), ("620100-n0", 2022): Made({TOTAL_IN: 8})}
    if second is not None:
        reports["620100-b", 2021] = Made({TOTAL_OUT: second})
    return judged(Shelf({unit.id: unit for unit in units}, reports))["620100-n0-2022", "X-CARRY", "total"]


def test_merged_units_carry_their_sum() -> None:
    assert merged(second=5)["outcome"] == "pass"
    wrong = merged(second=4)
    assert wrong["outcome"] == "fail" and wrong["equation"] == "7 ≠ 8"
    assert wrong["cells"] == [f"{TOTAL_OUT}@620100-a-2021", f"{TOTAL_OUT}@620100-b-2021", TOTAL_IN]
    assert "单位620100-a、单位620100-b之和" in str(wrong["message"])


def test_a_merger_that_cannot_be_followed_is_not_evaluable() -> None:
    assert "不全" in str(merged(second=None)["message"])
    assert "机构分设" in str(merged(second=4, last=None)["message"])
    assert "机构分设" in str(merged(second=4, heirs=2)["message"])


def test_a_renamed_unit_goes_on_from_its_old_name() -> None:
    units = {
        "620100-o": Unit("620100-o", last=2020),
        "620100-n": Unit("620100-n", first=2021, predecessors=("620100-o",)),
    }
    reports = {("620100-o", 2020): Made({TOTAL_OUT: 3}), ("620100-n", 2021): Made({TOTAL_IN: 4})}
    row = judged(Shelf(units, reports))["620100-n-2021", "X-CARRY", "total"]
    assert row["outcome"] == "fail" and row["cells"][0] == f"{TOTAL_OUT}@620100-o-2020"


@pytest.mark.parametrize("which", ["blank", "unreadable", "absent"])
@pytest.mark.parametrize("year", [2021, 2022])
def test_what_is_not_known_is_not_evaluable_with_its_reason(which: str, year: int) -> None:
    states: dict[str, dict[str, Any]] = {"blank": {"x": None}, "unreadable": {"x": "?"}, "absent": {}}
    cell = states[which]
    out = {TOTAL_OUT: cell["x"]} if cell else {}
    into = {TOTAL_IN: cell["x"]} if cell else {}
    shelf = one_unit(
        Made(out if year == 2021 else {TOTAL_OUT: 3}), Made(into if year == 2022 else {TOTAL_IN: 4}), first=2021
    )
    row = judged(shelf)["620100-2022", "X-CARRY", "total"]
    assert row["outcome"] == "not_evaluable"
    assert {"blank": "空白", "unreadable": "无法识别", "absent": "未印出"}[which] in row["message"]
    assert ("上一年度" in row["message"]) == (year == 2021)
    assert (row["attribution"] == "unreadable") == (which == "unreadable")


def in_force(stock: int, issued: int, repealed: int, notes: dict[str, str]) -> str:
    made = Made({STOCK: stock, ISSUED: issued, REPEALED: repealed}, notes=notes)
    rows = judged(one_unit(Made({STOCK: 100}), made, first=2021))
    row = rows["620100-2022", "X-INFORCE", "normative_documents"]
    return str(row["outcome"]) if row["outcome"] != "not_evaluable" else str(row["message"])


def test_in_force_and_its_honest_exceptions() -> None:
    assert in_force(122, 22, 0, {}) == "pass"
    assert in_force(106, 22, 0, {}) == "fail"
    assert "修订" in in_force(106, 22, 0, {ISSUED: "其中修订16件"})
    assert in_force(105, 22, 0, {ISSUED: "其中修订16件"}) == "fail"  # 17 is more than the 16 that were revised
    assert "失效" in in_force(71, 26, 55, {REPEALED: "含自然失效29件"}) or in_force(71, 26, 55, {}) == "pass"
    assert "失效" in in_force(100, 26, 55, {REPEALED: "含自然失效29件"})
    assert in_force(99, 26, 55, {REPEALED: "另有3件"}) == "fail"
    assert "失效" in in_force(10, 0, 0, {STOCK: "部分文件自然失效"})


def test_the_quantities_of_the_two_forms_are_never_compared() -> None:
    old = consistent("2019").but({"proactive.normative_documents.total_published": 5000})
    rows = judged(one_unit(old, consistent("2021").but({STOCK: 3})))
    assert {row["outcome"] for key, row in rows.items() if key[1] == "X-INFORCE"} == {"not_applicable"}
    assert not [key for key, row in rows.items() if row["outcome"] == "fail" and key[2].startswith("proactive")]


def published(total: int, newly: int, text: str | None = None) -> str:
    key = "proactive.normative_documents"
    old = Made({f"{key}.total_published": 500, f"{key}.newly_published": 71}, "2019")
    new = Made(
        {f"{key}.total_published": total, f"{key}.newly_published": newly}, "2019", facts={"other_matters": text}
    )
    row = judged(one_unit(old, new, first=2019))["620100-2020", "X-PUBLISHED", "normative_documents"]
    return str(row["outcome"]) if row["outcome"] != "not_evaluable" else str(row["message"])


def test_published_and_a_total_that_the_publisher_defines() -> None:
    own = "规章及规范性文件对外公开总数量为 2019 年和 2020 年相关数据之和。如有疑问请联系。"
    assert published(560, 60) == "pass"
    assert published(131, 60) == "fail"
    assert published(131, 60, own) == "pass"
    assert "口径" in published(130, 60, own)
    assert published(131, 60, "本年度对外公开文件131件。") == "fail"


def test_items_go_on_from_the_year_before() -> None:
    key = "proactive.licensing"
    old = Made({f"{key}.items_previous": 30, f"{key}.items_change": -8}, "2019")
    for items, outcome in ((22, "pass"), (30, "fail")):
        rows = judged(one_unit(old, Made({f"{key}.items_previous": items}, "2019"), first=2019))
        row = rows["620100-2020", "X-ITEMS", "licensing"]
        assert row["outcome"] == outcome
    assert row["equation"] == "30 + (-8) ≠ 30" and row["expected"] == "22"


@pytest.mark.parametrize(
    ("then", "now", "fails"),
    [
        (550, 9487, True),
        (9487, 550, True),
        (10, 100, True),
        (9, 99, False),
        (11, 109, False),
        (0, 100, True),
        (0, 99, False),
    ],
)
def test_jumps(then: int, now: int, fails: bool) -> None:
    key = "proactive.licensing.decisions"
    rows = outcomes(judged(one_unit(Made({key: then}), Made({key: now}), first=2021)), "X-JUMP")
    assert rows.get(("620100-2022", key)) == ("fail" if fails else None)
    assert ("620100-2022", "cells") not in rows if fails else rows["620100-2022", "cells"] == "pass"


@pytest.mark.parametrize(
    ("then", "now", "fails"),
    [("0.003", "0.03", False), ("9.9", "99", False), ("10", "100", True), ("100", "10", True), ("3.5", "300", True)],
)
def test_jumps_of_amounts_are_told_in_wan(then: str, now: str, fails: bool) -> None:
    """0.003 and 0.03 万元 are 30 and 300 元: 300 is not ≥ 100 of what the form prints."""
    key = "proactive.fees.amount"
    old, new = (Made({key: Decimal(amount) * 10_000}) for amount in (then, now))
    rows = judged(one_unit(old, new, first=2021))
    row = rows.get(("620100-2022", "X-JUMP", key))
    assert (row is not None) == fails
    if row:
        assert f"上年度 {then} 万元，本年度 {now} 万元" in row["message"]
        assert {row["actual"], row["expected"].split(" ")[-1]} == {f"{now} 万元", "万元"}


@pytest.mark.parametrize(
    ("then", "now", "expected", "said"),
    [
        (46, 767, "＜ 460", "达到上年度的 10 倍以上"),
        (3000, 30, "＞ 300", "降至上年度的十分之一以下"),
        (0, 500, "＜ 100", "由零增至 100 以上"),
    ],
)
def test_what_is_said_of_a_jump(then: int, now: int, expected: str, said: str) -> None:
    key = "proactive.licensing.decisions"
    row = judged(one_unit(Made({key: then}), Made({key: now}), first=2021))["620100-2022", "X-JUMP", key]
    assert (row["expected"], row["actual"]) == (expected, str(now))
    assert row["message"].endswith(f"上年度 {then}，本年度 {now}，{said}")


@pytest.mark.parametrize(
    ("then", "now", "fails"), [("3.5", 3500, True), ("3.5", 3499, False), (0, 9999, False), (None, 5, False)]
)
def test_a_fee_a_thousand_times_the_year_before(then: str | None, now: int, fails: bool) -> None:
    key = "proactive.fees.amount"
    wan = 10_000
    old = Made({key: None if then is None else int(float(then) * wan)})
    rows = judged(one_unit(old, Made({key: now * wan}, printed={key: str(now)}), first=2021))
    row = rows["620100-2022", "T2-FEE", "fees"]
    assert (row["outcome"] == "fail") == fails
    if fails:
        assert row["cells"] == [key, f"{key}@620100-2021"] and "3500 万元" in row["message"]


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        ("30000", "30000000", "上年度 30000 元，本年度 30000000 元，达 1000 倍，可能弄错单位"),
        ("3万元", "30000000", "上年度 3 万元，本年度 30000000 元，达 1000 倍，可能弄错单位"),
        ("3", "3000", "上年度 3 万元，本年度 3000 万元，达 1000 倍，可能把元误作万元"),
    ],
)
def test_a_fee_is_told_in_the_unit_that_stands_there(then: str, now: str, said: str) -> None:
    key = "proactive.fees.amount"
    old, new = (Made({key: yuan}, printed={key: text}) for yuan, text in ((30_000, then), (30_000_000, now)))
    row = judged(one_unit(old, new, first=2021))["620100-2022", "T2-FEE", "fees"]
    assert row["message"].endswith(said)
    assert row["actual"] == now


def test_a_table_copied_from_the_year_before() -> None:
    made = consistent(seed=4)
    rows = outcomes(judged(one_unit(made, made, first=2021)), "X-COPY")
    assert {rows["620100-2022", scope] for scope in ("proactive", "applications", "disputes")} == {"fail"}
    other = made.but({application("received", "total"): 10**6})
    rows = outcomes(judged(one_unit(made, other, first=2021)), "X-COPY")
    assert rows["620100-2022", "applications"] == "pass" and rows["620100-2022", "disputes"] == "fail"
    zero = Made(dict.fromkeys(made.cells, 0)).but(
        {"disputes.reconsideration.upheld": 1, "disputes.reconsideration.total": 1}
    )
    assert set(outcomes(judged(one_unit(zero, zero, first=2021)), "X-COPY").values()) == {"pass", "not_evaluable"}


def text(length: int, seed: int) -> str:
    return "".join(Random(seed).choices("政府信息公开年度报告依申请主动机制平台", k=length))


def test_texts_copied_from_the_year_before() -> None:
    base = text(200, 1)
    cases = {
        base: "fail",
        base[:180] + text(20, 2): "fail",
        text(200, 3): "pass",
        "无其他需要报告的事项。": "not_evaluable",
    }
    for told, outcome in cases.items():
        earlier = base if outcome != "not_evaluable" else told
        shelf = one_unit(
            Made({TOTAL_IN: 0}, facts={"problems": earlier}),
            Made({TOTAL_IN: 0}, facts={"problems": told}),
            first=2021,
        )
        assert outcomes(judged(shelf), "X-COPY")["620100-2022", "problems"] == outcome, told


@given(st.integers(100, 140), st.integers(0, 60), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_similarity_is_the_share_of_the_longest_common_subsequence(length: int, changed: int, seed: int) -> None:
    rng = Random(seed)
    one = [rng.choice("甲乙丙丁戊") for _ in range(length)]
    other = list(one)
    for _ in range(changed):
        other[rng.randrange(len(other))] = rng.choice("甲乙丙丁戊己")
    (share,) = similarity(["".join(one)], ["".join(other)])
    exact = common("".join(one), "".join(other))
    assert (share >= 0.9) == (exact >= 0.9)
    assert share == pytest.approx(exact, abs=1e-6) if exact >= 0.9 else share < 0.9
