"""What asking a rule in one scope gives, for all reports of a batch at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from expectations.arrays import Bools, Codes
from expectations.declaration import Relation

#: outcome codes; positions in `declaration.OUTCOMES`. SILENT: no verdict for this report.
PASS, FAIL, NOT_EVALUABLE, NOT_APPLICABLE = range(4)
SILENT: Final = -1

#: Why a rule could not be evaluated, as auditors read it; the position is the code.
REASONS: Final = (
    "",
    "所涉单元格未印出，无法核对",
    "所涉单元格无法识别，无法核对",
    "所涉单元格全部空白，无法核对",
    "合计空白，无法核对",
    "等式一侧的单元格全部空白，无法核对",
    "所涉总计空白而其分项不为零，无法核对",
    "（六）同时印有一行和三行且数字不一致，无法核对",
    "报告未载明所需信息，无法核对",
    "没有上一年度的报告，无法核对",
    "合并前各单位上一年度的报告不全，无法核对",
    "机构分设或职能划转，上一年度的数字无法对应，无法核对",
    "同一单位同一年度有多份报告，无法确定与哪一份核对",
    "两份报告载明的统计范围（汇总或本级）不同，不作比较",
    "所涉单元格空白，无法核对",
    "上一年度的单元格未印出，无法核对",
    "上一年度的单元格无法识别，无法核对",
    "上一年度的单元格空白，无法核对",
    "表内注明含修订、失效等文件，差额可由此解释，不作为差错",
    "报告自行说明了该数量的统计口径，不按累计数核对",
    "由多个单位合并而来，不与其中一个单位上年度的内容比较",
    "文字不足100字，不作比较",
    "没有上级政府同年度的汇总报告，无法核对",
    "功能区可能不计入上级政府的汇总，不作比较",
    "上级汇总报告的单元格空白，无法核对",
    "没有可用的下级单位报告，无法核对",
    "没有可以核对的单元格，无法核对",
    "页面未载明发布日期，无法判断是否按时公开",
    "没有读到报告，发布日期不明，无法判断是否按时公开",
    "前后两个版本由不同版本的程序读取，无法判断是否改动",
)
(_NONE, MISSING, UNREADABLE, ALL_BLANK, TOTAL_BLANK, SIDE_BLANK, HOLLOW, AMBIGUOUS, UNSTATED) = range(9)
(NO_EARLIER, PARTIAL, DIVIDED, RIVALS, SCOPE_DIFFERS, CELL_BLANK) = range(9, 15)
(EARLIER_MISSING, EARLIER_UNREADABLE, EARLIER_BLANK, ANNOTATED, DEFINED, MERGED, SHORT) = range(15, 22)
(NO_PARENT, ZONE, PARENT_BLANK, NO_CHILDREN, NOTHING, UNDATED, UNSEEN, OTHER_READER) = range(22, 30)
#: the reasons that lie in a cell that could not be read
UNREADABLE_CELL: Final = (UNREADABLE, EARLIER_UNREADABLE)


class Words(NamedTuple):
    """What a verdict says of one report; see `docs/architecture.md`."""

    expected: str | None
    actual: str | None
    equation: str | None
    message: str


@dataclass(slots=True)
class Answer:
    """Outcome and reason code of every report for one scope, with words where there is something to say.

    `operands` are alternatives, `which` says the one that applies to a report; `severity` is a position in
    `declaration.SEVERITIES`. `parts` keeps the outcome of each relation, for the search of suspects. `cited`
    has the cells of the reports whose verdict names cells of other reports too (`key@report_id`).
    """

    scope: str
    outcome: Codes
    reason: Codes
    severity: Codes
    operands: tuple[tuple[str, ...], ...]
    which: Codes
    words: dict[int, Words] = field(default_factory=dict)
    parts: tuple[tuple[Relation, Codes], ...] = ()
    cited: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def cells(self, report: int) -> tuple[str, ...]:
        """The cells that the verdict of one report is about."""
        return self.cited.get(report) or self.operands[self.which[report]]

    def fail(self, report: int, words: Words) -> None:
        """Records a failure of one report."""
        self.outcome[report] = FAIL
        self.words[report] = words


def blank_answer(scope: str, size: int, keys: tuple[str, ...] = (), severity: int = 0, outcome: int = PASS) -> Answer:
    """An answer that says the same of every report."""
    return Answer(
        scope,
        np.full(size, outcome, dtype=np.int8),
        np.zeros(size, dtype=np.int8),
        np.full(size, severity, dtype=np.int8),
        (keys,),
        np.zeros(size, dtype=np.int8),
    )


def put(answer: Answer, mask: Bools, outcome: int, reason: int = _NONE) -> None:
    """Gives the reports of a mask an outcome and a reason."""
    answer.outcome[mask] = outcome
    answer.reason[mask] = reason
