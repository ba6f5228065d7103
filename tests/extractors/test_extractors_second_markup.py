"""HTML and docx once more, against the first readers and by themselves."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import office_makers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.html import read_html
from extractors.limits import Limits
from extractors.second import read_again
from extractors.word import read_docx
from form.errors import DocumentError
from form.grid import Document, Grid, Paragraph
from form.recognise import read_reports

HTML = "text/html"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
REPORTS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports"


def page(body: str) -> Document:
    return read_again(f"<html><body>{body}</body></html>".encode(), HTML)


def shape(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(c.row, c.column, c.row_span, c.column_span, c.text) for c in grid.cells]


def test_a_page_in_order() -> None:
    document = page(
        "<p>甲<b>乙</b>丙<!-- x -->丁</p>尾<table><caption>题</caption><tr><td rowspan=2>a<br>b</td><td>1</td></tr>"
        "<tr><td><p>2</p><script>9</script>3</td></tr></table>后<p style='display: none'>8</p>"
        "<table><tr><td>外<table><tr><td>x</td></tr></table></td></tr></table>"
    )
    texts = [b.text if isinstance(b, Paragraph) else shape(b) for b in document.blocks]
    assert texts == [
        "甲乙丙丁",
        "尾",
        [(0, 0, 2, 1, "a\nb"), (0, 1, 1, 1, "1"), (1, 1, 1, 1, "2\n3")],
        "后",
        "外",
        [(0, 0, 1, 1, "x")],
    ]


cells = st.tuples(st.sampled_from(["", "0", "12", "甲"]), st.integers(1, 3), st.integers(0, 3))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=5))
def test_two_ways_to_spread_spans_agree(rows: list[list[tuple[str, int, int]]]) -> None:
    markup = "".join(
        "<tr>" + "".join(f"<td colspan={w} rowspan={h}>{t}</td>" for t, w, h in row) + "</tr>" for row in rows
    )
    data = f"<html><body><table>{markup}</table></body></html>".encode()
    (first,), (second,) = read_html(data).grids, read_again(data, HTML).grids
    assert (shape(second), second.rows, second.columns) == (shape(first), first.rows, first.columns)


@pytest.mark.parametrize(
    "markup",
    [
        "<td colspan=99999>x</td>",
        "<td rowspan=99999>x</td>",
        "".join(f"<td colspan=190 rowspan=9000>{i}</td></tr><tr>" for i in range(9)),
    ],
)
def test_spans_are_capped(markup: str) -> None:
    with pytest.raises(DocumentError, match="too_complex"):
        page(f"<table><tr>{markup}</tr>{'<tr></tr>' * 9000}</table>")


def test_deep_nesting_and_much_text_end() -> None:
    page("<div>" * 5000 + "x")
    with pytest.raises(DocumentError, match="too_large"):
        read_again(b"<html><body><p>" + b"x" * 50, HTML, limits=Limits(max_text=20))


def test_the_real_page_cell_by_cell() -> None:
    path = REPORTS / "shuyang_fgj_2023.html"
    if not path.is_file():
        pytest.skip("the real reports are not at hand")
    data = path.read_bytes()
    (first,), (second,) = read_reports(read_html(data)), read_reports(read_again(data, HTML))
    assert len(first.readings) == 200
    assert [(r.key, r.state, r.value) for r in first.readings] == [(r.key, r.state, r.value) for r in second.readings]


def word(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_docx_tables_with_merged_cells() -> None:
    document = docx.Document()
    document.add_paragraph("上文")
    table = document.add_table(3, 3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "宽"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "高"
    document.add_paragraph("下文")
    above, grid, below = read_again(word(document), DOCX).blocks
    assert isinstance(above, Paragraph) and isinstance(below, Paragraph) and isinstance(grid, Grid)
    assert (above.text, below.text) == ("上文", "下文")
    assert shape(grid) == [
        (0, 0, 1, 2, "宽"),
        (0, 2, 1, 1, "02"),
        (1, 0, 2, 1, "高"),
        (1, 1, 1, 1, "11"),
        (1, 2, 1, 1, "12"),
        (2, 1, 1, 1, "21"),
        (2, 2, 1, 1, "22"),
    ]


def test_hidden_and_deleted_text_is_not_printed() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("1")
    paragraph.add_run("2").font.hidden = True
    paragraph.add_run("3")
    xml = word(document)
    assert [b.text for b in read_again(xml, DOCX).blocks if isinstance(b, Paragraph)] == ["13"]


@pytest.mark.parametrize(
    ("paragraph", "run", "printed"),
    [
        ("", "<w:rStyle w:val='Struck'/>", "1"),
        ("", "<w:rStyle w:val='Based'/>", "1"),
        ("<w:pStyle w:val='Struck'/>", "", "1"),
        ("<w:pStyle w:val='Struck'/>", "<w:strike w:val='0'/>", "12"),
        ("", "<w:rStyle w:val='Raised'/>", "1²"),
        ("<w:pStyle w:val='Raised'/>", "<w:vertAlign w:val='baseline'/>", "12"),
        ("", "<w:rStyle w:val='Hidden'/>", "1"),
        ("", "<w:rStyle w:val='Unknown'/>", "12"),
    ],
)
def test_styles_strike_hide_and_raise_for_both_readers(paragraph: str, run: str, printed: str) -> None:
    styles = f"<w:styles {office_makers.NAMESPACES}>" + "".join(
        f"<w:style w:styleId='{name}'>{body}</w:style>"
        for name, body in (
            ("Struck", "<w:rPr><w:dstrike/></w:rPr>"),
            ("Based", "<w:basedOn w:val='Struck'/>"),
            ("Raised", "<w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"),
            ("Hidden", "<w:rPr><w:vanish/></w:rPr>"),
        )
    )
    cell = (
        f"<w:p><w:pPr>{paragraph}</w:pPr><w:r><w:rPr><w:strike w:val='0'/><w:vanish w:val='0'/>"
        "<w:vertAlign w:val='baseline'/></w:rPr><w:t>1</w:t></w:r>"
        f"<w:r><w:rPr>{run}</w:rPr><w:t>2</w:t></w:r></w:p>"
    )
    data = office_makers.word(
        f"<w:tbl><w:tr><w:tc>{cell}</w:tc></w:tr></w:tbl>", word__styles_xml=f"{styles}</w:styles>"
    )
    first, second = (document.grids[0].cells[0].text for document in (read_docx(data), read_again(data, DOCX)))
    assert (first, second) == (printed, printed)


def test_the_blank_form_is_read_in_full() -> None:
    path = REPORTS / "template_2021_blank.docx"
    if not path.is_file():
        pytest.skip("the real reports are not at hand")
    grids = read_again(path.read_bytes(), DOCX).grids
    assert sum(len(grid.cells) for grid in grids) > 200


@pytest.mark.parametrize(("part", "error"), [(b"", "XMLSyntaxError"), (b"<a>", "XMLSyntaxError"), (None, "unopened")])
def test_a_broken_docx_raises(part: bytes | None, error: str) -> None:
    with pytest.raises(Exception) as raised:
        read_again(package(part), DOCX)
    assert error in f"{raised.type.__name__} {raised.value}"


def test_entities_are_not_expanded() -> None:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f"<!DOCTYPE a [<!ENTITY e '9'>]><w:p xmlns:w='{space}'><w:r><w:t>1</w:t><w:t>&e;</w:t></w:r></w:p>"
    (paragraph,) = read_again(package(document.encode()), DOCX).blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text == "1"


def package(part: bytes | None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("other.xml" if part is None else "word/document.xml", part or b"")
    return out.getvalue()
