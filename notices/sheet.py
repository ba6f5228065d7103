"""A worksheet written row by row, in which text is text: never a formula, never a number, nothing hidden in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import xlsxwriter

from notices.text import plain

#: what Excel takes for a formula when a person edits the cell; such text is marked as text for that too
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
#: Excel's limit of a cell is 32,767 characters
_LONGEST: Final = 32_000
#: Excel's limits: characters of an address, rows below which links are real ones (65,530 a sheet)
_ADDRESS, _LINKS = 2000, 60_000

#: paper: A4, upright as long as that many characters stand side by side; inches of its margins
_A4, _UPRIGHT, _MARGIN, _FOOT = 9, 110, 0.4, 0.6
_FOOTER: Final = "&L勾稽&C&A&R第 &P 页，共 &N 页"
#: points of a line of text; Excel's limit of a row
_LINE, _HIGHEST = 15, 409
#: styles whose text goes on in the next line
_WRAPPED: Final = frozenset({"head", "wrap"})

_BASE: Final = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top", "border_color": "#C9CFD6"}
#: name -> properties; colours are those of the mail
_STYLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "plain": {},
    "wrap": {"text_wrap": True},
    "head": {"bold": True, "bg_color": "#EEF1F4", "border": 1, "text_wrap": True, "valign": "vcenter"},
    "link": {"font_color": "#1A5FB4", "underline": 1},
    "share": {"num_format": "0%"},
    "critical": {"bg_color": "#FDECEA", "font_color": "#A3160F", "bold": True},
    "warning": {"bg_color": "#FFF3D6", "font_color": "#7A4F00"},
    "info": {"bg_color": "#E6EFFB", "font_color": "#1F4F94"},
    "good": {"bg_color": "#E0F3E6", "font_color": "#145C32"},
    "bad": {"bg_color": "#FBDCD9", "font_color": "#8F120C"},
    "poor": {"bg_color": "#FFF0CC", "font_color": "#6B4600"},
    "none": {"font_color": "#5A6573"},
    "title": {"bold": True, "font_size": 13},
    "label": {"bg_color": "#F5F7F9", "border": 1, "text_wrap": True, "valign": "vcenter", "align": "center"},
    "figure": {"border": 1, "align": "center", "valign": "vcenter"},
    "absent": {"border": 1, "align": "center", "valign": "vcenter", "bg_color": "#F1F3F6", "font_color": "#8A93A0"},
    "suspect": {"border": 2, "border_color": "#B3190F", "align": "center", "bg_color": "#FBDCD9", "bold": True},
    "cited": {"border": 1, "border_color": "#1D4ED8", "align": "center", "bg_color": "#DBEAFE"},
}


class Styles:
    """The formats of a workbook, each also as one whose text stays text when it is edited."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._plain = {name: book.add_format({**_BASE, **style}) for name, style in _STYLES.items()}
        self._quoted = {
            name: book.add_format({**_BASE, **style, "quote_prefix": True}) for name, style in _STYLES.items()
        }

    def of(self, name: str, text: str = "") -> Any:
        """The format `name` for a cell with this text."""
        return (self._quoted if text.startswith(_FORMULA) else self._plain)[name]


class Sheet:
    """A worksheet; rows are written from the top down."""

    def __init__(self, book: xlsxwriter.Workbook, styles: Styles, name: str) -> None:
        self._sheet = book.add_worksheet(name)
        self._styles = styles
        self._widths: Sequence[float] = ()
        self._next = 0
        #: what a text shows: most stand in many rows
        self._shown: dict[str, str] = {}

    def widths(self, *widths: float) -> None:
        """Set the widths of the first columns, in characters, and of the paper."""
        self._widths = widths
        for number, width in enumerate(widths):
            self._sheet.set_column(number, number, width)
        paper(self._sheet, sum(widths))

    def table(self, heads: Sequence[tuple[str, float]], rows: int, frozen: int, printed: int | None = None) -> None:
        """Begin a table of `rows` rows: a header that stays in view, filters, `frozen` columns that stay too.

        On paper stand the first `printed` columns (None: all), the header on each page.
        """
        self.widths(*(width for _, width in heads))
        paper(self._sheet, sum(self._widths[:printed]))
        self._sheet.print_area(0, 0, rows, (printed or len(heads)) - 1)
        self.row([name for name, _ in heads], ["head"] * len(heads))
        self._sheet.freeze_panes(1, frozen)
        self._sheet.autofilter(0, 0, max(1, rows), len(heads) - 1)
        self._sheet.repeat_rows(0)
        # On paper too there are lines between the rows.
        self._sheet.hide_gridlines(0)

    def row(
        self,
        values: Sequence[object],
        styles: Sequence[str] | Mapping[int, str] = (),
        links: Mapping[int, str | None] | None = None,
    ) -> None:
        """Write a row: text, numbers, None; `styles` by column, `links` the addresses that columns open."""
        named = styles if isinstance(styles, Mapping) else dict(enumerate(styles))
        for column, value in enumerate(values):
            style = named.get(column, "plain")
            address = (links or {}).get(column)
            if address and len(address) < _ADDRESS and self._next < _LINKS:
                self._sheet.write_url(self._next, column, address, self._styles.of("link"), string=self._text(value))
            else:
                self.cell(column, value, style)
        high = self._lines(values, named)
        if high > 1:
            self._sheet.set_row(self._next, height(high))
        self._next += 1

    def _lines(self, values: Sequence[object], named: Mapping[int, str]) -> int:
        """Lines of a row: whoever opens the file may not work them out (LibreOffice prints one)."""
        wrapped = [column for column, style in named.items() if style in _WRAPPED]
        texts = ((values[column], self._widths[column]) for column in wrapped if column < len(self._widths))
        return max((lines(self._text(text), width) for text, width in texts if text is not None), default=1)

    def cell(self, column: int, value: object, style: str = "plain") -> None:
        """Write one cell of the row under way."""
        if isinstance(value, int | float):
            self._sheet.write_number(self._next, column, value, self._styles.of(style))
        elif value is not None:
            text = self._text(value)
            self._sheet.write_string(self._next, column, text, self._styles.of(style, text))

    def _text(self, value: object) -> str:
        text = str(value)
        shown = self._shown.get(text)
        if shown is None:
            shown = self._shown[text] = plain(text, _LONGEST)
        return shown


def paper(sheet: Any, width: float) -> None:
    """Lay a worksheet of so many characters side by side out on A4: lying where it is wide, numbered pages."""
    sheet.set_paper(_A4)
    if width > _UPRIGHT:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(_MARGIN, _MARGIN, _MARGIN, _FOOT)
    sheet.set_footer(_FOOTER)


def lines(text: str, width: float) -> int:
    """Lines that a visible text takes in a column; a Chinese character is as wide as two others."""
    # In UTF-8 it has three bytes: half of bytes and characters together is two.
    return max(1, -(-(len(text) + len(text.encode())) // (2 * (int(width) - 1))))


def height(lines: int) -> float:
    """The points of a row of so many lines."""
    return min(_HIGHEST, _LINE * lines + 4)
