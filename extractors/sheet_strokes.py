"""What calamine does not tell of a workbook's texts: parts that are struck out, or raised as marks of notes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from extractors.marks import RAISED, STRUCK
from extractors.office_xml import Element, child, local, parse
from extractors.office_zip import Package
from form.errors import DocumentError

_BOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_TEXTS: Final = "xl/sharedStrings.xml"
_STYLES: Final = "xl/styles.xml"
_OFF: Final = ("0", "false")
_MARKS: Final = ("superscript", "subscript")

Place = tuple[int, int]


class Stroked(NamedTuple):
    """A cell's text as printed, and how sure it is."""

    text: str
    sure: float


def stroked_cells(package: Package) -> dict[str, dict[Place, Stroked]]:
    """By sheet, then row and column from 0: the cells some of whose text is struck or raised.

    Most workbooks have none, and no part of them is parsed. Damaged parts tell nothing.
    """
    try:
        texts = {at: found for at, item in enumerate(_items(package, _TEXTS, "si")) if (found := _rich(item))}
        fonts = _struck_fonts(package)
        sheets = _sheets(package)
        return {name: dict(_cells(package, part, texts, fonts)) for name, part in sheets}
    except DocumentError:
        return {}


def _items(package: Package, part: str, name: str, *, always: bool = False) -> Iterator[Element]:
    """The elements of that name in a part, if it says anything of struck or raised text (or `always`)."""
    data = package.part(part) if part in package.names else b""
    if data and (always or b"strike" in data or b"vertAlign" in data):
        yield from parse(data, part).iter("{*}" + name)


def _rich(item: Element) -> Stroked | None:
    """What is printed of a text of several runs, if that is not all of it as it is."""
    printed, plain, struck = "", "", False
    for run in item:
        if local(run) != "r":
            continue
        properties, said = child(run, "rPr"), child(run, "t")
        text = (said.text or "") if said is not None else ""
        plain += text
        if properties is not None and _struck(properties):
            struck = struck or bool(text.strip())
        else:
            printed += text.translate(RAISED) if properties is not None and _raised(properties) else text
    return Stroked(printed, STRUCK if struck else 1.0) if printed != plain else None


def _struck_fonts(package: Package) -> frozenset[int]:
    """The cell formats whose font is struck out."""
    root = next(_items(package, _STYLES, "styleSheet"), None)
    fonts, formats = (child(root, name) if root is not None else None for name in ("fonts", "cellXfs"))
    if fonts is None or formats is None:
        return frozenset()
    struck = {str(at) for at, font in enumerate(fonts) if _struck(font)}
    return frozenset(at for at, one in enumerate(formats) if one.get("fontId") in struck)


def _sheets(package: Package) -> Iterator[tuple[str, str]]:
    """The names of the sheets, and their parts."""
    targets = {one.get("Id"): one.get("Target") for one in parse(package.part(_RELATIONS), _RELATIONS)}
    for sheet in parse(package.part(_BOOK), _BOOK).iter("{*}sheet"):
        relation = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        target = targets.get(relation)
        if target:
            yield str(sheet.get("name")), posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _cells(
    package: Package, part: str, texts: Mapping[int, Stroked], fonts: frozenset[int]
) -> Iterator[tuple[Place, Stroked]]:
    for cell in _items(package, part, "c", always=bool(texts or fonts)):
        place = _place(cell.get("r") or "")
        found = _stroked(cell, texts, fonts)
        if place is not None and found:
            yield place, found


def _stroked(cell: Element, texts: Mapping[int, Stroked], fonts: frozenset[int]) -> Stroked | None:
    if _number(cell.get("s")) in fonts and len(cell):
        return Stroked("", STRUCK)
    if cell.get("t") == "inlineStr":
        inline = child(cell, "is")
        return _rich(inline) if inline is not None else None
    said = child(cell, "v") if cell.get("t") == "s" else None
    return texts.get(_number(said.text)) if said is not None else None


def _place(name: str) -> Place | None:
    """`B12` -> row 11, column 1."""
    letters = name.rstrip("0123456789")
    digits = name[len(letters) :]
    if not (letters.isascii() and letters.isalpha() and len(letters) < 4 and 0 < len(digits) < 8):
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


def _struck(font: Element) -> bool:
    node = child(font, "strike")
    return node is not None and node.get("val") not in _OFF


def _raised(font: Element) -> bool:
    node = child(font, "vertAlign")
    return node is not None and node.get("val") in _MARKS
