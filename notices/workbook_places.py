"""The cells that a finding is about, as one text: where they stand, what they are called, what they print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from notices.digest import Tables
from notices.findings import Names
from notices.text import plain

#: a rule may look at hundreds of cells of other reports; that many are named, as on the site
_ELSEWHERE: Final = 12
_LAST: Final = "last"
_TEXT: Final = 40

#: a cell of a report: report_id, key
Cell = tuple[str, str]


class Places:
    """The cells that the findings `rows` name, with page and print, and what their reports are called."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], tables: Tables, names: Names) -> None:
        self._names = names
        wanted = {cell for row in rows for key in _keys(row) for cell in [_cell(row, key)]}
        columns = (tables.cells[name].to_pylist() for name in ("report_id", "key", "printed", "page"))
        listed = ((report, key, text, page) for report, key, text, page in zip(*columns, strict=True))
        self._found = {(report, key): (text, page) for report, key, text, page in listed if (report, key) in wanted}
        ledger = (tables.coverage[name].to_pylist() for name in ("report_id", "unit_name", "year"))
        others = {report for report, _ in wanted}
        self._reports = {
            report: f"{plain(unit, 60)} {year} 年"
            for report, unit, year in zip(*ledger, strict=True)
            if report in others
        }

    def said(self, row: Mapping[str, Any]) -> str:
        """The suspects of a finding, or else its cells, then the cells of other reports that it was compared with."""
        own = [_cell(row, key) for key in row["suspects"] or row["cells"] or () if "@" not in key]
        elsewhere = [cell for key in _keys(row) if "@" in key and (cell := _cell(row, key)) in self._found]
        groups: dict[tuple[str, int | None], list[str]] = {}
        for cell in dict.fromkeys([*own, *elsewhere[:_ELSEWHERE]]):
            if cell in self._found:
                text, page = self._found[cell]
                label = self._names.cells.get(cell[1], cell[1])
                groups.setdefault((cell[0], page), []).append(f"{label}：{plain(text, _TEXT) or '空白'}")
        told = [self._where(row, *place) + "；".join(cells) for place, cells in groups.items()]
        if len(elsewhere) > _ELSEWHERE:
            told.append(f"其他报告共 {len(elsewhere)} 格")
        return "；".join(told)

    def _where(self, row: Mapping[str, Any], report: str, page: int | None) -> str:
        name = "" if report == row["report_id"] else self._reports.get(report, plain(report, 90))
        return name + (f"（原文第 {page} 页）" if page is not None else " " if name else "")


def _keys(row: Mapping[str, Any]) -> Sequence[str]:
    return [*(row["suspects"] or ()), *(row["cells"] or ())]


def _cell(row: Mapping[str, Any], key: str) -> Cell:
    name, _, other = key.partition("@")
    if other == _LAST:
        other = f"{row['unit_id']}-{row['year'] - 1}"
    return other or row["report_id"], name
