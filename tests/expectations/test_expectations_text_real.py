"""The real reports as they are read: only what their truth says is found, and each of their claims is evaluated."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from made_reports import Made
from test_expectations_text import judged, said

from expectations import evaluate
from flows.checking import _source
from flows.extraction import extract_bytes
from warehouse.rows import cell_rows, report_rows

REPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports"
pytestmark = pytest.mark.skipif(not REPORTS.is_dir(), reason="the real reports are not here")


#: what each report as published breaks (`publisher_breaks`, and claims that do not agree), and nothing else
BREAKS = {
    "huaian_2024.pdf": {},
    # One （六） row under the 2021 form; 17 of the office beside 95 of the district.
    "hongze_2024.pdf": {("T3-EDITION", "applications"): "warning", ("TXT-RECEIVED", "received"): "info"},
    "shuyang_fgj_2023.html": {("TXT-YEAR", "problems"): "info"},
}
#: the claims of 淮安 2024: subject -> the figure that the text gives
HUAIAN = {
    "received": 3119,
    "answered": 3050,
    "carried_in": 34,
    "carried_out": 103,
    "reconsideration.total": 351,
    "reconsideration.upheld": 72,
    "reconsideration.corrected": 64,
    "reconsideration.other": 178,
    "reconsideration.pending": 37,
    "litigation.total": 46,
    "litigation.upheld": 25,
    "litigation.corrected": 5,
    "litigation.other": 9,
    "litigation.pending": 7,
    "regulations.published": 1,
}


@cache
def read(name: str) -> tuple[pa.Table, pa.Table]:
    path = REPORTS / name
    sources = [_source(name, extract_bytes(path.read_bytes(), path.name), 0)]
    return report_rows(sources), cell_rows(sources)


def every(reports: pa.Table, cells: pa.Table) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["rule"], row["scope"]): row for row in evaluate(reports, cells).to_pylist()}


def verdicts(name: str) -> dict[tuple[str, str], dict[str, Any]]:
    return {which: row for which, row in every(*read(name)).items() if which[0].startswith("TXT-")}


def found(rows: dict[tuple[str, str], dict[str, Any]], outcome: str) -> set[tuple[str, str]]:
    return {which for which, row in rows.items() if row["outcome"] == outcome}


@pytest.mark.parametrize("name", BREAKS)
def test_what_is_published_breaks_what_its_truth_says(name: str) -> None:
    rows = every(*read(name))
    assert {which: row["severity"] for which, row in rows.items() if row["outcome"] == "fail"} == BREAKS[name]
    assert all(row["message"] for row in rows.values() if row["outcome"] == "not_evaluable")


@pytest.mark.parametrize("subject", HUAIAN)
def test_huaian_another_figure_in_the_tables_than_in_the_text_is_seen(subject: str) -> None:
    """Each claim is held against its cells: with another figure in the text, this one alone fails."""
    reports, cells = read("huaian_2024.pdf")
    claims = reports["claims"].to_pylist()[0]
    (claim,) = (one for one in claims if one["kind"] == "figure" and one["subject"] == subject)
    assert claim["number"] == HUAIAN[subject]
    claim["number"] += 1
    at = reports.schema.get_field_index("claims")
    column = pa.chunked_array([pa.array([claims], reports.schema.field("claims").type)])
    rows = every(reports.set_column(at, "claims", column), cells)
    failed = {scope for (_, scope), row in rows.items() if row["outcome"] == "fail"}
    assert failed == ({subject} if subject != "regulations.published" else set())


def test_huaian_every_claim_is_evaluated_and_holds() -> None:
    """3119, 3050, 34, 103, 351 = 72 + 64 + 178 + 37, 46 = 25 + 5 + 9 + 7; 政策性文件 11 is no claim."""
    rows = verdicts("huaian_2024.pdf")
    assert not found(rows, "fail")
    assert not found(rows, "not_evaluable")
    results = ("total", "upheld", "corrected", "other", "pending")
    assert found(rows, "pass") >= {
        ("TXT-RECEIVED", "received"),
        *(("TXT-PROCESSED", subject) for subject in ("answered", "carried_in", "carried_out")),
        *(("TXT-DISPUTES", f"{block}.{result}") for block in ("reconsideration", "litigation") for result in results),
        ("TXT-DOCUMENTS", "regulations.published"),
    }
    assert ("TXT-DOCUMENTS", "normative_documents.issued") not in rows


def test_hongze_the_office_s_17_against_the_district_s_95_only_informs() -> None:
    rows = verdicts("hongze_2024.pdf")
    assert found(rows, "fail") == {("TXT-RECEIVED", "received")}
    row = rows["TXT-RECEIVED", "received"]
    assert (row["severity"], row["actual"], row["expected"]) == ("info", "17", "95")
    assert "代表区政府" in row["message"]


def test_shuyang_plans_the_year_that_it_reports_on() -> None:
    rows = verdicts("shuyang_fgj_2023.html")
    assert found(rows, "fail") == {("TXT-YEAR", "problems")}
    assert "2023年我局加大" in rows["TXT-YEAR", "problems"]["message"]
    assert ("TXT-RECEIVED", "received") in found(rows, "pass")


def test_gansu_172_holds_and_22_percent_is_held_against_2019() -> None:
    truth = json.loads((REPORTS / "truth" / "gansu_szfbgt_2020.json").read_text("utf-8"))
    cells: Any = {key: None if text is None else Decimal(text) for key, text in truth["cells"].items()}
    text = (REPORTS / "gansu_szfbgt_2020.txt").read_text("utf-8")
    overview = re.split(r"一、总体情况|二、主动公开政府信息情况", text)[1]
    made = said(Made(cells, "2019", 2020), overview, unit=truth["unit"], unit_name=truth["unit"], kind="office")
    made = made.but(scope="own")
    alone = judged(made)
    assert not found(alone, "fail")
    assert ("TXT-RECEIVED", "received") in found(alone, "pass")
    assert alone["TXT-GROWTH", "received"]["outcome"] == "not_evaluable"
    for received, outcome in ((141, "pass"), (150, "fail")):
        before = Made({"applications.received.total": received, "applications.carried_in.total": 0}, "2019", 2019)
        assert judged(before, made)["TXT-GROWTH", "received"]["outcome"] == outcome
