"""The printed text of a Word paragraph: what is shown, not what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from extractors.marks import RAISED
from extractors.office_xml import Element, child, local, value
from extractors.word_styles import Looks, Styles, style_of

#: not printed: deleted text, codes of fields, properties, phonetic guides
_UNPRINTED: Final = frozenset((
    "del", "moveFrom", "delText", "instrText", "delInstrText", "rt",
    "pPr", "rPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr",
))  # fmt: skip
_BREAKS: Final = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
#: elements that only wrap others
_WRAPPERS: Final = frozenset((
    "sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "AlternateContent", "Choice", "Fallback",
    "sect", "sub-section", "annotation", "content",
))  # fmt: skip
_DELETED: Final = frozenset(("del", "moveFrom"))
#: where Word 2003 XML says what kind of change an `annotation` is
_KIND: Final = "{http://schemas.microsoft.com/office/word/2003/wordml}type"
_SYMBOL_FONTS: Final = frozenset(("symbol",))
_UNKNOWN: Final = "\ufffd"


@dataclass(slots=True)
class Line:
    """A paragraph's text, the boxes of text (`w:txbxContent`) anchored in it, and whether some text is struck out."""

    text: str = ""
    boxes: list[Element] = field(default_factory=list)
    struck: bool = False


def inside(node: Element) -> Iterator[Element]:
    """The printed children of an element; those of wrappers (content controls, insertions) in their place."""
    for one in chosen(node):
        name = local(one)
        if name in _WRAPPERS:
            yield from inside(one)
        elif name not in _DELETED:
            yield one


def chosen(node: Element) -> Iterator[Element]:
    """The children of an element; of alternatives for different programs only the first."""
    if local(node) == "AlternateContent":
        yield from node[:1]
    elif node.get(_KIND) != "Word.Deletion":
        yield from node


def line_of(paragraph: Element, styles: Styles) -> Line:
    """The printed text of a paragraph in a document with these styles."""
    return _Reading(styles, style_of(child(paragraph, "pPr"), "pStyle")).line(paragraph)


class _Reading:
    """Goes through one paragraph and knows whether it is inside the code of a field."""

    def __init__(self, styles: Styles, style: str) -> None:
        self._styles = styles
        self._style = style
        #: for each open field, whether its code is still being read
        self._codes: list[bool] = []
        self._pieces: list[str] = []
        self._boxes: list[Element] = []
        self._struck = False
        #: the look of the run, and the pieces that are shifted off the line
        self._look = Looks()
        self._shifted: list[int] = []

    def line(self, paragraph: Element) -> Line:
        self._walk(paragraph)
        # Where all of a line is shifted, it is the line.
        if len(self._shifted) < sum(1 for piece in self._pieces if piece.strip()):
            for at in self._shifted:
                self._pieces[at] = self._pieces[at].translate(RAISED)
        return Line("".join(self._pieces), self._boxes, self._struck)

    def _walk(self, node: Element) -> None:
        for one in chosen(node):
            name = local(one)
            if name == "r":
                self._run(one)
            elif name == "txbxContent":
                self._boxes.append(one)
            elif name == "fldChar":
                self._field(value(one, "fldCharType"))
            elif name not in _UNPRINTED:
                self._say(one, name)

    def _run(self, run: Element) -> None:
        properties = child(run, "rPr")
        look = self._styles.look(properties, self._style)
        if look.hidden:
            # Fields begin and end in hidden runs, too.
            for mark in run.iterchildren("{*}fldChar"):
                self._field(value(mark, "fldCharType"))
            return
        around, self._look = self._look, look
        self._walk(run)
        self._look = around

    def _field(self, kind: str | None) -> None:
        if kind == "begin":
            self._codes.append(True)
        elif kind == "separate" and self._codes:
            self._codes[-1] = False
        elif kind == "end" and self._codes:
            self._codes.pop()

    def _say(self, node: Element, name: str) -> None:
        text = _BREAKS.get(name, "")
        if name == "t":
            text = node.text or ""
        elif name == "sym":
            text = _symbol(node)
        elif not text:
            self._walk(node)
        if text and not any(self._codes):
            self._take(text)

    def _take(self, text: str) -> None:
        look = self._look
        if look.struck:
            self._struck = self._struck or bool(text.strip())
            return
        if look.shifted and text.strip():
            self._shifted.append(len(self._pieces))
        self._pieces.append(text.translate(RAISED) if look.raised else text)


def _symbol(node: Element) -> str:
    """A character given by its place in a font; one that only the font knows stays visibly unknown."""
    try:
        code = int(value(node, "char") or "", 16)
    except ValueError:
        return _UNKNOWN
    if 0xF020 <= code <= 0xF07E:
        return chr(code - 0xF000) if (value(node, "font") or "").lower() in _SYMBOL_FONTS else _UNKNOWN
    return chr(code) if code < 0xD800 else _UNKNOWN
