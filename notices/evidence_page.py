"""Cuttings of a page: the rows that matter with the header above them, cells marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from PIL import Image, ImageChops, ImageDraw

from form.grid import BBox, Grid
from notices.evidence_places import Place, Rows, box_of, header_of
from notices.evidence_text import font

#: points between two cuttings of one page that are shown as one
_NEAR: Final = 60.0
#: points of paper around a table, and around rows
_SIDE, _EDGE = 10.0, 5.0
#: points shown above and below a row at most, and where no grid tells the rows
_MOST: Final = 110.0

_RED: Final = (214, 40, 40)
_BLUE: Final = (29, 78, 216)
_RED_FILL: Final = (255, 236, 179)
_BLUE_FILL: Final = (219, 234, 254)


@dataclass(frozen=True, slots=True)
class Mark:
    """A box to mark, in points from the bottom left of page `page`; `number` is None where it is the only one.

    `main` marks are the cells asked for, or the suspects of a finding; the others are its other cells.
    """

    page: int
    box: BBox
    number: int | None = None
    main: bool = True


@dataclass(frozen=True, slots=True)
class Cutting:
    """A part of a page to show, in points; `header` says that it is only there for its column labels."""

    page: int
    box: BBox
    header: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as a picture, with its width and height in points."""

    picture: Image.Image
    size: tuple[float, float]

    def pixels(self, box: BBox) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of a box of points, from the top left of the picture; perhaps outside it."""
        across, down = self.picture.width / self.size[0], self.picture.height / self.size[1]
        x0, y0, x1, y1 = box
        high = self.size[1]
        return round(x0 * across), round((high - y1) * down), round(x1 * across), round((high - y0) * down)


def cuttings(
    grids: Sequence[Grid], marks: Iterable[Mark], places: Iterable[Place | None], margin: int
) -> list[Cutting]:
    """What to show of the pages so that each mark is seen with its row's label and its columns' header.

    `margin` is how many rows above and below are shown with a row. A mark without a place (no grid was
    found around it) is shown with the whole width of its page.
    """
    wanted: list[Cutting] = []
    for mark, place in zip(marks, places, strict=True):
        if place is None:
            wanted.append(Cutting(mark.page, (0.0, mark.box[1] - _MOST, 1e6, mark.box[3] + _MOST)))
            continue
        header = header_of(grids, place.grid, place.cell.row)
        if header:
            wanted += _header(grids[header[0]], header[1])
        wanted.append(_row(grids[place.grid], place.rows, mark, margin))
    return _merged(wanted)


def _header(grid: Grid, rows: Rows) -> list[Cutting]:
    across, down = box_of(grid), box_of(grid, rows)
    page = next((cell.page for cell in grid.cells if cell.page), None)
    if not across or not down or page is None:
        return []
    return [Cutting(page, (across[0] - _SIDE, down[1] - 1, across[2] + _SIDE, down[3] + 3), header=True)]


def _row(grid: Grid, rows: Rows, mark: Mark, margin: int) -> Cutting:
    """The row of a mark and whole rows around it, as far as they are not too tall."""
    low, high = mark.box[1], mark.box[3]
    around = box_of(grid, (rows[0] - margin, rows[1] + margin)) or mark.box
    across = box_of(grid) or mark.box
    bottom = max(min(around[1], low), low - _MOST) - _EDGE
    top = min(max(around[3], high), high + _MOST) + _EDGE
    return Cutting(mark.page, (across[0] - _SIDE, bottom, across[2] + _SIDE, top))


def _merged(wanted: Iterable[Cutting]) -> list[Cutting]:
    """Cuttings in the order of the paper, those that touch or nearly do as one."""
    result: list[Cutting] = []
    for cutting in sorted(wanted, key=lambda c: (c.page, -c.box[3], c.box[1], c.box[0])):
        last = result[-1] if result else None
        if last and last.page == cutting.page and last.box[1] - cutting.box[3] <= _NEAR:
            box = (
                min(last.box[0], cutting.box[0]),
                min(last.box[1], cutting.box[1]),
                max(last.box[2], cutting.box[2]),
                max(last.box[3], cutting.box[3]),
            )
            result[-1] = replace(last, box=box, header=last.header and cutting.header)
        else:
            result.append(cutting)
    return result


def cut(sheet: Sheet, cutting: Cutting, marks: Iterable[Mark]) -> Image.Image:
    """The cutting as a picture, with the marks of its page drawn on it."""
    x0, y0, x1, y1 = sheet.pixels(cutting.box)
    left, top = max(0, min(x0, sheet.picture.width - 1)), max(0, min(y0, sheet.picture.height - 1))
    right, bottom = max(left + 1, min(x1, sheet.picture.width)), max(top + 1, min(y1, sheet.picture.height))
    part = sheet.picture.crop((left, top, right, bottom))
    for mark in marks:
        if mark.page == cutting.page:
            x0, y0, x1, y1 = sheet.pixels(mark.box)
            draw_mark(part, (x0 - left, y0 - top, x1 - left, y1 - top), mark.number, mark.main)
    return part


def draw_mark(picture: Image.Image, box: tuple[int, int, int, int], number: int | None, main: bool) -> None:
    """Outline a box of pixels, tint it as with a marker pen, number it; what lies outside the picture is left out."""
    x0, y0 = max(box[0], 0), max(box[1], 0)
    x1, y1 = min(box[2], picture.width - 1), min(box[3], picture.height - 1)
    if x0 >= x1 or y0 >= y1:
        return
    ink, fill = (_RED, _RED_FILL) if main else (_BLUE, _BLUE_FILL)
    # Multiplied, so that the print stays as dark as it is.
    inside = picture.crop((x0, y0, x1 + 1, y1 + 1))
    picture.paste(ImageChops.multiply(inside, Image.new("RGB", inside.size, fill)), (x0, y0))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((x0 - 1, y0 - 1, x1 + 1, y1 + 1), outline=ink, width=3)
    if number is not None:
        _number(draw, (x0, y0), number, ink)


def _number(draw: ImageDraw.ImageDraw, at: tuple[int, int], number: int, ink: tuple[int, int, int]) -> None:
    text, face = str(number), font(11)
    wide = round(face.getlength(text)) + 5
    x, y = at
    draw.rectangle((x, y, x + wide, y + 13), fill=ink)
    draw.text((x + wide / 2, y + 7), text, fill=(255, 255, 255), font=face, anchor="mm")
