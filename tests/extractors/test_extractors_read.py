"""Files are told by what they hold, whatever they are called."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from extractors.limits import Limits
from extractors.office_ole import MAGIC
from extractors.read import read
from extractors.sniff import sniff
from form.errors import DocumentError
from form.recognise import read_reports


def _zip(*names: str, types: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<w:document/>")
        if types:
            archive.writestr("[Content_Types].xml", f"<Override ContentType='application/{types}.main+xml'/>")
    return buffer.getvalue()


def _ole(*names: str) -> bytes:
    """A compound file with no more than its directory."""
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\x00")
        + (2 * len(name) + 2).to_bytes(2, "little")
        + b"\x02"
        + b"\x00" * 61
        for name in names
    )
    head = MAGIC.ljust(30, b"\x00") + b"\x09\x00" + b"\x00" * 16 + b"\x01\x00\x00\x00"
    fat = b"\xfd\xff\xff\xff" + b"\xfe\xff\xff\xff" * 127
    return head.ljust(76, b"\x00") + b"\x00" * 436 + fat + entries.ljust(512, b"\x00")


def _picture(form: str, size: tuple[int, int] = (2, 2)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size).save(buffer, form)
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
        (b"PK\x03\x04 cut off", "zip"),
        (_zip("word/document.xml"), "docx"),
        (_zip("xl/workbook.xml"), "xlsx"),
        (_zip("OFD.xml"), "ofd"),
        (_zip("word/document.xml", "xl/workbook.xml", types="vnd.x-spreadsheetml.sheet"), "xlsx"),
        (_zip("a.xml", types="vnd.ms-word.document.macroEnabled"), "docx"),
        (_zip("xl/workbook.bin", types="vnd.ms-excel.sheet.binary.macroEnabled"), "zip"),
        (_zip("a.pdf", "b.txt"), "zip"),
        (MAGIC + b"\x00", "ole"),
        (_ole("PowerPoint Document"), "ole"),
        (_ole("Root", "WordDocument", "1Table"), "doc"),
        (_ole("Workbook"), "xls"),
        (_ole("Book"), "xls"),
        (_ole("CONTENTS"), "works"),
        (_ole("EncryptionInfo", "EncryptedPackage"), "encrypted"),
        (b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument>', "wordxml"),
        (_picture("PNG"), "png"),
        (_picture("JPEG"), "jpeg"),
        (_picture("GIF"), "gif"),
        (_picture("BMP"), "bmp"),
        (_picture("TIFF"), "tiff"),
        (_picture("WEBP"), "webp"),
        (b"BM and other letters", "text"),
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
        (_zip("a.txt"), "a.zip", "unsupported"),
        (_zip("a.txt"), "a.docx", "mislabelled"),
        (_zip("OFD.xml"), "a.ofd", "unsupported"),
        (_zip("word/document.xml")[:-30], "a.docx", "truncated"),
        (MAGIC + b"\x00", "a.doc", "truncated"),
        (_ole("PowerPoint Document"), "a.ppt", "unsupported"),
        (_ole("PowerPoint Document"), "a.doc", "mislabelled"),
        (_ole("EncryptedPackage"), "a.docx", "encrypted"),
        (_ole("Workbook"), "a.xls", "unopened"),
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


# What starts LibreOffice takes seconds; hypothesis knows the marks from our own sources.
@given(st.binary(max_size=200).filter(lambda data: b"%PDF" not in data and b"{\\rtf" not in data))
def test_any_bytes_give_a_document_or_the_one_error(data: bytes) -> None:
    try:
        read(data)
    except DocumentError:
        return
