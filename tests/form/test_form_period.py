"""统计期限 in the wordings seen, and titles that stand below a bread-crumb or an index number."""

from __future__ import annotations

from datetime import date

import pytest
from checks import figures
from paper import Style, applications, to_html

from extractors.html import read_html
from form.reading import Report
from form.recognise import read_reports

TABLE = to_html(applications(figures("2021"), Style()))


def report(body: str, head: str = "") -> Report:
    return read_reports(read_html(f"<html><head>{head}</head><body>{body}{TABLE}</body></html>".encode()))[0]


@pytest.mark.parametrize(
    "words",
    [
        "统计期限自2024年1月1日起，至2024年12月31日止。",
        "统计期限自 2024 年 1 月 1 日至 2024 年 12 月 31 日。",
        "数据统计期限为2024年1月1日到12月31日。",
        "统计期限自2024年1月1日起至2024年12月31日止。",
    ],
)
def test_the_period_is_read(words: str) -> None:
    found = report(f"<h1>某县民政局2024年政府信息公开工作年度报告</h1><p>本报告所列数据的{words}</p>")
    assert found.period == (date(2024, 1, 1), date(2024, 12, 31))


def test_the_year_is_the_marked_title_s_not_the_index_number_s() -> None:
    found = report(
        "<p>当前位置：首页 > 政府信息公开年报</p>"
        "<table><tr><td>索引号</td><td>2023-0126</td></tr><tr><td>公开日期</td><td>2023-01-26</td><td>信息分类</td>"
        "<td>政府信息公开年报</td></tr></table><h1>2022年政府信息公开工作年度报告</h1>",
        '<meta name="ArticleTitle" content="2022年政府信息公开工作年度报告">'
        '<meta name="ContentSource" content="某县民政局">',
    )
    assert (found.year, found.title) == (2022, "2022年政府信息公开工作年度报告")
