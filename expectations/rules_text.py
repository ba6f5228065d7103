"""The rules about what a report says in words of what its tables hold. Never critical: prose misleads."""

from __future__ import annotations

from typing import Final

from expectations import scopes_text
from expectations.declaration import Rule
from expectations.scopes_text import COUNTED, with_rest

_SOURCE: Final = "报告正文与法定表格的对照；见 docs/decisions/0020-text-rules.md"
_UNSURE: Final = "所指不明、另有期间或约数的表述不作比较，只列出原文。"

TEXT: Final[tuple[Rule, ...]] = (
    Rule(
        "TXT-RECEIVED",
        "正文收到申请数与表三一致",
        "quoted figure ∈ {received, received + carried_in}",
        f"正文所说收到、受理、新收的申请数应等于表三新收，或新收加上年结转。文字另有范围（本办、代表市政府、本级）的，只作提示。{_UNSURE}",
        ("warning", "info"),
        _SOURCE,
        with_rest(scopes_text.received()),
        "text_counted",
    ),
    Rule(
        "TXT-PROCESSED",
        "正文办结、结转数与表三一致",
        "quoted figure = processed_total, carried_in or carried_out",
        f"正文所说办结、答复数应等于表三办理结果总计；结转、顺延数应等于表三结转。文字另有范围的，只作提示。{_UNSURE}",
        ("warning", "info"),
        _SOURCE,
        with_rest(scopes_text.processed()),
        "text_counted",
    ),
    Rule(
        "TXT-OUTCOME",
        "正文办理结果与表三一致",
        "quoted figure = sum of the group of （一）…（六）, or its row",
        f"正文所说予以公开、部分公开、不予公开、无法提供、不予处理、其他处理等件数应等于表三该类之和。{_UNSURE}",
        ("warning", "info"),
        _SOURCE,
        with_rest(scopes_text.outcomes()),
        "text_counted",
    ),
    Rule(
        "TXT-SHARE",
        "正文占比与表格一致",
        "|quoted share − computed| ≤ 0.1 percentage points, or half a unit of its last digit",
        f"正文所说占比应与按表格计算的一致，容许0.1个百分点，或所印末位的四舍五入。{_UNSURE}",
        ("info",),
        _SOURCE,
        with_rest(tuple(COUNTED.values())),
        "text_share",
    ),
    Rule(
        "TXT-GROWTH",
        "正文同比与上年度报告一致",
        "|quoted growth − computed| ≤ 0.1 percentage points, or half a unit of its last digit",
        f"正文所说同比增减应与按本年度和上年度报告计算的一致，容许0.1个百分点，或所印末位的四舍五入。{_UNSURE}",
        ("info",),
        _SOURCE,
        with_rest(tuple(COUNTED.values())),
        "text_growth",
    ),
    Rule(
        "TXT-DISPUTES",
        "正文复议、诉讼数与表四一致",
        "quoted figure = disputes (suits: direct + after reconsideration)",
        f"正文所说行政复议、行政诉讼的件数及结果应等于表四；行政诉讼为未经复议直接起诉与复议后起诉之和。{_UNSURE}",
        ("warning", "info"),
        _SOURCE,
        with_rest(scopes_text.disputes()),
        "text_counted",
    ),
    Rule(
        "TXT-ALL",
        "正文“全部办结”“均获维持”与表格一致",
        "all closed: carried_out = 0; all upheld: corrected = other = pending = 0",
        "正文称全部办结而表三有结转下年度，或称均获维持而表四有纠正、其他结果或尚未审结。称按期办结的不在此列：未到期的不必办结。",
        ("info",),
        _SOURCE,
        with_rest(scopes_text.statements()),
        "text_all",
    ),
    Rule(
        "TXT-DOCUMENTS",
        "正文制发文件数与表二一致",
        "quoted figure = issued (2021), newly_made (2019)",
        f"正文所说制发规章、规范性文件的件数应等于表二。政策性文件和一般文件是不同的概念，不作比较。{_UNSURE}",
        ("info",),
        _SOURCE,
        with_rest(scopes_text.documents()),
        "text_counted",
    ),
    Rule(
        "TXT-YEAR",
        "正文年份与报告年度一致",
        "year told of = year of the report; year planned for > year of the report",
        "正文把另一年度说成本报告的年度，或在下一步打算中写成报告年度及更早的年度，多为沿用旧稿的笔误。",
        ("info",),
        _SOURCE,
        (*scopes_text.years(), scopes_text.with_rest(())[-1]),
        "text_year",
    ),
)
