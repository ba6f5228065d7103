"""The scopes of the rules about text: each subject of a claim with the cells of the tables that it must equal.

A relation here has only a left side, the sum that the quoted figure is held against; several are alternatives, of
which those that the report's form has apply.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from expectations import layout
from expectations.declaration import Relation, Scope, Where
from expectations.layout import APPLICANTS, TOTAL, application, dispute

_BOTH: Final = frozenset({"2019", "2021"})
#: the scope of the figures that no subject could be told for, and of the reports that say nothing on a rule
UNCLEAR: Final = "unclear"
TEXT: Final = "text"
SECTIONS: Final = {
    "overview": "总体情况",
    "problems": "存在的主要问题及改进情况",
    "other_matters": "其他需要报告的事项",
}
_GROUPS: Final = {
    "granted": ("予以公开", ("granted",)),
    "partially_granted": ("部分公开", ("partially_granted",)),
    "granted_or_partially": ("予以公开与部分公开", ("granted", "partially_granted")),
    "denied": ("不予公开", tuple(row for row in layout.LEAVES if row.startswith("denied_"))),
    "unavailable": ("无法提供", tuple(row for row in layout.LEAVES if row.startswith("unavailable_"))),
    "declined": ("不予处理", tuple(row for row in layout.LEAVES if row.startswith("declined_"))),
}
_CASES: Final = {
    "reconsideration": ("行政复议", ("reconsideration",)),
    "litigation": ("行政诉讼", ("litigation_direct", "litigation_after_reconsideration")),
    "litigation_direct": ("未经复议直接起诉", ("litigation_direct",)),
    "litigation_after_reconsideration": ("复议后起诉", ("litigation_after_reconsideration",)),
}
_RESULTS: Final = {
    "total": "总计",
    "upheld": "结果维持",
    "corrected": "结果纠正",
    "other": "其他结果",
    "pending": "尚未审结",
}
_DOCUMENTS: Final = {"regulations": "规章", "normative_documents": "规范性文件"}


def _sum(keys: Iterable[str], editions: frozenset[str] = _BOTH, where: Where | None = None) -> Relation:
    operands = tuple(keys)
    # A single figure that is blank is unknown; of a sum, and of the two kinds of suits, see `linear`.
    totals = operands if len(operands) == 1 or operands[0].startswith("disputes.") else ()
    return Relation(tuple((1, key) for key in operands), "=", (), "warning", editions, frozenset(totals), where)


def _scope(scope: str, label: str, *relations: Relation) -> Scope:
    keys = tuple(dict.fromkeys(key for relation in relations for key in relation.keys))
    editions = frozenset[str]().union(*(relation.editions for relation in relations))
    return Scope(scope, label, relations, keys, editions)


def _rows(rows: Iterable[str], column: str = TOTAL) -> tuple[str, ...]:
    return tuple(application(row, column) for row in rows)


def received() -> tuple[Scope, ...]:
    """What came in, alone or with what was carried in."""
    organisations = tuple(column for column in APPLICANTS if column != "natural_person")
    kinds = (
        ("received", "收到申请", (TOTAL,)),
        ("received.natural_person", "自然人申请", ("natural_person",)),
        ("received.organisation", "法人或其他组织申请", organisations),
    )
    return tuple(
        _scope(
            scope,
            f"表三{label}",
            _sum(application("received", column) for column in columns),
            _sum(application(row, column) for row in ("received", "carried_in") for column in columns),
        )
        for scope, label, columns in kinds
    )


def processed() -> tuple[Scope, ...]:
    """What was processed, and what went from year to year."""
    rows = (
        ("processed", "办结", "processed_total"),
        ("answered", "答复", "processed_total"),
        ("carried_in", "上年结转", "carried_in"),
        ("carried_out", "结转下年度", "carried_out"),
    )
    return tuple(_scope(scope, f"表三{label}", _sum(_rows((row,)))) for scope, label, row in rows)


def outcomes() -> tuple[Scope, ...]:
    """The groups of （一）…（六）, and their rows."""
    groups = [_scope(scope, f"表三{label}", _sum(_rows(rows))) for scope, (label, rows) in _GROUPS.items()]
    other = _scope(
        "other",
        "表三其他处理",
        _sum(_rows((layout.OTHER_ROW,)), where="one_row"),
        _sum(_rows(layout.OTHER_ROWS), where="three_rows"),
    )
    leaves = [row for row in layout.LEAVES if row not in _GROUPS]
    late = frozenset({"2021"})
    return (
        *groups,
        other,
        *(_scope(row, f"表三“{layout.ROW_LABELS[row]}”", _sum(_rows((row,)))) for row in leaves),
        *(_scope(row, f"表三“{layout.ROW_LABELS[row]}”", _sum(_rows((row,)), late)) for row in layout.OTHER_ROWS[:2]),
    )


def disputes() -> tuple[Scope, ...]:
    """Reviews and suits; suits are those of both kinds together."""
    return tuple(
        _scope(f"{case}.{result}", f"表四{label}{said}", _sum(dispute(block, result) for block in blocks))
        for case, (label, blocks) in _CASES.items()
        for result, said in _RESULTS.items()
    )


def documents() -> tuple[Scope, ...]:
    """Documents issued; those published are counted apart in 2019 and 2020 only."""
    old, new = frozenset({"2019"}), frozenset({"2021"})
    kinds = (("issued", "制发", "newly_made"), ("published", "公开", "newly_published"))
    return tuple(
        _scope(
            f"{row}.{what}",
            f"表二{label}{said}",
            _sum((f"proactive.{row}.issued",), new),
            _sum((f"proactive.{row}.{column}",), old),
        )
        for row, label in _DOCUMENTS.items()
        for what, said, column in kinds
    )


def statements() -> tuple[Scope, ...]:
    """What must be 0 where a text says that all were closed, or all were upheld."""
    others = [result for result in layout.RESULTS if result != "upheld"]
    return (
        _scope("processed", "表三结转下年度继续办理", _sum(_rows(("carried_out",)))),
        *(
            _scope(f"{case}.upheld", f"表四{label}", _sum(dispute(b, result) for b in blocks for result in others))
            for case, (label, blocks) in _CASES.items()
        ),
    )


def years() -> tuple[Scope, ...]:
    """The three narrative sections."""
    return tuple(Scope(section, label) for section, label in SECTIONS.items())


def with_rest(scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
    """The scopes of a rule with the one for uncertain claims and the one for reports without any."""
    return (*scopes, Scope(UNCLEAR, "所指不明的表述"), Scope(TEXT, "正文"))


#: every subject with the cells that it is counted in
COUNTED: Final = {scope.id: scope for scope in (*received(), *processed(), *outcomes(), *disputes(), *documents())}


def scope_of(subject: str) -> str:
    """The id of the scope of a subject of `form.claims_subjects`."""
    return subject.removeprefix("outcome:").replace(":", ".")
