"""Hostile text is shown, never obeyed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.text import clip, link, visible

ANY = st.text(st.characters(), max_size=60)  # surrogates and all


@given(ANY)
def test_visible_text_hides_nothing(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(c) for c in shown} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    shown.encode("utf-8")
    assert visible(shown) == shown


@given(st.text(st.characters(categories=("L", "N", "P", "S")), max_size=60))
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("兰州\u202e市", "兰州⟨U+202E⟩市"),
        ("a\u200bb\ufeff", "a⟨U+200B⟩b⟨U+FEFF⟩"),
        ("a\x00\x1b[31m", "a⟨U+0000⟩⟨U+001B⟩[31m"),
        ("甲\r\n\t 乙\u3000丙", "甲 乙 丙"),
        ("\ud800", "⟨U+D800⟩"),
        ("a\u2028b", "a⟨U+2028⟩b"),
        ('=HYPERLINK("x")', '=HYPERLINK("x")'),
    ],
)
def test_examples(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_long_text_says_how_long_it_was() -> None:
    assert clip("甲" * 10, 10) == "甲" * 10
    assert clip("甲" * 1000, 3) == "甲甲甲…（共 1000 字符）"


@pytest.mark.parametrize(
    "address",
    ["http://www.gansu.gov.cn/a.shtml?x=1&y=2#z", "https://h.cn/%E5%85%B0(1)~_[2]", "http://h.cn:8080/"],
)
def test_plain_addresses_are_linked(address: str) -> None:
    assert link(address) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http:///x",
        "//h.cn/x",
        'http://h.cn/"><script>',
        "http://h.cn/a b",
        "http://h.cn/\u202e",
        "http://www.gansu.gov.cn@evil.cn/",
        "http://еvil.cn/",  # Cyrillic
        "http://[::1/",
        "http://h.cn/\nx",
    ],
)
def test_other_addresses_are_not(address: str | None) -> None:
    assert link(address) is None


@given(ANY)
def test_links_are_never_more_than_http(text: str) -> None:
    found = link(text)
    assert found is None or found.startswith(("http://", "https://", "HTTP", "Http"))
    assert found is None or not set(found) & set("\"'<>\\ ")


@given(ANY)
def test_what_can_be_printed_is_looked_through_in_vain(text: str) -> None:
    assert all(visible(character) in (character, "") for character in text if character.isprintable())
