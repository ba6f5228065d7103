"""Rows of grids and what each is: a header, a data row of some table, or unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Final, Literal, NamedTuple

from form import vocabulary as words
from form.grid import Cell, Grid
from form.labels import mark_of, normal, skeleton
from form.numbers import MAX_LENGTH, read_figure

Role = Literal["empty", "noise", "head", "block", "data", "group", "figures", "other"]
Fuzzy = Literal["", "near", "supported", "placed"]

_PAGE_NUMBER: Final = re.compile(r"[-—–·.]*(第?\d{1,3}页?(共\d{1,3}页)?|\d{1,3}/\d{1,3})[-—–·.]*")
_HEADING: Final = re.compile(
    r"^([一二三四五六七八九十]、|\([一二三四五六七八九十]\))?.{0,12}"
    r"(主动公开政府信息|政府信息公开申请|行政复议、?(提起)?行政诉讼).{0,4}情况$"
)
#: labels too short to say by themselves which table they stand in
COMMON: Final = frozenset({"other_remaining", "processed_total"})
GROUP: Final = words.GROUP
#: labels that may stand over labels
_OVER: Final = (GROUP, "other")
#: of a row that is remembered: a longer one is prose
_LONGEST: Final = 1_000
_COLUMN: Final = attrgetter("column")
_HEADS: Final = (
    ("disputes", words.DISPUTE_HEADS),
    ("applications", words.APPLICATION_HEADS),
    ("proactive", words.PROACTIVE_COLUMNS),
)


@dataclass(frozen=True, slots=True)
class Line:
    """The cells that begin in one row of a grid, and what the row is.

    `grid` is the block's index in its document. For 'data' rows `row` is the row id, and `label` the
    index of the label cell in `cells`: its values are the cells after it. `fuzzy` is set where the label
    was not matched exactly: 'supported' if the row before it is the one expected there, 'placed' if the rows around
    it alone tell, else 'near'.
    `joined` marks a row put together from both sides of a page break.
    """

    grid: int
    cells: tuple[Cell, ...]
    role: Role
    table: str = ""
    row: str = ""
    label: int = -1
    fuzzy: Fuzzy = ""
    joined: bool = False

    @property
    def values(self) -> tuple[Cell, ...]:
        """The cells after the label."""
        return self.cells[self.label + 1 :]

    @property
    def page(self) -> int | None:
        """The page of the row."""
        return next((c.page for c in self.cells if c.page is not None), None)

    @property
    def text(self) -> str:
        """What the row prints, cells set apart."""
        return " | ".join(" ".join(c.text.split()) for c in self.cells if c.text.strip())

    @property
    def strong(self) -> bool:
        """Whether the row alone shows that its grid is a table of the form."""
        if self.role in ("head", "block"):
            return True
        return self.role == "data" and self.table == "applications" and self.row not in COMMON


class _Kind(NamedTuple):
    """What a row is, as `Line` has it."""

    role: Role
    table: str = ""
    row: str = ""
    label: int = -1


def lines_of(grid: Grid, index: int) -> list[Line]:
    """The rows of a grid in order, each classified by its own labels alone."""
    rows: dict[int, list[Cell]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append(cell)
    return [line_of(index, sorted(rows[number], key=_COLUMN)) for number in sorted(rows)]


def line_of(index: int, cells: Sequence[Cell]) -> Line:
    """The row of some cells in block `index`, classified by exact labels only."""
    texts = [cell.text for cell in cells]
    filled = [text for text in texts if text and not text.isspace()]
    if not filled:
        kind = _Kind("empty")
    elif len(filled) == 1 and _is_noise(filled[0]):
        kind = _Kind("noise")
    elif sum(map(len, texts)) > _LONGEST:
        kind = _kind(_shape(texts))
    else:
        kind = _known(_shape(texts))
    return Line(index, tuple(cells), *kind)


def _shape(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts with one figure in place of every other: what a row is, its figures do not say."""
    return tuple("0" if is_figure(text) else text for text in texts)


@lru_cache(maxsize=4096)
def _known(texts: tuple[str, ...]) -> _Kind:
    return _kind(texts)


def _kind(texts: tuple[str, ...]) -> _Kind:
    labels = [text for text in texts if text.strip() and not is_figure(text)]
    if not labels:
        return _Kind("figures")
    return _head(labels) or _data(texts) or _weak(len(texts), labels)


def is_figure(text: str) -> bool:
    """Whether a cell's text is a figure, a blank or a figure that cannot be read; not prose or a label."""
    if len(text) > MAX_LENGTH:
        return False
    return _is_figure(text)


@lru_cache(maxsize=4096)
def _is_figure(text: str) -> bool:
    if read_figure(text).state != "unreadable" or read_figure(text, "元", "元").state != "unreadable":
        return True
    # A figure with words beside it, such as 约5件; a numbered label is none.
    few = len(re.findall(r"[\u4e00-\u9fff]", text)) <= 6
    return few and bool(re.search(r"\d", text)) and mark_of(text) is None and "。" not in text


def _is_noise(text: str) -> bool:
    bare = normal(text)
    return bool(_PAGE_NUMBER.fullmatch(bare) and not bare.isdigit()) or bool(_HEADING.match(bare))


def application_row(text: str, near: bool = False) -> str | None:
    """The row id of table three that a label names ('' for a group label), None for anything else."""
    found = words.APPLICATION_ROWS.near(text) if near else words.APPLICATION_ROWS.exact(text)
    mark = mark_of(text)
    if mark and mark.level == "b" and mark.number == 6 and skeleton(text).startswith("其他"):
        return "other" if len(skeleton(text)) <= 6 else found
    if found == GROUP and skeleton(text) == "其他处理":
        return "other"
    return found


def _data(texts: Sequence[str]) -> _Kind | None:
    """A data row: the rightmost known label, with mostly figures after it."""
    for index in range(len(texts) - 2, -1, -1):
        text, after = texts[index], texts[index + 1 :]
        if is_figure(text) or not mostly_figures(after):
            continue
        row = application_row(text)
        if row in COMMON and len(after) < 5:
            row = None
        if row in _OVER and not all(map(is_figure, after)):
            # A group's label with a row's own label after it, which is not known: the row is unknown.
            return None
        if row is not None:
            return _Kind("data" if row else "group", "applications", row, index)
        if row := words.PROACTIVE_ROWS.exact(text):
            return _Kind("data", "proactive", row, index)
    return None


def has_values(line: Line, label: int) -> bool:
    """Whether at least half of the cells after a label hold figures or nothing."""
    return mostly_figures([cell.text for cell in line.cells[label + 1 :]])


def mostly_figures(texts: Sequence[str]) -> bool:
    """Whether at least half of some texts are figures or blank; not of none."""
    return bool(texts) and 2 * sum(map(is_figure, texts)) >= len(texts)


def _head(labels: Sequence[str]) -> _Kind | None:
    for table, known in _HEADS:
        if any(known.exact(text) is not None for text in labels):
            return _Kind("head", table)
    if any(normal(text).startswith("(本列数据的勾稽关系") for text in labels):
        return _Kind("head", "applications")
    return None


def _weak(width: int, labels: Sequence[str]) -> _Kind:
    if any(words.is_block_header(text) for text in labels):
        return _Kind("block", "proactive")
    if all(application_row(text) in _OVER for text in labels):
        return _Kind("group", "applications", label=width - 1)
    return _Kind("other")
