"""docx -> document: paragraphs and tables of the main part in order, as printed."""

from __future__ import annotations

from typing import Final

from extractors.limits import Limits
from extractors.marks import STRUCK, STRUCK_WHY
from extractors.office_xml import Element, child, local, parse
from extractors.office_zip import Package
from extractors.word_styles import Styles, styles_of
from extractors.word_table import cells_of, grid_of, is_layout, rows_of
from extractors.word_text import Line, inside, line_of
from form.errors import DocumentError
from form.grid import Document, Grid, Paragraph

READER: Final = "word-1"
MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_MAIN: Final = "word/document.xml"
_RELATIONS: Final = "_rels/.rels"
_STYLES: Final = "word/styles.xml"
_CORE: Final = "docProps/core.xml"
#: a text box that stands in a cell may be drawn elsewhere
_BOXED: Final = 0.8
_BOXED_WHY: Final = "数字在文本框中，浮于单元格之上"


def read_docx(data: bytes, *, limits: Limits | None = None) -> Document:
    """The paragraphs and grids of a docx; headers, footers, notes and comments are left out.

    `page` and `bbox` are None: pages exist only once a program lays the text out. Tracked insertions are
    printed; deletions, hidden and struck text are not, and what is left of a cell with struck text is in doubt.
    `metadata["file_title"]` is the title in the file's properties, which often is that of the form it was made from.
    Raises `DocumentError`: truncated, unopened, encrypted, too_large, too_complex.
    """
    limits = limits or Limits()
    package = Package(data, limits)
    main = main_part(package)
    body = child(parse(package.part(main), main), "body")
    if body is None:
        raise DocumentError("unopened", "没有 w:body")
    styles = parse(package.part(_STYLES), _STYLES) if _STYLES in package.names else None
    return _document(body, styles, MEDIA_TYPE, _properties(package), limits)


def read_word_xml(data: bytes, *, limits: Limits | None = None) -> Document:
    """The same of Word's XML in one file (Word 2003 XML, or a docx's parts in one). Raises as `read_docx` does."""
    limits = limits or Limits()
    if len(data) > limits.max_part:
        raise DocumentError("too_large", f"{len(data)} 字节")
    root = parse(data, "xml")
    body, styles = next(root.iter("{*}body"), None), next(root.iter("{*}styles"), None)
    if body is None:
        raise DocumentError("unopened", "没有 w:body")
    return _document(body, styles, "application/xml", {}, limits)


def _document(
    body: Element, styles: Element | None, media_type: str, properties: dict[str, str], limits: Limits
) -> Document:
    reading = _Reading(limits, styles_of(styles))
    reading.walk(body)
    return Document(tuple(reading.blocks), media_type, READER, properties)


def main_part(package: Package) -> str:
    """The name of the part that holds the text."""
    if _MAIN in package.names or _RELATIONS not in package.names:
        return _MAIN
    for relation in parse(package.part(_RELATIONS), _RELATIONS):
        if str(relation.get("Type")).endswith("/officeDocument"):
            return str(relation.get("Target")).lstrip("/")
    return _MAIN


def _properties(package: Package) -> dict[str, str]:
    if _CORE not in package.names:
        return {}
    try:
        title = child(parse(package.part(_CORE), _CORE), "title")
    except DocumentError:
        # Damaged properties take nothing from the text.
        return {}
    text = " ".join((title.text or "").split())[:300] if title is not None else ""
    return {"file_title": text} if text else {}


class _Reading:
    """Goes through the tree once and spends the limits."""

    def __init__(self, limits: Limits, styles: Styles) -> None:
        self._limits = limits
        self._styles = styles
        self._text = 0
        self._cells = 0
        #: boxes inside a table's cells, which stand beside its text
        self._boxes: list[Element] = []
        self.blocks: list[Paragraph | Grid] = []

    def walk(self, parent: Element) -> None:
        """Take in the paragraphs and tables of a body, a cell or a text box."""
        for node in inside(parent):
            name = local(node)
            if name == "p":
                self._paragraph(node)
            elif name == "tbl":
                self._table(node)

    def _paragraph(self, node: Element) -> None:
        line = line_of(node, self._styles)
        # A break of the line or page within a paragraph begins a line of its own.
        for part in line.text.split("\n"):
            if text := self._spent(part.strip()):
                self.blocks.append(Paragraph(text))
        for box in line.boxes:
            self.walk(box)

    def _table(self, node: Element) -> None:
        if is_layout(node):
            for row in rows_of(node):
                for cell in cells_of(row):
                    self.walk(cell)
            return
        grid = grid_of(node, self._cell, self._limits)
        self._cells += grid.rows * grid.columns
        if self._cells > self._limits.max_cells:
            raise DocumentError("too_complex", f"单元格超过 {self._limits.max_cells} 个")
        if grid.cells:
            self.blocks.append(grid)
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self.walk(box)

    def _cell(self, node: Element) -> tuple[str, float, str]:
        """The text of a cell, one line a paragraph, those of tables in it too; how sure it is, and why not wholly."""
        own = self._content(node)
        sure, why = (STRUCK, STRUCK_WHY) if own.struck else (1.0, "")
        if own.text or not own.boxes:
            self._boxes.extend(own.boxes)
            return self._spent(own.text), sure, why
        boxed = "\n".join(line.text for box in own.boxes if (line := self._content(box)).text)
        return (self._spent(boxed), min(sure, _BOXED), why or _BOXED_WHY) if boxed else ("", sure, why)

    def _content(self, parent: Element) -> Line:
        """What stands in a cell or a box, as one line that holds breaks."""
        lines: list[str] = []
        whole = Line()
        for node in inside(parent):
            name = local(node)
            if name == "p":
                part = line_of(node, self._styles)
                lines.extend(filter(None, (line.strip() for line in part.text.split("\n"))))
            elif name in ("tbl", "tr", "tc"):
                part = self._content(node)
                lines.extend(filter(None, (part.text,)))
            else:
                continue
            whole.boxes.extend(part.boxes)
            whole.struck |= part.struck
        whole.text = "\n".join(lines)
        return whole

    def _spent(self, text: str) -> str:
        self._text += len(text)
        if self._text > self._limits.max_text:
            raise DocumentError("too_large", f"文字超过 {self._limits.max_text} 字")
        return text
