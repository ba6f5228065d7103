"""Made-up reports: figures printed into the form, in any of the layouts that publishers use."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from form.catalogue import (
    APPLICATION_COLUMNS,
    DISPUTE_BLOCKS,
    DISPUTE_COLUMNS,
    column_labels,
    row_labels,
)
from form.grid import Cell, Document, Grid, Paragraph


@dataclass(frozen=True)
class Item:
    text: str
    wide: int = 1
    high: int = 1


Rows = list[list[Item]]


@dataclass(frozen=True)
class Style:
    """How a publisher prints the form."""

    edition: str = "2021"
    #: each block of table two in a table of its own
    apart: bool = False
    #: the last columns of table two merged where a block has fewer
    merged: bool = True
    #: （六） of table three in one row, whatever the edition
    one_other: bool | None = None
    #: an empty cell between （六）, （七） and the figures
    middle: bool = False
    #: the label cells of header and data spanned differently
    uneven: bool = False
    #: characters put between the letters of labels
    spaced: str = ""
    numbering: str = "{}."
    renamed: Mapping[str, str] = field(default_factory=dict)

    def label(self, text: str) -> str:
        text = self.renamed.get(text, text)
        if text[:1].isdigit() and text[1] == ".":
            text = self.numbering.format(text[0]) + text[2:]
        return text if not self.spaced else text[:4] + self.spaced + text[4:]


def proactive(values: Mapping[str, str], style: Style) -> list[Rows]:
    rows = [r for r in row_labels(style.edition) if r.table == "proactive"]
    tables: list[Rows] = []
    for head in (r for r in rows if not r.row):
        columns = [
            c for c in column_labels(style.edition) if (c.table, c.block) == ("proactive", head.block) and c.column
        ]
        last = 4 - len(columns) if style.merged else 1
        spans = [1] * (len(columns) - 1) + [last]
        block = [[Item(head.label, 4)]]
        block.append(
            [Item("信息内容")] + [Item(style.label(c.label), s) for c, s in zip(columns, spans, strict=True)]
        )
        for row in (r for r in rows if r.row and r.block == head.block):
            cells = [
                Item(values.get(f"proactive.{row.row}.{c.column}", ""), s)
                for c, s in zip(columns, spans, strict=True)
            ]
            block.append([Item(style.label(row.label)), *cells])
        if style.apart or not tables:
            tables.append(block)
        else:
            tables[0].extend(block)
    return tables


def applications(values: Mapping[str, str], style: Style) -> Rows:
    one = style.edition == "2019" if style.one_other is None else style.one_other
    labels = {r.row: r for e in ("2019", "2021") for r in row_labels(e) if r.table == "applications" and r.row}
    ids = [r.row for r in row_labels("2021") if r.table == "applications" and r.row]
    if one:
        at = ids.index("other_correction_overdue")
        ids[at : at + 3] = ["other"]
    groups = [labels[i].under for i in ids]
    inside = sum(1 for i in ids if i not in ("received", "carried_in", "carried_out"))
    wide = 4 if style.uneven else 3
    rows: Rows = [
        [
            Item("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", wide, 3),
            Item("申请人情况", 7),
        ],
        [Item("自然人", 1, 2), Item("法人或其他组织", 5), Item("总计", 1, 2)],
        [Item(style.label(c)) for c in ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")],
    ]
    for place, row in enumerate(ids):
        figures = [Item(values.get(f"applications.{row}.{c}", "")) for c in APPLICATION_COLUMNS]
        label, under = style.label(labels[row].label), labels[row].under
        cells: list[Item] = []
        if row == "granted":
            cells.append(Item(style.renamed.get("三、本年度办理结果", "三、本年度办理结果"), 1, inside))
        if row in ("received", "carried_in", "carried_out"):
            cells.append(Item(label, 3))
        elif under in ("", "三、本年度办理结果"):
            middle = style.middle and row in ("other", "processed_total")
            cells += [Item(label), Item("")] if middle else [Item(label, 2)]
        else:
            if groups[place - 1] != under:
                cells.append(Item(style.label(under), 1, groups.count(under)))
            cells.append(Item(label))
        rows.append(cells + figures)
    return rows


def disputes(values: Mapping[str, str], style: Style, stray: bool = False) -> Rows:
    names = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    top = [Item(""), Item("行政诉讼", 9)] if stray else [Item("行政诉讼", 10)]
    return [
        [Item("行政复议", 5), *top],
        [*(Item(style.label(n), 1, 2) for n in names), Item("未经复议直接起诉", 5), Item("复议后起诉", 5)],
        [Item(style.label(n)) for n in names * 2],
        [Item(values.get(f"disputes.{b}.{c}", "")) for b in DISPUTE_BLOCKS for c in DISPUTE_COLUMNS],
    ]


def to_grid(rows: Rows, page: int | None = None) -> Grid:
    """The rows as a reader gives them: spans expanded, cells at their positions."""
    taken: set[tuple[int, int]] = set()
    cells = []
    for number, row in enumerate(rows):
        column = 0
        for item in row:
            while (number, column) in taken:
                column += 1
            taken |= {(number + i, column + j) for i in range(item.high) for j in range(item.wide)}
            box = (float(column), -float(number), column + 1.0, 1.0 - number) if page else None
            cells.append(Cell(number, column, item.text, item.high, item.wide, page, box))
            column += item.wide
    return Grid(tuple(cells), len(rows), 1 + max(c for _, c in taken), page)


def to_html(rows: Rows) -> str:
    def cell(item: Item) -> str:
        spans = f' colspan="{item.wide}"' * (item.wide > 1) + f' rowspan="{item.high}"' * (item.high > 1)
        text = html.escape(item.text).replace("\n", "<br>") or "&nbsp;"
        return f"<td{spans}><p><span>{text}</span></p></td>"

    return "<table>" + "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows) + "</table>"


def cut(rows: Rows, at: int) -> tuple[Rows, Rows]:
    """The rows on two pages: labels that span the break go on as empty cells on the second page."""
    before: Rows = [[replace(i, high=min(i.high, at - n)) for i in row] for n, row in enumerate(rows[:at])]
    after = [list(row) for row in rows[at:]]
    carried = [(n, i) for n, row in enumerate(rows[:at]) for i in row if n + i.high > at]
    after[0] = [Item("", i.wide, n + i.high - at) for n, i in carried] + after[0]
    return before, after


def document(*blocks: Sequence[str] | str | Rows | Grid, metadata: Mapping[str, str] | None = None) -> Document:
    made = []
    for block in blocks:
        if isinstance(block, str):
            made.append(Paragraph(block))
        elif isinstance(block, Grid):
            made.append(block)
        else:
            made.append(to_grid(block))  # type: ignore[arg-type]
    return Document(tuple(made), "text/html", "test-1", metadata or {})


def report(
    values: Mapping[str, str], style: Style, title: str = "某县某局2023年政府信息公开工作年度报告"
) -> Document:
    return document(
        title,
        "一、总体情况",
        "本年度工作有序。",
        "二、主动公开政府信息情况",
        *proactive(values, style),
        "三、收到和处理政府信息公开申请情况",
        applications(values, style),
        "四、政府信息公开行政复议、行政诉讼情况",
        disputes(values, style),
        "五、存在的主要问题及改进情况",
        "存在不足，将改进。",
        "六、其他需要报告的事项",
        "无收费。",
    )
