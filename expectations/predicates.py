"""The rules about cells that are no relation: blanks, whole numbers, editions, amounts. Vectorised.

Each predicate takes the batch and its rule and gives one answer a scope, in the order of the scopes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pyarrow.compute as pc

from expectations import earlier, layout, linear, wording, years_jump
from expectations.answer import (
    ALL_BLANK,
    MISSING,
    NOT_APPLICABLE,
    NOT_EVALUABLE,
    PASS,
    SIDE_BLANK,
    SILENT,
    UNREADABLE,
    Answer,
    Words,
    blank_answer,
    put,
)
from expectations.asking import cannot, failures, no_figure, start
from expectations.batch import ABSENT, BLANK, PRINTED, Batch, index, truth
from expectations.batch import UNREADABLE as CELL_UNREADABLE
from expectations.declaration import SEVERITIES, Rule, Scope

#: what `form.numbers` notes on an amount without a unit
_NO_UNIT = "单位未注明"
#: a fee so many times last year's is more likely 元 taken for 万元
_THOUSAND = 1000
#: the decimals of an amount that is finer than one fen
_DECIMALS = re.compile(r"\.([0-9]{7,})")


def total_blank(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """T3-TOTAL-BLANK: a row's 总计 is blank while a part of it is printed."""
    for scope in rule.scopes:
        (relation,) = scope.relations
        answer = blank_answer(scope.id, batch.size, relation.keys, SEVERITIES.index(rule.severities[0]))
        states = batch.state[index(relation.keys)]
        parts, total = states[:-1], states[-1]
        put(answer, ~linear.applies(batch, relation, states), NOT_APPLICABLE)
        for report in failures(answer, (total == BLANK) & (parts == PRINTED).any(axis=0)):
            answer.fail(report, wording.derived(batch, scope, relation, report))
            if (parts[:, report] == CELL_UNREADABLE).any():
                message = f"{scope.label}：总计空白，且有分项无法识别"
                answer.words[report] = Words(None, None, None, message)
        cannot(answer, total == CELL_UNREADABLE, UNREADABLE)
        cannot(answer, total == BLANK, ALL_BLANK)
        cannot(answer, total == ABSENT, MISSING)
        yield answer


