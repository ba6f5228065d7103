"""PDFium's per-character and per-object calls, bound so that Python does nothing between them.

`pypdfium2.raw` converts every argument of every call. Here the same functions of the same library are
bound to plain addresses: `map()` drives them, and they write straight into numpy arrays. Handles are
integers. Nothing here is thread-safe, like PDFium itself.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Iterable
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pypdfium2.raw as pdfium

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]
Objects = tuple[int, Callable[[], list[int]]]

_HANDLE = ctypes.c_void_p
_ADDRESS = ctypes.c_void_p
_INT = ctypes.c_int


def _bind(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    # PYFUNCTYPE keeps the interpreter lock: the calls take less time than handing it over.
    prototype = ctypes.PYFUNCTYPE(result, *arguments)
    return prototype(ctypes.cast(function, ctypes.c_void_p).value or 0)


_char_box = _bind(pdfium.FPDFText_GetCharBox, _INT, _HANDLE, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)
_char_origin = _bind(pdfium.FPDFText_GetCharOrigin, _INT, _HANDLE, _INT, _ADDRESS, _ADDRESS)
#: Writes UTF-16 and a final 0, at most two units a character; gives the number of units.
_text = _bind(pdfium.FPDFText_GetText, _INT, _HANDLE, _INT, _INT, _ADDRESS)
_char_unicode = _bind(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _HANDLE, _INT)

#: (bytes, length, password or None) -> document or None; the bytes must outlive the document
load_document = _bind(pdfium.FPDF_LoadMemDocument64, _HANDLE, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p)
close_document = _bind(pdfium.FPDF_CloseDocument, None, _HANDLE)
page_count = _bind(pdfium.FPDF_GetPageCount, _INT, _HANDLE)
#: (document, tag, buffer, size of the buffer) -> bytes needed, UTF-16LE with a final 0
meta_text = _bind(pdfium.FPDF_GetMetaText, ctypes.c_ulong, _HANDLE, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong)
#: (document, index from 0) -> page or None
load_page = _bind(pdfium.FPDF_LoadPage, _HANDLE, _HANDLE, _INT)
close_page = _bind(pdfium.FPDF_ClosePage, None, _HANDLE)
#: (page) -> quarter turns clockwise
page_rotation = _bind(pdfium.FPDFPage_GetRotation, _INT, _HANDLE)
#: (page, address of FS_RECTF) -> success: the part of the page that is shown
page_box = _bind(pdfium.FPDF_GetPageBoundingBox, _INT, _HANDLE, _ADDRESS)
annotation_count = _bind(pdfium.FPDFPage_GetAnnotCount, _INT, _HANDLE)
#: (page, index) -> annotation or None, to be closed
load_annotation = _bind(pdfium.FPDFPage_GetAnnot, _HANDLE, _HANDLE, _INT)
close_annotation = _bind(pdfium.FPDFPage_CloseAnnot, None, _HANDLE)
#: (annotation) -> FPDF_ANNOT_*
annotation_kind = _bind(pdfium.FPDFAnnot_GetSubtype, _INT, _HANDLE)
annotation_flags = _bind(pdfium.FPDFAnnot_GetFlags, _INT, _HANDLE)
#: (annotation, address of FS_RECTF) -> success
annotation_box = _bind(pdfium.FPDFAnnot_GetRect, _INT, _HANDLE, _ADDRESS)
#: (page) -> text page or None
load_text = _bind(pdfium.FPDFText_LoadPage, _HANDLE, _HANDLE)
close_text = _bind(pdfium.FPDFText_ClosePage, None, _HANDLE)
char_count = _bind(pdfium.FPDFText_CountChars, _INT, _HANDLE)

#: (text page, index) -> angle in radians, clockwise in user space
char_angle = _bind(pdfium.FPDFText_GetCharAngle, ctypes.c_float, _HANDLE, _INT)
#: (text page, index) -> handle of the text object that draws the character, or None
char_object = _bind(pdfium.FPDFText_GetTextObject, _HANDLE, _HANDLE, _INT)
#: (text object) -> FPDF_TEXTRENDERMODE_*
text_mode = _bind(pdfium.FPDFTextObj_GetTextRenderMode, _INT, _HANDLE)
#: (text page, index, addresses of red, green, blue and opacity as unsigned int) -> success
char_colour = _bind(pdfium.FPDFText_GetFillColor, _INT, _HANDLE, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)
#: (text page, index) -> 1 where PDFium put in a character that is not printed
char_generated = _bind(pdfium.FPDFText_IsGenerated, _INT, _HANDLE, _INT)

#: (page object) -> FPDF_PAGEOBJ_*
object_type = _bind(pdfium.FPDFPageObj_GetType, _INT, _HANDLE)
#: (page object, address of FS_MATRIX) -> success
object_matrix = _bind(pdfium.FPDFPageObj_GetMatrix, _INT, _HANDLE, _ADDRESS)
#: (page object, addresses of left, bottom, right, top as float32) -> success
object_bounds = _bind(pdfium.FPDFPageObj_GetBounds, _INT, _HANDLE, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)
#: (page object, addresses of red, green, blue and opacity as unsigned int) -> success
fill_colour = _bind(pdfium.FPDFPageObj_GetFillColor, _INT, _HANDLE, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)
#: (page object) -> 1 where it is blended or lets through what lies under it (a picture's own mask aside)
has_transparency = _bind(pdfium.FPDFPageObj_HasTransparency, _INT, _HANDLE)
#: (page object) -> its clip or None
clip_path = _bind(pdfium.FPDFPageObj_GetClipPath, _HANDLE, _HANDLE)
#: (clip) -> number of paths, -1 where it has none; each clips
clip_count = _bind(pdfium.FPDFClipPath_CountPaths, _INT, _HANDLE)
#: (clip, path) -> number of segments
clip_segments = _bind(pdfium.FPDFClipPath_CountPathSegments, _INT, _HANDLE, _INT)
#: (clip, path, segment) -> segment
clip_segment = _bind(pdfium.FPDFClipPath_GetPathSegment, _HANDLE, _HANDLE, _INT, _INT)
#: (path, addresses of fill mode and stroke flag as int) -> success
path_mode = _bind(pdfium.FPDFPath_GetDrawMode, _INT, _HANDLE, _ADDRESS, _ADDRESS)
path_count = _bind(pdfium.FPDFPath_CountSegments, _INT, _HANDLE)
path_segment = _bind(pdfium.FPDFPath_GetPathSegment, _HANDLE, _HANDLE, _INT)
#: (segment, addresses of x and y as float32) -> success
segment_point = _bind(pdfium.FPDFPathSegment_GetPoint, _INT, _HANDLE, _ADDRESS, _ADDRESS)
#: (segment) -> FPDF_SEGMENT_*
segment_type = _bind(pdfium.FPDFPathSegment_GetType, _INT, _HANDLE)
segment_close = _bind(pdfium.FPDFPathSegment_GetClose, _INT, _HANDLE)

_page_count = _bind(pdfium.FPDFPage_CountObjects, _INT, _HANDLE)
_page_object = _bind(pdfium.FPDFPage_GetObject, _HANDLE, _HANDLE, _INT)
_form_count = _bind(pdfium.FPDFFormObj_CountObjects, _INT, _HANDLE)
_form_object = _bind(pdfium.FPDFFormObj_GetObject, _HANDLE, _HANDLE, ctypes.c_ulong)


def _run(calls: Iterable[object]) -> None:
    deque(calls, maxlen=0)


def page_objects(page: int) -> Objects:
    """The number of a page's objects, and a call that lists their handles."""
    count = _page_count(page)
    return count, lambda: list(map(_page_object, repeat(page), range(count)))


