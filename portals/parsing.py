"""HTML of strangers, parsed only where it is no deeper and no fuller of tags than pages are.

The parser's time grows with the square of the depth and worse (30,000 nested `<div>`: 8 seconds, 20,000 nested
lists: 14), it cannot be interrupted, and it holds up every thread. The depth is estimated by the tags alone, which a
page that knows how can deceive; so the number of tags is bounded as well: minutes at worst, not hours.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from selectolax.lexbor import LexborHTMLParser

MAX_DEPTH: Final = 2000
MAX_TAGS: Final = 100_000
_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
#: Elements that have no end tag, or need none: old pages leave thousands of them open, side by side.
_FLAT: Final = frozenset((
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"),
    *("param", "source", "track", "wbr", "p", "li", "dd", "dt", "td", "th"),
    *("tr", "tbody", "thead", "tfoot", "colgroup", "option", "optgroup", "rt", "rp", "body"),
    *("html", "head"),
))  # fmt: skip


class TooDeepError(Exception):
    """A page nested deeper, or with more tags, than any page is; one line."""


def parse(html: str) -> LexborHTMLParser:
    """The tree of a page. Raises `TooDeepError`."""
    tags = html.count("<")
    if tags > MAX_TAGS:
        raise TooDeepError(f"{tags} tags")
    if tags > MAX_DEPTH and _is_deep(html):
        raise TooDeepError(f"nested more than {MAX_DEPTH} deep")
    return LexborHTMLParser(html)


def _is_deep(html: str) -> bool:
    """Whether more elements are open at once than `MAX_DEPTH`, by their tags; end tags of nothing do not count."""
    opened: Counter[str] = Counter()
    depth = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if name in _FLAT:
            continue
        if not tag[1]:
            opened[name] += 1
            depth += 1
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
        if depth > MAX_DEPTH:
            return True
    return False
