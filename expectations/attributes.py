"""The rules about what a report says of itself: level, period, sections, leftovers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

import numpy as np
import pyarrow.compute as pc

from expectations import layout, wording
from expectations.answer import NOT_APPLICABLE, SILENT, UNSTATED, Answer, Words
from expectations.asking import cannot, failures, no_figure, start
from expectations.batch import Batch, index, truth
from expectations.declaration import Rule, Scope

_RULE_MAKING: Final = frozenset({"province", "prefecture"})
_OFFICE: Final = r"(?:(?:人民)?政府)?(?:办公[厅室]|(?<=政府)办)?$"
#: The ending of a unit's name -> its level. 市 alone may be a prefecture or a county, so it is not here, nor is
#: a 新区 or the like; 景德镇, 新乡 and 萍乡 are no townships.
_ENDINGS: Final = (
    (re.compile(rf"(?:省|自治区){_OFFICE}"), "province"),
    (re.compile(rf"自治州{_OFFICE}"), "prefecture"),
    (re.compile(rf"(?:[县旗]|(?<!自治)(?<![发园景林矿护范验灌库校院社街新地])区){_OFFICE}"), "county"),
    (re.compile(rf"(?:(?<!景德)镇|(?<![新萍])乡){_OFFICE}|街道(?:办|办事处|党政办公室)?$"), "township"),
)


def level(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """T2-LEVEL: 规章 above 0 only for those who may make them.

    A government's aggregate report and its office's own count, a department's do not: 规章 are made by
    governments. An unknown kind counts as a government.
    """
    (scope,) = rule.scopes
    answer = start(batch, rule, scope)
    old = batch.edition_in(frozenset({"2019"}))
    answer.operands = tuple(
        tuple(key for key in scope.keys if edition in layout.EDITIONS[key]) for edition in ("2021", "2019")
    )
    answer.which[old] = 1
    rows = index(scope.keys)
    some = ((batch.value[rows] > 0) | batch.inexact[rows]).any(axis=0) & (answer.outcome != NOT_APPLICABLE)
    names = zip(*(batch.strings(name) for name in ("level", "kind", "unit_name", "unit")), strict=True)
    for report, (given, kind, name, printed) in enumerate(names):
        if not some[report]:
            continue
        found = given or _level_of(name or printed or "")
        if found is None:
            cannot(answer, np.arange(batch.size) == report, UNSTATED)
        elif found not in _RULE_MAKING or kind == "department":
            answer.fail(report, _regulations(batch, scope, report, name or printed or ""))
    no_figure(answer, batch.state[rows])
    yield answer


def _level_of(name: str) -> str | None:
    return next((level for pattern, level in _ENDINGS if pattern.search(name)), None)


def _regulations(batch: Batch, scope: Scope, report: int, name: str) -> Words:
    figures = [
        f"{layout.short_label(key, scope.id)} {wording.figure(batch.exact(key, report))}"
        for key in scope.keys
        if batch.exact(key, report) > 0
    ]
    most = wording.figure(max(batch.exact(key, report) for key in scope.keys))
    message = f"{scope.label}填报{'、'.join(figures)}，而{wording.quote(name)}不是规章制定机关"
    return Words("0", most, f"{most} ≠ 0", message)


def period(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """PERIOD: 1 January to 31 December of the report's year; a half that is not printed cannot be wrong."""
    (scope,) = rule.scopes
    answer = start(batch, rule, scope)
    rows = zip(*(batch.strings(name) for name in ("year", "period_from", "period_to")), strict=True)
    unknown = np.zeros(batch.size, dtype=np.bool_)
    for report, (year, first, last) in enumerate(rows):
        # A document without a year comes as year 0 or null.
        unknown[report] = first is None or last is None or not year
        if not year:
            continue
        wanted = (date(year, 1, 1), date(year, 12, 31))
        if first not in {None, wanted[0]} or last not in {None, wanted[1]}:
            printed = f"{first or '未载明'} 至 {last or '未载明'}"
            message = f"统计期限印为 {printed}，应为 {wanted[0]} 至 {wanted[1]}"
            answer.fail(report, Words(f"{wanted[0]}/{wanted[1]}", f"{first}/{last}", None, message))
    cannot(answer, unknown, UNSTATED)
    yield answer


def sections(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """SECTIONS: a verdict for each missing section, else one for all (`sections`)."""
    *single, overall = rule.scopes
    found = batch.reports["sections"].combine_chunks()
    stated = np.asarray(found.is_valid().to_numpy(zero_copy_only=False), dtype=np.bool_)
    complete = np.ones(batch.size, dtype=np.bool_)
    parents, names = pc.list_parent_indices(found).to_numpy(), pc.list_flatten(found)
    for scope in single:
        has = np.zeros(batch.size, dtype=np.bool_)
        has[parents[truth(pc.equal(names, scope.id))]] = True
        complete &= has
        answer = start(batch, rule, scope)
        missing = stated & ~has
        for report in failures(answer, missing):
            answer.fail(report, Words(None, None, None, f"未找到{scope.label}部分"))
        answer.outcome[~missing] = SILENT
        yield answer
    answer = start(batch, rule, overall)
    cannot(answer, ~stated, UNSTATED)
    answer.outcome[stated & ~complete] = SILENT
    yield answer


def leftover(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """LEFTOVER: a verdict for each table with leftovers, else one for all (`tables`)."""
    *single, overall = rule.scopes
    found: dict[str, dict[int, list[str]]] = {scope.id: {} for scope in single}
    left = batch.reports["leftovers"].combine_chunks()
    for report in np.flatnonzero(truth(pc.greater(pc.list_value_length(left), 0))).tolist():
        for item in left[report].as_py():
            found.setdefault(item["table"], {}).setdefault(report, []).append(item["printed"])
    known = {scope.id: scope for scope in single}
    clean = np.ones(batch.size, dtype=np.bool_)
    for table in (*known, *sorted(found.keys() - known.keys())):
        scope = known.get(table) or Scope(table, wording.quote(table))
        answer = start(batch, rule, scope)
        answer.outcome[:] = SILENT
        for report, texts in found[table].items():
            answer.fail(report, Words(None, None, None, _leftovers(scope, texts)))
        clean &= answer.outcome == SILENT
        yield answer
    answer = start(batch, rule, overall)
    answer.outcome[~clean] = SILENT
    yield answer


def _leftovers(scope: Scope, texts: list[str]) -> str:
    quoted = "、".join(f"“{wording.quote(text)}”" for text in texts[:3])
    more = f"等 {len(texts)} 处" if len(texts) > 3 else ""
    return f"{scope.label}有样式以外的内容：{quoted}{more}"
