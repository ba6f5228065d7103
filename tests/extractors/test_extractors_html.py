"""HTML -> paragraphs and grids: spans, charsets, layout tables, hidden parts, hostile pages."""

from __future__ import annotations

from contextlib import suppress

import pytest
from bounded import readers_time
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.html import READER, read_html
from extractors.limits import Limits
from extractors.second import read_again
from form.charset import decode
from form.errors import DocumentError
from form.grid import Grid, Paragraph


def page(body: str, head: str = "") -> bytes:
    return f'<!doctype html><html><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode()


def grid(body: str) -> Grid:
    (found,) = read_html(page(body)).grids
    return found


def places(body: str) -> dict[str, tuple[int, int, int, int]]:
    return {c.text: (c.row, c.column, c.row_span, c.column_span) for c in grid(body).cells}


def test_spans_put_cells_where_a_browser_does() -> None:
    found = places(
        "<table><tr><td rowspan=3 colspan=2>a</td><td colspan=2>b</td></tr>"
        "<tr><td>c</td><td rowspan=2>d</td></tr><tr><td>e</td></tr><tr><td>f</td><td>g</td></tr></table>"
    )
    assert found == {
        "a": (0, 0, 3, 2), "b": (0, 2, 1, 2), "c": (1, 2, 1, 1), "d": (1, 3, 2, 1), "e": (2, 2, 1, 1),
        "f": (3, 0, 1, 1), "g": (3, 1, 1, 1),
    }  # fmt: skip


def test_row_spans_end_with_the_table() -> None:
    found = places("<table><tr><td rowspan=22>a</td><td rowspan=0>b</td></tr><tr><td>c</td></tr></table>")
    assert found == {"a": (0, 0, 2, 1), "b": (0, 1, 2, 1), "c": (1, 2, 1, 1)}


@pytest.mark.parametrize("span", ["", "abc", "-3", "0", "1.5"])
def test_spans_that_are_no_numbers_are_one(span: str) -> None:
    assert places(f'<table><tr><td colspan="{span}">a</td><td>b</td></tr></table>')["b"] == (0, 1, 1, 1)


def test_header_body_and_footer_rows_in_order() -> None:
    assert list(places("<table><thead><tr><th>1</th></tr></thead><tbody><tr><td>2</td></tr></tbody></table>")) == [
        "1",
        "2",
    ]


def test_a_cells_text_has_breaks_where_blocks_have_and_none_where_spans_have() -> None:
    body = (
        "<table><tr><td><p>商业</p><p>企业</p></td><td><span>（</span><font>六</font><span>）</span>其他</td>"
        "<td>本年新<br/>制作</td><td><p>1</p><p>2</p></td>"
        "<td>&nbsp;<o:p></o:p></td><td>\n  12\n   件 </td></tr></table>"
    )
    assert [c.text.strip() for c in grid(body).cells] == [
        "商业\n企业",
        "（六）其他",
        "本年新\n制作",
        "1\n2",
        "",
        "12 件",
    ]


def test_a_table_of_tables_is_layout() -> None:
    body = "<table><tr><td>甲<p>乙</p><table><tr><td>1</td></tr></table></td><td>丙</td></tr></table>"
    blocks = read_html(page(body)).blocks
    assert [b.text if isinstance(b, Paragraph) else b.cells[0].text for b in blocks] == ["甲", "乙", "1", "丙"]


def test_scripts_styles_comments_and_hidden_parts_are_left_out() -> None:
    body = (
        "<script>var a='<table><tr><td>9</td></tr></table>'</script><style>p{}</style><!-- 注释 -->"
        '<p style="display:none">隐</p><p style="color:red; DISPLAY: NONE">藏</p>'
        "<p hidden>起</p><noscript>无</noscript>"
        '<table><tr><td>1</td><td style="display:none">2</td></tr></table><p>见</p>'
    )
    blocks = read_html(page(body)).blocks
    assert [b.text if isinstance(b, Paragraph) else [c.text for c in b.cells] for b in blocks] == [["1"], "见"]


def test_paragraphs_are_lines() -> None:
    body = "<div>一<b>、</b>总体\n 情况<br>第二行<p>第三行</p>尾</div><ul><li>甲</li><li>乙</li></ul>"
    texts = [b.text for b in read_html(page(body)).blocks if isinstance(b, Paragraph)]
    assert texts == ["一、总体 情况", "第二行", "第三行", "尾", "甲", "乙"]


