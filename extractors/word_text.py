"""The printed text of a Word paragraph: what is shown, not what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from extractors.office_xml import Element, child, local, switched, value

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
    """A paragraph's text, and the boxes of text (`w:txbxContent`) anchored in it."""

    text: str = ""
    boxes: list[Element] = field(default_factory=list)


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


def line_of(paragraph: Element, hidden: frozenset[str]) -> Line:
    """The printed text of a paragraph; `hidden` are the styles whose text is not shown."""
    return _Reading(hidden, _style(child(paragraph, "pPr"), "pStyle") in hidden).line(paragraph)


def hidden_styles(root: Element | None) -> frozenset[str]:
    """The ids of the styles in `styles.xml` that hide their text, by themselves or by what they are based on."""
    own: dict[str, bool | None] = {}
    based: dict[str, str] = {}
    for style in root if root is not None else ():
        name = value(style, "styleId") if local(style) == "style" else None
        if name:
            own[name] = switched(child(style, "rPr"), "vanish")
            based[name] = _style(style, "basedOn")
    return frozenset(name for name in own if _hides(name, own, based))


def _hides(name: str, own: dict[str, bool | None], based: dict[str, str]) -> bool:
    for _ in range(10):
        if own.get(name) is not None:
            return bool(own[name])
        name = based.get(name, "")
    return False


def _style(properties: Element | None, kind: str) -> str:
    node = child(properties, kind) if properties is not None else None
    return (value(node) or "") if node is not None else ""


class _Reading:
    """Goes through one paragraph and knows whether it is inside the code of a field."""

    def __init__(self, hidden: frozenset[str], all_hidden: bool) -> None:
        self._hidden = hidden
        self._all_hidden = all_hidden
        #: for each open field, whether its code is still being read
        self._codes: list[bool] = []
        self._pieces: list[str] = []
        self._boxes: list[Element] = []

    def line(self, paragraph: Element) -> Line:
        self._walk(paragraph)
        return Line("".join(self._pieces), self._boxes)

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
        shown = switched(properties, "vanish")
        if shown is None:
            shown = self._all_hidden or _style(properties, "rStyle") in self._hidden
        if shown:
            # Fields begin and end in hidden runs, too.
            for mark in run.iterchildren("{*}fldChar"):
                self._field(value(mark, "fldCharType"))
            return
        self._walk(run)

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
            self._pieces.append(text)


def _symbol(node: Element) -> str:
    """A character given by its place in a font; one that only the font knows stays visibly unknown."""
    try:
        code = int(value(node, "char") or "", 16)
    except ValueError:
        return _UNKNOWN
    if 0xF020 <= code <= 0xF07E:
        return chr(code - 0xF000) if (value(node, "font") or "").lower() in _SYMBOL_FONTS else _UNKNOWN
    return chr(code) if code < 0xD800 else _UNKNOWN
