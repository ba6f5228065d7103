"""Rows of grids and what each is: a header, a data row of some table, or unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

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


def lines_of(grid: Grid, index: int) -> list[Line]:
    """The rows of a grid in order, each classified by its own labels alone."""
    rows: dict[int, list[Cell]] = {}
    for cell in grid.cells:
        rows.setdefault(cell.row, []).append(cell)
    lines = []
    for number in sorted(rows):
        cells = tuple(sorted(rows[number], key=lambda c: c.column))
        lines.append(classify(Line(index, cells, "other")))
    return lines


def classify(line: Line) -> Line:
    """The line with its role, by exact labels only."""
    filled = [c.text for c in line.cells if c.text.strip()]
    if not filled:
        return replace(line, role="empty")
    if len(filled) == 1 and _is_noise(filled[0]):
        return replace(line, role="noise")
    labels = [text for text in filled if not is_figure(text)]
    if not labels:
        return replace(line, role="figures")
    return _head(line, labels) or _data(line) or _weak(line, labels)


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


def _data(line: Line) -> Line | None:
    """A data row: the rightmost known label, with mostly figures after it."""
    for index in range(len(line.cells) - 2, -1, -1):
        text = line.cells[index].text
        if is_figure(text) or not has_values(line, index):
            continue
        row = application_row(text)
        if row in COMMON and len(line.cells) - index <= 5:
            row = None
        if row in _OVER and not all(is_figure(c.text) for c in line.cells[index + 1 :]):
            # A group's label with a row's own label after it, which is not known: the row is unknown.
            return None
        if row is not None:
            role: Role = "data" if row else "group"
            return replace(line, role=role, table="applications", row=row, label=index)
        if row := words.PROACTIVE_ROWS.exact(text):
            return replace(line, role="data", table="proactive", row=row, label=index)
    return None


def has_values(line: Line, label: int) -> bool:
    """Whether at least half of the cells after a label hold figures or nothing."""
    after = line.cells[label + 1 :]
    return bool(after) and 2 * sum(is_figure(c.text) for c in after) >= len(after)


def _head(line: Line, filled: list[str]) -> Line | None:
    for table, labels in _HEADS:
        if any(labels.exact(text) is not None for text in filled):
            return replace(line, role="head", table=table)
    if any(normal(text).startswith("(本列数据的勾稽关系") for text in filled):
        return replace(line, role="head", table="applications")
    return None


def _weak(line: Line, filled: list[str]) -> Line:
    if any(words.is_block_header(text) for text in filled):
        return replace(line, role="block", table="proactive")
    if all(application_row(text) in _OVER for text in filled):
        return replace(line, role="group", table="applications", label=len(line.cells) - 1)
    return line
