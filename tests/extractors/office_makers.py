"""Word files and workbooks made for tests: by python-docx, openpyxl and LibreOffice, or part by part."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl

from form.reading import Report

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "form"))

import paper

Block = str | paper.Rows
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
TITLE = "某县某局2023年政府信息公开工作年度报告"


def values(edition: str = "2021") -> dict[str, str]:
    """A figure for each statutory cell, every one different, but for some blanks."""
    from form.catalogue import keys_of

    made = {key: "" if n % 11 == 5 else str(n * 7) for n, key in enumerate(keys_of(edition))}
    return {key: f"{text}万元" if key.endswith(".amount") else text for key, text in made.items()}


def blocks(figures: Mapping[str, str], edition: str = "2021") -> list[Block]:
    """A whole report as paragraphs and rows of cells."""
    style = paper.Style(edition=edition)
    return [
        TITLE,
        "一、总体情况",
        "本年度工作有序。",
        "二、主动公开政府信息情况",
        *paper.proactive(figures, style),
        "三、收到和处理政府信息公开申请情况",
        paper.applications(figures, style),
        "四、政府信息公开行政复议、行政诉讼情况",
        paper.disputes(figures, style),
        "五、存在的主要问题及改进情况",
        "存在不足，将改进。",
        "六、其他需要报告的事项",
        "无收费。",
    ]


def expect_exact(report: Report, figures: Mapping[str, str], edition: str = "2021") -> None:
    """Every cell as printed, and read with full confidence."""
    assert report.edition == edition
    assert {r.key: r.printed for r in report.readings} == dict(figures)
    for reading in report.readings:
        text = figures[reading.key]
        assert reading.state == ("printed" if text else "blank"), reading
        number = text.removesuffix("万元")
        assert reading.value == (Decimal(number) * (10_000 if "万元" in text else 1) if text else None)
    assert (report.title, report.year) == (TITLE, 2023)
    assert report.narrative.overview == "本年度工作有序。"
    assert report.narrative.other_matters == "无收费。"


def by_python_docx(made: Sequence[Block]) -> bytes:
    document = docx.Document()
    for block in made:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        grid = paper.to_grid(block)
        table = document.add_table(grid.rows, grid.columns, "Table Grid")
        for cell in grid.cells:
            at = table.cell(cell.row, cell.column)
            if (cell.row_span, cell.column_span) != (1, 1):
                at = at.merge(table.cell(cell.row + cell.row_span - 1, cell.column + cell.column_span - 1))
            at.text = cell.text
    return saved(document)


def by_openpyxl(made: Sequence[Block]) -> bytes:
    """All on one sheet, the figures as numbers; titles merged over nothing, as people leave them."""
    book = openpyxl.Workbook()
    sheet = book.active
    top = 1
    for block in made:
        if isinstance(block, str):
            sheet.cell(top, 1, block)
            sheet.merge_cells(start_row=top, end_row=top, start_column=1, end_column=15)
            top += 1
            continue
        grid = paper.to_grid(block)
        for cell in grid.cells:
            row, column = top + cell.row, 1 + cell.column
            number = cell.text.isdigit()
            sheet.cell(row, column, int(cell.text) if number else cell.text or None)
            if (cell.row_span, cell.column_span) != (1, 1):
                sheet.merge_cells(
                    start_row=row,
                    end_row=row + cell.row_span - 1,
                    start_column=column,
                    end_column=column + cell.column_span - 1,
                )
        top += grid.rows
    return saved(book)


def saved(file: object) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def by_libreoffice(data: bytes, suffix: str, to: str) -> bytes:
    """A file as LibreOffice writes it in another format."""
    soffice = shutil.which("soffice")
    assert soffice, "LibreOffice is needed"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / f"in{suffix}").write_bytes(data)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [soffice, profile, "--headless", "--norestore", "--convert-to", to, "--outdir", str(folder / "out")]
        subprocess.run([*command, str(folder / f"in{suffix}")], check=True, capture_output=True, timeout=120)
        (made,) = (folder / "out").iterdir()
        return made.read_bytes()


def parts(**files: str | bytes) -> bytes:
    """A zip of parts; `__` in a name stands for a slash, `_xml` for the suffix."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return buffer.getvalue()


def word(body: str, **files: str | bytes) -> bytes:
    """A docx whose body is given."""
    document = f"<?xml version='1.0'?><w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
    with_types = {"word__document_xml": document, **files}
    buffer = io.BytesIO(parts(**with_types))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
    return buffer.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"
