"""Text against tables: each rule on sentences whose figures are known, and the evaluator's words for them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_reports import Made, consistent, tables

from expectations import evaluate
from expectations.rules_text import TEXT
from form.claims import claims
from form.reading import Narrative
from warehouse.spec import TABLES

_UNIT = "沂水县人民政府"
_COLUMNS = ("overview", "problems", "other_matters", "claims", "scope")
_TYPES = {name: TABLES["reports"].schema.field(name).type for name in _COLUMNS}


def said(made: Made, *texts: str, section: str = "overview", unit: str = _UNIT, **facts: Any) -> Made:
    """A report with some text."""
    narrative = Narrative(**{section: "\n".join(texts)})
    found = [
        {
            "kind": c.kind,
            "number": c.number,
            "unit": c.unit,
            "subject": c.subject,
            "of_subject": c.of,
            "whole": c.whole,
            "scope": c.scope,
            "scope_words": c.scope_words,
            "period": c.period,
            "approximate": c.approximate,
            "section": c.section,
            "start_at": c.start,
            "end_at": c.end,
            "quote": c.quote,
        }
        for c in claims(narrative, made.year, unit)
    ]
    return made.but(claims=found, scope="aggregate", **{section: "\n".join(texts)}, **facts)


def judged(*reports: Made, rule: str = "TXT") -> dict[tuple[str, str], dict[str, Any]]:
    """The verdicts of the text rules on the last report; the others are of the years before it."""
    named = {f"370101-{made.year}": made for made in reports}
    table, cells = tables(named)
    for name, kind in _TYPES.items():
        values = [named[report_id].facts.get(name) for report_id in table["report_id"].to_pylist()]
        table = table.append_column(name, pa.array(values, kind))
    last = f"370101-{reports[-1].year}"
    rows = [row for row in evaluate(table, cells, None, [last]).to_pylist() if row["rule"].startswith(rule)]
    found = {(row["rule"], row["scope"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def outcomes(*reports: Made) -> dict[tuple[str, str], str]:
    return {
        which: f"{row['severity']} {row['outcome']}" if row["outcome"] == "fail" else row["outcome"]
        for which, row in judged(*reports).items()
        if which[1] != "text"
    }


BASE = consistent(seed=3)
RECEIVED = int(BASE.cells["applications.received.total"] or 0)  # type: ignore[call-overload]
CARRIED = int(BASE.cells["applications.carried_in.total"] or 0)  # type: ignore[call-overload]


def test_every_text_rule_is_declared_and_never_critical() -> None:
    assert {rule.id for rule in TEXT} == {
        *("TXT-RECEIVED", "TXT-PROCESSED", "TXT-OUTCOME", "TXT-SHARE", "TXT-GROWTH"),
        *("TXT-DISPUTES", "TXT-ALL", "TXT-DOCUMENTS", "TXT-YEAR"),
    }
    assert all("critical" not in rule.severities for rule in TEXT)


@pytest.mark.parametrize(
    ("number", "outcome"), [(RECEIVED, "pass"), (RECEIVED + CARRIED, "pass"), (RECEIVED + 1, "x")]
)
def test_received_alone_or_with_what_was_carried_in(number: int, outcome: str) -> None:
    found = outcomes(said(BASE, f"共收到政府信息公开申请{number}件。"))
    assert found == {("TXT-RECEIVED", "received"): "warning fail" if outcome == "x" else outcome}


def test_a_failure_quotes_the_words_their_place_the_cells_and_both_figures() -> None:
    row = judged(said(BASE, f"全县共收到政府信息公开申请 {RECEIVED + 5} 件。"))["TXT-RECEIVED", "received"]
    assert f"总体情况：“全县共收到政府信息公开申请 {RECEIVED + 5} 件”" in row["message"]
    assert row["cells"] == ["applications.received.total", "applications.carried_in.total"]
    assert (row["actual"], row["expected"]) == (str(RECEIVED + 5), f"{RECEIVED} 或 {RECEIVED + CARRIED}")
    assert row["attribution"] == "unattributed"


@pytest.mark.parametrize("words", ["县政府办代表县政府", "县本级", "我办"])
def test_another_scope_only_informs(words: str) -> None:
    row = judged(said(BASE, f"{words}受理政府信息公开申请{RECEIVED + 7}件。"))["TXT-RECEIVED", "received"]
    assert (row["severity"], row["outcome"]) == ("info", "fail")
    assert "范围" in row["message"]


def test_the_part_beside_a_whole_that_holds_is_no_finding() -> None:
    text = f"全县共收到政府信息公开申请{RECEIVED}件。县本级受理政府信息公开申请{RECEIVED + 7}件。"
    assert outcomes(said(BASE, text)) == {("TXT-RECEIVED", "received"): "pass"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"县教育局收到政府信息公开申请{RECEIVED + 3}件。", "所指不明"),
        (f"共收到政府信息公开申请近{RECEIVED + 30}件。", "约数"),
        (f"2022年收到政府信息公开申请{RECEIVED + 3}件。", "上一年度"),
    ],
)
def test_what_is_not_certain_is_quoted_and_not_compared(text: str, reason: str) -> None:
    rows = [row for row in judged(said(BASE, text)).values() if row["rule"] == "TXT-RECEIVED"]
    (row,) = [row for row in rows if row["outcome"] == "not_evaluable"]
    assert reason in row["message"]
    assert f"申请{RECEIVED + 3}件" in row["message"] or "近" in row["message"]


def test_a_report_that_says_nothing_and_one_without_text() -> None:
    quiet = judged(said(BASE, "做了很多工作。"))
    assert {row["outcome"] for row in quiet.values()} == {"not_applicable"}
    unread = judged(BASE)
    assert {row["outcome"] for row in unread.values()} == {"not_evaluable"}
    assert {scope for _, scope in unread} == {"text"}


def test_a_blank_cell_is_not_zero() -> None:
    made = said(
        BASE.but({"applications.carried_out.total": None}), "收到政府信息公开申请9件，结转下年度继续办理0件。"
    )
    row = judged(made)["TXT-PROCESSED", "carried_out"]
    assert row["outcome"] == "not_evaluable"
    assert "空白" in row["message"]


def test_groups_rows_and_cases_are_sums() -> None:
    cells = BASE.cells
    denied = sum(
        int(cell or 0)  # type: ignore[call-overload]
        for key, cell in cells.items()
        if key.startswith("applications.denied_") and key.endswith(".total")
    )
    suits = sum(int(cells[f"disputes.litigation_{kind}.total"] or 0) for kind in ("direct", "after_reconsideration"))  # type: ignore[call-overload]
    text = f"办结政府信息公开申请{cells['applications.processed_total.total']}件，其中不予公开{denied}件。"
    right = said(BASE, text, f"因政府信息公开被提起行政诉讼{suits}件。")
    assert set(outcomes(right).values()) == {"pass"}
    wrong = said(
        BASE, text.replace(f"公开{denied}件", f"公开{denied + 1}件"), f"因政府信息公开被提起行政诉讼{suits + 1}件。"
    )
    assert {w for w, o in outcomes(wrong).items() if o == "warning fail"} == {
        ("TXT-OUTCOME", "denied"),
        ("TXT-DISPUTES", "litigation.total"),
    }


@pytest.mark.parametrize(
    ("printed", "fails"), [("50", False), ("49.9", False), ("50.1", False), ("50.2", True), ("51", True)]
)
def test_shares_allow_a_tenth_of_a_point_or_rounding(printed: str, fails: bool) -> None:
    made = BASE.but({f"disputes.reconsideration.{name}": n for name, n in (("upheld", 6), ("total", 12))})
    found = outcomes(said(made, f"因政府信息公开被申请行政复议12件，其中结果维持6件，占{printed}%。"))
    assert found["TXT-SHARE", "reconsideration.upheld"] == ("info fail" if fails else "pass")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("比上年度增长{right}%", "pass"),
        ("同比增长{wrong}%", "info fail"),
        ("比上年增加{more}件", "pass"),
        ("比上年减少{more}件", "info fail"),
        ("同比增长约{wrong}%", "not_evaluable"),
    ],
)
def test_growth_is_held_against_the_year_before(text: str, outcome: str) -> None:
    before = consistent(seed=4, most=8)
    before = Made(before.cells, "2021", BASE.year - 1)
    last = int(before.cells["applications.received.total"] or 0)  # type: ignore[call-overload]
    growth = f"{Decimal(RECEIVED - last) / last * 100:.1f}"
    words = text.format(right=growth, wrong=Decimal(growth) + 3, more=RECEIVED - last)
    made = said(BASE, f"收到政府信息公开申请{RECEIVED}件，{words}。")
    assert outcomes(before, made)["TXT-GROWTH", "received"] == outcome
    if outcome == "info fail":
        row = judged(before, made)["TXT-GROWTH", "received"]
        assert f"applications.received.total@370101-{BASE.year - 1}" in row["cells"]
    alone = judged(made)["TXT-GROWTH", "received"]
    assert alone["outcome"] == "not_evaluable"


def test_all_closed_and_all_upheld() -> None:
    text = "收到政府信息公开申请5件，已全部办结。", "因政府信息公开被申请行政复议3件，均获维持。"
    open_ = BASE.but({"applications.carried_out.total": 2, "disputes.reconsideration.pending": 1})
    found = outcomes(said(open_, *text))
    assert found["TXT-ALL", "processed"] == found["TXT-ALL", "reconsideration.upheld"] == "info fail"
    others = {f"disputes.reconsideration.{name}": 0 for name in ("corrected", "other", "pending")}
    closed = outcomes(said(BASE.but({"applications.carried_out.total": 0} | others), *text))
    assert closed["TXT-ALL", "processed"] == closed["TXT-ALL", "reconsideration.upheld"] == "pass"
    assert ("TXT-ALL", "processed") not in outcomes(said(open_, "收到政府信息公开申请5件，均已按期办结。"))


def test_documents_issued_and_those_that_are_another_concept() -> None:
    issued = int(BASE.cells["proactive.normative_documents.issued"] or 0)  # type: ignore[call-overload]
    assert outcomes(said(BASE, f"制发规范性文件{issued}件，新增公开政策性文件999件。")) == {
        ("TXT-DOCUMENTS", "normative_documents.issued"): "pass"
    }
    found = outcomes(said(BASE, f"制发规范性文件{issued + 1}件。"))
    assert found == {("TXT-DOCUMENTS", "normative_documents.issued"): "info fail"}
    # Under the form of 2021 what was published is not what was issued.
    found = outcomes(said(BASE, f"主动公开规范性文件{issued + 1}件。"))
    assert found == {("TXT-DOCUMENTS", "normative_documents.published"): "not_evaluable"}


@pytest.mark.parametrize(
    ("section", "text", "outcome"),
    [
        ("overview", "2022年，我县认真贯彻条例。", "info fail"),
        ("overview", "2023年，我县认真贯彻条例。", "pass"),
        ("problems", "下一步，2023年我县将加强培训。", "info fail"),
        ("problems", "2024年，我县将加强培训。", "pass"),
        ("problems", "2023年，我县工作虽取得一定成绩，但仍存在不足。", "pass"),
        ("other_matters", "2022年度，我县未收取信息处理费。", "info fail"),
    ],
)
def test_the_year_that_a_text_gives_as_its_own(section: str, text: str, outcome: str) -> None:
    assert outcomes(said(BASE, text, section=section)) == {("TXT-YEAR", section): outcome}


def test_a_scope_does_not_move_when_another_claim_is_added() -> None:
    text = f"收到政府信息公开申请{RECEIVED + 1}件。"
    more = f"因政府信息公开被申请行政复议999件。{text}共制发规范性文件999件。"
    one, other = judged(said(BASE, text)), judged(said(BASE, more))
    assert one["TXT-RECEIVED", "received"]["message"] == other["TXT-RECEIVED", "received"]["message"]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 2))
@settings(max_examples=40, deadline=None)
def test_a_quoted_count_fails_exactly_where_it_is_none_of_the_sums(received: int, carried: int, which: int) -> None:
    quoted = (received, received + carried, received + carried + 1)[which]
    made = BASE.but({"applications.received.total": received, "applications.carried_in.total": carried})
    found = outcomes(said(made, f"共收到政府信息公开申请{quoted}件。"))
    right = quoted in (received, received + carried)
    assert found["TXT-RECEIVED", "received"] == ("pass" if right else "warning fail")
