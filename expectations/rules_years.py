"""The rules across years: the same unit and scope, the year before. Source: `domain/rules.md`.

An operand `key@last` is the figure of the year before; where units were merged, the sum of theirs.
"""

from __future__ import annotations

from typing import Final

from expectations import layout, scopes, scopes_around
from expectations.declaration import Rule
from expectations.layout import COLUMNS

_LETTERS: Final = "国办公开办函〔2019〕60号、〔2021〕30号"
_TABLES: Final = {"proactive": "表二", "applications": "表三", "disputes": "表四"}

YEARS: Final[tuple[Rule, ...]] = (
    Rule(
        "X-CARRY",
        "上年结转与上年度报告一致",
        "carried_out(y−1) = carried_in(y), from 2020 on",
        "本年度“上年结转”应等于同一单位上年度报告的“结转下年度继续办理”；机构合并的，等于合并前各单位之和，"
        "更名的，与更名前的单位核对。总计列不一致为严重问题，只归于后一年度的报告；"
        "上年度的数字本身涉及该报告未成立的关系时，降为提醒。两份报告载明的统计范围不同的，不作比较。",
        ("critical", "warning"),
        f"{_LETTERS}：表三“二、上年结转政府信息公开申请数量”",
        tuple(scopes_around.carried(column) for column in COLUMNS),
        "carry",
    ),
    Rule(
        "X-INFORCE",
        "现行有效件数的增减",
        "in_force(y) = in_force(y−1) + issued(y) − repealed(y)",
        "本年度现行有效件数一般等于上年度现行有效件数加本年制发、减本年废止。自然失效、修订计入制发等情况会使其不等："
        "表内注明的（如“22（其中修订16件）”“55（含自然失效29件）”），差额不超过所注件数即不作为差错。",
        ("warning",),
        "国办公开办函〔2021〕30号：表二第二十条第（一）项",
        tuple(scopes_around.in_force(row) for row in scopes.MADE_LABELS),
        "grown",
    ),
    Rule(
        "X-PUBLISHED",
        "对外公开总数量的增加",
        "total_published(y) = total_published(y−1) + newly_published(y)",
        "本年度对外公开总数量一般等于上年度总数量加本年新公开数量。报告自行说明口径的（如“为2019年和2020年相关数据之和”），"
        "按其说明核对。2020年度的对外公开总数量与2021年度的现行有效件数是不同的数量，从不比较。",
        ("warning",),
        "国办公开办函〔2019〕60号：表二第二十条第（一）项",
        tuple(scopes_around.published(row) for row in scopes.MADE_LABELS),
        "published_total",
    ),
    Rule(
        "X-ITEMS",
        "上一年项目数量与上年度报告一致",
        "items_previous(y) = items_previous(y−1) + items_change(y−1)",
        "本年度“上一年项目数量”一般等于上年度报告的“上一年项目数量”加“本年增/减”。",
        ("warning",),
        "国办公开办函〔2019〕60号：表二第二十条第（五）（六）（八）项",
        tuple(scopes_around.items(row) for row in scopes.ITEM_LABELS),
        "grown",
    ),
    Rule(
        "X-JUMP",
        "与上年度相差十倍以上",
        "not (larger ≥ 10 × smaller and larger ≥ 100 (amounts: 100 万元)), of the same cell in y−1 and y",
        "同一单元格两年相差十倍以上且较大者不小于100（金额为100万元）：可能填错、错位或口径改变，也可能确有其事。"
        "两年表式不同的，表二不作比较；空白不当作0。",
        ("warning",),
        _LETTERS,
        scopes_around.cells(scopes_around.JUMPING, "全部数字"),
        "jump",
    ),
    Rule(
        "X-COPY",
        "与上年度雷同",
        "not (all non-zero cells of a table equal last year's, or text similarity ≥ 0.9)",
        "某一表格不为零的数字（不少于3个）与上年度全部相同，或某一部分的文字（不少于100字）与上年度相同的部分达90%："
        "疑似照搬上年度报告。相似度为两段文字最长公共子序列的两倍与总字数之比。",
        ("warning",),
        "国办公开办函〔2021〕30号：雷同问题",
        (
            *(scopes.place(table, _TABLES[table], keys) for table, keys in layout.TABLES.items()),
            *(scopes.place(name, f"“{scopes.SECTIONS[name]}”") for name in scopes_around.TEXTS),
        ),
        "copy",
    ),
)
