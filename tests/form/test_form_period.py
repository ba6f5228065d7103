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
        "统计起止时间：2024年1月1日——12月31日。",
        "统计期限从2024年1月1日开始，截止到2024年12月31日。",
        "统计期限（以下简称报告期）为2024年1月1日至2024年12月31日。",
        "统计年度为2024年（2024年1月1日至12月31日）。",
        "数据自2024年1月1日起至12月31日止。",
    ],
)
def test_the_period_is_read(words: str) -> None:
    found = report(f"<h1>某县民政局2024年政府信息公开工作年度报告</h1><p>本报告所列数据的{words}</p>")
    assert found.period == (date(2024, 1, 1), date(2024, 12, 31))


TITLE = "<h1>某县民政局2024年政府信息公开工作年度报告</h1>"
BEFORE = [
    "2024年1月10日至2024年1月20日，对本报告公开征求意见。",
    "公示期限为2024年5月8日至5月15日。",
    "2024年3月1日至2024年6月30日，组织开展政府网站专项检查，发现问题12个。",
    "数据安全专项检查自2024年3月1日至6月30日。",
    "统计数据报送时间为2025年1月5日至1月10日。",
    "据统计，2024年3月1日至6月30日发布信息12条。",
    "报告期内，2024年3月1日至6月30日发布信息12条。",
    "据统计，截至2024年6月30日发布信息12条。",
]


@pytest.mark.parametrize("days", BEFORE)
@pytest.mark.parametrize(
    "place", ["<p>{}</p>", "<p>一、总体情况</p><p>{}</p>", "<p>一、总体情况</p><p>本年无事。</p><p>{}</p>"]
)
def test_other_days_are_no_period(days: str, place: str) -> None:
    """Days of an inspection or of a call for comments were taken for the 统计期限, and for a witness to the year."""
    assert report(TITLE + place.format(days)).period is None
    found = report(TITLE + place.format(days) + "<p>本报告统计期限为2024年1月1日至2024年12月31日。</p>")
    assert found.period == (date(2024, 1, 1), date(2024, 12, 31))


def test_a_year_without_a_name_is_the_period_where_it_opens_the_report() -> None:
    year = "<p>现将2024年1月1日至2024年12月31日政府信息公开工作情况报告如下。</p>"
    assert report(TITLE + year).period == (date(2024, 1, 1), date(2024, 12, 31))
    assert report(f"{TITLE}<p>一、总体情况</p><p>本年无事。</p>{year}").period is None


def test_a_period_of_half_a_year_is_the_period_where_it_is_named() -> None:
    found = report(f"{TITLE}<p>本报告统计期限为2024年1月1日至2024年6月30日。</p>")
    assert found.period == (date(2024, 1, 1), date(2024, 6, 30))
    assert report(f"{TITLE}<p>本报告数据统计截至2023年12月31日。</p>").period == (None, date(2023, 12, 31))


def test_the_year_is_the_marked_title_s_not_the_index_number_s() -> None:
    found = report(
        "<p>当前位置：首页 > 政府信息公开年报</p>"
        "<table><tr><td>索引号</td><td>2023-0126</td></tr><tr><td>公开日期</td><td>2023-01-26</td><td>信息分类</td>"
        "<td>政府信息公开年报</td></tr></table><h1>2022年政府信息公开工作年度报告</h1>",
        '<meta name="ArticleTitle" content="2022年政府信息公开工作年度报告">'
        '<meta name="ContentSource" content="某县民政局">',
    )
    assert (found.year, found.title) == (2022, "2022年政府信息公开工作年度报告")
