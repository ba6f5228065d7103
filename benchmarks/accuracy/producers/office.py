"""Reports as docx by python-docx and xlsx by openpyxl; LibreOffice turns them into doc, wps, xls and PDF."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from samples.page import Paper
from samples.tables import Slot, Table

_SECONDS = 300


def docx(paper: Paper, *, digits: str = "Liberation Serif", size: float = 9.0, style: str = "Table Grid") -> bytes:
    """A report as a Word file; `digits` is the font of Latin letters and figures."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = digits, Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Serif CJK SC")
    document.add_heading(paper.story.title, 0)
    for text in paper.story.opening:
        document.add_paragraph(text)
    for section in paper.story.sections:
        document.add_paragraph(section.head).runs[0].bold = True
        for text in section.paragraphs:
            document.add_paragraph(text)
        for table in paper.tables(section.name):
            _fill(document.add_table(len(table.rows), len(table.widths), style=style), table, Pt(size))
            document.add_paragraph()
    for text in paper.story.signature:
        document.add_paragraph(text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _fill(drawn: object, table: Table, size: object) -> None:
    drawn.autofit = False  # type: ignore[attr-defined]
    grid = [list(row.cells) for row in drawn.rows]  # type: ignore[attr-defined]
    for row, column, slot in placed(table):
        cell = grid[row][column]
        if (slot.rows, slot.columns) != (1, 1):
            cell = cell.merge(grid[row + slot.rows - 1][column + slot.columns - 1])
        cell.text = slot.text
        for paragraph in cell.paragraphs:
            for run in paragraph.runs:
                run.font.size = size


def placed(table: Table) -> Iterator[tuple[int, int, Slot]]:
    """Every slot with the row and column it begins in."""
    taken: set[tuple[int, int]] = set()
    for row, slots in enumerate(table.rows):
        column = 0
        for slot in slots:
            while (row, column) in taken:
                column += 1
            taken |= {(row + r, column + c) for r in range(slot.rows) for c in range(slot.columns)}
            yield row, column, slot
            column += slot.columns


def xlsx(paper: Paper, *, sheets: bool, numbers: bool) -> bytes:
    """A report as a workbook: a sheet a table or all on one; figures as numbers or as text."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.title, row = "年度报告", 1
    for text in (paper.story.title, *paper.story.opening):
        sheet.cell(row, 1, text)
        row += 1
    for section in paper.story.sections:
        if sheets and paper.tables(section.name):
            sheet, row = book.create_sheet(section.head[2:14]), 1
        for text in (section.head, *section.paragraphs):
            sheet.cell(row, 1, text)
            row += 1
        for table in paper.tables(section.name):
            _put(sheet, row, table, numbers)
            row += len(table.rows) + 1
    for text in paper.story.signature:
        sheet.cell(row, 1, text)
        row += 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _put(sheet: object, top: int, table: Table, numbers: bool) -> None:
    for row, column, slot in placed(table):
        value: object = slot.text
        if numbers and slot.text.isascii() and slot.text.replace(".", "", 1).isdigit():
            value = float(slot.text) if "." in slot.text else int(slot.text)
        sheet.cell(top + row, column + 1, value)  # type: ignore[attr-defined]
        if (slot.rows, slot.columns) != (1, 1):
            ends = {"end_row": top + row + slot.rows - 1, "end_column": column + slot.columns}
            sheet.merge_cells(start_row=top + row, start_column=column + 1, **ends)  # type: ignore[attr-defined]


def available() -> bool:
    """Whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def convert(files: Mapping[str, bytes], kind: str) -> dict[str, bytes]:
    """Files by name -> converted files by the same name, in one run of LibreOffice.

    `kind` is a suffix (pdf, doc, xls) or suffix:filter. Raises `RuntimeError` if one is not made.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "out").mkdir()
        for name, data in files.items():
            (home / name).write_bytes(data)
        profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
        args = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(home / "out")]
        paths = [str(home / name) for name in files]
        subprocess.run([*args, *paths], check=True, capture_output=True, timeout=_SECONDS)
        suffix = kind.partition(":")[0]
        made = {name: home / "out" / f"{Path(name).stem}.{suffix}" for name in files}
        missing = [name for name, path in made.items() if not path.exists()]
        if missing:
            raise RuntimeError(f"LibreOffice made no {kind} of {missing[0]}")
        return {name: path.read_bytes() for name, path in made.items()}
