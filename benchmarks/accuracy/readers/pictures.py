"""Peers that recognise pictures: img2table with two engines, and both engines on whole pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image, ImageSequence

from benchmarks.accuracy.readers.grids import Peer, Table
from benchmarks.accuracy.readers.ruling import Picture, Word, tables_of
from benchmarks.accuracy.scanning import pages as rendered

#: what img2table and most users of whole-page recognition render at
_DPI: Final = 200
Recognise = Callable[[Picture], list[Word]]


def img2table_tesseract() -> Peer:
    """img2table with Tesseract, simplified Chinese and English."""
    from img2table.ocr import TesseractOCR

    return _img2table(TesseractOCR(n_threads=1, lang="chi_sim+eng"))


def img2table_rapidocr() -> Peer:
    """img2table with the models that RapidOCR's wheel brings."""
    from img2table.ocr import RapidOCR
    from rapidocr import LangRec

    return _img2table(RapidOCR(params={"Rec.lang_type": LangRec.CH, "Global.log_level": "error"}))


def _img2table(engine: Any) -> Peer:
    from img2table.document import PDF
    from img2table.document import Image as Photo

    def tables(path: Path) -> Iterator[Table]:
        if path.suffix == ".pdf":
            by_page = PDF(str(path), detect_rotation=True).extract_tables(ocr=engine, max_workers=1)
        else:
            by_page = {}
            for number, picture in enumerate(_pictures(path)):
                done, data = cv2.imencode(".png", picture[:, :, ::-1])
                if done:
                    photo = Photo(data.tobytes(), detect_rotation=True)
                    by_page[number] = photo.extract_tables(ocr=engine, max_workers=1)
        for page, found in by_page.items():
            for table in found:
                yield page + 1, _cells(table)

    return Peer(tables)


def _cells(table: Any) -> list[tuple[float, float, float, float, str]]:
    """A merged cell stands once for each place it covers, with the same box: the grid keeps one."""
    return [
        (cell.bbox.x1, cell.bbox.y1, cell.bbox.x2, cell.bbox.y2, cell.value or "")
        for row in table.content.values()
        for cell in row
    ]


def tesseract() -> Peer:
    """Tesseract's words of whole pages, laid into the cells of the rules found."""
    import pytesseract

    def recognise(page: Picture) -> list[Word]:
        kind = pytesseract.Output.DICT
        data = pytesseract.image_to_data(page, lang="chi_sim+eng", output_type=kind)
        places = zip(data["left"], data["top"], data["width"], data["height"], data["text"], strict=True)
        return [(x, y, x + w, y + h, text.strip()) for x, y, w, h, text in places if text.strip()]

    return Peer(lambda path: _whole_pages(path, recognise))


def rapidocr() -> Peer:
    """RapidOCR's lines of whole pages, laid into the cells of the rules found."""
    from rapidocr import RapidOCR
    from rapidocr.utils.output import RapidOCROutput

    engine = RapidOCR(params={"Global.log_level": "error"})

    def recognise(page: Picture) -> list[Word]:
        result = engine(page[:, :, ::-1])
        if not isinstance(result, RapidOCROutput) or result.boxes is None or result.txts is None:
            return []
        found: list[Word] = []
        for box, text in zip(result.boxes, result.txts, strict=True):
            (left, top), (right, bottom) = np.min(box, axis=0).tolist(), np.max(box, axis=0).tolist()
            found.append((left, top, right, bottom, text))
        return found

    return Peer(lambda path: _whole_pages(path, recognise))


def _whole_pages(path: Path, recognise: Recognise) -> Iterator[Table]:
    for number, picture in enumerate(_pictures(path), 1):
        for cells in tables_of(picture, recognise):
            yield number, cells


def _pictures(path: Path) -> list[Picture]:
    if path.suffix == ".pdf":
        return rendered(path.read_bytes(), _DPI)
    with Image.open(path) as image:
        return [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


def pages_in(path: Path) -> int:
    """Pages of a PDF, frames of a picture."""
    if path.suffix == ".pdf":
        return len(pdfium.PdfDocument(path))
    with Image.open(path) as image:
        return int(getattr(image, "n_frames", 1))
