"""How runs of a docx are shown: by their own properties, their style's, or their paragraph's."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final

from lxml import etree

#: transitional and strict
WORD: Final = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
#: struck or hidden, small and off the line as marks of notes are, or off the line in full size
Looks = dict[str, bool]

_STYLES: Final = "word/styles.xml"
#: unpacked, in bytes; Word's own has some 40,000
_MAX_PART: Final = 5_000_000
#: half points: text moved by less stands on the line
_OFF: Final = 4
#: styles are based on one another to this depth
_DEEP: Final = 10
_MUTE: Final = {"vanish": "hidden", "strike": "struck", "dstrike": "struck"}


def value(node: Any, default: str) -> str:
    """The attribute `w:val`."""
    return next((str(node.get(f"{space}val")) for space in WORD if node.get(f"{space}val") is not None), default)


def note(looks: Looks, node: Any) -> None:
    """Add what one property says to what the others of its run or style said."""
    name = node.tag.rpartition("}")[2]
    if name in _MUTE:
        looks[_MUTE[name]] = looks.get(_MUTE[name], False) or value(node, "1") not in ("0", "false", "off")
    elif name == "vertAlign":
        looks["raised"] = value(node, "") in ("superscript", "subscript")
    elif name == "position":
        digits = value(node, "").removeprefix("-")
        looks["shifted"] = digits.isascii() and digits.isdigit() and len(digits) < 7 and int(digits) >= _OFF


def styles_of(package: zipfile.ZipFile) -> dict[str, Looks]:
    """What each style of a docx says, and what those say that it is based on; a damaged part says nothing."""
    if _STYLES not in package.namelist():
        return {}
    with package.open(_STYLES) as part:
        xml = part.read(_MAX_PART + 1)
    own: dict[str, Looks] = {}
    based: dict[str, str] = {}
    style = ""
    try:
        events = etree.iterparse(BytesIO(xml[:_MAX_PART]), resolve_entities=False, no_network=True, events=("start",))
        for _, node in events:
            name = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
            if name == "style":
                style = next((str(node.get(f"{space}styleId")) for space in WORD if node.get(f"{space}styleId")), "")
                own[style] = {}
            elif name == "basedOn":
                based[style] = value(node, "")
            elif style:
                note(own[style], node)
    except etree.XMLSyntaxError:
        return {}
    return {name: looks for name in own if (looks := _inherited(name, own, based))}


def _inherited(name: str, own: Mapping[str, Looks], based: Mapping[str, str]) -> Looks:
    looks: Looks = {}
    for _ in range(_DEEP):
        if name not in own:
            break
        looks = own[name] | looks
        name = based.get(name, "")
    return looks
