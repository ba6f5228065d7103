"""A report's own sheet: the statutory tables as the form lays them out, broken cells coloured and commented."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter

from form.catalogue import CELLS, cell
from notices import words
from notices.sheet import Styles, height, lines, paper
from notices.site.layout import ONE_ROW, form_data, tables_of
from notices.text import link, plain

#: characters of a comment; Excel shows some ten lines of it
_COMMENT: Final = 900
_UNSAFE: Final = re.compile(r"[^0-9A-Za-z_.-]")
#: Excel's limit of a sheet's name
_NAME: Final = 31
#: characters a column is wide: the labels of table three stand in the first three
_WIDTHS: Final = (16, 18, 34)
_WIDTH: Final = 13
_COLUMNS: Final = 20


@dataclass(frozen=True, slots=True)
class ReportRows:
    """A report with its cells (rows of `cells` or `held_cells`) and findings, `gate` where it went."""

    report: Mapping[str, Any]
    cells: Sequence[Mapping[str, Any]]
    findings: Sequence[Mapping[str, Any]]
    gate: str


def write_report(book: xlsxwriter.Workbook, styles: Styles, rows: ReportRows) -> None:
    """Add the sheet of a report to a workbook. Raises ValueError where it has a sheet already."""
    name = _UNSAFE.sub("-", str(rows.report["report_id"]))[-_NAME:]
    if book.get_worksheet_by_name(name):
        raise ValueError(f"two sheets of {name}")
    _Writer(book.add_worksheet(name), styles, rows).write()


class _Writer:
    """Writes one sheet, line by line from the top."""

    def __init__(self, sheet: Any, styles: Styles, rows: ReportRows) -> None:
        self._sheet, self._styles, self._rows = sheet, styles, rows
        self._cells = {row["key"]: row for row in rows.cells}
        self._remarks = _remarks(rows.findings)
        self._suspects = {key for finding in rows.findings for key in finding["suspects"] or ()}
        self._line = 0

    def write(self) -> None:
        """The head, the findings, the three tables."""
        report = self._rows.report
        for column in range(_COLUMNS):
            self._sheet.set_column(column, column, _width(column))
        paper(self._sheet, sum(map(_width, range(_COLUMNS))))
        self._text(0, f"{report['unit_name']} {report['year']} 年", "title")
        self._next()
        gate = words.word(words.GATES, self._rows.gate)
        self._text(
            0, f"{gate}；{len(self._rows.findings)} 项问题。红底粗框为可疑单元格，蓝底为规则所涉单元格，见批注"
        )
        self._next()
        if address := link(report["address"]):
            self._sheet.write_url(self._line, 0, address, self._styles.of("link"), string=plain(address, 300))
        else:
            self._text(0, report["address"])
        self._next(2)
        for finding in self._rows.findings:
            self._text(0, words.word(words.SEVERITIES, finding["severity"]), finding["severity"])
            self._text(1, finding["rule"])
            self._text(2, finding["equation"] or finding["message"] or "")
            self._next()
        self._next()
        tables = form_data()["tables"]
        for table in tables_of(report["edition"], any(key.startswith(f"{ONE_ROW}.") for key in self._cells)):
            self._table(tables[table])

    def _next(self, lines: int = 1) -> None:
        self._line += lines

    def _text(self, column: int, text: object, style: str = "plain") -> None:
        shown = plain(str(text), 2000)
        self._sheet.write_string(self._line, column, shown, self._styles.of(style, shown))

    def _table(self, table: Mapping[str, Any]) -> None:
        self._text(0, table["caption"], "title")
        self._next()
        taken: set[tuple[int, int]] = set()
        for number, row in enumerate(table["rows"]):
            column, high = 0, 1
            for slot in row:
                while (number, column) in taken:
                    column += 1
                down, across = slot.get("r", 1), slot.get("c", 1)
                taken |= {(number + r, column + c) for r in range(down) for c in range(across)}
                self._slot(slot, (self._line, column, self._line + down - 1, column + across - 1))
                if down == 1:
                    high = max(high, lines(slot.get("t", ""), sum(map(_width, range(column, column + across)))))
                column += across
            self._sheet.set_row(self._line, height(high))
            self._next()
        self._next()

    def _slot(self, slot: Mapping[str, Any], place: tuple[int, int, int, int]) -> None:
        key = CELLS[slot["k"]].key if "k" in slot else None
        text, style = (slot["t"], "label") if key is None else self._figure(key)
        shown = plain(text, 2000)
        form = self._styles.of(style, shown)
        if place[:2] == place[2:]:
            self._sheet.write_string(*place[:2], shown, form)
        else:
            self._sheet.merge_range(*place, "", form)
            self._sheet.write_string(*place[:2], shown, form)
        if key in self._remarks:
            self._sheet.write_comment(*place[:2], plain(self._remarks[key], _COMMENT), {"x_scale": 3, "y_scale": 2})

    def _figure(self, key: str) -> tuple[str, str]:
        """What a cell prints, as text: a figure is shown as it is printed."""
        row = self._cells.get(key)
        if row is None:
            return "未印出", "suspect" if key in self._suspects else "absent"
        if key in self._suspects:
            return row["printed"], "suspect"
        return row["printed"], "cited" if key in self._remarks else "figure"


def _width(column: int) -> int:
    return _WIDTHS[column] if column < len(_WIDTHS) else _WIDTH


def _remarks(findings: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """key -> what the findings that cite the cell say."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    for finding in findings:
        said = f"【{words.word(words.SEVERITIES, finding['severity'])} {finding['rule']}】"
        said += f"{finding['equation'] or ''} {finding['message'] or ''}"
        for key in dict.fromkeys([*(finding["cells"] or ()), *(finding["suspects"] or ())]):
            told[key].append(said.strip())
    return {key: f"{cell(key).label}：" + "；".join(said) for key, said in told.items() if key in _KEYS}


_KEYS: Final = frozenset(spec.key for spec in CELLS)
