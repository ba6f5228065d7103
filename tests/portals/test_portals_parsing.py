"""Pages that a parser would chew on for hours are refused by their tags; those of editors are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from portals_support import article_page

from portals import obstacles
from portals.families.base import ListError, Page
from portals.families.markup import fragment, sheet
from portals.links import linked
from portals.parsing import MAX_DEPTH, MAX_TAGS, TooDeepError, parse

BASE = "http://x.gansu.example/a/b.html"


@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 1_000_000,
        "<div>" * (MAX_DEPTH + 1) + "<p>x",
        "<ul><li>" * (MAX_DEPTH + 1),
        "<b></p>" * (MAX_DEPTH + 1),
        "<div></x>" * (MAX_DEPTH + 1),
        "<DIV class='a'>" * (MAX_DEPTH + 1),
    ],
)
def test_too_deep(text: str) -> None:
    with pytest.raises(TooDeepError):
        parse(text)
    with pytest.raises(TooDeepError):
        linked(text, BASE)
    for reader in (lambda: sheet(Page(BASE, text)), lambda: fragment(text, BASE)):
        with pytest.raises(ListError):
            reader()
    found = obstacles.found(text.encode(), "text/html", "utf-8", "document")
    assert found is not None and found[0] == "damaged"


@pytest.mark.parametrize(
    "text",
    [
        "<p>" + "<span>字</span>" * 40_000,
        "<TABLE>" + "<TR><TD>1<TD>2" * 10_000,
        "<p>x<br>" * 20_000,
        "<div>" * 500 + "x" + "</div>" * 500,
        "<ul>" + "<li><a href='/x'>y</a></li>" * 10_000 + "</ul>",
    ],
)
def test_as_editors_write(text: str) -> None:
    assert len(text) > 1000 and text.count("<") < MAX_TAGS
    assert parse(text).body is not None


def test_what_stands_around_many_links_is_not_read_for_each() -> None:
    """Thousands of links in one item of megabytes, lists in lists: their product would be hours of copying."""
    long = "x" * 3_000_000
    for text in (
        "<table><tr>" + "<td><a href=x>t</a>" * 2000 + long,
        "<ul><li><a href=x>t</a>" * 1900 + long,
        "<table><tr><td>" * 1900 + "<a href=x>2023</a>" + long,
        "<div>" * 1900 + "<a href=x>2023年</a>" * 3000 + "<img src=y>" * 3000,
    ):
        sheet(Page(BASE, text))
        linked(text, BASE)


@given(st.text(max_size=300))
def test_anything_short_is_parsed(text: str) -> None:
    assert parse(text) is not None
    assert parse(article_page(text)).body is not None
