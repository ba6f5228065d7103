"""What is said of a document that calls itself an annual report and has no tables, or tables made of text."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flows.absence import AS_TEXT
from flows.extraction import extract_bytes
from samples.province import write_province

TITLE = "测试区人民政府2023年政府信息公开工作年度报告"


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Pages of the sample province, all tables in place."""
    folder = tmp_path_factory.mktemp("province")
    write_province(folder, units=4, years=(2020, 2022), seed=5)
    texts = [path.read_text("utf-8") for path in _pages(folder)]
    return [text for text in texts if text.count("总计") > 2]


def _pages(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.rglob("t*.html")) if b"charset=gb" not in p.read_bytes()[:2000].lower()]


def as_text(table: str) -> str:
    """A table as people type it: a line a row, blanks between the cells."""
    rows = re.sub(r"</tr>", "<br>", table)
    return re.sub(r"</?(?:table|tbody|tr|td|th|p|span|o:p)\b[^>]*>", " ", rows)


def flat(page: str, tables: int) -> str:
    """The page with its first so many statutory tables as text."""
    head, mark, body = page.partition('<div class="TRS_Editor">')
    return (
        head + mark + re.sub(r"<table.*?</table>", lambda hit: as_text(hit[0]), body, count=tables, flags=re.DOTALL)
    )


def error_of(page: str, name: str = "x.html") -> str:
    extraction = extract_bytes(page.encode(), name)
    assert extraction.error is not None and not extraction.reports
    return str(extraction.error)


def test_tables_typed_as_text_are_named(reports: list[str]) -> None:
    assert len(reports) > 5
    for page in reports:
        whole = flat(page, 99)
        assert error_of(whole) == f"not_a_report: 题为年度报告，{AS_TEXT}"


def test_some_tables_typed_as_text_are_a_remark(reports: list[str]) -> None:
    for page in reports[:6]:
        tables = page.partition('<div class="TRS_Editor">')[2].count("<table")
        extraction = extract_bytes(flat(page, tables - 2).encode(), "x")
        (report,) = extraction.reports
        assert "tables_as_text" in {remark.code for remark in report.remarks}


def test_whole_reports_have_no_such_remark(reports: list[str]) -> None:
    for page in reports:
        for report in extract_bytes(page.encode(), "x").reports:
            assert "tables_as_text" not in {remark.code for remark in report.remarks}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<p>详见附件。</p>", "题为年度报告，但没有统计表"),
        (
            "<p>本年制发规章2件，作出行政许可12件、行政处罚3件、行政强制0件，行政事业性收费0万元；收到申请22件，予以公开11件、"
            "部分公开3件，属于国家秘密1件，结果维持1件，结果纠正0件。</p>",
            "题为年度报告，但没有统计表",
        ),
    ],
)
def test_a_report_without_tables_says_so(body: str, reason: str) -> None:
    assert error_of(f"<h1>{TITLE}</h1>{body}") == f"not_a_report: {reason}"


def test_what_is_no_report_says_nothing_more() -> None:
    assert error_of("<h1>关于印发年度报告格式的通知</h1><p>各单位：</p>") == "not_a_report"
    assert error_of("<p>login</p>", "报告.pdf").startswith("mislabelled")
