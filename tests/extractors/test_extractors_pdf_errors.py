"""Files that cannot be used: one code each, within the limits, never another exception."""

from __future__ import annotations

from dataclasses import replace

import pdf_makers as makers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from extractors.limits import Limits
from extractors.pdf import read_pdf
from form.errors import DocumentError
from form.grid import Paragraph


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(DocumentError) as caught:
        read_pdf(data, limits=limits or Limits())
    return caught.value.code


def encrypted(user_password: str) -> bytes:
    pdf = makers.blank(han=False)
    pdf.text(80, 100, "figures")
    pdf.set_encryption(owner_password="owner", user_password=user_password)
    return bytes(pdf.output())


def pages(count: int) -> bytes:
    pdf = makers.blank(han=False)
    for number in range(count - 1):
        pdf.add_page()
        pdf.text(80, 100, f"figures {number}")
    return bytes(pdf.output())


@pytest.mark.parametrize("data", [b"", b" \r\n\0"[:3]])
def test_empty(data: bytes) -> None:
    assert code_of(data) == "empty"


def test_a_login_page_saved_as_pdf() -> None:
    page = "<!DOCTYPE html><html><head><title>登录</title></head><body><form></form></body></html>"
    assert code_of(page.encode()) == "mislabelled"


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_cut_short(share: float) -> None:
    data = makers.drawn()
    assert code_of(data[: int(len(data) * share)]) == "truncated"


def test_a_header_and_nothing_else() -> None:
    assert code_of(b"%PDF-1.7\nnothing\n%%EOF\n") == "truncated"


def test_a_page_that_is_missing() -> None:
    data = makers.raw(b"")
    assert code_of(data.replace(b"/Type /Page /Parent", b"/Type /Nope/Parent")) in ("truncated", "no_text")
    assert code_of(data.replace(b"/Kids [3 0 R]", b"/Kids [9 0 R]")) in ("truncated", "no_text")


def test_encrypted() -> None:
    assert code_of(encrypted("secret")) == "encrypted"


def test_a_password_for_changes_only_is_no_obstacle() -> None:
    document = read_pdf(encrypted(""), limits=Limits())
    assert document.blocks == (Paragraph("figures", 1),)


def test_too_many_pages_are_refused_before_any_is_read() -> None:
    assert code_of(pages(500)) == "too_many_pages"
    assert code_of(pages(3), replace(Limits(), max_pages=2)) == "too_many_pages"
    assert len(read_pdf(pages(3), limits=replace(Limits(), max_pages=3)).blocks) == 2


def test_too_large() -> None:
    data = makers.raw(b"BT /F 10 Tf 80 700 Td (some figures) Tj ET")
    assert code_of(data, replace(Limits(), max_bytes=len(data) - 1)) == "too_large"
    assert code_of(data, replace(Limits(), max_text=10)) == "too_large"


def test_pictures_only() -> None:
    for mark in ("", "- 1 -", "Scanned by CamScanner"):
        pdf = makers.blank(han=False)
        pdf.image(Image.effect_noise((200, 280), 60), x=0, y=0, w=595)
        pdf.text(280, 815, mark)
        assert code_of(bytes(pdf.output())) == "no_text"


def test_blank_pages() -> None:
    assert code_of(makers.raw(b"")) == "no_text"


def test_a_text_layer_without_meaning() -> None:
    """The font tells no Unicode: what the layer says is not what is printed."""
    pdf = makers.blank(compress=False)
    pdf.text(80, 100, "本年新收政府信息公开申请数量")
    data = bytes(pdf.output())
    assert read_pdf(data, limits=Limits()).blocks == (Paragraph("本年新收政府信息公开申请数量", 1),)
    assert code_of(data.replace(b"/ToUnicode", b"/XoUnicode")) == "no_text"


def test_private_use_characters_are_no_text() -> None:
    pdf = makers.blank(compress=False)
    pdf.text(80, 100, "规章")
    data = bytes(pdf.output())
    for code in (0x89C4, 0x7AE0):
        data = data.replace(b"<%04X>" % code, b"<%04X>" % (0xE000 + code % 1000))
    assert code_of(data) == "no_text"


def test_literal_cid_codes_are_no_text() -> None:
    content = "".join(f"(\\(cid:{i}\\)) Tj 0 -12 Td " for i in range(100, 140))
    assert code_of(makers.raw(f"BT /F 9 Tf 80 700 Td {content} ET".encode())) == "no_text"


