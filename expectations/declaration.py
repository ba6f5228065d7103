"""What a rule is: one declaration from which the evaluator, the suites and the docs page are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["critical", "warning", "info"]
Outcome = Literal["pass", "fail", "not_evaluable", "not_applicable"]
Operator = Literal["=", "≤", "≥"]
#: Which layout of （六）其他处理 a relation needs: its leaves as one row or three (`one_row`, `three_rows`), or
#: that the one row or the three rows stand in the report (`row_one`, `row_three`).
Where = Literal["one_row", "three_rows", "row_one", "row_three"]
#: coefficient and key; `key@last` is the figure of the year before
Term = tuple[int, str]
LAST: Final = "@last"

OUTCOMES: Final[tuple[Outcome, ...]] = ("pass", "fail", "not_evaluable", "not_applicable")
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "warning", "info")


@dataclass(frozen=True, slots=True)
class Relation:
    """`left operator right` over printed cells, both sides as coefficients over keys.

    An empty side is the constant 0. `totals` are the operands that a publisher adds up: blank, they
    are unknown, never 0. `editions` are those whose form has every operand. `where` limits the relation
    to reports with that layout of （六）.
    """

    left: tuple[Term, ...]
    operator: Operator
    right: tuple[Term, ...]
    severity: Severity
    editions: frozenset[str]
    totals: frozenset[str] = frozenset()
    where: Where | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """All operands, left before right."""
        return tuple(key for _, key in (*self.left, *self.right))


@dataclass(frozen=True, slots=True)
class Scope:
    """One place where a rule is asked: an id, its Chinese label, and the relations or keys it is about.

    A linear rule holds in a scope when every relation that applies to the report holds; the first broken
    one gives the verdict. A predicate gets `keys`, by edition where the forms differ.
    """

    id: str
    label: str
    relations: tuple[Relation, ...] = ()
    keys: tuple[str, ...] = ()
    editions: frozenset[str] = frozenset({"2019", "2021"})


@dataclass(frozen=True, slots=True)
class Rule:
    """A reconciliation rule (勾稽关系) of `domain/rules.md`.

    `severities` are those a failure can have, worst first; `predicate` names a function of
    `expectations.evaluator`, None for a rule that is linear within one report. `formula` and `explanation` are
    for people: the first in keys, the second in Chinese.
    """

    id: str
    title: str
    formula: str
    explanation: str
    severities: tuple[Severity, ...]
    source: str
    scopes: tuple[Scope, ...]
    predicate: str | None = None

    @property
    def editions(self) -> tuple[str, ...]:
        """The editions of the form that have at least one scope of the rule."""
        return tuple(sorted(frozenset[str]().union(*(scope.editions for scope in self.scopes))))
