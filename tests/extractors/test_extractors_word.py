"""docx: what is printed, where it stands, and nothing else."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from office_makers import NAMESPACES, blocks, by_python_docx, expect_exact, paragraph, parts, saved, values, word

from extractors.limits import Limits
from extractors.read import read
from extractors.second import read_again
from extractors.word import MEDIA_TYPE, read_docx
from form.errors import DocumentError
from form.grid import Cell, Grid, Paragraph
from form.recognise import read_reports

BLANK = Path(__file__).resolve().parents[2] / ".." / "shared" / "reports" / "template_2021_blank.docx"


def texts(body: str, **files: str) -> list[str]:
    document = read_docx(word(body, **files))
    assert not document.grids
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def only(body: str) -> Grid:
    (grid,) = read_docx(word(body)).grids
    return grid


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(text)}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def span(columns: object) -> str:
    return f"<w:gridSpan w:val='{columns}'/>"


@pytest.mark.parametrize("edition", ["2019", "2021"])
def test_a_whole_report_is_read_exactly(edition: str) -> None:
    figures = values(edition)
    document = read(by_python_docx(blocks(figures, edition)))
    (report,) = read_reports(document)
    expect_exact(report, figures, edition)
    assert all(r.confidence == 1.0 and r.page is None for r in report.readings)
    assert document.media_type.endswith("wordprocessingml.document")


@pytest.mark.skipif(not BLANK.exists(), reason="the blank form is not here")
def test_the_blank_form_has_its_grids() -> None:
    document = read(BLANK.read_bytes())
    assert [(g.rows, g.columns) for g in document.grids] == [(14, 4), (28, 10), (4, 15)]
    spans = {c.text.replace("\n", ""): (c.row, c.column, c.row_span, c.column_span) for c in document.grids[1].cells}
    assert spans["三、本年度办理结果"] == (5, 0, 22, 1)
    assert spans["（三）不予公开"] == (7, 1, 8, 1)
    assert spans["法人或其他组织"] == (1, 4, 1, 5)
    assert spans["四、结转下年度继续办理"] == (27, 0, 1, 3)
    # All 28 rows hold a cell for each of the seven applicants, and none of them has text.
    rows = [[c for c in document.grids[1].cells if c.row == r and c.column >= 3] for r in range(3, 28)]
    assert [len(cells) for cells in rows] == [7] * 25
    assert not any(c.text for cells in rows for c in cells)
    assert [b.text for b in document.blocks if isinstance(b, Paragraph)][:3] == [
        "政府信息公开工作年度报告格式模板",
        "一、总体情况",
        "（文字描述）",
    ]


@pytest.mark.parametrize(
    ("run", "printed"),
    [
        ("<w:r><w:t>1</w:t></w:r><w:r><w:t xml:space='preserve'> 2</w:t></w:r>", ["1 2"]),
        ("<w:del><w:r><w:delText>7</w:delText></w:r></w:del><w:ins><w:r><w:t>8</w:t></w:r></w:ins>", ["8"]),
        ("<w:del><w:r><w:t>7</w:t></w:r></w:del>", []),
        ("<w:moveFrom><w:r><w:t>7</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>8</w:t></w:r></w:moveTo>", ["8"]),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>9</w:t></w:r><w:r><w:t>1</w:t></w:r>", ["1"]),
        ("<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>9</w:t></w:r>", ["9"]),
        ("<w:r><w:rPr><w:rStyle w:val='Child'/></w:rPr><w:t>9</w:t></w:r>", []),
        ("<w:r><w:rPr><w:rStyle w:val='Shown'/></w:rPr><w:t>9</w:t></w:r>", ["9"]),
        ("<w:r><w:rPr><w:rStyle w:val='Hidden'/><w:vanish w:val='false'/></w:rPr><w:t>9</w:t></w:r>", ["9"]),
        ("<w:pPr><w:pStyle w:val='Hidden'/></w:pPr><w:r><w:t>9</w:t></w:r>", []),
        (
            "<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>=SUM(LEFT)</w:instrText><w:t>x</w:t></w:r>"
            "<w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>42</w:t></w:r>"
            "<w:r><w:fldChar w:fldCharType='end'/></w:r><w:r><w:t>件</w:t></w:r>",
            ["42件"],
        ),
        ("<w:fldSimple w:instr='PAGE'><w:r><w:t>3</w:t></w:r></w:fldSimple>", ["3"]),
        ("<w:hyperlink><w:r><w:t>链接</w:t></w:r></w:hyperlink>", ["链接"]),
        ("<w:r><w:t>1</w:t><w:tab/><w:t>2</w:t><w:br/><w:t>3</w:t></w:r>", ["1\t2", "3"]),
        ("<w:r><w:noBreakHyphen/></w:r>", ["-"]),
        ("<w:r><w:sym w:font='Symbol' w:char='F033'/></w:r>", ["3"]),
        ("<w:r><w:sym w:font='Wingdings' w:char='F033'/></w:r>", ["\ufffd"]),
        ("<w:r><w:sym w:font='宋体' w:char='25A1'/></w:r>", ["□"]),
        ("<w:r><w:sym w:char='zz'/></w:r>", ["\ufffd"]),
        (
            "<w:r><w:ruby><w:rt><w:r><w:t>jian</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>件</w:t></w:r></w:rubyBase>"
            "</w:ruby></w:r>",
            ["件"],
        ),
        (
            "<w:sdt><w:sdtPr><w:alias/></w:sdtPr><w:sdtContent><w:r><w:t>5</w:t></w:r></w:sdtContent></w:sdt>",
            ["5"],
        ),
    ],
)
def test_only_what_is_printed(run: str, printed: list[str]) -> None:
    styles = (
        f"<w:styles {NAMESPACES}><w:style w:styleId='Hidden'><w:rPr><w:vanish/></w:rPr></w:style>"
        "<w:style w:styleId='Child'><w:basedOn w:val='Hidden'/></w:style>"
        "<w:style w:styleId='Loop'><w:basedOn w:val='Loop'/></w:style>"
        "<w:style w:styleId='Shown'><w:basedOn w:val='Hidden'/><w:rPr><w:vanish w:val='0'/></w:rPr></w:style>"
        "</w:styles>"
    )
    assert texts(f"<w:p>{run}</w:p>", word__styles_xml=styles) == printed


def test_a_field_that_never_ends_hides_nothing_after_its_paragraph() -> None:
    begun = "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:t>x</w:t></w:r></w:p>"
    assert texts(begun + paragraph("8")) == ["8"]


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{paragraph('框内')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>前</w:t><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>"
        f"{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent><w:t>后</w:t></w:r></w:p>"
    )
    assert texts(body) == ["前后", "框内"]


def test_a_table_in_a_text_box_is_a_grid() -> None:
    table = f"<w:tbl>{row(cell('a'), cell('b'))}</w:tbl>"
    grid = only(
        f"<w:p><w:r><w:pict><v:textbox><w:txbxContent>{table}</w:txbxContent></v:textbox></w:pict></w:r></w:p>"
    )
    assert [c.text for c in grid.cells] == ["a", "b"]


def test_a_figure_in_a_box_over_a_cell_is_its_text_with_less_confidence() -> None:
    box = f"<v:textbox><w:txbxContent>{paragraph('5')}</w:txbxContent></v:textbox>"
    box = f"<w:p><w:r><w:pict>{box}</w:pict></w:r></w:p>"
    plain = paragraph("6")
    document = read_docx(word(table(row(f"<w:tc>{box}</w:tc>", f"<w:tc>{plain}{box}</w:tc>"))))
    (grid,) = document.grids
    assert [(c.text, c.confidence) for c in grid.cells] == [("5", 0.8), ("6", 1.0)]
    assert document.blocks[1:] == (Paragraph("5"),)


def test_merges_of_every_kind() -> None:
    down, on = "<w:vMerge w:val='restart'/>", "<w:vMerge/>"
    grid = only(
        "<w:tbl>"
        + row(cell("a", down), cell("b", "<w:gridSpan w:val='2'/>"))
        + row(cell("不显示", on), cell("c", "<w:hMerge w:val='restart'/>"), cell("", "<w:hMerge/>"))
        + row(cell("d"), properties="<w:trPr><w:gridBefore w:val='2'/></w:trPr>")
        + row(cell("e", on), cell("f", on), cell("g", on))
        + "</w:tbl>"
    )
    assert (grid.rows, grid.columns) == (4, 3)
    assert grid.cells == (
        Cell(0, 0, "a", 2, 1),
        Cell(0, 1, "b", 1, 2),
        Cell(1, 1, "c", 1, 2),
        Cell(2, 2, "d", 2, 1),
        # nothing above them to continue
        Cell(3, 0, "e"),
        Cell(3, 1, "f"),
    )


def test_rows_and_cells_that_are_deleted_or_hidden_are_not_printed() -> None:
    grid = only(
        "<w:tbl>"
        + row(cell("a"), cell("x", "<w:cellDel/>"))
        + row(cell("b"), properties="<w:trPr><w:del/></w:trPr>")
        + row(cell("c"), properties="<w:trPr><w:hidden/></w:trPr>")
        + row(cell("d"), properties="<w:trPr><w:ins/></w:trPr>")
        + f"<w:sdt><w:sdtContent>{row(cell('e'))}</w:sdtContent></w:sdt></w:tbl>"
    )
    assert [c.text for c in grid.cells] == ["a", "d", "e"]


def test_a_layout_table_gives_its_content_and_a_table_in_a_cell_its_text() -> None:
    inner = table(row(cell("1"), cell("2"), cell("3")))
    layout = read_docx(word(f"<w:tbl><w:tr><w:tc>{paragraph('标题')}{inner}</w:tc></w:tr></w:tbl>"))
    assert layout.blocks[0] == Paragraph("标题")
    assert [c.text for c in layout.grids[0].cells] == ["1", "2", "3"]
    held = table(row(cell("a"), cell("b"), cell("c")), row(cell("d"), f"<w:tc>{inner}</w:tc>", cell("e")))
    assert [c.text for c in only(held).cells] == ["a", "b", "c", "d", "1\n2\n3", "e"]


def test_a_cell_keeps_its_lines() -> None:
    two = f"<w:tc>{paragraph('结果')}{paragraph('')}{paragraph('维持')}</w:tc>"
    assert only(f"<w:tbl><w:tr>{two}</w:tr></w:tbl>").cells[0].text == "结果\n维持"


def test_the_title_in_the_properties_is_not_the_title() -> None:
    document = docx.Document()
    document.core_properties.title = " 模板\n标题 "
    assert read_docx(saved(document)).metadata == {"file_title": "模板 标题"}


def test_word_2003_xml_and_one_file_packages() -> None:
    old = "http://schemas.microsoft.com/office/word/2003/wordml"
    down, on = "<w:vmerge w:val='restart'/>", "<w:vmerge/>"
    merged = table(row(cell("a", down), cell("1")), row(cell("", on), cell("2")))
    run = "<w:r><w:t>{}</w:t></w:r>"
    changes = "".join(
        f"<aml:annotation w:type='Word.{kind}'><aml:content>{run.format(text)}</aml:content></aml:annotation>"
        for kind, text in (("Deletion", "旧"), ("Insertion", "新"))
    )
    xml = (
        f'<?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="{old}" xmlns:aml="urn:aml"><w:body>'
        f"{merged}<w:p>{changes}</w:p></w:body></w:wordDocument>"
    )
    document = read(xml.encode(), name="报告.doc")
    assert [(c.text, c.row_span) for c in document.grids[0].cells] == [("a", 2), ("1", 1), ("2", 1)]
    assert document.blocks[1:] == (Paragraph("新"),)
    main = f"<w:document {NAMESPACES}><w:body>{paragraph('文')}</w:body></w:document>"
    flat = f'<pkg:package xmlns:pkg="urn:pkg"><pkg:part>{main}</pkg:part></pkg:package>'
    assert read(flat.encode()).blocks == (Paragraph("文"),)


def test_the_main_part_may_have_another_name() -> None:
    target = "Type='http://x/officeDocument' Target='/word/document2.xml'"
    relation = f"<Relationships xmlns='urn:r'><Relationship {target}/></Relationships>"
    main = f"<w:document {NAMESPACES}><w:body>{paragraph('文')}</w:body></w:document>"
    buffer = io.BytesIO(parts(word__document2_xml=main))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("_rels/.rels", relation)
    assert read_docx(buffer.getvalue()).blocks == (Paragraph("文"),)


def refusal(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(DocumentError) as caught:
        read(data, name="a.docx", limits=limits)
    assert "\n" not in str(caught.value)
    return caught.value.code


def laughs(where: str) -> str:
    entities = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))
    return f"<!DOCTYPE w [<!ENTITY a0 'ha'>{entities}]><w:document {NAMESPACES}><w:body>{where}</w:body></w:document>"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("<w:document", "unopened"),
        (f"<w:document {NAMESPACES}/>", "unopened"),
        (laughs(paragraph("&a9;")), "unopened"),
        (laughs("<w:p w:x='&a9;'/>"), "unopened"),
        (
            f"<!DOCTYPE w [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><w:document {NAMESPACES}>"
            f"<w:body>{paragraph('&x;')}</w:body></w:document>",
            "unopened",
        ),
        (f"<w:document {NAMESPACES}><w:body>{'<w:sdt>' * 3000}{'</w:sdt>' * 3000}</w:body></w:document>", "unopened"),
        (f"<w:document {NAMESPACES}><w:body><!--{' ' * 31_000_000}--></w:body></w:document>", "too_large"),
    ],
)
def test_hostile_xml_is_refused(document: str, code: str) -> None:
    assert refusal(parts(word__document_xml=document)) == code


def test_hostile_tables_are_refused() -> None:
    assert refusal(word(table(row(cell("1", span(10**8)))))) == "too_complex"
    before = "<w:trPr><w:gridBefore w:val='5000'/></w:trPr>"
    assert refusal(word(table(row(cell("1"), properties=before)))) == "too_complex"
    assert refusal(word(table(*[row(cell("1"))] * 20)), Limits(max_rows=10)) == "too_complex"
    assert refusal(word(table(row(cell("1"))) * 20), Limits(max_cells=10)) == "too_complex"
    assert refusal(word(paragraph("字" * 2_000)), Limits(max_text=1_000)) == "too_large"


def test_deep_tables_and_spans_that_are_no_numbers() -> None:
    nested = "<w:tbl><w:tr><w:tc>" * 60 + paragraph("1") + "</w:tc></w:tr></w:tbl>" * 60
    assert read_docx(word(nested)).blocks == (Grid((Cell(0, 0, "1"),), 1, 1),)
    assert only(table(row(cell("1", span(-3)), cell("2", span("x")), cell("3", span(0))))).columns == 3


def test_hostile_zips_are_refused() -> None:
    whole = word(paragraph("文"))
    assert refusal(whole[: len(whole) // 2]) == "truncated"
    assert refusal(parts(**{f"n{i}": "" for i in range(40)}), Limits(max_parts=30)) == "too_large"
    damaged = bytearray(by_python_docx(["一" * 3000]))
    start = damaged.index(b"word/document.xml")
    damaged[start + 60 : start + 90] = b"\xff" * 30
    assert refusal(bytes(damaged)) in ("truncated", "unopened")
    # The directory says less than there is: zipfile stops at what it says and finds the checksum wrong.
    liar = bytearray(parts(word__document_xml=f"<w:document {NAMESPACES}/>" + " " * 1_000_000))
    at = liar.rindex(b"PK\x01\x02") + 24
    liar[at : at + 4] = (100).to_bytes(4, "little")
    assert refusal(bytes(liar)) == "truncated"


@st.composite
def tilings(draw: st.DrawFn) -> Grid:
    """A grid cut into merged cells at random, some empty."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    taken: set[tuple[int, int]] = set()
    cells = []
    for r in range(rows):
        for c in range(columns):
            if (r, c) in taken:
                continue
            wide = draw(st.integers(1, next((k for k in range(1, columns - c) if (r, c + k) in taken), columns - c)))
            tall = draw(st.integers(1, rows - r))
            taken |= {(r + i, c + j) for i in range(tall) for j in range(wide)}
            text = draw(st.text("0123456789件一二（）/—", max_size=4))
            cells.append(Cell(r, c, text, tall, wide))
    return Grid(tuple(cells), rows, columns)