@pytest.mark.parametrize(
    "content",
    [
        b"0 0 m " + b"9 9 l " * 510_000 + b"S",
        b"\n".join(b"0 %d m 8000 %d l S %d 0 m %d 8000 l S" % (i, i, i, i) for i in range(10, 8000, 15)),
        b"BT /F 1 Tf 1 0 0 1 1 700 Tm " + b"(aaaaaaaaaa) Tj " * 6_100 + b" ET",
    ],
    ids=["segments", "rules", "characters"],
)
def test_too_complex(content: bytes) -> None:
    data = makers.raw(content).replace(b"[0 0 595 842]", b"[0 0 8000 8000]")
    assert code_of(data) == "too_complex"


def test_grids_beyond_the_limits() -> None:
    data = makers.drawn()
    for field in ("max_rows", "max_columns", "max_cells"):
        assert code_of(data, replace(Limits(), **{field: 3})) == "too_complex"


def test_forms_that_contain_themselves() -> None:
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /X 6 0 R >> >> "
    body = b"/X Do 10 10 m 90 10 l S"
    form += b"/Length %d >>\nstream\n" % len(body) + body + b"\nendstream"
    data = makers.raw(b"/X Do BT /F 10 Tf 80 700 Td (text) Tj ET", extra=[form], resources=b"/XObject << /X 6 0 R >>")
    assert code_of(data) == "too_complex"


def test_deeply_nested_forms() -> None:
    def form(number: int) -> bytes:
        body = b"/X Do 10 10 m 90 10 l S"
        head = b"<< /Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /X %d 0 R >> >> "
        return head % (number + 1) + b"/Length %d >>\nstream\n" % len(body) + body + b"\nendstream"

    data = makers.raw(
        b"/X Do BT /F 10 Tf 80 700 Td (text) Tj ET",
        extra=[form(number) for number in range(6, 40)],
        resources=b"/XObject << /X 6 0 R >>",
    )
    assert code_of(data) == "too_complex"


def test_a_page_of_impossible_size() -> None:
    data = makers.raw(b"BT /F 10 Tf 80 700 Td (text) Tj ET")
    assert code_of(data.replace(b"[0 0 595 842]", b"[0 0 20000 842]")) == "too_complex"


def test_coordinates_beyond_reason() -> None:
    content = b"1e38 0 m 1e38 9e37 l S 0 0 1e38 1e38 re f BT /F 10 Tf 80 700 Td (text) Tj ET"
    assert read_pdf(makers.raw(content), limits=Limits()).blocks == (Paragraph("text", 1),)


SAMPLE = makers.typeset("标题 #table(columns: 3, [a], [b], [c], [1], [2], [3])")


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_damaged_bytes_give_a_document_or_a_reason(damage: list[tuple[int, int]]) -> None:
    data = bytearray(SAMPLE)
    for at, value in damage:
        data[at] = value
    try:
        read_pdf(bytes(data), limits=Limits())
    except DocumentError as error:
        assert "\n" not in str(error)


def test_the_message_is_one_line() -> None:
    with pytest.raises(DocumentError) as caught:
        read_pdf(b"x" * 10, limits=Limits())
    assert str(caught.value) == "mislabelled: no PDF header"


def test_pages_that_are_pictures_are_named_where_others_have_text() -> None:
    pdf = makers.blank()
    for line in range(6):
        pdf.text(80, 100 + 20 * line, "政府信息公开工作年度报告，其余各页为扫描件，文字在第一页和第四页。")
    for number in (2, 3, 4, 5):
        pdf.add_page()
        if number == 4:
            pdf.text(80, 100, "说明")
        if number < 5:
            pdf.image(Image.effect_noise((200, 280), 60), x=0, y=0, w=595)
    document = read_pdf(bytes(pdf.output()), limits=Limits())
    assert document.metadata["image_pages"] == "2,3"


def test_text_on_a_matrix_of_huge_numbers() -> None:
    """Found by the fuzz run: such a character has no angle (NaN)."""
    content = b"10001 0 0 -1 1 30 cm " * 12 + b"BT /F 9 Tf 80 700 Td (figures) Tj ET"
    assert not read_pdf(makers.raw(content), limits=Limits()).grids