def integer(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """T3-INTEGER: a verdict for each cell that fails or cannot be read, else one for all (`cells`)."""
    *cells, overall = rule.scopes
    spoken = np.zeros(batch.size, dtype=np.bool_)
    # Of most cells there is nothing to say in any report: found at once for all of them.
    unreadable = batch.state == CELL_UNREADABLE
    eventful = (unreadable | batch.inexact | (batch.value < 0)).any(axis=1)
    severity = SEVERITIES.index(rule.severities[0])
    for scope in cells:
        (key,) = scope.keys
        k = layout.INDEX[key]
        signed = key in layout.SIGNED
        answer = blank_answer(scope.id, batch.size, scope.keys, severity, SILENT)
        if not eventful[k]:
            yield answer
            continue
        put(answer, unreadable[k], NOT_EVALUABLE, UNREADABLE)
        suspicious = batch.inexact[k] if signed else batch.inexact[k] | (batch.value[k] < 0)
        for report in np.flatnonzero(suspicious).tolist():
            number = batch.exact(key, report)
            if number.denominator != 1 or (number < 0 and not signed):
                answer.fail(report, _not_integer(scope, number, signed))
        spoken |= answer.outcome != SILENT
        yield answer
    answer = start(batch, rule, overall)
    no_figure(answer, batch.state[index(layout.COUNTS)])
    answer.outcome[spoken] = SILENT
    yield answer


def _not_integer(scope: Scope, number: Fraction, signed: bool) -> Words:
    wanted, printed = "整数" if signed else "非负整数", wording.figure(number)
    equation = f"{printed} ＜ 0" if number < 0 and not signed else None
    return Words(wanted, printed, equation, f"{scope.label}印为 {printed}，应为{wanted}")


def edition(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """T3-EDITION: one （六） row under the 2021 form, or the 2019 tables for 2021 and after."""
    (scope,) = rule.scopes
    answer = start(batch, rule, scope)
    answer.operands = (scope.keys, ())
    old = batch.edition_in(frozenset({"2019"}))
    one_row = batch.present(scope.keys)
    late = truth(pc.greater_equal(batch.reports["year"], 2021))
    answer.which[~one_row] = 1
    years = batch.reports["year"].to_pylist()
    for report in failures(answer, old & late):
        message = f"{years[report]}年度报告使用2019年样式（〔2019〕60号）的表格，应使用〔2021〕30号样式"
        answer.fail(report, Words("2021", "2019", None, message))
    for report in failures(answer, ~old & one_row):
        message = "表三（六）其他处理只印一行，〔2021〕30号样式应分三行"
        answer.fail(report, Words("3", "1", None, message))
    cannot(answer, ~batch.present(layout.APPLICATIONS), MISSING)
    yield answer


def empty(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """T3-EMPTY: every cell of table three that is printed at all is blank."""
    (scope,) = rule.scopes
    answer = start(batch, rule, scope)
    states = batch.state[index(layout.APPLICATIONS)]
    present = states != ABSENT
    blank = present.any(axis=0) & ((states == BLANK) | ~present).all(axis=0)
    for report in failures(answer, blank):
        answer.fail(report, Words(None, None, None, "表三全部单元格空白，没有填报任何数字"))
    no_figure(answer, states)
    yield answer


def block_blank(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """T4-BLANK: a block of table four is blank while another one is filled."""
    states = [batch.state[index(scope.keys)] for scope in rule.scopes]
    filled = np.array([(block == PRINTED).any(axis=0) for block in states])
    for position, scope in enumerate(rule.scopes):
        answer = start(batch, rule, scope)
        blank = (states[position] == BLANK).all(axis=0)
        for report in failures(answer, blank & filled.any(axis=0)):
            answer.fail(report, Words(None, None, None, f"{scope.label}五格全部空白，而表四其他类已填"))
        no_figure(answer, states[position])
        yield answer


def procurement(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """T2-PROCUREMENT: items and amount are both 0 or both not, and the amount has a unit."""
    (scope,) = rule.scopes
    items, amount = scope.keys
    i, a = layout.INDEX[items], layout.INDEX[amount]
    answer = start(batch, rule, scope)
    states = batch.state[[i, a]]
    no_items, no_amount = ((batch.value[k] == 0) & ~batch.inexact[k] for k in (i, a))
    both = (states == PRINTED).all(axis=0)
    for report in failures(answer, both & (no_items != no_amount)):
        count, money = (wording.figure(batch.exact(key, report)) for key in (items, amount))
        message = f"{scope.label}：采购项目数量 {count} 项，采购总金额 {money} 元，应同时为零或同时不为零"
        answer.fail(report, Words("0" if count == "0" else "＞ 0", money, None, message))
    noted = truth(pc.match_substring(batch.column(amount, "note"), _NO_UNIT))
    printed = batch.column(amount, "printed")
    for report in failures(answer, noted & ~(both & no_amount)):
        message = f"{scope.label}：采购总金额印为“{wording.quote(printed[report].as_py())}”，未注明元或万元"
        answer.fail(report, Words(None, None, None, message))
    cannot(answer, (states == CELL_UNREADABLE).any(axis=0), UNREADABLE)
    cannot(answer, (states == ABSENT).any(axis=0), MISSING)
    cannot(answer, (states == BLANK).all(axis=0), ALL_BLANK)
    cannot(answer, (states == BLANK).any(axis=0), SIDE_BLANK)
    yield answer


def fee(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """T2-FEE: more than six decimals of 万元, or a thousand times the year before.

    Decimals are counted in the printed text, which may be half or full width.
    """
    (scope,) = rule.scopes
    (key,) = scope.keys
    answer = start(batch, rule, scope)
    printed = batch.column(key, "printed")
    text = pc.utf8_normalize(printed, form="NFKC")
    fine = truth(pc.match_substring_regex(text, r"\.[0-9]{7,}"))
    in_yuan = truth(pc.match_substring_regex(text, r"(^|[^十百千万亿])元"))
    for report in failures(answer, fine & ~in_yuan):
        shown = printed[report].as_py()
        unit = wording.money_unit(shown, batch.exact(key, report))
        message = f"{scope.label}：收费金额印为“{wording.quote(shown)}”（单位：{unit}），小数超过6位"
        decimals = max(map(len, _DECIMALS.findall(text[report].as_py())))
        answer.fail(report, Words("小数不超过 6 位", f"小数 {decimals} 位", None, message))
    for report, then, now in years_jump.leap(batch, key, _THOUSAND):
        if answer.outcome[report] == PASS:
            answer.fail(report, _thousandfold(batch, scope, report, (then, now)))
            answer.cited[report] = (key, *earlier.cite(batch, key, report))
    no_figure(answer, batch.state[index(scope.keys)])
    yield answer


def _thousandfold(batch: Batch, scope: Scope, report: int, amounts: tuple[Fraction, Fraction]) -> Words:
    """Each year's amount is told in the unit that its report prints; the equation is in this year's."""
    (key,), (then, now) = scope.keys, amounts
    unit = wording.money_unit(batch.text(key, report, "printed") or "", now)
    sources = batch.near.sources(report)
    # The figures of units that were merged are added up, and may stand in several.
    before = wording.money_unit(batch.text(key, sources[0], "printed") or "", then) if len(sources) == 1 else unit
    a, b, bound = (wording.money(amount, unit) for amount in (then, now, then * _THOUSAND))
    guess = "可能把元误作万元" if unit == before == "万元" else "可能弄错单位"
    message = (
        f"{scope.label}：上年度 {wording.money(then, before)} {before}，本年度 {b} {unit}，达 {_THOUSAND} 倍，{guess}"
    )
    return Words(f"＜ {bound}", b, f"{b} ≥ {_THOUSAND} × {a}", message)