@pytest.mark.parametrize(
    ("head", "body", "fact", "value"),
    [
        ("<title>甲县2023年年报</title>", "", "title", "甲县2023年年报"),
        ("<title>x</title><meta name='ArticleTitle' content='乙'>", "", "title", "乙"),
        ("", "<ucaptitle>丙</ucaptitle>", "title", "丙"),
        ("", "<publishtime>2024-01-17 08:00</publishtime>", "published", "2024-01-17"),
        ("<meta name='PubDate' content='2024-01-30 10:00:00'>", "", "published", "2024-01-30"),
        ("", "<p>来源：某局 发布时间：2024年1月31日 浏览次数：7</p>", "published", "2024-01-31"),
        ("", "<table><tr><td>公开日期</td><td>2024/2/1</td></tr></table>", "published", "2024-02-01"),
        ("", "<table><tr><td>发布机构</td><td>某县教育局</td></tr></table>", "publisher", "某县教育局"),
        ("<meta name='SiteName' content='某县人民政府'>", "", "site", "某县人民政府"),
        ("", "<p>索引号：014314799/2024-00002 成文日期：2024-01-01</p>", "published", None),
        ("", "<p>发布时间：2024-13-45</p>", "published", None),
    ],
)  # fmt: skip
def test_what_a_page_says_of_itself(head: str, body: str, fact: str, value: str | None) -> None:
    document = read_html(page(body + "<p>正文</p>", head))
    assert document.metadata.get(fact) == value
    assert (document.media_type, document.reader) == ("text/html", READER)


TEXT = "政府信息公开工作年度报告㎡"


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (TEXT.encode("utf-8"), None),
        (TEXT.encode("gb18030"), None),
        (TEXT.encode("gb18030"), "GBK"),
        (TEXT.encode("gb18030"), "utf-8"),
        (TEXT.encode("utf-8"), "gb2312"),
        (TEXT.encode("utf-8"), "iso-8859-1"),
        (TEXT.encode("utf-8"), "no-such-charset"),
        (TEXT.encode("utf-8"), "zip"),
        (b"\xef\xbb\xbf" + TEXT.encode("utf-8"), "gbk"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), None),
        (b'<meta charset="gb2312">' + TEXT.encode("gb18030"), None),
        (b'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">' + TEXT.encode("utf-8"), None),
    ],
)
def test_charsets(data: bytes, charset: str | None) -> None:
    assert decode(data, charset).endswith(TEXT)


def test_bytes_of_no_charset_are_marked_not_dropped() -> None:
    assert decode(b"\xff\xff12", "utf-8") == "\ufffd\ufffd12"


@given(st.text(alphabet="政府信息公开年度报告，。0123456789"), st.sampled_from(["utf-8", "gb18030"]))
def test_chinese_text_survives_any_declaration(text: str, encoding: str) -> None:
    for declared in (None, "utf-8", "gbk", "gb2312", "iso-8859-1"):
        # one or two characters may be well-formed in both; a page never is
        assert decode((TEXT + text).encode(encoding), declared) == TEXT + text


@pytest.mark.parametrize(
    "body",
    [
        "<table><tr><td colspan=1000000>a</td></tr></table>",
        "<table><tr><td rowspan=99999999>a</td></tr></table>",
        "<table>" + "<tr><td>1</td></tr>" * 100_000 + "</table>",
        "<table><tr>" + "<td colspan=150>1</td>" * 3 + "</tr></table>",
        ("<table>" + "<tr><td colspan=190>1</td></tr>" * 1000 + "</table>") * 2,
        "<div>" * 5_000 + "a",
        "<table><tr><td>" + "<b>" * 5_000 + "a<p>b",
        "<table><tr><td>" * 2_000,
    ],
    ids=["colspan", "rowspan", "rows", "columns", "cells", "nesting", "nesting in a cell", "nested tables"],
)
def test_bombs_are_refused(body: str) -> None:
    with readers_time(), pytest.raises(DocumentError) as caught:
        read_html(page(body))
    assert caught.value.code == "too_complex"


def test_elements_in_one_another_without_end_are_refused_before_they_cost_minutes() -> None:
    """Found by the fuzz run: half a million of them."""
    with pytest.raises(DocumentError) as caught:
        read_html(b"\x00<DIV class=a>" + b"<div></span>" * 500_000)
    assert caught.value.code == "too_complex"
    assert read_html(b"<p>1<br>" * 30_000 + b"<div>2</div>" * 30_000).blocks


def test_row_spans_that_overlap_do_not_multiply() -> None:
    body = "<table>" + '<tr><td rowspan="5000" colspan="2">1</td></tr>' * 99 + "</table>"
    found = grid(body)
    assert (found.rows, found.columns) == (99, 198)


