"""The run's page: what came of a run, and hostile text in it is text."""

from __future__ import annotations

from flows.artifacts import _by_year
from flows.summary import Summary, markdown


def test_the_page_says_what_went_wrong_and_what_to_do() -> None:
    summary = Summary("20260602T180000Z", "nightly", "home", "2026-06-02T18:00:00+00:00", held=1)
    summary.problems = [
        {"code": "blocked", "address": "http://a.example/", "detail": "<script>[x](http://evil) |"}
    ] * 25
    summary.void = [{"finding_id": "f", "report_id": "r", "rule": "T3", "scope": "s", "reason": "到期"}]
    page = markdown(summary)
    assert "<script>" not in page
    assert "](" not in page.replace(r"\]\(", "")
    assert r"\<script\>\[x\]\(http://evil\) \|" in page
    assert "- … 6 more" in page
    assert page.endswith(
        "gouji query --home home \"SELECT unit_name, year, rule, equation FROM findings WHERE gate = 'held'\"\n```"
    )


def test_coverage_is_a_row_a_year() -> None:
    rows = [
        {"year": 2023, "status": "published", "units": 7},
        {"year": 2024, "status": "published", "units": 5},
        {"year": 2024, "status": "odd", "units": 1},
    ]
    assert _by_year(rows) == [{"年度": 2023, "已公开": 7, "odd": 0}, {"年度": 2024, "已公开": 5, "odd": 1}]