def form_objects(form: int) -> Objects:
    """The number of a form XObject's objects, and a call that lists their handles."""
    count = _form_count(form)
    return count, lambda: list(map(_form_object, repeat(form), range(count)))


def char_codes(text_page: int, count: int) -> npt.NDArray[np.uint32]:
    """Code points of the first `count` characters; 0 where PDFium knows none."""
    units = np.zeros(2 * count + 2, np.uint16)
    written = _text(text_page, 0, count, units.ctypes.data) - 1
    units = units[: max(written, 0)]
    # The text has a unit a character unless some have no Unicode, or two units.
    if written == count and not ((units >= 0xD800) & (units < 0xE000)).any():
        return units.astype(np.uint32)
    return np.fromiter(map(_char_unicode, repeat(text_page), range(count)), np.uint32, count)


def char_geometry(text_page: int, indices: list[int]) -> Floats:
    """Rows of x0, y0, x1, y1 (the tight box) and x, y of the origin, in PDF user space.

    Zero where PDFium has none.
    """
    rows = np.zeros((len(indices), 6))
    if not indices:
        return rows
    start, step = rows.ctypes.data, rows.strides[0]
    stop = start + step * len(indices)
    x0, y0, x1, y1, x, y = (range(start + 8 * column, stop + 8 * column, step) for column in range(6))
    _run(map(_char_box, repeat(text_page), indices, x0, x1, y0, y1))
    _run(map(_char_origin, repeat(text_page), indices, x, y))
    return rows


def char_colours(text_page: int, indices: list[int]) -> npt.NDArray[np.uint32]:
    """Rows of red, green, blue and opacity (0..255) of the characters' fills; black where PDFium knows none."""
    rows = _black(len(indices))
    _run(map(char_colour, repeat(text_page), indices, *_columns(rows)))
    return rows


def fill_colours(handles: list[int]) -> npt.NDArray[np.uint32]:
    """The same of page objects."""
    rows = _black(len(handles))
    _run(map(fill_colour, handles, *_columns(rows)))
    return rows


def _black(count: int) -> npt.NDArray[np.uint32]:
    return np.full((count, 4), (0, 0, 0, 255), np.uint32)


def _columns(rows: npt.NDArray[np.uint32]) -> tuple[range, range, range, range]:
    """The addresses of the four columns, row by row."""
    start, step = rows.ctypes.data, rows.strides[0]
    red, green, blue, opacity = (range(at, at + step * len(rows), step) for at in range(start, start + 16, 4))
    return red, green, blue, opacity
