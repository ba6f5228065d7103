"""PDF once more: playa parses and decodes, stock Camelot finds the grids, words go to cells by their middle."""

from __future__ import annotations

import logging
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Final

import playa
from playa.miner import LTChar, LTComponent, LTFigure, LTImage, process_object

from extractors.limits import Limits
from extractors.second.glyphs import Glyph, Word, text_of, words_of
from extractors.second.ruled import ruled_tables
from form.errors import DocumentError
from form.grid import Document, Grid, Paragraph

READER: Final = f"camelot {version('camelot-py')} vector + playa {version('playa-pdf')}"
#: drawn things and characters of a document; playa is Python, and this many take some 4 s (real reports: 10,000)
MAX_OBJECTS: Final = 100_000
#: playa's sign for a character code without a meaning
_NAMELESS: Final = "(cid:"
#: the render mode of text that is not painted
_UNSEEN: Final = 3


@dataclass(slots=True)
class _Budget:
    """What a document may still spend."""

    limits: Limits
    objects: int = 0
    cells: int = 0

    def spend(self, number: int) -> None:
        """One object more. Raises `DocumentError` (too_complex)."""
        self.objects += 1
        if self.objects > MAX_OBJECTS:
            raise DocumentError("too_complex", f"page {number}: more than {MAX_OBJECTS} objects")


@dataclass(slots=True)
class _Sheet:
    """What stands on a page: characters and drawn lines, in content order."""

    chars: list[LTChar] = field(default_factory=list)
    drawn: list[LTComponent] = field(default_factory=list)


def read_pdf_again(data: bytes, *, limits: Limits) -> Document:
    """Grids and printed lines of a PDF, pages from 1; cells carry no boxes.

    Raises `DocumentError` (too_many_pages, too_complex), and what playa raises on broken files.
    """
    budget = _Budget(limits)
    blocks: list[Paragraph | Grid] = []
    with _quiet(), playa.parse(data, space="page") as document:
        if len(document.pages) > limits.max_pages:
            raise DocumentError("too_many_pages", f"{len(document.pages)} pages")
        for number, page in enumerate(document.pages, 1):
            blocks += _read_page(page, number, budget)
    return Document(tuple(blocks), "application/pdf", READER)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what playa and Camelot say of odd files on standard error."""
    logger = logging.getLogger("playa")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _read_page(page: playa.Page, number: int, budget: _Budget) -> list[Paragraph | Grid]:
    sheet = _sheet(page, number, budget)
    turn = _turn(sheet.chars)
    if turn:
        page.set_initial_ctm(page.space, page.rotate + turn)
        sheet = _sheet(page, number, budget)
    _drop_unseen(sheet, _size(page))
    tables = ruled_tables(sheet.drawn, _size(page), number, budget.limits)
    outside: list[Word] = []
    for word in words_of(_glyph(char) for char in sheet.chars):
        if not any(table.take(word) for table in tables):
            outside.append(word)
    placed: list[tuple[float, Paragraph | Grid]] = [(table.top, table.grid(number)) for table in tables]
    budget.cells += sum(len(block.cells) for _, block in placed if isinstance(block, Grid))
    if budget.cells > budget.limits.max_cells:
        raise DocumentError("too_complex", f"more than {budget.limits.max_cells} cells")
    placed += [(line[0].base, Paragraph(text_of(line), number)) for line in _lines(outside)]
    return [block for _, block in sorted(placed, key=lambda item: -item[0])]


def _sheet(page: playa.Page, number: int, budget: _Budget) -> _Sheet:
    sheet = _Sheet()
    for content in page.flatten():
        for item in process_object(content):
            budget.spend(number)
            if isinstance(item, LTChar):
                sheet.chars.append(item)
            else:
                sheet.drawn.append(item)
    return sheet


def _drop_unseen(sheet: _Sheet, size: tuple[float, float]) -> None:
    """Leave out what is not painted, if most is: other unseen text was put over a scan, and says the same."""
    seen = [char for char in sheet.chars if char.render_mode != _UNSEEN]
    if len(sheet.chars) > len(seen) > len(sheet.chars) / 2 and not _pictured(sheet.drawn, size):
        sheet.chars = seen


def _pictured(drawn: list[LTComponent], size: tuple[float, float]) -> bool:
    """Whether a picture covers half of the page."""
    pictures = [item for item in drawn if isinstance(item, (LTImage, LTFigure))]
    return any(2 * picture.width * picture.height >= size[0] * size[1] for picture in pictures)


def _turn(chars: list[LTChar]) -> int:
    """By how many degrees the page must be turned for most of its text to stand upright."""
    turns = Counter(_lying(*char.matrix[:4]) for char in chars)
    turn, count = turns.most_common(1)[0] if turns else (0, 0)
    return turn if 2 * count > len(chars) else 0


def _lying(a: float, b: float, c: float, d: float) -> int:
    if abs(b) > abs(a):
        return 90 if b > 0 > c else -90
    return 180 if a < 0 and d < 0 else 0


def _size(page: playa.Page) -> tuple[float, float]:
    x0, y0, x1, y1 = page.mediabox
    a, b, c, d, _, _ = page.ctm
    width, height = x1 - x0, y1 - y0
    return abs(a * width + c * height), abs(b * width + d * height)


def _glyph(char: LTChar) -> Glyph:
    text = char.get_text()
    if text.startswith(_NAMELESS):
        text = "\ufffd"
    return Glyph(text, char.x0, char.x1, char.matrix[5], char.size)


def _lines(words: list[Word]) -> Iterator[list[Word]]:
    """Words outside tables by printed line, from the top down."""
    line: list[Word] = []
    for word in sorted(words, key=lambda w: (-w.base, w.x0)):
        if line and line[0].base - word.base > 0.5 * line[0].size:
            yield line
            line = []
        line.append(word)
    if line:
        yield line
