"""What is laid over a page without being part of its text: notes typed on it, fields of a form, strokes, stamps."""

from __future__ import annotations

import ctypes
from dataclasses import replace
from typing import Final

import numpy as np
import pypdfium2.raw as pdfium

from extractors.pdf import native
from extractors.pdf.frame import Frame
from form.grid import BBox, Cell, Grid

#: those that show or strike out figures; highlights and links do not
_SHOWN: Final = frozenset(
    (
        pdfium.FPDF_ANNOT_FREETEXT,
        pdfium.FPDF_ANNOT_LINE,
        pdfium.FPDF_ANNOT_SQUARE,
        pdfium.FPDF_ANNOT_STRIKEOUT,
        pdfium.FPDF_ANNOT_STAMP,
        pdfium.FPDF_ANNOT_INK,
        pdfium.FPDF_ANNOT_WIDGET,
        pdfium.FPDF_ANNOT_REDACT,
    )
)
#: flags of those that are not shown: hidden, or not on the screen
_HIDDEN: Final = 0x02 | 0x20
#: of a page; more are not looked at
_MANY: Final = 2_000
_SURE: Final = 0.6
_WHY: Final = "单元格上有批注或表单域，其内容未读取"


def annotated(page: int, upright: Frame) -> list[BBox]:
    """The places of a page's annotations that may show figures, or strike them out."""
    boxes = []
    for index in range(min(native.annotation_count(page), _MANY)):
        annotation = native.load_annotation(page, index)
        if not annotation:
            continue
        box = pdfium.FS_RECTF()
        shown = native.annotation_kind(annotation) in _SHOWN and not native.annotation_flags(annotation) & _HIDDEN
        if shown and native.annotation_box(annotation, ctypes.addressof(box)):
            boxes.append(upright.bbox((box.left, box.bottom, box.right, box.top)))
        native.close_annotation(annotation)
    return boxes


def doubted_under(grid: Grid, boxes: list[BBox]) -> Grid:
    """The grid with those cells in doubt that an annotation lies on, be there text in them or not."""
    places = np.array(boxes)
    return replace(grid, cells=tuple(c.doubted(_SURE, _WHY) if _under(c, places) else c for c in grid.cells))


def _under(cell: Cell, places: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bool:
    """Whether the middle of one lies in the other."""
    if cell.bbox is None:
        return False
    x0, y0, x1, y1 = cell.bbox
    left, low, right, high = places.T
    x, y = (left + right) / 2, (low + high) / 2
    inside = (x0 < x) & (x < x1) & (y0 < y) & (y < y1)
    around = (left < (x0 + x1) / 2) & ((x0 + x1) / 2 < right) & (low < (y0 + y1) / 2) & ((y0 + y1) / 2 < high)
    return bool((inside | around).any())
