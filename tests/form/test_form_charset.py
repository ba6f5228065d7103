"""One rule for the charset of a page, where those who fetch pages and those who read them once differed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from form.charset import decode
from portals import bodies

TEXT = "某县人民政府信息公开工作年度报告，本年新收政府信息公开申请数量，行政许可一百二十件。"
LONG = f'<meta http-equiv="Content-Type" id="{"x" * 230}" content="text/html; charset=big5">'


@pytest.mark.parametrize("declared", ["utf-8", "gbk", "no-such-charset"])
def test_damaged_utf8_is_not_read_as_gb_that_its_bytes_happen_to_be(declared: str) -> None:
    """A title that a program cut inside a character: what is left is well-formed GB 18030."""
    page = f'<meta charset="{declared}"><p>{"信息" * 20}</p><title>'.encode() + "信".encode()[:2] + b"</title>"
    assert page.decode("gb18030")
    assert "信息" * 20 in decode(page)


def test_a_short_text_in_gb_is_gb_though_much_of_it_might_be_utf8() -> None:
    short = "模模模北".encode("gbk")
    assert decode(short, "gbk") == decode(short) == "模模模北"


def test_what_a_long_meta_declares_counts() -> None:
    page = LONG + "信息公開年度報告"
    assert decode(page.encode("big5")) == page


def test_strange_codecs_of_pythons_are_not_tried() -> None:
    assert decode(TEXT.encode("gb18030"), "cp1026") == decode(TEXT.encode("gb18030"), "utf-7") == TEXT


@given(st.binary(), st.sampled_from([None, "", "gbk", "utf-16", "big5", "hz", "UTF-8 ", "idna"]))
def test_any_bytes_are_text_and_the_same_to_all(data: bytes, charset: str | None) -> None:
    assert decode(data, charset) == bodies.text(data, charset or "")
