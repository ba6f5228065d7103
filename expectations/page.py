"""The catalogue page of the rules, `docs/rules.md`: `python -m expectations.page > docs/rules.md`."""

from __future__ import annotations

import sys
from typing import Final

from expectations.declaration import Rule
from expectations.rules import RULES

_HEAD: Final = """\
# The rules

Generated from `expectations/rules.py` by `python -m expectations.page > docs/rules.md`; a test keeps it current.
Each report gets one verdict a rule and scope: `pass`, `fail`, `not_evaluable` or `not_applicable`.

**When a blank counts as 0.** A relation is evaluated when every operand is printed or blank, none of the totals
named for it is blank, each side that has operands has at least one figure, and no operand is a hollow total (a
blank 总计 whose own row has something other than 0). Then every blank operand counts as 0; otherwise the verdict
is `not_evaluable` with the reason, and a blank total of known parts comes with the derived total as `expected`.

**What a verdict carries.** `expected` is what the first side of the relation gives (the sum of the parts),
`actual` what the second gives (the printed total); for an inequality, the bound and the figure. `cells` are the
operands, `equation` the relation with the printed figures, zeros left out of sums. Passes and rules that do not
apply carry neither words nor cells. `alternatives` are the smallest sets of cells whose change satisfies every
critical relation of the report that is broken and hangs together with this one, breaks none, and leaves whole numbers
of 0 or more: at most 8 sets, likely slips of a digit first; `suspects` are their cells. Sets of more than 6 cells are
not looked for. The message names the sets and says whether there are several. A clue, never a change.

**Whose error it is.** `attribution` of a critical failure is `publisher` where a second, independent reading printed
the same in every cell of `cells`; `extraction` where one printed something else, or where not all were read again and
two columns of table three are off by opposite amounts in the same rule (a cell read into the wrong column), two
neighbours have each other's figure, a row stands one column off, or a digit was mistaken where recognition was in
doubt; otherwise `unattributed`, as is every failure that is not critical. Where two readings of native text differ
the cell is unreadable, so that the rule cannot be evaluated: `unreadable`.
"""


def render() -> str:
    """The page as Markdown, ending in a line break."""
    rows = [
        "| rule | severity | editions | formula | 名称 |",
        "| --- | --- | --- | --- | --- |",
        *(
            f"| [{rule.id}](#{rule.id.lower()}) | {', '.join(rule.severities)} | {' '.join(rule.editions)} "
            f"| {rule.formula} | {rule.title} |"
            for rule in RULES
        ),
    ]
    return "\n".join([_HEAD, *rows, "", *(_section(rule) for rule in RULES)])


def _section(rule: Rule) -> str:
    scopes = [f"`{scope.id}`" for scope in rule.scopes]
    shown = ", ".join(scopes if len(scopes) <= 30 else [*scopes[:3], f"… ({len(scopes)} in all)", scopes[-1]])
    totals = sorted({key for scope in rule.scopes for relation in scope.relations for key in relation.totals})
    lines = [
        f"## {rule.id}",
        "",
        f"{rule.title}。{rule.explanation}",
        "",
        f"- formula: {rule.formula}",
        f"- severity: {', '.join(rule.severities)}; editions: {', '.join(rule.editions)}",
        f"- scopes: {shown}",
        f"- source: {rule.source}",
    ]
    if totals and rule.predicate is None:
        lines.append(f"- never 0 when blank: {_column_names(totals)}")
    return "\n".join([*lines, ""])


def _column_names(keys: list[str]) -> str:
    """Keys of one row or column by the part they share: `applications.processed_total.*`."""
    rows = dict.fromkeys(key.rsplit(".", 1)[0] for key in keys)
    columns = dict.fromkeys(key.rsplit(".", 1)[1] for key in keys)
    if len(rows) == 1:
        return f"`{next(iter(rows))}.*`"
    return ", ".join(f"`*.{column}`" for column in columns)


if __name__ == "__main__":
    sys.stdout.write(render())
