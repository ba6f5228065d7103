"""The address that a page's links are relative to: its own, unless it names another (`<base href>`; JSP sites do)."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from portals import addresses


def base_of(tree: LexborHTMLParser, address: str) -> str:
    """What the links of a page at an address are joined to; it is no more trusted than any link of the page."""
    node = tree.css_first("base[href]")
    return (addresses.join(address, node.attributes.get("href") or "") if node is not None else None) or address
