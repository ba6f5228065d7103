"""HTML -> document, by Lexbor, with spans expanded and capped here."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extractors.html_marks import page_marks
from extractors.html_strokes import draw_strokes, without_struck
from extractors.limits import Limits
from extractors.marks import STRUCK_WHY
from form.charset import decode
from form.errors import DocumentError
from form.grid import Cell, Document, Grid, Paragraph

READER: Final = "lexbor-1"

_DROPPED: Final = ["script", "style", "noscript", "template", "iframe", "svg", "select", "textarea", "object"]
_HIDDEN: Final = '[hidden],[style*="display:none" i],[style*="display: none" i],input[type="hidden"]'
#: elements that stand on lines of their own
_LINES: Final = (
    "address article aside blockquote body center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section td th tr ul"
)
_BLOCKS: Final = frozenset(_LINES.split())
_CELLS: Final = frozenset(("td", "th"))
_WHITE: Final = re.compile(r"[ \t\r\n\f]+")
#: elements that end with their end tag alone, so that they stand in one another
_NESTING: Final = (_BLOCKS - {"body", "dd", "dt", "hr", "li", "p", "td", "th", "tr"}) | {
    *("a", "b", "del", "em", "font", "i", "s", "span", "strike", "strong", "sub", "sup", "table", "u")
}
#: so many elements of one name may stay open
_DEEP: Final = 20_000
_TAG: Final = re.compile(r"</?[a-zA-Z][^\s/>]{0,20}")
#: what only the end of a page has, and how near to it that nearly always is
_END: Final = re.compile(r"</(?:body|html)\b", re.IGNORECASE)
_TAIL: Final = 400
_TABLE: Final = re.compile(r"</?table\b", re.IGNORECASE)
_COUNT: Final = re.compile(r"\s*(\d+)")
_TEXT: Final = "-text"


def read_html(data: bytes, *, charset: str | None = None, limits: Limits | None = None) -> Document:
    """The paragraphs and grids of a page in source order.

    `charset` is the one the HTTP header declares. A table that holds tables is layout: its cells' content
    follows in order. Scripts, styles, hidden and struck parts are left out; what is left of a cell with struck text
    is in doubt. Raises `DocumentError`: empty, too_large, too_complex, truncated.
    """
    limits = limits or Limits()
    if not data.strip():
        raise DocumentError("empty")
    if len(data) > limits.max_bytes:
        raise DocumentError("too_large", f"{len(data)} 字节")
    text = decode(data, charset)
    _refuse_depths(text)
    _refuse_cut(text)
    tree = LexborHTMLParser(text)
    marks = page_marks(tree)
    tree.strip_tags(_DROPPED)
    for node in tree.css(_HIDDEN):
        node.decompose()
    draw_strokes(tree, text)
    reading = _Reading(limits)
    if tree.body is not None:
        reading.walk(tree.body, 0)
        reading.flush()
    return Document(tuple(reading.blocks), "text/html", READER, marks.with_blocks(reading.blocks))


def _refuse_depths(text: str) -> None:
    """Raises `DocumentError` (too_complex) for elements in one another by the ten thousand.

    Lexbor goes up through all that are open at each tag: half a million of them take it minutes.
    """
    if len(text) < len("<p>") * _DEEP:
        return
    tags = Counter(hit.lower() for hit in _TAG.findall(text))
    if any(count - tags[f"</{name[1:]}"] > _DEEP for name, count in tags.items() if name[1:] in _NESTING):
        raise DocumentError("too_complex", f"未闭合的标签超过 {_DEEP} 个")


def _refuse_cut(text: str) -> None:
    """Raises `DocumentError` (truncated) where the source ends within a table.

    Lexbor closes what is open: a figure that was cut would stand there as a whole one.
    """
    if not _END.search(text, max(0, len(text) - _TAIL)) and not _END.search(text):
        tags = Counter(hit.lower() for hit in _TABLE.findall(text))
        if tags["<table"] > tags["</table"]:
            raise DocumentError("truncated", "源码在表格中间中断")


class _Reading:
    """Goes through the tree once and spends the limits."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._line: list[str] = []
        self._text = 0
        self._cells = 0
        self.blocks: list[Paragraph | Grid] = []

    def walk(self, node: LexborNode, depth: int) -> None:
        """Take in the children of a node."""
        if depth > self._limits.max_depth:
            raise DocumentError("too_complex", f"嵌套超过 {self._limits.max_depth} 层")
        for child in node.iter(include_text=True):
            tag = child.tag
            if tag == _TEXT:
                self._line.append(child.text_content or "")
            elif tag == "table":
                self.flush()
                self._table(child, depth)
            elif tag == "br":
                self.flush()
            elif tag in _BLOCKS:
                self.flush()
                self.walk(child, depth + 1)
                self.flush()
            else:
                self.walk(child, depth + 1)

    def flush(self) -> None:
        """End the line of text."""
        if self._line:
            text = self._spent(_WHITE.sub(" ", without_struck("".join(self._line))[0]).strip())
            self._line.clear()
            if text:
                self.blocks.append(Paragraph(text))

    def _spent(self, text: str) -> str:
        self._text += len(text)
        if self._text > self._limits.max_text:
            raise DocumentError("too_large", f"文字超过 {self._limits.max_text} 字")
        return text

    def _table(self, table: LexborNode, depth: int) -> None:
        # css() counts the table itself
        if len(table.css("table")) > 1:
            self.walk(table, depth + 1)
            self.flush()
            return
        caption = table.css_first("caption")
        if caption is not None:
            self._line.append(_cell_text(caption, self._limits.max_depth))
            self.flush()
        grid = self._grid(table)
        if grid.cells:
            self.blocks.append(grid)

    def _grid(self, table: LexborNode) -> Grid:
        rows = table.css("tr")
        if len(rows) > self._limits.max_rows:
            raise DocumentError("too_complex", f"表格超过 {self._limits.max_rows} 行")
        cells: list[Cell] = []
        spanning = {node.mem_id for node in table.css("[colspan],[rowspan]")}
        #: for each column, the first row that is free again
        free: list[int] = []
        for number, row in enumerate(rows):
            column = 0
            for node in row.iter():
                if node.tag not in _CELLS:
                    continue
                while column < len(free) and free[column] > number:
                    column += 1
                wide, high = self._spans(node) if node.mem_id in spanning else (1, 1)
                tall = high if high == 1 else min(high or len(rows), len(rows) - number)
                if wide == 1 and column < len(free):
                    free[column] = number + tall
                else:
                    self._occupy(free, column, wide, number + tall)
                text, sure = without_struck(self._spent(_cell_text(node, self._limits.max_depth)))
                cell = Cell(number, column, text, tall, wide)
                cells.append(cell.doubted(sure, STRUCK_WHY) if sure < 1 else cell)
                column += wide
        self._cells += len(rows) * len(free)
        if self._cells > self._limits.max_cells:
            raise DocumentError("too_complex", f"单元格超过 {self._limits.max_cells} 个")
        return Grid(tuple(cells), len(rows), len(free))

    def _spans(self, cell: LexborNode) -> tuple[int, int]:
        """Columns and rows; a row span of 0 reaches to the end."""
        attributes = cell.attributes
        wide = _span(attributes.get("colspan"), 1) or 1
        high = _span(attributes.get("rowspan"), 1)
        if wide > self._limits.max_columns or high > self._limits.max_rows:
            raise DocumentError("too_complex", f"单元格跨 {wide} 列 {high} 行")
        return wide, high

    def _occupy(self, free: list[int], column: int, wide: int, until: int) -> None:
        if column + wide > self._limits.max_columns:
            raise DocumentError("too_complex", f"表格超过 {self._limits.max_columns} 列")
        free.extend([0] * (column + wide - len(free)))
        for taken in range(column, column + wide):
            free[taken] = max(free[taken], until)


