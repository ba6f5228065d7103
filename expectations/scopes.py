"""The scopes of the rules: which cells each rule looks at, row by row and column by column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from expectations import layout
from expectations.declaration import Operator, Relation, Scope, Term, Where
from expectations.layout import APPLICANTS, LEAVES, TOTAL, application, dispute

_BOTH: Final = frozenset({"2019", "2021"})
#: the six sections of a report
SECTIONS: Final = {
    "overview": "一、总体情况",
    "proactive": "二、主动公开政府信息情况",
    "applications": "三、收到和处理政府信息公开申请情况",
    "disputes": "四、政府信息公开行政复议、行政诉讼情况",
    "problems": "五、存在的主要问题及改进情况",
    "other_matters": "六、其他需要报告的事项",
}
#: the rows of table two that count documents
MADE_LABELS: Final = {"regulations": "规章", "normative_documents": "规范性文件"}
#: the rows of the 2019 table two that count items
ITEM_LABELS: Final = {
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


def identity(column: str) -> Scope:
    """The relation printed on the form, in one column of table three."""
    received, carried_in, processed, carried_out = (
        application(row, column) for row in ("received", "carried_in", "processed_total", "carried_out")
    )
    relation = _relation(_sum((received, carried_in)), "=", _sum((processed, carried_out)), totals=(processed,))
    return _linear(column, f"表三“{layout.COLUMN_LABELS[column]}”列", relation)


def detail(column: str) -> Scope:
    """The outcomes of one column of table three add up; one relation for each layout of （六）."""
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


def row_sum(row: str) -> Scope:
    """The applicants of one row of table three add up."""
    where: Where | None = None
    if row == layout.OTHER_ROW:
        where = "row_one"
    elif row in layout.OTHER_ROWS:
        where = "row_three"
    total = application(row, TOTAL)
    parts = _sum(application(row, column) for column in APPLICANTS)
    relation = _relation(parts, "=", _sum((total,)), totals=(total,), where=where)
    return _linear(row, f"表三“{layout.ROW_LABELS[row]}”行", relation)


def block_sum(block: str) -> Scope:
    """The results of one block of table four add up."""
    total = dispute(block, TOTAL)
    parts = _sum(dispute(block, result) for result in layout.RESULTS)
    relation = _relation(parts, "=", _sum((total,)), totals=(total,))
    return _linear(block, f"表四“{layout.BLOCK_LABELS[block]}”", relation)


def proactive(row: str, *columns: str) -> tuple[str, ...]:
    """The keys of cells of one row of table two."""
    return tuple(f"proactive.{row}.{column}" for column in columns)


def flow(row: str) -> Scope:
    """No more published than made (2019)."""
    published, made = proactive(row, "newly_published", "newly_made")
    relation = _warning(_relation(_sum((published,)), "≤", _sum((made,))))
    return _linear(row, f"表二“{MADE_LABELS[row]}”行", relation)


def stock(row: str) -> Scope:
    """The total published holds what was newly published (2019)."""
    total, published = proactive(row, "total_published", "newly_published")
    return _linear(row, f"表二“{MADE_LABELS[row]}”行", _relation(_sum((total,)), "≥", _sum((published,))))


def items(row: str) -> Scope:
    """The items of last year and their change leave 0 or more (2019)."""
    previous, change = proactive(row, "items_previous", "items_change")
    relation = _relation(_sum((previous, change)), "≥", (), totals=(previous,))
    return _linear(row, f"表二“{ITEM_LABELS[row]}”行", relation)


def in_force(row: str) -> Scope:
    """What is in force: not below 0 (critical), and at least what the year added (warning)."""
    stock, issued, repealed = proactive(row, "in_force", "issued", "repealed")
    positive = _relation(_sum((stock,)), "≥", ())
    grown = _warning(_relation(_sum((stock,)), "≥", ((1, issued), (-1, repealed))))
    return _linear(row, f"表二“{MADE_LABELS[row]}”行", positive, grown)


def place(scope: str, label: str, keys: Iterable[str] = (), editions: frozenset[str] = _BOTH) -> Scope:
    """A scope of a predicate."""
    return Scope(scope, label, (), tuple(keys), editions)