def test_sizes() -> None:
    with pytest.raises(DocumentError) as caught:
        read_html(page("a" * 2000), limits=Limits(max_bytes=1000))
    assert caught.value.code == "too_large"
    with pytest.raises(DocumentError) as caught:
        read_html(page("<p>" + "字" * 2000), limits=Limits(max_text=1000))
    assert caught.value.code == "too_large"
    with pytest.raises(DocumentError) as caught:
        read_html(b" \n")
    assert caught.value.code == "empty"


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=300) | st.text(alphabet="<>/tablerdcospnw=\"'0123456789 字&;!-", max_size=300).map(str.encode)
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        document = read_html(b"<table><tr><td>" + data)
    except DocumentError:
        return
    for found in document.grids:
        taken = [(c.row + i, c.column + j) for c in found.cells for i in range(1) for j in range(c.column_span)]
        assert len(taken) == len(set(taken))
        assert all(
            c.row + c.row_span <= found.rows and c.column + c.column_span <= found.columns for c in found.cells
        )


def test_a_raised_digit_is_no_digit_of_the_figure() -> None:
    document = read_html("<table><tr><td>12<sup>3</sup></td><td><sup>①</sup>7</td></tr></table>".encode())
    assert [cell.text for cell in document.grids[0].cells] == ["12³", "①7"]


@pytest.mark.parametrize("end", ["", "</td", "</td><td>", "</td></tr><!-- "])
def test_a_page_cut_within_a_table_is_not_read_as_whole(end: str) -> None:
    """2 of 26 stood there as the figure."""
    with pytest.raises(DocumentError, match="truncated"):
        read_html(f"<html><body><table><tr><td>自然人</td><td>2{end}".encode())


@pytest.mark.parametrize("end", ["</table>", "</body>", "</HTML>\n", "</table></div><p>尾"])
def test_a_page_that_ends_is_read_however_carelessly(end: str) -> None:
    (grid,) = read_html(f"<div><table><tr><td>自然人<td>26{end}".encode()).grids
    assert [cell.text for cell in grid.cells][:2] == ["自然人", "26"]


@pytest.mark.parametrize(
    ("cell", "text", "sure"),
    [
        ("<td>10<span style='font-size:8px; VERTICAL-ALIGN: Super'>1</span></td>", "10¹", 1.0),
        ("<td>10<sub><b>1</b></sub></td>", "10¹", 1.0),
        ("<td><SUP>1</SUP></td>", "¹", 1.0),
        # In a cell the same words align all that stands in it.
        ("<td style='vertical-align: sub'>10</td>", "10", 1.0),
        ("<td><s>24</s>245</td>", "245", 0.8),
        ("<td><del><p>24</p></del><p>245</p></td>", "245", 0.8),
        ("<td>2<strike>4<s>4</s></strike>5</td>", "25", 0.8),
        ("<td><span style='text-decoration: line-through'>24</span> 245</td>", "245", 0.8),
        ("<td style='text-decoration:line-through'>24</td>", "", 0.8),
        ("<td><span style='visibility: hidden'>9</span>5</td>", "5", 0.8),
        ("<td><span style='opacity:0'>9</span>5</td>", "5", 0.8),
        ("<td><span style='opacity: 0.9; visibility: visible; fill-opacity:0'>9</span>5</td>", "95", 1.0),
        ("<td><s>24<sup>1</sup></s></td>", "", 0.8),
        ("<td><ruby>24<rp>(</rp><rt>5</rt><rp>)</rp></ruby></td>", "24", 0.8),
        ("<td><s> </s>24<ins>5</ins></td>", "245", 1.0),
    ],
)
def test_what_is_raised_or_struck_is_no_part_of_the_figure(cell: str, text: str, sure: float) -> None:
    data = f"<table><tr>{cell}<td>7</td></tr></table>".encode()
    (grid,) = read_html(data).grids
    assert [(c.text, c.confidence) for c in grid.cells] == [(text, sure), ("7", 1.0)]
    (again,) = read_again(data, "text/html").grids
    assert [c.text for c in again.cells] == [text, "7"]


def test_what_is_raised_or_struck_is_no_part_of_a_sentence() -> None:
    data = "<p>收到申请<s>12</s>10<sup>1</sup>件。</p>".encode()
    assert [b.text for b in read_html(data).blocks if isinstance(b, Paragraph)] == ["收到申请10¹件。"]
    assert [b.text for b in read_again(data, "text/html").blocks if isinstance(b, Paragraph)] == ["收到申请10¹件。"]


@pytest.mark.parametrize("tag", ["s", "del", "sup", "strike"])
def test_struck_text_in_struck_text_by_the_thousand_ends(tag: str) -> None:
    with readers_time(), suppress(DocumentError):
        read_html(page(f"<table><tr><td>{f'<{tag}>1' * 100_000}"))
    with readers_time(), suppress(DocumentError):
        read_html(page(f"<table><tr><td>{f'<{tag}>1' * 19_000}"))
