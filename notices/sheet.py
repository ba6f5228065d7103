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
        # Printed, all columns stand side by side.
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._styles = styles
        self._next = 0
        #: what a text shows: most stand in many rows
        self._shown: dict[str, str] = {}

    def widths(self, *widths: float) -> None:
        """Set the widths of the first columns, in characters."""
        for number, width in enumerate(widths):
            self._sheet.set_column(number, number, width)

    def table(self, heads: Sequence[tuple[str, float]], rows: int, frozen: int) -> None:
        """Begin a table of `rows` rows: a header that stays in view, filters, `frozen` columns that stay too."""
        self.widths(*(width for _, width in heads))
        self.row([name for name, _ in heads], ["head"] * len(heads))
        self._sheet.freeze_panes(1, frozen)
        self._sheet.autofilter(0, 0, max(1, rows), len(heads) - 1)
        self._sheet.repeat_rows(0)

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
        self._next += 1

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
