"""What calamine does not tell of an old workbook (.xls, .et): texts and figures that are struck out or raised.

By [MS-XLS], only as far as fonts go: most workbooks have no such font, and of those the records up to it are all that
is looked at. What is damaged tells nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from extractors.marks import RAISED, STRUCK
from extractors.office_ole import compound, stream_bytes
from extractors.sheet_strokes import Place, Stroked

_STREAM: Final = "Workbook"
_BOF, _EOF, _FONT, _XF, _SHEET, _TEXTS, _MORE = 0x809, 0x0A, 0x31, 0xE0, 0x85, 0xFC, 0x3C
#: records of one cell begin with row, column and format; those of a row of figures have a format for each
_CELL: Final = frozenset({0x06, 0x203, 0x204, 0x205, 0x27E, 0xD6, 0xFD})
_OF_TEXT, _ROW = 0xFD, 0xBD
_STRIKE: Final = 0x08
#: bits of a text's flags: two bytes a character, runs of their own fonts, phonetic notes
_WIDE, _RICH, _NOTED = 1, 8, 4
#: no font has this number
_NO_FONT: Final = 4


@dataclass(slots=True)
class _Globals:
    """What stands before the sheets: fonts, formats, the sheets' places, and the texts that cells share."""

    struck: set[int] = field(default_factory=set)
    raised: set[int] = field(default_factory=set)
    fonts: int = 0
    formats: list[int] = field(default_factory=list)
    sheets: list[tuple[str, int]] = field(default_factory=list)
    #: those with runs of their own fonts: (first character, font)
    texts: dict[int, tuple[str, Sequence[tuple[int, int]]]] = field(default_factory=dict)


def stroked_cells_of_xls(data: bytes) -> dict[str, dict[Place, Stroked]]:
    """By sheet, then row and column from 0: the cells some of whose text is struck or raised."""
    stream = next((one for one in compound(data).streams if one.name == _STREAM), None)
    if stream is None:
        return {}
    book = stream_bytes(data, stream)
    try:
        known = _globals(book)
        if not known.struck and not known.raised:
            return {}
        return {name: dict(_cells(book, at, known)) for name, at in known.sheets}
    except (struct.error, IndexError, UnicodeDecodeError):
        return {}


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and body of the records of one part, to its end; parts within it (charts) are left out."""
    depth = 0
    while at + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield kind, book[at + 4 : at + 4 + size]
        at += 4 + size


def _globals(book: bytes) -> _Globals:
    known = _Globals()
    texts: list[bytes] = []
    within = False
    for kind, body in _records(book, 0):
        within = kind == _TEXTS or (kind == _MORE and within)
        if within:
            texts.append(body)
        elif kind == _FONT:
            _take_font(body, known)
        elif kind == _XF:
            known.formats.append(struct.unpack_from("<H", body)[0])
        elif kind == _SHEET:
            at, _, count, flags = struct.unpack_from("<IHBB", body)
            name = body[8 : 8 + count * (1 + (flags & _WIDE))]
            known.sheets.append((name.decode("utf-16-le" if flags & _WIDE else "latin-1"), at))
    if texts and (known.struck or known.raised):
        known.texts = dict(_rich_texts(_Texts(texts)))
    return known


def _take_font(body: bytes, known: _Globals) -> None:
    flags, raised = struct.unpack_from("<2xH4xH", body)
    number = known.fonts + (known.fonts >= _NO_FONT)
    known.fonts += 1
    if flags & _STRIKE:
        known.struck.add(number)
    if raised in (1, 2):
        known.raised.add(number)


class _Texts:
    """The shared texts: bytes over several records; a text cut by a record's end goes on with its flags anew."""

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._parts = parts
        self._part = self._at = 0

    def take(self, count: int) -> bytes:
        """The next bytes. Raises `IndexError` behind the last."""
        taken = b""
        while len(taken) < count:
            if self._at >= len(self._parts[self._part]):
                self._part, self._at = self._part + 1, 0
            more = self._parts[self._part][self._at : self._at + count - len(taken)]
            self._at += len(more)
            taken += more
        return taken

    def characters(self, count: int, wide: int) -> str:
        """The next characters, one or two bytes each."""
        text = ""
        while len(text) < count:
            if self._at >= len(self._parts[self._part]):
                self._part, self._at = self._part + 1, 0
                wide = self.take(1)[0] & _WIDE
            room = (len(self._parts[self._part]) - self._at) // (1 + wide)
            here = self.take(min(count - len(text), max(room, 1)) * (1 + wide))
            text += here.decode("utf-16-le", "replace") if wide else here.decode("latin-1")
        return text


def _rich_texts(texts: _Texts) -> Iterator[tuple[int, tuple[str, Sequence[tuple[int, int]]]]]:
    _, count = struct.unpack("<II", texts.take(8))
    for number in range(count):
        length, flags = struct.unpack("<HB", texts.take(3))
        runs = struct.unpack("<H", texts.take(2))[0] if flags & _RICH else 0
        noted = struct.unpack("<I", texts.take(4))[0] if flags & _NOTED else 0
        text = texts.characters(length, flags & _WIDE)
        fonts = [struct.unpack("<HH", texts.take(4)) for _ in range(runs)]
        texts.take(noted)
        if fonts:
            yield number, (text, fonts)


def _printed(text: str, runs: Sequence[tuple[int, int]], known: _Globals) -> Stroked | None:
    """What is printed of a text whose runs have fonts of their own, if that is not all of it as it is."""
    printed, struck = "", False
    for (first, font), stop in zip(runs, [*(at for at, _ in runs[1:]), len(text)], strict=True):
        part = text[first:stop]
        if font in known.struck:
            struck = struck or bool(part.strip())
        else:
            printed += part.translate(RAISED) if font in known.raised else part
    return Stroked(printed, STRUCK if struck else 1.0) if printed != text else None


def _cells(book: bytes, at: int, known: _Globals) -> Iterator[tuple[Place, Stroked]]:
    for kind, body in _records(book, at):
        if kind in _CELL:
            row, column, style = struct.unpack_from("<HHH", body)
            found = _stroked(style, struct.unpack_from("<I", body, 6)[0] if kind == _OF_TEXT else -1, known)
            if found:
                yield (row, column), found
        elif kind == _ROW:
            row, first = struct.unpack_from("<HH", body)
            for column, place in enumerate(range(4, len(body) - 2, 6), first):
                if found := _stroked(struct.unpack_from("<H", body, place)[0], -1, known):
                    yield (row, column), found


def _stroked(style: int, text: int, known: _Globals) -> Stroked | None:
    """How a cell of a format is shown; the runs of its text have fonts of their own."""
    font = known.formats[style]
    if text in known.texts:
        printed, runs = known.texts[text]
        return _printed(printed, [(0, font), *runs], known)
    return Stroked("", STRUCK) if font in known.struck else None
