"""Waivers: a named person accepts a finding, as it was printed in one document, until a day.

A waiver covers its finding only while nothing that its author looked at has changed: the document's bytes,
the cells that the finding cites, and their printed text. Whatever else happens it is void, and says why; a void
waiver covers nothing, so a critical finding stops its report again. Pure: the day is passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from expectations.findings import finding_id
from expectations.wording import quote

#: no waiver is longer: whoever accepts a fault looks at it again
YEARS: Final = 2

Code = Literal["gone", "expired", "not_yet", "document_changed", "cells_changed", "printed_changed"]
#: (report_id, key) -> the printed text; absent where the cell is not printed
Printed = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Waiver:
    """One accepted finding.

    `sha256` is the document's ('' for a finding about a report that does not exist), `cells` the printed text of
    every cell that the finding cites (None: not printed), written as the finding writes them. `until` is the
    last day on which the waiver holds.
    """

    finding_id: str
    report_id: str
    rule: str
    scope: str
    sha256: str
    cells: Mapping[str, str | None]
    who: str
    why: str
    granted: date
    until: date


@dataclass(frozen=True, slots=True)
class Void:
    """A waiver that covers nothing: `reason` for people (Chinese, one line), `code` of the first reason."""

    waiver: Waiver
    reason: str
    code: Code


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the waivers do for a batch.

    `covered` are finding_ids; `unseen` are the waivers of reports without a verdict in it, on which nothing can be
    said.
    """

    covered: frozenset[str] = frozenset()
    void: tuple[Void, ...] = ()
    unseen: tuple[Waiver, ...] = ()


def weigh(verdicts: pa.Table, reports: pa.Table, cells: pa.Table, waivers: Iterable[Waiver], today: date) -> Weighed:
    """Weigh each waiver against the batch: covered, void with its reasons, or unseen; in the order given.

    `reports` needs report_id and sha256, `cells` report_id, key and printed, neighbours included; `verdicts` has the
    reports that are judged. A waiver that has expired is void even where its report is not judged.
    """
    listed = tuple(waivers)
    if not listed:
        return Weighed()
    about = pa.array(sorted({waiver.report_id for waiver in listed}), pa.string())
    mine = verdicts.filter(pc.is_in(verdicts["report_id"], value_set=about))
    judged = frozenset(mine["report_id"].to_pylist())
    found = failing(mine)
    printed = cited_printed(found.values(), cells)
    documents = dict(zip(reports["report_id"].to_pylist(), reports["sha256"].to_pylist(), strict=True))
    covered, void, unseen = set[str](), list[Void](), list[Waiver]()
    for waiver in listed:
        if waiver.report_id in judged:
            verdict = found.get(waiver.finding_id)
            reasons = _reasons(waiver, verdict, documents.get(waiver.report_id) or "", printed, today)
        else:
            reasons = _by_date(waiver, today)
        if reasons:
            void.append(Void(waiver, "；".join(reason for _, reason in reasons), reasons[0][0]))
        elif waiver.report_id in judged:
            covered.add(waiver.finding_id)
        else:
            unseen.append(waiver)
    return Weighed(frozenset(covered), tuple(void), tuple(unseen))


def failing(verdicts: pa.Table) -> dict[str, dict[str, Any]]:
    """finding_id -> the verdict, for those that fail."""
    failed = verdicts.filter(pc.equal(verdicts["outcome"], "fail"))
    rows = failed.select(["report_id", "rule", "scope", "severity", "cells"]).to_pylist()
    return {finding_id(row["report_id"], row["rule"], row["scope"]): row for row in rows}


def cited_printed(findings: Iterable[Mapping[str, Any]], cells: pa.Table) -> Printed:
    """The printed text of every cell that the findings (rows with report_id and cells) cite."""
    wanted = {_place(row["report_id"], cell) for row in findings for cell in row["cells"]}
    near = pa.array(sorted({report for report, _ in wanted}), pa.string())
    rows = cells.filter(pc.is_in(cells["report_id"], value_set=near))
    columns = (rows[name].to_pylist() for name in ("report_id", "key", "printed"))
    return {(report, key): text for report, key, text in zip(*columns, strict=True) if (report, key) in wanted}


def waiver_of(
    finding: Mapping[str, Any], sha256: str, printed: Printed, words: tuple[str, str], days: tuple[date, date]
) -> Waiver:
    """The waiver of a finding (a row with report_id, rule, scope, cells): `words` who and why, `days` from and to."""
    report, rule, scope = finding["report_id"], finding["rule"], finding["scope"]
    cited = {cell: printed.get(_place(report, cell)) for cell in finding["cells"]}
    return Waiver(finding_id(report, rule, scope), report, rule, scope, sha256, cited, *words, *days)


def latest(granted: date) -> date:
    """The last day that a waiver granted on that day may name."""
    year = min(granted.year + YEARS, date.max.year)
    return date(year, 2, 28) if (granted.month, granted.day) == (2, 29) else granted.replace(year=year)


def _place(report_id: str, cell: str) -> tuple[str, str]:
    """(report_id, key) of a cell as a finding cites it: `key`, or `key@report_id` for another report's."""
    key, _, other = cell.partition("@")
    return other or report_id, key


_Reasons = Sequence[tuple[Code, str]]


def _reasons(
    waiver: Waiver, finding: Mapping[str, Any] | None, sha256: str, printed: Printed, today: date
) -> _Reasons:
    """Why a waiver is void, the weightiest first; empty where it covers."""
    dated = _by_date(waiver, today)
    if finding is None:
        return [("gone", "该问题已不存在，请删除此条豁免"), *dated]
    reasons = list(dated)
    if sha256 != waiver.sha256:
        reasons.append(("document_changed", "报告文件已变更，须重新审核"))
    now = {cell: printed.get(_place(waiver.report_id, cell)) for cell in finding["cells"]}
    if now.keys() != waiver.cells.keys():
        reasons.append(("cells_changed", "该问题所涉单元格已不同，须重新审核"))
    changed = [cell for cell in now if cell in waiver.cells and now[cell] != waiver.cells[cell]]
    if changed:
        first = changed[0]
        before, after = _said(waiver.cells[first]), _said(now[first])
        more = f"等 {len(changed)} 处" if len(changed) > 1 else ""
        reasons.append(("printed_changed", f"所涉单元格 {first} {more}原印为{before}，现为{after}"))
    return reasons


def _by_date(waiver: Waiver, today: date) -> _Reasons:
    if today > waiver.until:
        return [("expired", f"豁免已于 {waiver.until} 到期")]
    if today < waiver.granted:
        return [("not_yet", f"豁免自 {waiver.granted} 起才生效")]
    return []


def _said(printed: str | None) -> str:
    if printed is None:
        return "未印出"
    return f"“{quote(printed)}”" if printed else "空白"
