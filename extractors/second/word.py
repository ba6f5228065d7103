"""docx once more: one pass over the events of the main part, rows joined afterwards."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from lxml import etree

from extractors.limits import Limits
from extractors.marks import RAISED
from extractors.second.word_looks import WORD, Looks, note, styles_of, value
from form.errors import DocumentError
from form.grid import Cell, Document, Grid, Paragraph

READER: Final = "libxml2-" + ".".join(map(str, etree.LIBXML_VERSION))
MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_MAIN: Final = "word/document.xml"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: not printed, or no longer so
_UNPRINTED: Final = (_FALLBACK, *(space + name for space in WORD for name in ("moveFrom", "rPrChange", "rt")))
_MARKS: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
#: of the unpacked main part, in bytes; a report's has some 500,000
_MAX_PART: Final = 50_000_000


@dataclass(slots=True)
class _Cell:
    """A `w:tc`: its lines, its width in columns, and whether it goes on with the cell above."""

    lines: list[str] = field(default_factory=list)
    wide: int = 1
    goes_on: bool = False


@dataclass(slots=True)
class _Table:
    """A `w:tbl` while it is read: rows of cells, each row with the columns left out before it."""

    rows: list[tuple[list[int], list[_Cell]]] = field(default_factory=list)
    layout: bool = False


def read_docx_again(data: bytes, *, limits: Limits) -> Document:
    """Grids and paragraphs of a docx in order; tables that hold tables are layout.

    Raises `DocumentError` (unopened, too_large, too_complex), and what lxml raises on broken parts.
    """
    with zipfile.ZipFile(BytesIO(data)) as package:
        if _MAIN not in package.namelist():
            raise DocumentError("unopened", f"no {_MAIN}")
        with package.open(_MAIN) as part:
            xml = part.read(_MAX_PART + 1)
        styles = styles_of(package)
    if len(xml) > _MAX_PART:
        raise DocumentError("too_large", f"{_MAIN} unpacks to more than {_MAX_PART} bytes")
    reading = _Reading(limits, styles)
    for event, node in etree.iterparse(
        BytesIO(xml), events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=False
    ):
        reading.take(event, node)
    return Document(tuple(reading.blocks), MEDIA_TYPE, READER)


class _Reading:
    """Follows the events: which table, row, cell and paragraph they stand in."""

    def __init__(self, limits: Limits, styles: Mapping[str, Looks]) -> None:
        self._limits = limits
        self._styles = styles
        self._tables: list[_Table] = []
        #: the texts of each open paragraph, and whether they are shifted off the line
        self._lines: list[list[tuple[str, bool]]] = []
        #: and their styles
        self._named: list[str] = []
        self._muted = 0
        #: what the properties of the run at hand say, and its style
        self._looks: Looks = {}
        self._style = ""
        self._cells = 0
        self.blocks: list[Paragraph | Grid] = []

    def take(self, event: str, node: Any) -> None:
        """One event of the parser."""
        if node.tag in _UNPRINTED:
            self._muted += 1 if event == "start" else -1
        elif not self._muted and isinstance(node.tag, str) and node.tag.startswith(WORD):
            name = node.tag.rpartition("}")[2]
            step = getattr(self, f"_{event}_{name}", None)
            if step is not None:
                step(node)
            elif event == "end" and name in _MARKS and self._lines:
                self._lines[-1].append((_MARKS[name], False))

    @property
    def _cell(self) -> _Cell | None:
        rows = self._tables[-1].rows if self._tables else []
        return rows[-1][1][-1] if rows and rows[-1][1] else None

    def _start_tbl(self, _: Any) -> None:
        for table in self._tables:
            table.layout = True
        self._tables.append(_Table())

    def _start_tr(self, _: Any) -> None:
        if self._tables:
            self._tables[-1].rows.append(([0], []))

    def _start_tc(self, _: Any) -> None:
        if self._tables and self._tables[-1].rows:
            self._cells += 1
            if self._cells > self._limits.max_cells:
                raise DocumentError("too_complex", f"more than {self._limits.max_cells} cells")
            self._tables[-1].rows[-1][1].append(_Cell())

    def _start_gridBefore(self, node: Any) -> None:  # noqa: N802 - named as the element
        if self._tables and self._tables[-1].rows:
            self._tables[-1].rows[-1][0][0] = self._count(node)

    def _start_gridSpan(self, node: Any) -> None:  # noqa: N802
        if (cell := self._cell) is not None:
            cell.wide = max(1, self._count(node))

    def _start_vMerge(self, node: Any) -> None:  # noqa: N802
        if (cell := self._cell) is not None:
            cell.goes_on = value(node, "continue") == "continue"

    def _start_p(self, _: Any) -> None:
        self._lines.append([])
        self._named.append("")

    def _start_pStyle(self, node: Any) -> None:  # noqa: N802
        if self._named:
            self._named[-1] = value(node, "")

    def _start_r(self, _: Any) -> None:
        self._looks, self._style = {}, ""

    def _start_rStyle(self, node: Any) -> None:  # noqa: N802
        self._style = value(node, "")

    def _start_vanish(self, node: Any) -> None:
        note(self._looks, node)

    # Struck text is hidden here: the first reader says what is in doubt.
    _start_strike = _start_dstrike = _start_vertAlign = _start_position = _start_vanish  # noqa: N815

    def _is(self, look: str) -> bool:
        """How the run at hand is shown: by its own properties, else its style's, else its paragraph's."""
        said = (self._looks, self._styles.get(self._style, {}), self._styles.get(self._named[-1], {}))
        return next((looks[look] for looks in said if look in looks), False)

    def _end_t(self, node: Any) -> None:
        if self._lines and node.text and not self._is("hidden") and not self._is("struck"):
            text = node.text.translate(RAISED) if self._is("raised") else node.text
            self._lines[-1].append((text, self._is("shifted")))

    def _end_p(self, node: Any) -> None:
        text = _line(self._lines.pop()) if self._lines else ""
        del self._named[-1:]
        self._looks, self._style = {}, ""
        node.clear()
        if not text:
            return
        if (cell := self._cell) is not None:
            cell.lines.append(text)
        else:
            self.blocks.append(Paragraph(text))

    def _end_tbl(self, node: Any) -> None:
        table = self._tables.pop()
        node.clear()
        if table.layout:
            self.blocks += [
                Paragraph("\n".join(cell.lines)) for _, cells in table.rows for cell in cells if cell.lines
            ]
        else:
            self.blocks.append(self._grid(table))

    def _count(self, node: Any) -> int:
        """A number of columns. Raises `DocumentError` (too_complex)."""
        digits = value(node, "0")
        count = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 7 else 0
        if count > self._limits.max_columns:
            raise DocumentError("too_complex", f"{count} columns")
        return count

    def _grid(self, table: _Table) -> Grid:
        cells: list[Cell] = []
        #: first column -> position in `cells` of the cell that ends just above
        above: dict[int, int] = {}
        columns = 0
        for row, placed in enumerate(_placed(table)):
            here: dict[int, int] = {}
            for column, cell in placed:
                columns = max(columns, column + cell.wide)
                if cell.goes_on and column in above:
                    at = here[column] = above[column]
                    text = "\n".join(filter(None, (cells[at].text, *cell.lines)))
                    cells[at] = cells[at]._replace(row_span=row - cells[at].row + 1, text=text)
                else:
                    here[column] = len(cells)
                    cells.append(Cell(row, column, "\n".join(cell.lines), 1, cell.wide))
            above = here
        if columns > self._limits.max_columns or len(table.rows) * columns > self._limits.max_cells:
            raise DocumentError("too_complex", f"a table of {len(table.rows)} × {columns}")
        return Grid(tuple(cells), len(table.rows), columns)


def _line(texts: list[tuple[str, bool]]) -> str:
    """The text of a paragraph; digits off the line are raised, unless all of it stands there."""
    level = any(text.strip() and not shifted for text, shifted in texts)
    return "".join(text.translate(RAISED) if shifted and level else text for text, shifted in texts).strip()


def _placed(table: _Table) -> Iterator[list[tuple[int, _Cell]]]:
    """The rows' cells with their columns."""
    for before, cells in table.rows:
        column = before[0]
        placed = []
        for cell in cells:
            placed.append((column, cell))
            column += cell.wide
        yield placed
