"""Old workbooks: what is struck out or raised in them, which the reader of cells does not tell."""

from __future__ import annotations

import io
import shutil
import struct

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from office_makers import by_libreoffice

from extractors.sheet import read_sheet
from extractors.sheet_biff import _Texts, stroked_cells_of_xls


def workbook() -> bytes:
    """Two sheets, the second with struck and raised texts and figures, and more shared texts than a record holds."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        made.add_worksheet("前").write_row(0, 0, ("某", 9))
        sheet = made.add_worksheet("表")
        struck, raised = made.add_format({"font_strikeout": True}), made.add_format({"font_script": 1})
        # Behind the others, in another record.
        for row in range(400):
            sheet.write_row(10 + row, 0, (f"第{row}行文字说明各不相同", row))
        sheet.write_row(0, 0, ("行政许可", 1, 2, 3))
        sheet.write_row(1, 0, ("行政处罚",))
        sheet.write_rich_string(1, 1, struck, "245", "10")
        sheet.write_rich_string(1, 2, "24", raised, "3")
        sheet.write_row(2, 0, ("行政强制", 7, 8, 9))
        sheet.write_row(2, 1, (7, 8.25), struck)
        sheet.write_row(410, 0, ("其他",))
        sheet.write_rich_string(410, 1, "甲", struck, "乙")
    return out.getvalue()


@pytest.mark.skipif(not shutil.which("soffice"), reason="needs LibreOffice")
def test_fonts_of_an_old_workbook_are_told() -> None:
    data = by_libreoffice(workbook(), ".xlsx", "xls")
    cells = [c for grid in read_sheet(data).grids for c in grid.cells if c.text != "某"]
    told = {(c.text, c.confidence) for c in cells if c.confidence < 1 or "³" in c.text}
    assert told == {("10", 0.8), ("24³", 1.0), ("", 0.8), ("甲", 0.8)}
    assert [c.text for c in cells if c.confidence < 1] == ["10", "", "", "甲"]
    assert {c.doubt for c in cells if c.confidence < 1} == {"有文字被划去或隐藏，未读取"}
    assert {"1", "2", "3", "9", "399"} <= {c.text for c in cells}


@given(st.lists(st.text(st.sampled_from("ab政府"), min_size=1, max_size=9)), st.integers(3, 40))
def test_texts_go_on_over_records(texts: list[str], size: int) -> None:
    """A record may end anywhere in a text; the next one says anew how wide its characters are."""
    parts, last = [], b""
    for text in texts:
        last += struct.pack("<HB", len(text), 1)
        for character in text:
            if len(last) >= size:
                parts.append(last)
                last = b"\x01"
            last += character.encode("utf-16-le")
    reader = _Texts([*parts, last])
    for text in texts:
        length, flags = struct.unpack("<HB", reader.take(3))
        assert reader.characters(length, flags & 1) == text


@given(st.binary(max_size=200), st.integers(0, 5_000))
def test_damage_tells_nothing(patch: bytes, at: int) -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + bytes(at) + patch
    assert stroked_cells_of_xls(data) == {}
