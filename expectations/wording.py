"""Figures, equations and messages as auditors read them. Exact: nothing here is rounded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Final

from expectations import layout
from expectations.answer import Words
from expectations.batch import Batch
from expectations.declaration import Operator, Relation, Scope, Term
from form.numbers import read_figure

#: the sign of a broken relation; full-width, so that no reader of markup takes it for a tag
BROKEN: Final[dict[Operator, str]] = {"=": "≠", "≤": "＞", "≥": "＜"}
#: a message names so many parts; beyond that the equation alone has them
_NAMED: Final = 8
_SAID: Final[dict[Operator, str]] = {"=": "不相等", "≤": "应不大于后者", "≥": "应不小于后者"}
#: the form's own unit first
_UNITS: Final = ("万元", "元", "千元", "百元", "十元", "十万元", "百万元", "千万元", "亿元")
_OWN_UNIT: Final = re.compile("[十百千万亿]+元?|元")
_FULL_WIDTH: Final = str.maketrans({"<": "＜", ">": "＞", "&": "＆"})


def figure(number: Fraction) -> str:
    """A figure in plain decimal notation, no exponent and no trailing zeros."""
    if number.denominator == 1:
        return str(number.numerator)
    with localcontext(prec=100):
        return format((Decimal(number.numerator) / number.denominator).normalize(), "f")


def measured(key: str, number: Fraction) -> str:
    """A cell's figure in the unit that the form prints it in: 万元 for an amount, which is kept in 元."""
    return f"{figure(number / layout.WAN)} 万元" if key in layout.AMOUNTS else figure(number)


def money_unit(printed: str, amount: Fraction) -> str:
    """The unit in which an amount is printed, as it was read: the cell's own, else that of the header or the form.

    What the header says is not kept, but only one unit makes the printed figure that amount.
    """
    if own := _OWN_UNIT.search(unicodedata.normalize("NFKC", printed)):
        return f"{own[0].removesuffix('元')}元"
    units = (unit for unit in _UNITS if read_figure(printed, "元", unit).value == amount)
    return next(units, "万元") if amount else "万元"


def money(amount: Fraction, unit: str) -> str:
    """An amount in one of the units of money, without the unit's name; in 万元 where the unit is not known."""
    size = read_figure("1", "元", unit).value
    return figure(amount / (Fraction(size) if size else layout.WAN))


def quote(printed: str, limit: int = 60) -> str:
    """Printed text for a message: one line, no control or markup characters, cut with …"""
    plain = "".join(" " if unicodedata.category(char).startswith(("C", "Z")) else char for char in printed)
    line = " ".join(plain.split()).translate(_FULL_WIDTH)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def total(batch: Batch, terms: Sequence[Term], report: int) -> Fraction:
    """One side of a relation, exactly; blank cells as 0."""
    return sum((coefficient * batch.exact(key, report) for coefficient, key in terms), Fraction(0))


def side(terms: Sequence[tuple[int, Fraction, str]]) -> str:
    """`172 + 5` or, with labels, `新收 172 + 结转 5`; zeros are left out unless nothing else is there."""
    shown = [term for term in terms if term[1]] or terms[:1]
    text = ""
    for coefficient, number, name in shown:
        sign = " − " if coefficient < 0 else " + "
        digits = f"({figure(number)})" if number < 0 and text else figure(number)
        text += (sign if text or coefficient < 0 else "") + (f"{name} {digits}" if name else digits)
    return text.strip() or "0"


def broken(batch: Batch, scope: Scope, relation: Relation, report: int) -> Words:
    """The words of a relation that a report breaks."""
    plain, named, sums = [], [], []
    for terms in (relation.left, relation.right):
        figures = [(c, batch.exact(key, report), layout.short_label(key, scope.id)) for c, key in terms]
        plain.append(side([(c, number, "") for c, number, _ in figures]))
        filled = sum(1 for _, number, _ in figures if number)
        named.append(f"{filled} 个非零分项之和" if filled > _NAMED else side(figures))
        sums.append(total(batch, terms, report))
    left, right = (
        said if said.endswith(f" {figure(value)}") else f"{said} = {figure(value)}"
        for said, value in zip(named, sums, strict=True)
    )
    equation = f"{plain[0]} {BROKEN[relation.operator]} {plain[1]}"
    if relation.operator == "=":
        gap = figure(abs(sums[0] - sums[1]))
        message = f"{scope.label}：{left}，而{right}，相差 {gap}"
        return Words(figure(sums[0]), figure(sums[1]), equation, message)
    expected = f"{relation.operator} {figure(sums[1])}"
    if not relation.right:
        return Words(expected, figure(sums[0]), equation, f"{scope.label}：{left}，不应为负数")
    message = f"{scope.label}：{left}，{right}，前者{_SAID[relation.operator]}"
    return Words(expected, figure(sums[0]), equation, message)


def derived(batch: Batch, scope: Scope, relation: Relation, report: int) -> Words:
    """The words of a blank total: what its parts add up to."""
    value = figure(total(batch, relation.left, report))
    return Words(value, None, None, f"{scope.label}：合计空白，按各分项推算为 {value}")