def as_word(grid: Grid) -> str:
    """A grid in Word's terms: a cell for each row that a merged cell covers."""
    rows = []
    for r in range(grid.rows):
        cells = ""
        for one in sorted((c for c in grid.cells if c.row <= r < c.row + c.row_span), key=lambda c: c.column):
            merge = "" if one.row_span == 1 else "<w:vMerge w:val='restart'/>" if one.row == r else "<w:vMerge/>"
            cells += cell(one.text if one.row == r else "旧", f"<w:gridSpan w:val='{one.column_span}'/>{merge}")
        rows.append(row(cells))
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


@given(tilings())
@settings(max_examples=150, deadline=None)
def test_any_merged_table_comes_back(grid: Grid) -> None:
    assert only(as_word(grid)) == grid


@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_gives_a_document_or_the_one_error(at: int, patch: bytes) -> None:
    data = word(paragraph("文") + f"<w:tbl>{row(cell('1'), cell('2'))}</w:tbl>")
    at %= len(data)
    try:
        read(data[:at] + patch + data[at + len(patch) :])
    except DocumentError:
        return


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("runs", "text", "sure"),
    [
        (run("10") + run("1", "<w:vertAlign w:val='superscript'/>"), "10¹", 1.0),
        (run("10") + run("1", "<w:vertAlign w:val='subscript'/>"), "10¹", 1.0),
        (run("10") + run("1", "<w:vertAlign w:val='baseline'/>"), "101", 1.0),
        (run("10") + run("1", "<w:position w:val='8'/>"), "10¹", 1.0),
        (run("10", "<w:position w:val='-6'/>"), "10", 1.0),
        (run("1", "<w:position w:val='1'/>") + run("0"), "10", 1.0),
        (run("24", "<w:strike/>") + run("245"), "245", 0.8),
        (run("24", "<w:dstrike/>") + run("245", "<w:strike w:val='0'/>"), "245", 0.8),
        (run("24", "<w:strike/>"), "", 0.8),
        (run(" ", "<w:strike/>") + run("245"), "245", 1.0),
        (run("24", "<w:strike/><w:vanish/>") + run("245"), "245", 1.0),
        (run("24", "<w:rPrChange><w:rPr><w:strike/></w:rPr></w:rPrChange>"), "24", 1.0),
        (f"<w:moveFrom>{run('24')}</w:moveFrom><w:moveTo>{run('245')}</w:moveTo>", "245", 1.0),
        (
            f"<w:r><w:ruby><w:rt>{run('1')}</w:rt><w:rubyBase>{run('24')}</w:rubyBase></w:ruby></w:r>",
            "24",
            1.0,
        ),
    ],
)
def test_what_is_raised_or_struck_is_no_part_of_the_figure(runs: str, text: str, sure: float) -> None:
    data = word(table(row(f"<w:tc><w:tcPr/><w:p>{runs}</w:p></w:tc>", cell("7"))))
    (grid,) = read_docx(data).grids
    assert [(c.text, c.confidence) for c in grid.cells] == [(text, sure), ("7", 1.0)]
    (again,) = read_again(data, MEDIA_TYPE).grids
    assert [c.text for c in again.cells] == [text, "7"]


def test_styles_raise_and_strike_too() -> None:
    styles = (
        f"<w:styles {NAMESPACES}>"
        "<w:style w:styleId='Note'><w:rPr><w:vertAlign w:val='superscript'/></w:rPr></w:style>"
        "<w:style w:styleId='Old'><w:rPr><w:strike/></w:rPr></w:style>"
        "<w:style w:styleId='Older'><w:basedOn w:val='Old'/></w:style></w:styles>"
    )
    older, note, plain = "<w:rStyle w:val='Older'/>", "<w:rStyle w:val='Note'/>", "<w:strike w:val='0'/>"
    body = f"<w:p>{run('24', older)}{run('10')}{run('1', note)}</w:p>"
    assert texts(body, word__styles_xml=styles) == ["10¹"]
    body = f"<w:p><w:pPr><w:pStyle w:val='Old'/></w:pPr>{run('24')}{run('5', plain)}</w:p>"
    assert texts(body, word__styles_xml=styles) == ["5"]
