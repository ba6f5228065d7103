"""The rules within one report, each declared once. Source: `domain/rules.md` and the two letters.

Text, across-years and across-levels rules join this tuple, each with a scope and a predicate or relations of
its own; order here is the order of the verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from expectations import layout
from expectations.declaration import Operator, Relation, Rule, Scope, Term, Where
from expectations.layout import (
    APPLICANTS,
    BLOCKS,
    COLUMNS,
    LEAVES,
    ROWS,
    TOTAL,
    application,
    dispute,
)

_LETTERS: Final = "国办公开办函〔2019〕60号、〔2021〕30号"
_BOTH: Final = frozenset({"2019", "2021"})
_MADE: Final = ("regulations", "normative_documents")
_ITEMS: Final = ("licensing", "other_services", "penalties", "coercive_measures", "fees")
_SECTIONS: Final = {
    "overview": "一、总体情况",
    "proactive": "二、主动公开政府信息情况",
    "applications": "三、收到和处理政府信息公开申请情况",
    "disputes": "四、政府信息公开行政复议、行政诉讼情况",
    "problems": "五、存在的主要问题及改进情况",
    "other_matters": "六、其他需要报告的事项",
}
_MADE_LABELS: Final = {"regulations": "规章", "normative_documents": "规范性文件"}
_ITEM_LABELS: Final = {
    "licensing": "行政许可",
    "other_services": "其他对外管理服务事项",
    "penalties": "行政处罚",
    "coercive_measures": "行政强制",
    "fees": "行政事业性收费",
}


def _sum(keys: Iterable[str]) -> tuple[Term, ...]:
    return tuple((1, key) for key in keys)


def _relation(
    left: tuple[Term, ...],
    operator: Operator,
    right: tuple[Term, ...],
    *,
    totals: Iterable[str] = (),
    where: Where | None = None,
) -> Relation:
    """A critical relation of the editions that print every operand; `where` decides for （六） itself."""
    operands = [key for _, key in (*left, *right)]
    editions = _BOTH if where else _BOTH.intersection(*(layout.EDITIONS[key] for key in operands))
    return Relation(left, operator, right, "critical", editions, frozenset(totals), where)


def _warning(relation: Relation) -> Relation:
    return replace(relation, severity="warning")


def _linear(scope: str, label: str, *relations: Relation) -> Scope:
    editions = frozenset[str]().union(*(relation.editions for relation in relations))
    return Scope(scope, label, relations, (), editions)


def _identity(column: str) -> Scope:
    received, carried_in, processed, carried_out = (
        application(row, column) for row in ("received", "carried_in", "processed_total", "carried_out")
    )
    relation = _relation(_sum((received, carried_in)), "=", _sum((processed, carried_out)), totals=(processed,))
    return _linear(column, f"表三“{layout.COLUMN_LABELS[column]}”列", relation)


def _detail(column: str) -> Scope:
    total = application("processed_total", column)
    common = [application(row, column) for row in LEAVES]
    forms: tuple[tuple[Where, tuple[str, ...]], ...] = (
        ("one_row", (layout.OTHER_ROW,)),
        ("three_rows", layout.OTHER_ROWS),
    )
    relations = [
        _relation(
            _sum((*common, *(application(row, column) for row in rows))),
            "=",
            _sum((total,)),
            totals=(total,),
            where=where,
        )
        for where, rows in forms
    ]
    return _linear(column, f"表三“{layout.COLUMN_LABELS[column]}”列", *relations)


def _row(row: str) -> Scope:
    where: Where | None = None
    if row == layout.OTHER_ROW:
        where = "row_one"
    elif row in layout.OTHER_ROWS:
        where = "row_three"
    total = application(row, TOTAL)
    parts = _sum(application(row, column) for column in APPLICANTS)
    relation = _relation(parts, "=", _sum((total,)), totals=(total,), where=where)
    return _linear(row, f"表三“{layout.ROW_LABELS[row]}”行", relation)


def _block(block: str) -> Scope:
    total = dispute(block, TOTAL)
    parts = _sum(dispute(block, result) for result in layout.RESULTS)
    relation = _relation(parts, "=", _sum((total,)), totals=(total,))
    return _linear(block, f"表四“{layout.BLOCK_LABELS[block]}”", relation)


def _proactive(row: str, *columns: str) -> tuple[str, ...]:
    return tuple(f"proactive.{row}.{column}" for column in columns)


def _flow(row: str) -> Scope:
    published, made = _proactive(row, "newly_published", "newly_made")
    relation = _warning(_relation(_sum((published,)), "≤", _sum((made,))))
    return _linear(row, f"表二“{_MADE_LABELS[row]}”行", relation)


def _stock(row: str) -> Scope:
    total, published = _proactive(row, "total_published", "newly_published")
    return _linear(row, f"表二“{_MADE_LABELS[row]}”行", _relation(_sum((total,)), "≥", _sum((published,))))


def _items(row: str) -> Scope:
    previous, change = _proactive(row, "items_previous", "items_change")
    relation = _relation(_sum((previous, change)), "≥", (), totals=(previous,))
    return _linear(row, f"表二“{_ITEM_LABELS[row]}”行", relation)


def _in_force(row: str) -> Scope:
    stock, issued, repealed = _proactive(row, "in_force", "issued", "repealed")
    positive = _relation(_sum((stock,)), "≥", ())
    grown = _warning(_relation(_sum((stock,)), "≥", ((1, issued), (-1, repealed))))
    return _linear(row, f"表二“{_MADE_LABELS[row]}”行", positive, grown)


def _keys(scope: str, label: str, keys: Iterable[str] = (), editions: frozenset[str] = _BOTH) -> Scope:
    return Scope(scope, label, (), tuple(keys), editions)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "T3-IDENT",
        "表三勾稽关系",
        "received + carried_in = processed_total + carried_out",
        "本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和。这是表格上唯一印明的勾稽关系。",
        ("critical",),
        f"{_LETTERS}：表三左上角印明",
        tuple(_identity(column) for column in COLUMNS),
    ),
    Rule(
        "T3-DETAIL",
        "表三办理结果合计",
        "Σ leaf rows of （一）…（六） = processed_total",
        "（一）至（六）各明细行之和等于（七）总计：（六）印为一行的共19行，印为三行的共21行。",
        ("critical",),
        f"{_LETTERS}：由“（七）总计”推出",
        tuple(_detail(column) for column in COLUMNS),
    ),
    Rule(
        "T3-ROW",
        "表三各行合计",
        "natural_person + 5 organisation columns = total",
        "每一行中，自然人与法人或其他组织五列之和等于总计。",
        ("critical",),
        f"{_LETTERS}：由“总计”列推出",
        tuple(_row(row) for row in ROWS),
    ),
    Rule(
        "T3-TOTAL-BLANK",
        "表三总计未填",
        "total is printed wherever a part of its row is",
        "某行分项已填而总计空白：不作为差错，另按分项给出推算的总计，原表不作改动。",
        ("info",),
        f"{_LETTERS}：由“总计”列推出",
        tuple(_row(row) for row in ROWS),
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
            *(_keys(key, f"“{layout.label(key)}”", (key,), layout.EDITIONS[key]) for key in layout.COUNTS),
            _keys("cells", "全部件数、项数"),
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
        (_keys("applications", "表三", layout.OTHER_ONE),),
        "edition",
    ),
    Rule(
        "T3-EMPTY",
        "表三未填",
        "some cell of table three is filled",
        "表三全部单元格空白（全部为0不在此列）。",
        ("warning",),
        _LETTERS,
        (_keys("applications", "表三"),),
        "empty",
    ),
    Rule(
        "T4-SUM",
        "表四各类合计",
        "upheld + corrected + other + pending = total",
        "行政复议、未经复议直接起诉、复议后起诉三类，各自四种结果之和等于总计。",
        ("critical",),
        f"{_LETTERS}：由“总计”推出",
        tuple(_block(block) for block in BLOCKS),
    ),
    Rule(
        "T4-BLANK",
        "表四部分未填",
        "no block is blank while another is filled",
        "表四中一类空白而其他类已填：该类无法核对，作为提示列出。",
        ("info",),
        _LETTERS,
        tuple(
            _keys(
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
        tuple(_flow(row) for row in _MADE),
    ),
    Rule(
        "T2-STOCK",
        "对外公开总数不少于新公开",
        "total_published ≥ newly_published",
        "对外公开总数量包含本年新公开数量，不应小于它。",
        ("critical",),
        "国办公开办函〔2019〕60号：表二第二十条第（一）项",
        tuple(_stock(row) for row in _MADE),
    ),
    Rule(
        "T2-ITEMS",
        "项目数量不为负",
        "items_previous + items_change ≥ 0",
        "上一年项目数量加本年增/减不应为负数；本年增/减带正负号。",
        ("critical",),
        "国办公开办函〔2019〕60号：表二第二十条第（五）（六）（八）项",
        tuple(_items(row) for row in _ITEMS),
    ),
    Rule(
        "T2-PROCUREMENT",
        "政府集中采购",
        "items = 0 ⇔ amount = 0; the unit of the amount is known",
        "采购项目数量与采购总金额应同时为零或同时不为零；金额应注明元或万元。",
        ("warning",),
        "国办公开办函〔2019〕60号：表二第二十条第（九）项",
        (
            _keys(
                "procurement",
                "表二“政府集中采购”行",
                _proactive("procurement", "items", "amount"),
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
        tuple(_in_force(row) for row in _MADE),
    ),
    Rule(
        "T2-LEVEL",
        "规章制定权",
        "regulations > 0 only for province, prefecture-level governments and aggregates that contain them",
        "规章只能由省、设区的市和自治州人民政府制定；其他单位填报规章数量的，可能是把其他文件计入。",
        ("warning",),
        "立法法关于地方政府规章的规定",
        (
            _keys(
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
        "at most 6 decimals in 万元",
        "以万元计的金额小数超过6位，即细于一分钱：可能把元误作万元，或单位有误。",
        ("warning",),
        "国办公开办函〔2021〕30号：表二第二十条第（八）项",
        (_keys("fees", "表二“行政事业性收费”", ("proactive.fees.amount",), frozenset({"2021"})),),
        "fee",
    ),
    Rule(
        "PERIOD",
        "统计期限",
        "period = 1 January to 31 December of the year",
        "统计期限应为报告年度的1月1日至12月31日。",
        ("warning",),
        _LETTERS,
        (_keys("period", "统计期限"),),
        "period",
    ),
    Rule(
        "SECTIONS",
        "六个部分齐全",
        "all six sections are present",
        "年度报告应包括六个部分；缺少的部分逐一列出。",
        ("warning",),
        _LETTERS,
        (*(_keys(name, f"“{title}”") for name, title in _SECTIONS.items()), _keys("sections", "六个部分")),
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
            _keys("proactive", "表二"),
            _keys("applications", "表三"),
            _keys("disputes", "表四"),
            _keys("tables", "各表"),
        ),
        "leftover",
    ),
)
BY_ID: Final = {rule.id: rule for rule in RULES}
