from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pytest
from selectolax.lexbor import LexborHTMLParser

PAGES = ("portal", "wps", "jsp")


def lines(province, *styles: str) -> Iterator[dict[str, Any]]:
    return (line for line in province.truth if line["style"] in styles and line["cells"])


def prints(line: dict[str, Any], table: str) -> list[str]:
    """The figures of a table as they are printed, in order."""
    return [line["printed"].get(key, value or "") for key, value in line["cells"].items() if key.startswith(table)]


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def pdf_pages(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [squeeze(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def decode(line: dict[str, Any], data: bytes) -> str:
    return data.decode("gbk" if line["style"] == "jsp" else "utf-8")


@pytest.mark.parametrize("style", PAGES)
def test_pages_print_every_figure_in_its_order(province, style: str) -> None:
    for line in lines(province, style):
        tree = LexborHTMLParser(decode(line, province.file(line["address"]).read_bytes()))
        for table in ("proactive.", "applications.", "disputes."):
            cells = iter([squeeze(cell.text()) for cell in tree.css("td") if not cell.css("table")])
            assert all(any(shown == squeeze(text) for shown in cells) for text in prints(line, table)), line[
                "address"
            ]


def test_a_page_in_gbk_says_so_only_in_itself(province) -> None:
    for line in lines(province, "jsp"):
        data = province.file(line["address"]).read_bytes()
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
        assert b"charset=gb2312" in data
        assert line["unit"] in decode(line, data)


def test_article_pages_carry_the_marks_of_trs(province) -> None:
    for line in province.truth:
        if not line["cells"] or not line["article"]:
            continue
        data = province.file(line["article"]).read_bytes()
        tree = LexborHTMLParser(decode(line, data) if line["format"] == "html" else data.decode("utf-8"))
        marks = {m.attributes.get("name"): m.attributes.get("content") for m in tree.css("meta")}
        assert marks["ArticleTitle"] == line["title"]
        assert marks["PubDate"].startswith(line["published"])
        assert marks["ContentSource"] == line["unit"]
        if line["format"] == "pdf":
            href = next(a.attributes["href"] for a in tree.css(".TRS_Editor a"))
            assert line["address"].endswith(href.removeprefix("."))


def test_spans_of_header_and_data_differ_on_some_pages(province) -> None:
    """The column of the first figure starts elsewhere than its head, so only the order in the row counts."""
    skewed = 0
    for line in lines(province, "wps"):
        tree = LexborHTMLParser(province.file(line["address"]).read_bytes().decode())
        for row in tree.css("tr"):
            cells = row.css("td")
            if squeeze(cells[0].text()) in ("行政规范性文件", "规范性文件"):
                skewed += len({cell.attributes.get("colspan", "1") for cell in cells[1:]}) > 1
    assert skewed > 0


@pytest.mark.parametrize(
    ("style", "font", "outlines"),
    [
        ("typst-official", b"NotoSerifSC", b"/FontFile3"),
        ("typst-compact", b"NotoSansSC", b"/FontFile3"),
        ("fpdf-boxes", b"NotoSansSC", b"/FontFile2"),
        ("fpdf-bars", b"NotoSansSC", b"/FontFile2"),
    ],
)
def test_pdfs_have_a_text_layer_and_a_font_of_their_own(province, style: str, font: bytes, outlines: bytes) -> None:
    found = list(lines(province, style))
    assert found
    for line in found:
        data = province.file(line["address"]).read_bytes()
        assert b"+" + font in data
        assert outlines in data
        assert len(data) < 400_000
        text = "".join(pdf_pages(data))
        assert squeeze(line["title"]) in text
        for words in ("本年新收政府信息公开申请数量", "结转下年度继续办理", "结果维持"):
            assert sorted(words) == sorted(character for character in words if character in text)
        shown = Counter(re.findall(r"\d", text))
        for table in ("proactive.", "applications.", "disputes."):
            shown.subtract(re.findall(r"\d", "".join(prints(line, table))))
        assert min(shown.values()) >= 0


def test_table_three_runs_over_pages_without_its_head(province) -> None:
    broken = 0
    for line in lines(province, "typst-official", "typst-compact", "fpdf-boxes", "fpdf-bars"):
        pages = pdf_pages(province.file(line["address"]).read_bytes())
        first = [number for number, page in enumerate(pages) if "一、本年新收" in page]
        last = [number for number, page in enumerate(pages) if "四、结转下年度" in page]
        if first and last and first[0] < last[0]:
            broken += 1
            assert sum("申请人情况" in page for page in pages) == 1
        numbers = [re.search(rf"[-—]{number}[-—]", page) for number, page in enumerate(pages, start=1)]
        assert all(numbers), line["address"]
    assert broken >= 5


def test_encrypted_and_truncated_files_do_not_open(province) -> None:
    for line in province.truth:
        if line["no_report"] in ("encrypted", "truncated", "empty", "mislabelled"):
            with pytest.raises(pypdfium2.PdfiumError):
                pypdfium2.PdfDocument(province.file(line["address"]).read_bytes())


def test_faults_that_no_figure_shows_stand_in_the_documents(province) -> None:
    seen = set()
    for line in province.truth:
        for fault in line["faults"]:
            if fault["rule"] not in ("PERIOD", "SECTIONS", "LEFTOVER"):
                continue
            data = province.file(line["address"]).read_bytes()
            pdf = line["format"] == "pdf"
            text = "".join(pdf_pages(data)) if pdf else squeeze(LexborHTMLParser(decode(line, data)).text())
            whole = f"{line['year']}年1月1日"
            if fault["rule"] == "LEFTOVER":
                assert "其他主动公开文件" in text
            elif fault["rule"] == "SECTIONS":
                heads = {"problems": "问题及改进情况", "other_matters": "其他需要报告的事项"}
                assert f"六、{heads[fault['scope']]}" not in text
                assert "六、" not in text
            else:
                assert "11月30日" in text or whole not in text
            seen.add(fault["rule"])
    assert seen == {"PERIOD", "SECTIONS", "LEFTOVER"}
