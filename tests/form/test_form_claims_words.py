"""Wordings of real reports: own names and years, objects after their figure, comparisons, years of the text."""

from __future__ import annotations

import pytest

from form.claim import Claim
from form.claims import claims
from form.claims_own import Own
from form.reading import Narrative


def of(text: str, section: str = "overview") -> list[Claim]:
    return list(claims(Narrative(**{section: text}), 2024, "抚州市统计局"))


@pytest.mark.parametrize(
    ("unit", "text", "worded"),
    [
        ("抚州市统计局", "抚州市统计局收到", "本单位收到"),
        ("抚州市统计局", "市统计局收到", "本单位收到"),
        ("抚州市统计局", "市教育局收到", "市教育局收到"),
        ("南京市高淳区人民政府", "高淳区收到", "全市收到"),
        ("南京市高淳区人民政府", "高淳区人民政府收到", "收到"),
        ("南京市高淳区人民政府", "高淳区教育局收到", "全市教育局收到"),
        ("抚州市统计局", "2023年结转到2025年", "上年结转到下年"),
    ],
)
def test_own_names_and_years(unit: str, text: str, worded: str) -> None:
    assert Own(unit, 2024).worded(text) == worded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市统计局共收到8份政府信息公开申请。", [("8", "received")]),
        (
            "新收到依申请公开政府信息42件，2023年结转1件，办结38件，结转到2025年办理5件。",
            [("42", "received"), ("1", "carried_in"), ("38", "processed"), ("5", "carried_out")],
        ),
        (
            "共收到政府信息公开申请9件。其中，予以公开或部分公开2件，属于四类过程性信息1件，本机关不掌握相关政府信息2件。",
            [
                *(("9", "received"), ("2", "outcome:granted_or_partially"), ("1", "outcome:denied_deliberative")),
                ("2", "outcome:unavailable_not_held"),
            ],
        ),
        (
            "办结政府信息公开申请9件，5件予以公开，3件不予公开。",
            [("9", "processed"), ("5", "outcome:granted"), ("3", "outcome:denied")],
        ),
        (
            "因信息公开引发行政争议3件，其中，行政复议1件，行政诉讼2件。",
            [("1", "reconsideration.total"), ("2", "litigation.total")],
        ),
        ("收到政府信息公开申请9件，因不掌握等原因无法提供3件。", [("9", "received"), ("3", "uncertain")]),
        ("收到政府信息公开申请9件。无下年度结转。", [("9", "received"), ("0", "carried_out")]),
        (
            "主动公开规范性文件7件，制定发布规范性文件4件。",
            [("7", "normative_documents.published"), ("4", "normative_documents.issued")],
        ),
    ],
)
def test_real_wordings(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(str(c.number), c.subject) for c in of(text) if c.kind == "figure"] == expected


@pytest.mark.parametrize(
    ("text", "base", "whole"),
    [
        ("办结政府信息公开申请9件，其中不予公开3件，占33.3%。", "outcome:denied", "any"),
        ("办结政府信息公开申请9件，其中不予公开3件，占办结总数的33.3%。", "outcome:denied", "processed"),
        ("收到政府信息公开申请9件，其中自然人申请3件，占申请总量的33.3%。", "received:natural_person", "received"),
        ("共受理9件政府信息公开申请，同比增长33.3%。", "received", None),
        ("办结量较上年增长33.3%。政府信息公开申请很多。", "processed", None),
        ("群众满意，网站访问量同比增长33.3%，答复及时。", "uncertain", None),
    ],
)
def test_what_a_percentage_is_of(text: str, base: str, whole: str | None) -> None:
    (claim,) = [c for c in of(text) if c.unit == "%"]
    assert (claim.of, claim.whole) == (base, whole)


@pytest.mark.parametrize(
    ("section", "text", "years"),
    [
        ("overview", "2023年，我局认真贯彻条例。", [("report_year", 2023)]),
        ("overview", "现将2023年政府信息公开工作情况报告如下。", [("report_year", 2023)]),
        ("overview", "2023年以来，我局认真贯彻条例。", []),
        ("overview", "2023年，县政府出台了办法。", []),
        ("overview", "2023年收到政府信息公开申请30件。", []),
        ("overview", "2023年，我局打基础，2024年，我局抓提升。", []),
        ("problems", "（二）整改措施。为做好工作，2024年我局加大落实力度。", [("plan_year", 2024)]),
        ("problems", "针对存在问题，2025年我们将抓好以下工作。", [("plan_year", 2025)]),
        ("problems", "2024年，工作虽取得成绩，但仍存在不足。", [("report_year", 2024)]),
        ("problems", "针对2024年存在的问题，下一步将加强培训。", []),
    ],
)
def test_years_that_a_text_gives_as_its_own(section: str, text: str, years: list[tuple[str, int]]) -> None:
    assert [(c.subject, int(c.number or 0)) for c in of(text, section) if c.kind == "year"] == years
