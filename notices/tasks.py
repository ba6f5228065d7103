"""What to do now, and who: the few lines that a reader acts on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from notices.coverage import kinds
from notices.findings import Waived
from notices.text import plain

_EXAMPLES: Final = 2

#: attribution of critical findings -> who acts, and on what.
_BY_ATTRIBUTION: Final[tuple[tuple[str | None, str, str], ...]] = (
    ("publisher", "发布单位", "项原文有误：请更正后重新公开，下次运行自动复核"),
    ("extraction", "系统运维", "项疑为读取错误：对照原文检查读取程序，单位无须处理"),
    ("unreadable", "审核人员", "项因原文无法辨认：请人工查看原文"),
    (None, "审核人员", "项责任未明：请对照原文核对所列单元格"),
)
_BY_KIND: Final[tuple[tuple[str, str, str], ...]] = (
    ("blocked", "系统运维", "份被网站拒绝访问：请用浏览器打开核实"),
    ("unread", "审核人员", "份文件未能读取：请打开原文，必要时请单位提供可读版本"),
    ("missing", "审核人员", "份到期报告未见公开：请核实是否逾期"),
)
_DOUBTED: Final = ("审核人员", "格读取存疑，仍按所读入库：请对照原文（工作簿“读取存疑”一表）")
_UNASKED: Final = ("系统运维", "份未查：列表未读到或期限后未再读，请运行一次采集后再看")


@dataclass(frozen=True, slots=True)
class Task:
    """Who has to do what about how many, with some of the `reports` concerned by unit and year."""

    who: str
    number: int
    what: str
    examples: tuple[str, ...]
    reports: int


def tasks(
    rows: Sequence[Mapping[str, Any]],
    coverage: pa.Table,
    doubted: Sequence[Mapping[str, Any]],
    ending: Sequence[Waived],
) -> tuple[Task, ...]:
    """Return the tasks that arranged findings, `coverage`, cells `doubted` and waivers `ending` soon ask for.

    The gravest come first.
    """
    grave = [row for row in rows if row["severity"] == "critical"]
    known = {attribution for attribution, _, _ in _BY_ATTRIBUTION}
    found = [
        _task(who, what, [it for it in grave if _attribution(it, known) == attribution])
        for attribution, who, what in _BY_ATTRIBUTION
    ]
    states = kinds(coverage)
    # Of a document that could not be read it is known where it is; of a unit whose list was never read, nothing.
    asked = pc.or_(pc.not_equal(states, "unread"), pc.is_valid(coverage["address"]))
    found += [
        _task(who, what, _of(coverage, pc.and_(pc.equal(states, state), asked))) for state, who, what in _BY_KIND
    ]
    found.append(_task(*_UNASKED, _of(coverage, pc.invert(asked))))
    found.append(_task(*_DOUBTED, doubted))
    reports = {(it.unit, it.year): f"{it.unit} {it.year}" for it in ending}
    what = "项豁免将在 30 天内到期：请复核是否续期"
    found.append(Task("审核人员", len(ending), what, tuple(reports.values())[:_EXAMPLES], len(reports)))
    found.append(
        _task("审核人员", "项警告：可能有正当原因，请抽查", [it for it in rows if it["severity"] == "warning"])
    )
    return tuple(task for task in found if task.number)


def _of(coverage: pa.Table, chosen: pa.Array) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = coverage.select(["unit_id", "unit_name", "year"]).filter(chosen).to_pylist()
    return rows


def _attribution(row: Mapping[str, Any], known: set[str | None]) -> str | None:
    attribution: str | None = row["attribution"]
    return attribution if attribution in known else None


def _task(who: str, what: str, rows: Sequence[Mapping[str, Any]]) -> Task:
    reports = {(row["unit_id"], row["year"]): f"{plain(row['unit_name'], 30)} {row['year']}" for row in rows}
    return Task(who, len(rows), what, tuple(reports.values())[:_EXAMPLES], len(reports))
