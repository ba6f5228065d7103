"""The font of the fpdf2 documents: Noto Sans SC cut down to what a sample can print, with TrueType outlines.

Word processors embed TrueType; and fpdf2, which cuts the font again for each document, takes a third of the
time it takes over the CFF outlines of the original.
"""

from __future__ import annotations

import string
from functools import cache
from importlib.resources import files
from tempfile import NamedTemporaryFile
from typing import IO, Final

import pylopdf_fonts_zh_cn as fonts
from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

_TABLES_NOT_USED: Final = ("BASE", "VORG", "vhea", "vmtx")
_MAXIMA: Final = (
    "maxZones",
    "maxTwilightPoints",
    "maxStorage",
    "maxFunctionDefs",
    "maxInstructionDefs",
    "maxStackElements",
    "maxSizeOfInstructions",
    "maxComponentElements",
)


@cache
def small_font() -> IO[bytes]:
    """The font as a file of its own, made once a process; it goes when the process ends.

    Every character that can be printed stands in a source or data file of this package, or names a division.
    """
    names = files("form").joinpath("divisions.csv").read_text(encoding="utf-8")
    text = "".join(
        entry.read_text(encoding="utf-8")
        for entry in sorted(files("samples").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith((".py", ".csv"))
    )
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, recalc_bounds=True)
    options.drop_tables += _TABLES_NOT_USED
    font = subset.load_font(str(fonts.sans_path()), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text + names + string.printable + "０１２３４５６７８９")
    cutter.subset(font)
    _to_truetype(font)
    file = NamedTemporaryFile(suffix=".ttf")  # noqa: SIM115 - lives as long as the process
    font.save(file.name)
    return file


@cache
def character_widths() -> dict[str, float]:
    """Character of the small font -> its width at size 1."""
    font = TTFont(small_font().name)
    em, widths = font["head"].unitsPerEm, font["hmtx"]
    return {chr(code): widths[name][0] / em for code, name in font.getBestCmap().items()}


def _to_truetype(font: TTFont) -> None:
    """Replaces cubic by quadratic outlines, off by at most a thousandth of the em."""
    order, drawn = font.getGlyphOrder(), font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(None)
        drawn[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    font["maxp"].tableVersion = 0x00010000
    for maximum in _MAXIMA:
        setattr(font["maxp"], maximum, 0)
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\x00\x01\x00\x00"
