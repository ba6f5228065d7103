"""Sections by their words, whatever their numbers."""

from __future__ import annotations

import pytest

from form.narrative import SECTIONS, narrate
from form.prose import Text


def lines(*texts: str, page: int | None = None) -> list[Text]:
    return [Text(t, i, page, table=not t) for i, t in enumerate(texts)]


@pytest.mark.parametrize(
    ("section", "heading"),
    [
        ("overview", "一、总体情况"),
        ("overview", "1、政府信息公开工作总体情况"),
        ("proactive", "二、主动公开政府信息情况"),
        ("applications", "二、收到和处理政府信息公开申请情况"),
        ("applications", "收到和处理政府信息公开申请情况"),
        ("disputes", "四、政府信息公开行政复议、行政诉讼情况"),
        ("disputes", "三、政府信息公开行政复议行政诉讼情况"),
        ("disputes", "四、因政府信息公开工作被申请行政复议、提起行政诉讼情况"),
        ("problems", "五、存在的主要问题及改进情况"),
        ("problems", "五、存在的主要问题及整改措施"),
        ("problems", "四、存在问题及改进情况"),
        ("problems", "五、政府信息公开工作存在的主要问题及改进情况"),
        ("other_matters", "六、其他需要报告的事项"),
        ("other_matters", "六、需要报告的其他事项"),
        ("other_matters", "第六部分其他需要报告的事项"),
        ("overview", "（一）总体情况"),
        ("proactive", "二、政府信息主动公开情况"),
        ("proactive", "二、主动公开情况"),
        ("applications", "三、政府信息依申请公开情况"),
        ("disputes", "四、政府信息公开行政复议和诉讼情况"),
        ("disputes", "四、行政复议、诉讼情况"),
        ("other_matters", "六、其他事项"),
        ("other_matters", "第六部分 其他重要事项"),
    ],
)
def test_headings(section: str, heading: str) -> None:
    assert narrate(lines("开头", heading, "正文"))[1] == (section,)


@pytest.mark.parametrize(
    "text",
    [
        "本报告由总体情况、主动公开政府信息情况、收到和处理政府信息公开申请情况等六部分组成。",
        "存在的问题较多。",
        "（一）主动公开情况。全年公开信息若干条。",
        "政府信息公开行政复议351件，其中结果维持72件。",
        "（一）主动公开情况",
        "一、主动公开情况",
        "（二）主动公开政府信息情况",
        "（二）主动公开情况",
        "（三）政府信息依申请公开情况",
        "主动公开情况",
        "1.其他事项",
        "（六）其他事项",
        "六、其他事项按规定办理。",
    ],
)
def test_sentences_are_no_headings(text: str) -> None:
    assert narrate(lines(text))[1] == ()


def test_sub_headings_of_a_section_stay_in_it() -> None:
    """Also where the section that they sound like has no heading that is sure."""
    inner = (
        "（一）主动公开情况",
        "很多。",
        "（二）主动公开政府信息情况",
        "（三）政府信息依申请公开情况",
        "一、主动公开情况",
        "（六）其他事项",
    )
    narrative, sections = narrate(
        lines("一、总体情况", *inner, "五、存在的主要问题及改进情况", "（一）总体情况", "不足。")
    )
    assert sections == ("overview", "problems")
    assert narrative.overview == "\n".join(inner)
    assert narrative.problems == "（一）总体情况\n不足。"


def test_a_sure_heading_goes_before_a_lesser_one() -> None:
    narrative, sections = narrate(
        lines("一、总体情况", "二、主动公开情况", "很多。", "二、主动公开政府信息情况", "", "六、其他事项", "无。")
    )
    assert sections == ("overview", "proactive", "other_matters")
    assert narrative.overview == "二、主动公开情况\n很多。"
    assert narrative.other_matters == "无。"


def test_sections_numbered_in_brackets() -> None:
    narrative, sections = narrate(
        lines(
            "（一）总体情况", "有序。", "（二）主动公开政府信息情况", "", "（三）收到和处理政府信息公开申请情况", "",
            "（四）政府信息公开行政复议、行政诉讼情况", "", "（五）存在的主要问题及改进情况", "不足。",
            "（六）其他需要报告的事项", "无。",
        )
    )  # fmt: skip
    assert sections == SECTIONS
    assert (narrative.overview, narrative.problems, narrative.other_matters) == ("有序。", "不足。", "无。")


def test_the_text_of_the_three_sections() -> None:
    narrative, sections = narrate(
        lines(
            "一、总体情况", "做了工作。", "（一）主动公开。很多。",
            "二、主动公开政府信息情况", "", "三、收到和处理政府信息公开申请情况", "",
            "四、政府信息公开行政复议、行政诉讼情况", "",
            "五、存在的主要问题及改进情况", "有问题。", "会改进。",
            "六、其他需要报告的事项", "收取信息处理费0元。", "某县某局", "2024年1月17日", "打印本页",
        )
    )  # fmt: skip
    assert sections == SECTIONS
    assert narrative.overview == "做了工作。\n（一）主动公开。很多。"
    assert narrative.problems == "有问题。\n会改进。"
    assert narrative.other_matters == "收取信息处理费0元。"


def test_a_section_without_text_is_empty_and_an_absent_one_none() -> None:
    narrative, _ = narrate(lines("一、总体情况", "二、主动公开政府信息情况", ""))
    assert narrative.overview == ""
    assert narrative.problems is None


def test_printed_lines_become_paragraphs_again() -> None:
    narrative, _ = narrate(lines("一、总体情况", "按照党中央部", "署做工作。", "（一）公开。很", "多。", page=1))
    assert narrative.overview == "按照党中央部署做工作。\n（一）公开。很多。"


def test_text_on_the_headings_own_line_counts() -> None:
    narrative, _ = narrate(lines("六、其他需要报告的事项：无。"))
    assert narrative.other_matters == "无。"
    long = "做了工作。" * 200
    narrative, _ = narrate(lines(f"一、总体情况 {long}"))
    assert narrative.overview == long
    narrative, _ = narrate(lines(f"一、总体情况：{long}"))
    assert narrative.overview == long
