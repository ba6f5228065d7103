"""What verdicts on claims say: the quoted words, where they stand, the cells, and both figures."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from expectations import layout, wording
from expectations.answer import REASONS, Words
from expectations.batch import Batch
from expectations.declaration import Relation
from expectations.scopes_text import SECTIONS

#: a message quotes so many claims
_QUOTED: Final = 3
_PERIODS: Final = {
    "last_year": "所说的是上一年度",
    "other_year": "所说的是其他年度",
    "part_of_year": "所说的只是一段时间",
    "unknown": "所说的期间不明",
}
UNCERTAIN: Final = "所指不明，未作比较"
ELSEWHERE: Final = "所说范围与本报告不同，未作比较"
ABOUT: Final = "为约数，不作精确比较"


def said(member: dict[str, Any]) -> str:
    """A claim with its place: `总体情况：“答复 3050 件”`."""
    return f"{SECTIONS.get(member['section'], member['section'])}：“{wording.quote(member['quote'])}”"


def aside(member: dict[str, Any], foreign: bool) -> str:
    """Why a mismatch only informs: the scope that the words name."""
    words = member.get("scope_words") or ""
    return f"；文字所说范围“{wording.quote(words)}”与本报告不同，仅作提示" if foreign else ""


def sums(batch: Batch, relations: Sequence[Relation], report: int) -> list[tuple[Fraction, str]]:
    """What the cells give, by each alternative, and how: `95`, `新收 95 + 结转 2 = 97`."""
    found = []
    for relation in relations:
        total = wording.total(batch, relation.left, report)
        terms = [(key, batch.exact(key, report)) for _, key in relation.left]
        shown = [(key, number) for key, number in terms if number] or terms[:1]
        parts = " + ".join(f"{_name(key)} {wording.figure(number)}" for key, number in shown)
        found.append((total, parts if len(shown) == 1 else f"{parts} = {wording.figure(total)}"))
    return found


def _name(key: str) -> str:
    table, row, column = key.split(".")
    if table == "applications":
        return f"“{layout.ROW_LABELS[row]}”" + ("" if column == layout.TOTAL else layout.COLUMN_LABELS[column])
    return f"“{layout.label(key)}”"


def differs(label: str, member: dict[str, Any], found: Sequence[tuple[Fraction, str]], foreign: bool) -> Words:
    """The words of a quoted figure that is none of those that the cells give."""
    quoted = wording.figure(Fraction(member["number"]))
    computed = list(dict.fromkeys(wording.figure(number) for number, _ in found))
    told = "；或".join(dict.fromkeys(how for _, how in found))
    message = f"{said(member)}，而{label}：{told}{aside(member, foreign)}"
    return Words(" 或 ".join(computed), quoted, f"{quoted} ≠ {computed[0]}", message)


def compared(label: str, member: dict[str, Any], computed: Fraction, how: str, unit: str) -> Words:
    """The words of a share or growth that is not the computed one."""
    quoted, rounded = wording.figure(Fraction(member["number"])), _rounded(computed)
    message = f"{said(member)}，而按{label}计算为 {rounded}{unit}（{how}）"
    return Words(f"{rounded}{unit}", f"{quoted}{unit}", f"{quoted}{unit} ≠ {rounded}{unit}", message)


def _rounded(number: Fraction) -> str:
    """A percentage to two decimals, half up; whole numbers as they are. For reading, never for comparing."""
    scaled = abs(number) * 100
    whole = (scaled.numerator * 2 + scaled.denominator) // (2 * scaled.denominator)
    return wording.figure(Fraction(whole if number >= 0 else -whole, 100))


def open_words(members: Sequence[dict[str, Any]], why: Sequence[str]) -> Words:
    """The words of claims that could not be compared: each quoted, with the reason."""
    told = [f"{said(member)}{reason}" for member, reason in zip(members[:_QUOTED], why, strict=False)]
    more = f"等 {len(members)} 处" if len(members) > _QUOTED else ""
    return Words(None, None, None, "；".join(told) + more)


def why_open(member: dict[str, Any], reason: int) -> str:
    """Why a claim with a certain subject could not be compared."""
    if member["approximate"]:
        return ABOUT
    if member["period"] in _PERIODS:
        return f"{_PERIODS[member['period']]}，未作比较"
    return f"：{REASONS[reason]}" if reason else UNCERTAIN


def several(words: Sequence[Words]) -> Words:
    """The words of several claims of one scope: the first's figures, all their messages."""
    first = words[0]
    messages = list(dict.fromkeys(one.message for one in words))
    more = f"等 {len(messages)} 处" if len(messages) > _QUOTED else ""
    return first._replace(message="；".join(messages[:_QUOTED]) + more)
