"""How Word shows a run of text: hidden, struck out, raised or lowered; by itself or by its styles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from extractors.office_xml import Element, child, local, switched, value

#: styles are based on one another to this depth
_DEEP: Final = 10
#: half points: text moved by less stands on the line all the same
_OFF: Final = 4
_MARKS: Final = ("superscript", "subscript")


class Looks(NamedTuple):
    """How a run is shown; None where nothing says so.

    `raised` is small and off the line, as the marks of notes are; `shifted` is off the line in full size, and so may
    be all that stands in a cell.
    """

    hidden: bool | None = None
    struck: bool | None = None
    raised: bool | None = None
    shifted: bool | None = None

    def over(self, other: Looks) -> Looks:
        """This look, and where it says nothing the other's."""
        return Looks(*(mine if mine is not None else theirs for mine, theirs in zip(self, other, strict=True)))


_PLAIN: Final = Looks()


class Styles:
    """The looks that styles give; those of a run are its own, its style's, or its paragraph's."""

    def __init__(self, looks: Mapping[str, Looks]) -> None:
        self._looks = {name: look for name, look in looks.items() if look != _PLAIN}

    def look(self, properties: Element | None, paragraph: str) -> Looks:
        """How a run with these properties is shown in a paragraph of that style."""
        if properties is None:
            return self._looks.get(paragraph, _PLAIN)
        look = _own(properties)
        if not self._looks:
            return look
        for name in (style_of(properties, "rStyle"), paragraph):
            look = look.over(self._looks.get(name, _PLAIN))
        return look


def styles_of(root: Element | None) -> Styles:
    """What the styles in `styles.xml` show, by themselves or by what they are based on."""
    own: dict[str, Looks] = {}
    based: dict[str, str] = {}
    for style in root if root is not None else ():
        name = value(style, "styleId") if local(style) == "style" else None
        if name:
            properties = child(style, "rPr")
            own[name] = _own(properties) if properties is not None else _PLAIN
            based[name] = style_of(style, "basedOn")
    return Styles({name: _inherited(name, own, based) for name in own})


def style_of(properties: Element | None, kind: str) -> str:
    """The id of the style that an element names; empty where it names none."""
    node = child(properties, kind) if properties is not None else None
    return (value(node) or "") if node is not None else ""


def _inherited(name: str, own: Mapping[str, Looks], based: Mapping[str, str]) -> Looks:
    look = _PLAIN
    for _ in range(_DEEP):
        if name not in own:
            break
        look = look.over(own[name])
        name = based[name]
    return look


def _own(properties: Element) -> Looks:
    hidden = struck = raised = shifted = None
    for one in properties:
        name = local(one)
        if name == "vanish":
            hidden = switched(properties, "vanish")
        elif name in ("strike", "dstrike"):
            struck = struck or switched(properties, name)
        elif name == "vertAlign":
            raised = value(one) in _MARKS
        elif name == "position":
            shifted = _far(value(one) or "")
    return Looks(hidden, struck, raised, shifted)


def _far(half_points: str) -> bool:
    digits = half_points.removeprefix("-").partition(".")[0]
    return digits.isascii() and digits.isdigit() and len(digits) < 10 and int(digits) >= _OFF
