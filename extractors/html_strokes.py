"""Marks up in a page's own text what its elements say of it: a note's mark, struck out, or not shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extractors.marks import RAISED, STRUCK

#: stands for struck text; a character that no text holds
_GONE: Final = "\ufdd0"
#: ruby's text is set small beside its base
_STROKES: Final = "s,strike,del,rt,rp,sup,sub"
_NOTES: Final = frozenset(("sup", "sub"))
#: in a style; asked for only where the page's source has the words
_LINE: Final = ("line-through", '[style*="line-through" i]')
_VEILED: Final = (
    ("visibility", '[style*="visibility" i]', re.compile(r"visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)),
    (
        "opacity",
        '[style*="opacity" i]',
        re.compile(r"(?<![\w-])opacity\s*:\s*0(?:\.0*)?%?\s*(?:;|!|$)", re.IGNORECASE),
    ),
)
_ALIGNED: Final = ("vertical-align", '[style*="vertical-align" i]')
_SHIFTED: Final = re.compile(r"vertical-align\s*:\s*(?:super|sub)", re.IGNORECASE)
#: what stands in a line; in a cell the same words align its whole content
_INLINE: Final = frozenset(("a", "b", "big", "em", "font", "i", "label", "small", "span", "strong", "u"))
_TEXT: Final = "-text"


def draw_strokes(tree: LexborHTMLParser, source: str) -> None:
    """Put raised digits where digits are set off the line, and a sign where text is struck or not to be seen."""
    found = tree.css(_STROKES)
    struck = [node for node in found if node.tag not in _NOTES] + _styled(tree, source, *_LINE)
    for words, selector, shape in _VEILED:
        struck += [node for node in _styled(tree, source, words, selector) if shape.search(_style(node))]
    raised = [node for node in found if node.tag in _NOTES]
    raised += [
        node for node in _styled(tree, source, *_ALIGNED) if node.tag in _INLINE and _SHIFTED.search(_style(node))
    ]
    _rewrite(struck, lambda text: _GONE if text.strip() else text)
    _rewrite(raised, lambda text: text.translate(RAISED))


def without_struck(text: str) -> tuple[str, float]:
    """The text that is left, and how sure it is."""
    if _GONE not in text:
        return text, 1.0
    lines = (line.strip() for line in text.replace(_GONE, "").split("\n"))
    return "\n".join(line for line in lines if line), STRUCK


def _style(node: LexborNode) -> str:
    return node.attributes.get("style") or ""


def _styled(tree: LexborHTMLParser, source: str, words: str, selector: str) -> list[LexborNode]:
    return tree.css(selector) if words in source or words.upper() in source else []


def _rewrite(nodes: Iterable[LexborNode], change: Callable[[str], str]) -> None:
    """Change the texts below some elements; those in one another are gone through once."""
    own = {node.mem_id: node for node in nodes}
    for node in own.values():
        within = [node]
        while within:
            for child in list(within.pop().iter(include_text=True)):
                if child.tag == _TEXT:
                    before = child.text_content or ""
                    after = change(before)
                    if after != before:
                        child.replace_with(after)
                elif child.mem_id not in own:
                    within.append(child)
