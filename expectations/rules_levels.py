"""The rules across levels: a unit and the aggregate report of the government above it. Source: `domain/rules.md`."""

from __future__ import annotations

from typing import Final

from expectations import layout, scopes_around
from expectations.declaration import Rule

_SOURCE: Final = "domain/rules.md：汇总报告包含下级各单位"

LEVELS: Final[tuple[Rule, ...]] = (
    Rule(
        "R-PART",
        "不大于上级汇总",
        "figure(unit) ≤ figure(aggregate parent), each flow cell and table four, same year",
        "下级单位当年发生的每一数字，不应大于上级政府同年度汇总报告的同一数字。政府的汇总报告与其办公室本级的报告是两个单位；"
        "报告载明的统计范围使比较不成立的，不作比较。兰州新区等功能区可能不计入所在市的汇总，不作比较。",
        ("warning",),
        _SOURCE,
        scopes_around.cells((*layout.FLOWS, *layout.DISPUTES), "全部数字"),
        "part",
    ),
    Rule(
        "R-SUM",
        "下级之和与汇总一致",
        "Σ figure(children) = figure(aggregate) with complete coverage, else Σ known ≤ figure(aggregate)",
        "名录列全了下级单位，且各单位的报告和该数字都有时，下级之和应等于汇总；否则只核对已知下级之和不大于汇总，并说明覆盖情况。"
        "表四同一案件可能在两级各计一次，不作合计核对；年初、年末的存量（结转、现行有效、总数量等）也不合计。"
        "兰州新区等功能区计入或不计入均可。",
        ("warning",),
        _SOURCE,
        scopes_around.cells(layout.FLOWS, "全部数字"),
        "add_up",
    ),
)
