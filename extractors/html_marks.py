"""What a page says of itself: title, publisher, date, site, by its own marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from form.grid import Grid, Paragraph

_DATE: Final = re.compile(r"(20\d\d)\s*[-年/.]\s*(\d{1,2})\s*[-月/.]\s*(\d{1,2})")
_MAX: Final = 300

#: fact -> names of `<meta>`, lower case, best first
_METAS: Final = {
    "title": ("articletitle",),
    "publisher": ("contentsource", "publisher"),
    "published": ("pubdate", "publishdate", "article:published_time"),
    "site": ("sitename",),
}
#: fact -> tags of their own (UCAP)
_TAGS: Final = {"title": "ucaptitle", "published": "publishtime"}
#: words that name a fact beside or before it
_WORDS: Final = {
    "publisher": re.compile(r"^(?:发布机构|发文机关|发布单位|发文单位|公开主体|责任部门|发布部门)[:：]?\s*(.*)$"),
    "published": re.compile(r"(?:发布时间|发布日期|公开日期|公开时间|发文时间|信息时间)[:：]?\s*(.*)$"),
}


@dataclass(frozen=True, slots=True)
class PageMarks:
    """Facts of the page's head and tags."""

    facts: Mapping[str, str]

    def with_blocks(self, blocks: Sequence[Paragraph | Grid]) -> dict[str, str]:
        """The facts, and those that only the page's text names."""
        found = dict(self.facts)
        for name in ("publisher", "published"):
            if name not in found:
                value = next(_named(name, blocks), None)
                if value:
                    found[name] = value
        return found


def page_marks(tree: LexborHTMLParser) -> PageMarks:
    """The facts of `<title>`, `<meta>` and UCAP's tags. To be called before anything is removed."""
    metas: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        content = " ".join((attributes.get("content") or "").split())
        if name and content:
            metas.setdefault(name, content[:_MAX])
    facts: dict[str, str] = {}
    for fact, names in _METAS.items():
        value = _tag(tree, _TAGS.get(fact)) or next((metas[n] for n in names if n in metas), None)
        if fact == "title" and not value:
            value = _tag(tree, "title")
        if fact == "published":
            value = _iso(value or "")
        if value:
            facts[fact] = value
    return PageMarks(facts)


def _tag(tree: LexborHTMLParser, name: str | None) -> str | None:
    node = tree.css_first(name) if name else None
    return " ".join(node.text().split())[:_MAX] or None if node is not None else None


def _iso(text: str) -> str | None:
    hit = _DATE.search(text)
    if not hit:
        return None
    year, month, day = (int(part) for part in hit.groups())
    return f"{year:04}-{month:02}-{day:02}" if 1 <= month <= 12 and 1 <= day <= 31 else None


def _named(name: str, blocks: Sequence[Paragraph | Grid]) -> Iterator[str]:
    pattern = _WORDS[name]
    for text, after in _pairs(blocks):
        hit = pattern.search(text[:_MAX])
        if hit:
            value = hit[1].strip() or after.strip()
            value = (_iso(value) or "") if name == "published" else value.split("\n", maxsplit=1)[0][:_MAX]
            if value:
                yield value


def _pairs(blocks: Sequence[Paragraph | Grid]) -> Iterator[tuple[str, str]]:
    """Texts with the text that follows: the next cell of a row, the next paragraph."""
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            after = blocks[index + 1] if index + 1 < len(blocks) else None
            yield block.text, after.text if isinstance(after, Paragraph) else ""
            continue
        if len(block.cells) > 60:
            continue
        for cell, other in zip(block.cells, (*block.cells[1:], None), strict=True):
            same = other is not None and other.row == cell.row
            yield cell.text, other.text if same and other is not None else ""
