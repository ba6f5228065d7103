"""Unit, year and period, as titles and bodies really print them."""

from __future__ import annotations

from datetime import date

import paper
import pytest
from paper import Style

from form.grid import Document, Paragraph
from form.identity import parse_title
from form.reading import Report
from form.recognise import read_reports

TABLE = paper.applications({"applications.received.total": "3"}, Style())


def read(
    *lines: str, page: int | None = None, metadata: dict[str, str] | None = None, tail: tuple[str, ...] = ()
) -> Report:
    blocks = [Paragraph(line, page) for line in lines]
    after = [Paragraph(line, page) for line in tail]
    (report,) = read_reports(Document((*blocks, paper.to_grid(TABLE, page), *after), "x", "t", metadata or {}))
    return report


@pytest.mark.parametrize(
    ("title", "unit", "year"),
    [
        ("沭阳县发展和改革局2023年政府信息公开年度报告", "沭阳县发展和改革局", 2023),
        ("沭阳县发展和改革局2023年政府信息公开年度报告-沭阳县发改局", "沭阳县发展和改革局", 2023),
        ("沭阳县发改局_沭阳县发展和改革局2023年政府信息公开年度报告", "沭阳县发展和改革局", 2023),
        ("甘肃省人民政府办公厅 2020 年政府信息公开工作年度报告", "甘肃省人民政府办公厅", 2020),
        ("武威市2021年政府信息公开工作年度报告", "武威市", 2021),
        ("甘谷县自然资源局关于2021年政府信息公开工作的报告", "甘谷县自然资源局", 2021),
        ("永靖县政府信息公开工作2022年度报告", "永靖县", 2022),
        ("永靖县人民政府信息公开工作2022年度报告", "永靖县人民政府", 2022),
        ("2023年麦积区甘泉镇政府信息公开工作年度报告", "麦积区甘泉镇", 2023),
        ("2023年度白银市平川区发改局2023年度政府信息公开工作年度报告", "白银市平川区发改局", 2023),
        ("武威市教育局关于报送2020年政府信息公开工作年度报告的函", "武威市教育局", 2020),
        ("关于印发《合作市2022年政府信息公开工作年度报告》的通知", "合作市", 2022),
        ("某县２０２２年政府信息公开工作年度报告（图片版）", "某县", 2022),
        ("某县人民政府办公室二〇二二年政府信息公开工作年度报告", "某县人民政府办公室", 2022),
        ("某局政府信息公开工作年度报告（2021年度）", "某局", 2021),
        ("某局2022年信息公开工作年度报告", "某局", 2022),
        ("某局2022年度政务公开工作年度报告", "某局", 2022),
        ("【年报】某局2022年政府信息公开年报", "某局", 2022),
        ("2025年政府信息公开工作年度报告", None, 2025),
        ("政府信息公开工作年度报告", None, None),
        ("某市卫健委（市中医药管理局）2022年政府信息公开工作年度报告", "某市卫健委(市中医药管理局)", 2022),
    ],
)  # fmt: skip
def test_titles(title: str, unit: str | None, year: int | None) -> None:
    found = parse_title(title)
    assert found is not None
    assert (found.unit, found.year) == (unit, year)


@pytest.mark.parametrize(
    "text",
    [
        "政府信息公开指南",
        "首页>政府信息公开>政府信息公开年报>正文",
        "根据《条例》，现公布某县2022年政府信息公开工作年度报告，欢迎监督",
        "某县2022年政府工作报告",
        "",
    ],
)
def test_what_is_no_title(text: str) -> None:
    found = parse_title(text)
    assert found is None or found.unit is None


def test_a_title_over_two_lines_of_a_printed_page() -> None:
    report = read(
        "淮安市洪泽区人民政府",
        "2024 年政府信息公开工作年度报告",
        "本报告由淮安市洪泽区人民政府办公室根据《中华人民共和",
        "国政府信息公开条例》要求编制此报告。报告中所列数据统计期限自 2024 年 1 月 1 日",
        "起至 2024 年 12 月 31 日止。",
        page=1,
    )
    assert (report.unit, report.year) == ("淮安市洪泽区人民政府", 2024)
    assert report.title == "淮安市洪泽区人民政府2024年政府信息公开工作年度报告"
    assert report.period == (date(2024, 1, 1), date(2024, 12, 31))


def test_a_title_broken_in_the_middle() -> None:
    report = read("白银市平川区发展和改革局2025年", "政府信息公开工作年度报告", page=1)
    assert (report.unit, report.year) == ("白银市平川区发展和改革局", 2025)


def test_the_title_names_the_unit_not_the_drafting_office() -> None:
    report = read("某市2022年政府信息公开工作年度报告", "本报告由某市人民政府办公室编制。")
    assert report.unit == "某市"


def test_a_bare_title_takes_the_unit_from_the_body() -> None:
    bare = "2025年政府信息公开工作年度报告"
    assert read("某县人民政府网", bare, "本报告由某县水务局根据条例编制。").unit == "某县水务局"
    assert read(bare, "现编制《某县司法局2025年政府信息公开工作年度报告》。").unit == "某县司法局"
    assert read(bare, metadata={"publisher": "某县财政局"}).unit == "某县财政局"
    assert read(bare, tail=("六、其他需要报告的事项", "无。", "某县教育局", "2026年1月20日")).unit == "某县教育局"
    assert read(bare).unit is None
    assert read(bare).year == 2025


def test_the_title_of_the_page_helps_a_bare_one() -> None:
    metadata = {"title": "某县发展和改革局2023年政府信息公开年度报告-某县发改局", "publisher": "某县人民政府"}
    report = read("2023年政府信息公开年度报告", metadata=metadata)
    assert (report.unit, report.year) == ("某县发展和改革局", 2023)


def test_the_year_of_the_title_goes_before_the_period() -> None:
    report = read("某局2021年政府信息公开工作年度报告", "统计期限为2020年1月1日至2020年12月31日")
    assert report.year == 2021
    assert report.period == (date(2020, 1, 1), date(2020, 12, 31))
    assert read("政府信息公开工作年度报告", "数据统计期限为2020年1月1日到12月31日").year == 2020


def test_dates_that_do_not_exist_are_no_dates() -> None:
    report = read("某局2021年政府信息公开工作年度报告", "统计期限自2021年1月1日至2021年2月31日")
    assert report.period == (date(2021, 1, 1), None)
