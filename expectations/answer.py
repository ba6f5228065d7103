"""What asking a rule in one scope gives, for all reports of a batch at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from expectations.batch import Bools, Codes
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
)
(_NONE, MISSING, UNREADABLE, ALL_BLANK, TOTAL_BLANK, SIDE_BLANK, HOLLOW, AMBIGUOUS, UNSTATED) = range(9)


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
    `declaration.SEVERITIES`. `parts` keeps the outcome of each relation, for the search of suspects.
    """

    scope: str
    outcome: Codes
    reason: Codes
    severity: Codes
    operands: tuple[tuple[str, ...], ...]
    which: Codes
    words: dict[int, Words] = field(default_factory=dict)
    parts: tuple[tuple[Relation, Codes], ...] = ()

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
