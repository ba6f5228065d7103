"""XML parts of office files: parsed without entities, network or unbounded trees."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from lxml import etree

from form.errors import DocumentError

#: an lxml element; lxml has no types
Element = Any

_WORD: Final = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
    "{http://schemas.microsoft.com/office/word/2003/wordml}",
)
_OFF: Final = ("0", "false", "off", "none")


def parse(part: bytes, name: str) -> Element:
    """The root of a part. Raises `DocumentError('unopened')` where it is no XML, has a DTD or nests too deeply."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(part, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DocumentError("unopened", f"{name}: {error}") from error
    # Office files have none; whoever writes one means harm.
    if root.getroottree().docinfo.doctype:
        raise DocumentError("unopened", f"{name}: DTD")
    return root


def local(node: Element) -> str:
    """The name of an element without its namespace."""
    return _local(node.tag)


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def child(node: Element, name: str) -> Element | None:
    """The first child of that name; None if there is none."""
    for one in node:
        if _local(one.tag) == name:
            return one
    return None


def value(node: Element, name: str = "val") -> str | None:
    """An attribute of WordprocessingML, in any of its namespaces."""
    return next((str(found) for space in _WORD if (found := node.get(space + name)) is not None), None)


def switched(properties: Element | None, name: str) -> bool | None:
    """An on/off property: True, False, or None where it is not given."""
    node = child(properties, name) if properties is not None else None
    return None if node is None else value(node) not in _OFF


def count(node: Element | None, default: int) -> int:
    """The whole number in a property's `val`; the default where there is none."""
    text = value(node) if node is not None else None
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default
