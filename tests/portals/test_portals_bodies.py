from __future__ import annotations

import gzip
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portals import addresses, bodies
from portals.problems import FetchError

TEXT = "政府信息公开年度报告㐀䶮"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode(), ""),
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "gbk"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), ""),
        (TEXT.encode("gb18030"), "gb2312"),
        (TEXT.encode("gb18030"), "GBK"),
        (TEXT.encode("gb18030"), ""),
        (TEXT.encode("gb18030"), "utf-8"),  # a header that lies
        (TEXT.encode("gb18030"), "no-such-charset"),
    ],
)
def test_text_is_decoded(body: bytes, charset: str) -> None:
    assert bodies.text(body, charset) == TEXT


@pytest.mark.parametrize(
    ("codec", "charset"),
    [("utf-8", "utf-8"), ("utf-8", ""), ("utf-8", "gbk"), ("gb18030", "gbk"), ("gb18030", ""), ("gb18030", "utf-8")],
)
def test_a_torn_character_is_all_that_is_lost(codec: str, charset: str) -> None:
    """A title cut inside a character, as list templates do, leaves the rest of the page what it is."""
    title = TEXT[:-2]
    torn = f"<li>{title}</li><li>{title}".encode(codec)[:-1] + f"...</li><li>{title}</li>".encode(codec)
    assert bodies.text(torn, charset).count(f"<li>{title}</li>") == 2


def test_utf8_is_not_read_as_gb_because_a_header_says_so() -> None:
    assert "信息公开".encode().decode("gb18030"), "it could be"
    assert bodies.text("信息公开".encode(), "gbk") == "信息公开"


def test_the_page_says_its_own_charset() -> None:
    for meta in ('<meta charset="gb2312">', "<META http-equiv=Content-Type content='text/html; charset=GBK'>"):
        page = f"<html><head>{meta}</head>{TEXT}"
        assert bodies.text(page.encode("gb18030"), "") == page


@given(st.binary(), st.sampled_from(["", "utf-8", "gbk", "base64", "idna", "utf-16", "\x00"]))
def test_any_bytes_are_decoded(body: bytes, charset: str) -> None:
    assert isinstance(bodies.text(body, charset), str)


@given(st.binary(), st.sampled_from(["gzip", "deflate", "x-gzip", "br", ""]))
def test_any_bytes_inflate_or_are_refused(raw: bytes, encoding: str) -> None:
    try:
        assert len(bodies.inflate(raw, encoding, 1000)) <= max(1000, len(raw))
    except FetchError as error:
        assert error.code in {"encoding", "too_large"}


def test_all_members_of_gzip_are_the_body() -> None:
    """Some servers and caches end a member with every block; what follows the last one is no body."""
    halves = gzip.compress(b"a" * 9000) + gzip.compress(os.urandom(20_000) + b"b")
    whole = bodies.inflate(halves + b"\0" * 9, "gzip", 29_001)
    assert (len(whole), whole[:9000], whole[-1:]) == (29_001, b"a" * 9000, b"b")
    assert bodies.inflate(halves, "gzip", 9000, exact=True) == b"a" * 9000, "captures of when only one was read"
    for raw, cap, code in ((halves, 29_000, "too_large"), (halves[:-9], 29_001, "encoding"),
                           (gzip.compress(b"") * 20_000, 9, "encoding")):  # fmt: skip
        with pytest.raises(FetchError) as caught:
            bodies.inflate(raw, "gzip", cap)
        assert caught.value.code == code


@pytest.mark.parametrize(
    ("body", "media_type", "page"),
    [
        (b"%PDF-1.7 <html>", "text/html", False),
        (b"PK\x03\x04...", "text/html", False),
        (b"<!DOCTYPE html><p>x", "", True),
        (b"<div >x", "application/octet-stream", True),
        (b"plain", "text/html", True),
        (b"plain", "text/plain", False),
        (b"", "", False),
    ],
)
def test_what_is_a_page(body: bytes, media_type: str, page: bool) -> None:
    assert bodies.is_page(body, media_type) is page


@given(st.text(), st.text())
def test_joined_addresses_are_checked_or_none(base: str, link: str) -> None:
    joined = addresses.join("http://a.gansu.example/b/" + base, link)
    if joined is not None:
        assert joined.isascii() and "#" not in joined and joined.startswith(("http://", "https://"))
        assert addresses.join(joined, joined) == joined, "one spelling"
        try:
            assert addresses.check(joined, {"a.gansu.example"}) == "a.gansu.example"
        except FetchError as error:
            assert error.code == "refused"


@pytest.mark.parametrize(
    ("link", "joined"),
    [
        ("a.html;jsessionid=0F3C!-12", "http://a.example/b/a.html"),
        ("a.jsp;JSESSIONID=0F.n1?id=3", "http://a.example/b/a.jsp?id=3"),
        ("c;jsessionid=1/a.html", "http://a.example/b/c/a.html"),
        ("a;v=2.html", "http://a.example/b/a;v=2.html"),
    ],
)
def test_a_session_is_no_part_of_an_address(link: str, joined: str) -> None:
    assert addresses.join("http://a.example/b/", link) == joined
