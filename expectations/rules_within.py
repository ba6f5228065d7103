"""The rules within one report, each declared once. Source: `domain/rules.md` and the two letters."""

from __future__ import annotations

from typing import Final

from expectations import layout, scopes
from expectations.declaration import Rule
from expectations.layout import BLOCKS, COLUMNS, ROWS, TOTAL, dispute

_LETTERS: Final = "国办公开办函〔2019〕60号、〔2021〕30号"


WITHIN: Final[tuple[Rule, ...]] = (
    Rule(
        "T3-IDENT",
        "表三勾稽关系",
        "received + carried_in = processed_total + carried_out",
        "本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和。这是表格上唯一印明的勾稽关系。",
        ("critical",),
        f"{_LETTERS}：表三左上角印明",
        tuple(scopes.identity(column) for column in COLUMNS),
    ),
    Rule(
        "T3-DETAIL",
        "表三办理结果合计",
        "Σ leaf rows of （一）…（六） = processed_total",
        "（一）至（六）各明细行之和等于（七）总计：（六）印为一行的共19行，印为三行的共21行。",
        ("critical",),
        f"{_LETTERS}：由“（七）总计”推出",
        tuple(scopes.detail(column) for column in COLUMNS),
    ),
    Rule(
        "T3-ROW",
        "表三各行合计",
        "natural_person + 5 organisation columns = total",
        "每一行中，自然人与法人或其他组织五列之和等于总计。",
        ("critical",),
        f"{_LETTERS}：由“总计”列推出",
        tuple(scopes.row_sum(row) for row in ROWS),
    ),
    Rule(
        "T3-TOTAL-BLANK",
        "表三总计未填",
        "total is printed wherever a part of its row is",
        "某行分项已填而总计空白：不作为差错，另按分项给出推算的总计，原表不作改动。",
        ("info",),
        f"{_LETTERS}：由“总计”列推出",
        tuple(scopes.row_sum(row) for row in ROWS),
        "total_blank",
    ),
    Rule(
        "T3-INTEGER",
        "件数、项数为非负整数",
        "every count is an integer ≥ 0 (items_change and in_force: an integer)",
        "表二至表四以件、项计的数字均应为非负整数；“本年增/减”可以为负，“现行有效件数”的正负另行核对，两者仍应为整数。",
        ("critical",),
        f"{_LETTERS}：由计量单位推出",
        (
            *(scopes.place(key, f"“{layout.label(key)}”", (key,), layout.EDITIONS[key]) for key in layout.COUNTS),
            scopes.place("cells", "全部件数、项数"),
        ),
        "integer",
    ),
    Rule(
        "T3-EDITION",
        "表三样式",
        "not (one （六） row under the 2021 form, or 2019 tables for a year ≥ 2021)",
        "2021年度起应使用〔2021〕30号样式，（六）其他处理分三行填报。",
        ("warning",),
        "国办公开办函〔2021〕30号",
        (scopes.place("applications", "表三", layout.OTHER_ONE),),
        "edition",
    ),
    Rule(
        "T3-EMPTY",
        "表三未填",
        "some cell of table three is filled",
        "表三全部单元格空白（全部为0不在此列）。",
        ("warning",),
        _LETTERS,
        (scopes.place("applications", "表三"),),
        "empty",
    ),
    Rule(
        "T4-SUM",
        "表四各类合计",
        "upheld + corrected + other + pending = total",
        "行政复议、未经复议直接起诉、复议后起诉三类，各自四种结果之和等于总计。",
        ("critical",),
        f"{_LETTERS}：由“总计”推出",
        tuple(scopes.block_sum(block) for block in BLOCKS),
    ),
    Rule(
        "T4-BLANK",
        "表四部分未填",
        "no block is blank while another is filled",
        "表四中一类空白而其他类已填：该类无法核对，作为提示列出。",
        ("info",),
        _LETTERS,
        tuple(
            scopes.place(
                block,
                f"表四“{layout.BLOCK_LABELS[block]}”",
                (dispute(block, result) for result in (*layout.RESULTS, TOTAL)),
            )
            for block in BLOCKS
        ),
        "block_blank",
    ),
    Rule(
        "T2-FLOW",
        "新公开不超过新制作",
        "newly_published ≤ newly_made",
        "本年新公开数量一般不超过本年新制作数量；补充公开往年文件时可以超过，故仅作提醒。",
        ("warning",),
        "国办公开办函〔2019〕60号：表二第二十条第（一）项",
        tuple(scopes.flow(row) for row in scopes.MADE_LABELS),
    ),
    Rule(
        "T2-STOCK",
        "对外公开总数不少于新公开",
        "total_published ≥ newly_published",
        "对外公开总数量包含本年新公开数量，不应小于它。",
        ("critical",),
        "国办公开办函〔2019〕60号：表二第二十条第（一）项",
        tuple(scopes.stock(row) for row in scopes.MADE_LABELS),
    ),
    Rule(
        "T2-ITEMS",
        "项目数量不为负",
        "items_previous + items_change ≥ 0",
        "上一年项目数量加本年增/减不应为负数；本年增/减带正负号。",
        ("critical",),
        "国办公开办函〔2019〕60号：表二第二十条第（五）（六）（八）项",
        tuple(scopes.items(row) for row in scopes.ITEM_LABELS),
    ),
    Rule(
        "T2-PROCUREMENT",
        "政府集中采购",
        "items = 0 ⇔ amount = 0; the unit of the amount is known",
        "采购项目数量与采购总金额应同时为零或同时不为零；金额应注明元或万元。",
        ("warning",),
        "国办公开办函〔2019〕60号：表二第二十条第（九）项",
        (
            scopes.place(
                "procurement",
                "表二“政府集中采购”行",
                scopes.proactive("procurement", "items", "amount"),
                frozenset({"2019"}),
            ),
        ),
        "procurement",
    ),
    Rule(
        "T2-INFORCE",
        "现行有效件数",
        "in_force ≥ 0 (critical); in_force ≥ issued − repealed (warning)",
        "现行有效件数不为负；一般也不小于本年制发件数减本年废止件数。",
        ("critical", "warning"),
        "国办公开办函〔2021〕30号：表二第二十条第（一）项",
        tuple(scopes.in_force(row) for row in scopes.MADE_LABELS),
    ),
    Rule(
        "T2-LEVEL",
        "规章制定权",
        "regulations > 0 only for province, prefecture-level governments and aggregates that contain them",
        "规章只能由省、设区的市和自治州人民政府制定；其他单位填报规章数量的，可能是把其他文件计入。",
        ("warning",),
        "立法法关于地方政府规章的规定",
        (
            scopes.place(
                "regulations",
                "表二“规章”行",
                (key for key in layout.KEYS if key.startswith("proactive.regulations.")),
            ),
        ),
        "level",
    ),
    Rule(
        "T2-FEE",
        "收费金额的单位",
        "at most 6 decimals in 万元; amount(y) < 1,000 × amount(y−1)",
        "以万元计的金额小数超过6位，即细于一分钱，或达到上年度的1000倍：可能把元误作万元，或单位有误。",
        ("warning",),
        "国办公开办函〔2021〕30号：表二第二十条第（八）项",
        (scopes.place("fees", "表二“行政事业性收费”", ("proactive.fees.amount",), frozenset({"2021"})),),
        "fee",
    ),
    Rule(
        "PERIOD",
        "统计期限",
        "period = 1 January to 31 December of the year",
        "统计期限应为报告年度的1月1日至12月31日。",
        ("warning",),
        _LETTERS,
        (scopes.place("period", "统计期限"),),
        "period",
    ),
    Rule(
        "SECTIONS",
        "六个部分齐全",
        "all six sections are present",
        "年度报告应包括六个部分；缺少的部分逐一列出。",
        ("warning",),
        _LETTERS,
        (
            *(scopes.place(name, f"“{title}”") for name, title in scopes.SECTIONS.items()),
            scopes.place("sections", "六个部分"),
        ),
        "sections",
    ),
    Rule(
        "LEFTOVER",
        "表内多出的行列",
        "every printed row and column of a recognised table has a key",
        "法定表格中出现样式以外的行、列或数字：保留原文，供人工查看。",
        ("warning",),
        _LETTERS,
        (
            scopes.place("proactive", "表二"),
            scopes.place("applications", "表三"),
            scopes.place("disputes", "表四"),
            scopes.place("tables", "各表"),
        ),
        "leftover",
    ),
)
