from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portals import titles


@pytest.mark.parametrize(
    ("title", "sort", "year"),
    [
        ("兰州市城关区人民政府2023年政府信息公开工作年度报告", "report", 2023),
        ("政府信息公开年度报告（2020年度）", "report", 2020),
        ("信息公开工作年度报告", "report", None),
        ("关于2021年政府信息公开工作的报告", "report", 2021),
        ("政府信息公开工作2022年度报告", "report", 2022),
        ("2025年政府信息公开工作年度报告", "report", 2025),
        ("某局２０２３年政府信息公开工作年度报告的函", "report", 2023),
        ("某县二〇二二年政府信息公开年报", "report", 2022),
        ("某县二○二一年度政府信息公开工作报告", "report", 2021),
        ("2024年1月发布：2023年度政府信息公开年度报告", "report", 2023),
        ("2021年、2022年政府信息公开工作报告", "report", None),
        ("中共某县委机构编制委员会办公室2023年政府信息公开年度报告", "report", 2023),
        ("某县考核评估中心2023年政府信息公开年度报告", "report", 2023),
        ("一图读懂2023年政府信息公开工作年度报告", "duplicate", 2023),
        ("2023年政府信息公开工作年度报告（图解）", "duplicate", 2023),
        ("2023年政府信息公开工作年度报告（图片版）", "duplicate", 2023),
        ("2023年政府信息公开工作年度报告（超链版）", "duplicate", 2023),
        ("某县政府信息公开指南", None, None),
        ("关于做好2023年政府信息公开工作年度报告编制工作的通知", None, 2023),
        ("2023年政府信息公开工作要点", None, 2023),
        ("2023年第三季度政府信息公开工作报告", None, 2023),
        ("2023年政府信息公开工作第一季度报告", None, 2023),
        ("2023年政府工作报告", None, 2023),
        ("政府网站工作年度报表（2023年度）", None, 2023),
        ("2023年财政预算", None, 2023),
        ("", None, None),
    ],
)
def test_titles(title: str, sort: str | None, year: int | None) -> None:
    assert titles.sort(title) == sort
    assert titles.year(title) == year


def test_the_elder_friendly_copy_is_known_by_its_address() -> None:
    title = "2023年政府信息公开工作年度报告"
    assert titles.sort(title, "http://a.example/t20240131_1.html") == "report"
    assert titles.sort(title, "http://a.example/t20240131_1_ghb.html") == "duplicate"


@given(st.text())
def test_any_title_can_be_read(title: str) -> None:
    year = titles.year(title)
    assert year is None or 2000 <= year <= 2099
    assert titles.sort(title) in {None, "report", "duplicate"}
