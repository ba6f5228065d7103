"""Files are told by what they hold, whatever they are called."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.limits import Limits
from extractors.read import read
from extractors.sniff import sniff
from form.errors import DocumentError
from form.recognise import read_reports


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


LOGIN = (
    "<!DOCTYPE html><html><head><title>用户登录</title></head><body><form><input name=u></form>请登录</body></html>"
)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b" \r\n\x00", "empty"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\r\n\x00junk %PDF-1.4", "pdf"),
        (LOGIN.encode(), "html"),
        (b"\xef\xbb\xbf\n<!-- x --><html>", "html"),
        (b"\xff\xfe" + LOGIN.encode("utf-16-le"), "html"),
        ("<p>政府信息".encode("gb18030"), "html"),
        (_zip(), "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "ole"),
        (b"\x89PNG\r\n\x1a\n\x00", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"{\\rtf1", "rtf"),
        ("只有文字".encode(), "text"),
        (b"\x01\x00\x02", "unknown"),
    ],
)
def test_kinds(data: bytes, kind: str) -> None:
    assert sniff(data) == kind


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.pdf", "empty"),
        (_zip(), "a.docx", "unsupported"),
        (_zip(), "a.pdf", "mislabelled"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "a.doc", "unsupported"),
        (b"\x89PNG\r\n\x1a\n\x00", "a.html", "mislabelled"),
        (b"plain", "", "unsupported"),
        (b"%PDF-1.7 and nothing more", "a.pdf", None),
    ],
)
def test_refusals(data: bytes, name: str, code: str | None) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data, name=name)
    assert code in (None, caught.value.code)
    assert "\n" not in str(caught.value)


def test_a_login_page_saved_as_pdf_is_read_as_what_it_is_and_holds_no_report() -> None:
    document = read(LOGIN.encode(), name="2023年报.pdf")
    assert document.media_type == "text/html"
    with pytest.raises(DocumentError) as caught:
        read_reports(document)
    assert caught.value.code == "not_a_report"


def test_the_charset_of_the_header_is_passed_on() -> None:
    document = read("<p>年度报告</p>".encode("gb18030"), charset="gbk")
    assert document.blocks[0].text == "年度报告"  # type: ignore[union-attr]


def test_too_large_before_anything_is_read() -> None:
    with pytest.raises(DocumentError) as caught:
        read(b"%PDF-1.7" + b"0" * 100, limits=Limits(max_bytes=50))
    assert caught.value.code == "too_large"


def test_html_needs_no_pdf_reader() -> None:
    """Its libraries take a second to import: a page must not pay for them."""
    code = (
        "import sys; from extractors.read import read; read(b'<p>x</p>');"
        "assert not {'camelot', 'pypdfium2', 'pandas'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@given(st.binary(max_size=200).filter(lambda data: b"%PDF" not in data))
def test_any_bytes_give_a_document_or_the_one_error(data: bytes) -> None:
    try:
        read(data)
    except DocumentError:
        return