def _span(text: str | None, default: int) -> int:
    hit = _COUNT.match(text[:12]) if text else None
    return int(hit[1]) if hit else default


def _cell_text(cell: LexborNode, max_depth: int) -> str:
    """The text of a cell, with a line break where a block or `<br>` separates two parts."""
    whole = cell.text(separator="\x1f") or ""
    if whole.isprintable() and " " not in whole:  # one part, and no white space: most cells
        return whole
    parts = [p for p in whole.split("\x1f") if p.strip(" \t\r\n\f")]
    if not parts:
        return ""
    if len(parts) == 1:
        return _WHITE.sub(" ", parts[0]).strip()
    pieces: list[str] = []
    _collect(cell, pieces, max_depth)
    lines = (_WHITE.sub(" ", line).strip() for line in "".join(pieces).split("\x1f"))
    return "\n".join(line for line in lines if line)


def _collect(node: LexborNode, pieces: list[str], depth: int) -> None:
    if depth < 0:
        raise DocumentError("too_complex", "嵌套过深")
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == _TEXT:
            pieces.append(child.text_content or "")
            continue
        apart = tag == "br" or tag in _BLOCKS
        if apart:
            pieces.append("\x1f")
        _collect(child, pieces, depth - 1)
        if apart:
            pieces.append("\x1f")
