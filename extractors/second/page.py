"""HTML once more: libxml2 parses, one walk over its events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree, html

from extractors.limits import Limits
from extractors.marks import RAISED
from extractors.second.spans import Spanning, spread
from form.charset import decode
from form.errors import DocumentError
from form.grid import Document, Grid, Paragraph

READER: Final = "libxml2-" + ".".join(map(str, etree.LIBXML_VERSION))

_SILENT: Final = frozenset({"head", "script", "style", "noscript", "template", "iframe", "svg", "select", "textarea"})
_STRUCK: Final = frozenset({"s", "strike", "del", "rt", "rp"})
_UNREAD: Final = _SILENT | _STRUCK
#: what does not end a line of text; anything else does
_INLINE_NAMES: Final = (
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr o:p q rp rt ruby s samp "
    "small span strike strong sub sup time tt u var wbr st1:chsdate ucaptitle publishtime"
)
_INLINE: Final = frozenset(_INLINE_NAMES.split())
_UNSEEN: Final = re.compile(
    r"display\s*:\s*none|line-through|visibility\s*:\s*(?:hidden|collapse)"
    r"|(?<![\w-])opacity\s*:\s*0(?:\.0*)?%?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_OFF_LINE: Final = re.compile(r"vertical-align\s*:\s*(?:super|sub)", re.IGNORECASE)
_LEADING: Final = re.compile(r"\s*(\d{1,9})")
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")


def read_html_again(data: bytes, *, charset: str | None, limits: Limits) -> Document:
    """Grids and lines of text in source order; tables that hold tables are layout.

    Raises `DocumentError` (empty, too_complex, too_large).
    """
    text = decode(data, charset).replace("\x00", "")
    # huge_tree stays off: libxml2's own bounds on depth hold.
    root = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8", no_network=True))
    budget = limits.max_text
    blocks: list[Paragraph | Grid] = []
    cells = 0
    for block in _blocks(root, limits):
        blocks.append(block)
        texts = [block.text] if isinstance(block, Paragraph) else [cell.text for cell in block.cells]
        budget -= sum(map(len, texts))
        cells += block.rows * block.columns if isinstance(block, Grid) else 0
        if budget < 0 or cells > limits.max_cells:
            raise DocumentError("too_large" if budget < 0 else "too_complex")
    return Document(tuple(blocks), "text/html", READER)


def _blocks(root: html.HtmlElement, limits: Limits) -> Iterator[Paragraph | Grid]:
    for item in _pieces(root, tables=True):
        if isinstance(item, str):
            yield Paragraph(item)
        else:
            grid = _grid(item, limits)
            if grid.cells:
                yield grid


def _grid(table: html.HtmlElement, limits: Limits) -> Grid:
    rows = [[_spanning(cell, limits) for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
    return spread(rows, limits)


def _spanning(cell: html.HtmlElement, limits: Limits) -> Spanning:
    text = _text(cell)
    wide = max(1, _number(cell.get("colspan")))
    high = _number(cell.get("rowspan"))
    if wide > limits.max_columns or high > limits.max_rows:
        raise DocumentError("too_complex", f"a cell of {high} × {wide}")
    return Spanning(text, wide, high)


def _text(cell: html.HtmlElement) -> str:
    """The lines of text of a cell."""
    if len(cell):
        return "\n".join(piece for piece in _pieces(cell, tables=False) if isinstance(piece, str))
    # Most cells hold a figure and no mark-up: no walk for them.
    return "" if _silent(cell) else _trimmed(cell.text or "")


def _number(text: str | None) -> int:
    """A span as browsers read it; 1 where there is none."""
    if not text:
        return 1
    digits = _LEADING.match(text)
    return int(digits[1]) if digits else 1


def _pieces(root: html.HtmlElement, *, tables: bool) -> Iterator[str | html.HtmlElement]:
    """Lines of text below an element, and between them, if asked for, the tables that hold no table."""
    line: list[str] = []
    raised = 0
    walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, node in walk:
        own = node is not root
        if event == "start":
            grid = tables and node.tag == "table" and node.find(".//table") is None
            if own and node.tag not in _INLINE:
                yield from _line(line)
            raised += _raised(node)
            if grid or _silent(node):
                walk.skip_subtree()
            else:
                line.append(_said(node.text, raised))
            if grid:
                yield node
        elif own:
            if event == "end" and node.tag not in _INLINE:
                yield from _line(line)
            raised -= event == "end" and _raised(node)
            line.append(_said(node.tail, raised))
    yield from _line(line)


def _silent(node: html.HtmlElement) -> bool:
    """Whether what an element holds is not shown, or struck out."""
    return node.tag in _UNREAD or node.get("hidden") is not None or bool(_UNSEEN.search(node.get("style") or ""))


def _raised(node: html.HtmlElement) -> bool:
    """Whether an element sets its digits off the line."""
    if node.tag in ("sup", "sub"):
        return True
    return node.tag in _INLINE and bool(_OFF_LINE.search(node.get("style") or ""))


def _said(text: str | None, raised: int) -> str:
    return (text.translate(RAISED) if raised else text) if text else ""


def _line(parts: list[str]) -> Iterator[str]:
    """The line gathered so far, if it says anything; empties it."""
    text = _trimmed("".join(parts))
    parts.clear()
    if text:
        yield text


def _trimmed(text: str) -> str:
    return _BLANKS.sub(" ", text).strip(" ")
