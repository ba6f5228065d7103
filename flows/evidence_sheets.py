"""Whole pages, or whole tables where there is no paper, as pictures with the place of every cell: for the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

from flows.evidence import Found, Wanted, read_document, stored

if TYPE_CHECKING:
    from PIL import Image

    from form.grid import Document

#: widest picture, in pixels; the print of a report stays legible
_WIDEST: Final = 1100
_QUALITY: Final = 52
_WHOLE: Final = 10_000

Boxes = Mapping[str, tuple[int, int, int, int]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture (WebP) with its size, what it shows, and in ten-thousandths of it the box of each cell by key."""

    data: bytes
    width: int
    height: int
    label: str
    boxes: Boxes


def draw_sheets(wanted: Wanted) -> tuple[Sheet, ...]:
    """The pages and tables that hold a cell of `wanted.main`, in order. For a process of its own.

    Raises `DocumentError` where the document cannot be read or drawn.
    """
    document, reports = read_document(wanted)
    found = list(stored(wanted, document, reports))
    paper = [one for one in found if one.on_paper]
    loose = [one for one in found if not one.on_paper and one.place and one.exact]
    return (*_pages(wanted, paper), *_tables(document, loose))


def _pages(wanted: Wanted, found: Iterable[Found]) -> Iterable[Sheet]:
    from extractors.render import render_page

    pages: dict[int, list[Found]] = {}
    for one in found:
        pages.setdefault(one.item.reading.page or 0, []).append(one)
    for page, cells in sorted(pages.items()):
        if any(one.main for one in cells):
            picture, (wide, high) = render_page(wanted.data, page, more=wanted.pictures)
            boxes = {
                one.item.reading.key: _box((x0 / wide, 1 - y1 / high, x1 / wide, 1 - y0 / high))
                for one in cells
                if one.item.reading.bbox
                for x0, y0, x1, y1 in [one.item.reading.bbox]
            }
            yield _sheet(picture, f"第 {page} 页", boxes)


def _tables(document: Document, found: Iterable[Found]) -> Iterable[Sheet]:
    from notices.evidence_table import draw_grid

    grids: dict[int, list[Found]] = {}
    for one in found:
        if one.place:
            grids.setdefault(one.place.grid, []).append(one)
    for number, cells in sorted(grids.items()):
        if any(one.main for one in cells):
            picture, spots = draw_grid(document.grids[number])
            wide, high = picture.size
            boxes = {
                one.item.reading.key: _box((spot[0] / wide, spot[1] / high, spot[2] / wide, spot[3] / high))
                for one in cells
                if one.place and (spot := spots.get((one.place.cell.row, one.place.cell.column)))
            }
            yield _sheet(picture, f"第 {number + 1} 张表（网页无页面，按其表格绘出）", boxes)


def _box(edges: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """Left, top, width, height of a box given by its edges as parts of the picture, cut to the picture."""
    left, top, right, bottom = (round(min(max(edge, 0.0), 1.0) * _WHOLE) for edge in edges)
    return left, top, right - left, bottom - top


def _sheet(picture: Image.Image, label: str, boxes: Boxes) -> Sheet:
    from PIL import Image

    if picture.width > _WIDEST:
        height = max(1, round(picture.height * _WIDEST / picture.width))
        picture = picture.resize((_WIDEST, height), Image.Resampling.LANCZOS)
    file = BytesIO()
    picture.save(file, "WEBP", quality=_QUALITY, method=4)
    return Sheet(file.getvalue(), picture.width, picture.height, label, boxes)
