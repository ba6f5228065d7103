"""A finished PDF with its pages turned, moved, cropped, or joined with another."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import pypdfium2 as pdfium

#: way -> what is done to every page
WAYS: Final = ("rotate-90", "rotate-180", "rotate-270", "sideways-upright", "crop-offset", "media-offset", "form")


def _saved(document: pdfium.PdfDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def joined(parts: Sequence[bytes]) -> bytes:
    """One PDF of all pages."""
    whole = pdfium.PdfDocument.new()
    for part in parts:
        whole.import_pages(pdfium.PdfDocument(part))
    return _saved(whole)


def turned(data: bytes, way: str) -> bytes:
    """The PDF with something done to each page, after which it still shows the same figures."""
    document = pdfium.PdfDocument(data)
    if way.startswith("rotate-"):
        for page in document:
            page.set_rotation(int(way.removeprefix("rotate-")))
        return _saved(document)
    if way == "crop-offset":
        for page in document:
            width, height = page.get_size()
            page.set_cropbox(20, 25, width - 15, height - 30)
        return _saved(document)
    return _redrawn(document, way)


def _redrawn(source: pdfium.PdfDocument, way: str) -> bytes:
    """Each page as a form XObject on a new page: moved, or turned with /Rotate turning it back."""
    whole = pdfium.PdfDocument.new()
    for index, old in enumerate(source):
        width, height = old.get_size()
        form = source.page_as_xobject(index, whole).as_pageobject()
        matrix, size = pdfium.PdfMatrix(), (width, height)
        if way == "sideways-upright":
            matrix, size = matrix.rotate(90).translate(0, width), (height, width)
        elif way == "media-offset":
            matrix = matrix.translate(200, -300)
        form.transform(matrix)
        page = whole.new_page(*size)
        page.insert_obj(form)
        page.gen_content()
        if way == "sideways-upright":
            page.set_rotation(90)
        elif way == "media-offset":
            page.set_mediabox(200, -300, 200 + width, height - 300)
    return _saved(whole)
