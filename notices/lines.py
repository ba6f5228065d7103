"""A worksheet of many rows, each laid once, from the top down: what takes xlsxwriter ten steps a cell is one here.

The file is the same that xlsxwriter makes of the same cells (a test compares them). It keeps a cell in dictionaries
and asks at the end of each row and column whether something is there; a province has half a million of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from xlsxwriter.url import Url
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

#: column, format, and the cell's element from its format on
Cell = tuple[int, Any, str]

#: rows that share a hint of the columns they span
_BLOCK: Final = 16
#: an address in which nothing is to be escaped or taken apart
_PLAIN: Final = re.compile(r"https?://[!$'-;=?-Z_a-z|~]+")
#: Excel's limit of a cell, in units of UTF-16
_UNITS: Final = 32_767


class Lines(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """A worksheet to which only `lay` gives rows."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Sequence[Cell]] = []
        self._opened: list[tuple[int, int, str]] = []

    def lay(self, cells: Sequence[Cell], links: Iterable[tuple[int, str]] = ()) -> None:
        """Lay the next row: its cells from left to right, and the addresses that columns open."""
        row = len(self._lines)
        self._lines.append(cells)
        for column in (cells[0][0], cells[-1][0]) if cells else ():
            self._check_dimensions(row, column)
        self._opened += ((row, column, address) for column, address in sorted(links))

    def text(self, column: int, style: Any, text: str) -> Cell:
        """A cell of `lay` with a text."""
        if len(text) > _UNITS // 2:
            text = text.encode("utf-16-le")[: 2 * _UNITS].decode("utf-16-le", "ignore")
        return column, style, f' t="s"><v>{self.str_table._get_shared_string_index(text)}</v></c>'

    @staticmethod
    def number(column: int, style: Any, number: float) -> Cell:
        """A cell of `lay` with a number."""
        return column, style, f"><v>{number:.16G}</v></c>"

    def _write_rows(self) -> None:
        """The rows as XML; called by xlsxwriter between the sheet's head and its end."""
        names = [xl_col_to_name(column) for column in range((self.dim_colmax or 0) + 1)]
        for start in range(0, len(self._lines), _BLOCK):
            block = self._lines[start : start + _BLOCK]
            ends = [column for cells in block if cells for column in (cells[0][0], cells[-1][0])]
            for number, cells in enumerate(block, start + 1):
                if cells:
                    row = [f'<c r="{names[at]}{number}" s="{form._get_xf_index()}"{rest}' for at, form, rest in cells]
                    self.fh.write(f'<row r="{number}" spans="{min(ends) + 1}:{max(ends) + 1}">{"".join(row)}</row>')

    def _write_hyperlinks(self) -> None:
        """The links as XML, and as xlsxwriter's packager takes them."""
        if not self._opened:
            return
        self.fh.write("<hyperlinks>")
        for row, column, address in self._opened:
            self.rel_count += 1
            target, place = address, ""
            if not _PLAIN.fullmatch(address):
                url = Url(address)
                target, place = url._target(), url._anchor
            at = f' location="{self._escape_attributes(place)}"' if place else ""
            self.fh.write(f'<hyperlink ref="{xl_col_to_name(column)}{row + 1}" r:id="rId{self.rel_count}"{at}/>')
            self.external_hyper_links.append(["/hyperlink", target, "External"])
        self.fh.write("</hyperlinks>")
