"""The statutory labels among the printed words of a page, put together where they run over several lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from extractors.pdf.runs import Run
from form import vocabulary as words
from form.lines import application_row, is_figure

#: words that stand in the statutory tables of nearly every page that holds any
_SIGNS: Final = (
    "信息内容", "制发件数", "处理决定数量", "予以公开", "不予公开", "申请数量", "商业企业", "三类内部事务",
    "逾期不补正", "逾期未按收费通知", "重复申请", "结转下年度", "结果维持", "复议后起诉",
)  # fmt: skip
#: characters of a short label; longer text is mostly prose
_SHORT: Final = 24
#: lines that one label runs over, at most
_LINES: Final = 6
#: lines of one label are at most this far apart (share of the height of their letters)
_LEADING: Final = 2.2

#: kinds of labels: rows of tables two and three, columns of tables two, three and four
PROACTIVE, APPLICATION, HEAD_2, HEAD_3, HEAD_4 = "proactive", "application", "head 2", "head 3", "head 4"


@dataclass(frozen=True, slots=True)
class Label:
    """A label as printed: its kind, what it names there, and where it stands (points)."""

    kind: str
    what: str
    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    runs: tuple[Run, ...]


def signs(text: str) -> int:
    """How many of the words that give statutory tables away stand in a text."""
    bare = "".join(text.split())
    return sum(sign in bare for sign in _SIGNS)


def is_label(text: str) -> bool:
    """Whether a text is a whole label of the form, one of the many short ones."""
    return len(text) <= _SHORT and any(name(text.strip()) is not None for _, name in _KINDS)


def labels_of(runs: Sequence[Run]) -> list[Label]:
    """The labels of the form among the runs, from the top down; those of one line first, then longer ones."""
    free = {id(run): run for run in runs if run.text.strip() and not is_figure(run.text.strip())}
    found: list[Label] = []
    for many in range(_LINES, 0, -1):
        for run in sorted(free.values(), key=lambda r: (-r.y0, r.x0)):
            if id(run) not in free:
                continue
            parts = _below(run, list(free.values()), many)
            label = _label(parts) if len(parts) == many else None
            if label:
                found.append(label)
                for part in parts:
                    del free[id(part)]
    return sorted(found, key=lambda label: (-label.y0, label.x0))


def _below(run: Run, others: Sequence[Run], many: int) -> list[Run]:
    """A run and the ones straight under it, `many` in all."""
    parts = [run]
    while len(parts) < many:
        last = parts[-1]
        reach = _LEADING * max(last.y1 - last.y0, 1.0)
        under = [
            o for o in others
            if 0 < last.y0 - o.y0 <= reach and o.x0 < last.x1 and last.x0 < o.x1
        ]  # fmt: skip
        if not under:
            break
        parts.append(max(under, key=lambda o: o.y0))
    return parts


def _label(parts: Sequence[Run]) -> Label | None:
    text = "".join(part.text.strip() for part in parts)
    for kind, name in _KINDS:
        what = name(text)
        if what is not None:
            return Label(
                kind, what, text, min(p.x0 for p in parts), min(p.y0 for p in parts), max(p.x1 for p in parts),
                max(p.y1 for p in parts), tuple(parts),
            )  # fmt: skip
    return None


_KINDS: Final[tuple[tuple[str, Callable[[str], str | None]], ...]] = (
    (PROACTIVE, words.PROACTIVE_ROWS.exact),
    (HEAD_2, words.PROACTIVE_COLUMNS.exact),
    (APPLICATION, lambda text: application_row(text) or None),
    (HEAD_3, words.APPLICATION_COLUMNS.exact),
    (HEAD_4, words.DISPUTE_COLUMNS.exact),
)
