"""VER-SILENT: the figures of a report that changed after it was published, and nothing says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from expectations import layout, wording
from expectations.answer import NOT_EVALUABLE, OTHER_READER, SILENT, Answer, Words
from expectations.asking import start
from expectations.batch import Batch
from expectations.declaration import Rule, Scope

#: a verdict names so many changes; its cells are all of them
_NAMED: Final = 8
_ABSENT: Final = "未印出"
_EMPTY: Final = "空白"


def silent(batch: Batch, rule: Rule) -> Iterator[Answer]:
    """VER-SILENT of each table; silent where nothing is known of versions."""
    rows = _rows(batch)
    for scope in rule.scopes:
        answer = start(batch, rule, scope)
        if rows is None:
            answer.outcome[:] = SILENT
            yield answer
            continue
        for report, report_id in enumerate(batch.strings("report_id")):
            changed = [row for row in rows.get(report_id, ()) if row["key"] in scope.keys]
            if changed and all(row["comparable"] for row in changed):
                answer.fail(report, _words(scope, changed))
                answer.cited[report] = tuple(row["key"] for row in changed)
            elif changed:
                answer.outcome[report], answer.reason[report] = NOT_EVALUABLE, OTHER_READER
        yield answer


def _rows(batch: Batch) -> dict[str, list[dict[str, Any]]] | None:
    """The unannounced changes of each report, in the order of the form."""
    if batch.world is None or batch.world.unannounced is None:
        return None
    found: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(batch.world.unannounced.to_pylist(), key=lambda row: layout.INDEX[row["key"]]):
        found.setdefault(row["report_id"], []).append(row)
    return found


def _words(scope: Scope, changed: Sequence[dict[str, Any]]) -> Words:
    before, after = ([_shown(row[side]) for row in changed[:_NAMED]] for side in ("before", "after"))
    pairs = list(zip(changed, before, after, strict=False))
    more = f"；等 {len(changed)} 处" if len(changed) > _NAMED else ""
    named = "；".join(
        f"“{layout.label(row['key'])}”由 {old} 改为 {new}（{row['since']} 起）" for row, old, new in pairs
    )
    message = f"{scope.label}：公开后有 {len(changed)} 处数字变动，未见更正说明：{named}{more}"
    equation = "；".join(f"{old} → {new}" for _, old, new in pairs) + more
    return Words("；".join(before) + more, "；".join(after) + more, equation, message)


def _shown(printed: str | None) -> str:
    if printed is None:
        return _ABSENT
    return wording.quote(printed) or _EMPTY
