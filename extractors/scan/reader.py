"""Reads scans: page by page upright canvas, grids, cells, lines."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from typing import Final

import cv2

from extractors.limits import Limits
from extractors.pdf.lines import arrange
from extractors.pdf.runs import Run
from extractors.scan.canvas import Bitmap, Canvas
from extractors.scan.ink import page_lines
from extractors.scan.lattice import find_grids
from extractors.scan.pdf_pages import PdfPages, pdf_pages
from extractors.scan.pictures import Pictures
from extractors.scan.recogniser import recogniser
from extractors.scan.texts import fill, read_lines
from extractors.scan.upright import set_upright
from form.errors import DocumentError
from form.grid import Document, Grid, Paragraph

READER: Final = f"camelot {version('camelot-py')} raster + pp-ocrv6 (rapidocr {version('rapidocr')})"
_PDF: Final = "application/pdf"

#: Called after every page with how many are done, and of how many.
Progress = Callable[[int, int], None]
Job = Callable[[], list[Paragraph | Grid]]


def read_scan(
    data: bytes,
    media_type: str,
    *,
    limits: Limits,
    pages: Collection[int] | None = None,
    on_page: Progress | None = None,
) -> Document:
    """The paragraphs and grids of a scanned PDF or a picture (png, jpg, tiff, gif, bmp, webp), in reading order.

    `media_type` says whether the bytes are a PDF (`application/pdf`) or a picture (anything else). `pages`
    (from 1) limits a PDF with native pages to its scanned ones; blocks keep their page numbers. A few
    pages are in memory at a time; `on_page` hears of each. A cell's bbox is in points of the page as shown, origin
    at the bottom left; a picture's points follow from the dots to the inch that it names, else from 150.

    A cell's confidence is the probability that the model gives to its text; below 0.5 two passes over a figure
    differ, and `alternatives` hold what else was read. `metadata["pages"]` is the number of pages.

    Raises `DocumentError`: empty, truncated, encrypted, mislabelled, too_large, too_many_pages, too_complex,
    no_text (nothing was recognised). Not thread-safe: PDFium is not.
    """
    blocks: list[Paragraph | Grid] = []
    spent = _Spent(limits)
    with _opened(data, media_type, limits) as source, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Camelot warns of pages without text: all of them here
        wanted = [n for n in range(1, source.count + 1) if pages is None or n in pages]
        for done, (number, found) in enumerate(_read_pages(source, wanted, limits), start=1):
            spent.add(found, number)
            blocks += found
            if on_page is not None:
                on_page(done, len(wanted))
    if not any(isinstance(block, Paragraph) or any(cell.text for cell in block.cells) for block in blocks):
        raise DocumentError("no_text", "nothing that can be read in the pictures")
    return Document(tuple(blocks), media_type, READER, {"pages": str(len(wanted))})


class _Spent:
    """Counts cells and characters over all pages."""

    def __init__(self, limits: Limits) -> None:
        self._limits, self._cells, self._characters = limits, 0, 0

    def add(self, blocks: list[Paragraph | Grid], number: int) -> None:
        for block in blocks:
            if isinstance(block, Grid):
                self._cells += block.rows * block.columns
                self._characters += sum(len(cell.text) for cell in block.cells)
            else:
                self._characters += len(block.text)
        if self._cells > self._limits.max_cells:
            raise DocumentError("too_complex", f"more than {self._limits.max_cells} cells by page {number}")
        if self._characters > self._limits.max_text:
            raise DocumentError("too_large", f"more than {self._limits.max_text} characters by page {number}")


@contextmanager
def _opened(data: bytes, media_type: str, limits: Limits) -> Iterator[PdfPages | Pictures]:
    if media_type == _PDF:
        with pdf_pages(data, limits) as found:
            yield found
    else:
        yield Pictures(data, limits)


def _read_pages(
    source: PdfPages | Pictures, wanted: Sequence[int], limits: Limits
) -> Iterator[tuple[int, list[Paragraph | Grid]]]:
    """Each page's number and blocks, in order.

    Pages are opened here, one after the other (PDFium is not thread-safe), and read beside that by as many threads as
    OpenCV may use; no more pages than threads are held in memory, and one.
    """
    threads = cv2.getNumThreads()
    recogniser()  # loaded once, before there are threads
    if threads <= 1:
        for number, job in _jobs(source, wanted, limits):
            yield number, job()
        return
    waiting: deque[tuple[int, Future[list[Paragraph | Grid]]]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for number, job in _jobs(source, wanted, limits):
            waiting.append((number, pool.submit(job)))
            if len(waiting) > threads:
                first, found = waiting.popleft()
                yield first, found.result()
        for number, found in waiting:
            yield number, found.result()


def _jobs(source: PdfPages | Pictures, wanted: Sequence[int], limits: Limits) -> Iterator[tuple[int, Job]]:
    """Each page opened, and what is left to do with it; most lie as the first one does, whose job is begun first."""
    likely: Future[int] = Future()
    for number in wanted:
        read = _read_first if number == wanted[0] else _read_next
        yield number, partial(read, source.page(number), likely, limits)


def _read_first(bitmap: Bitmap, likely: Future[int], limits: Limits) -> list[Paragraph | Grid]:
    try:
        canvas, turns = set_upright(bitmap, lambda: 0)
    except BaseException as error:
        likely.set_exception(error)
        raise
    likely.set_result(turns)
    return _read_page(canvas, bitmap.number, limits)


def _read_next(bitmap: Bitmap, likely: Future[int], limits: Limits) -> list[Paragraph | Grid]:
    canvas, _ = set_upright(bitmap, likely.result)
    return _read_page(canvas, bitmap.number, limits)


def _read_page(canvas: Canvas, number: int, limits: Limits) -> list[Paragraph | Grid]:
    ruled = find_grids(canvas, number, limits)
    grids = fill(canvas, ruled, number)
    height = canvas.gray.shape[0]
    boxes = page_lines(canvas.ink, [grid.box for grid in ruled], canvas.scale)
    runs = [
        Run(x0 / canvas.scale, (height - y1) / canvas.scale, x1 / canvas.scale, (height - y0) / canvas.scale, text)
        for (x0, y0, x1, y1), text in zip(boxes, (guess.text for guess in read_lines(canvas, boxes)), strict=True)
    ]
    tops = [((height - grid.box[1]) / canvas.scale, filled) for grid, filled in zip(ruled, grids, strict=True)]
    return arrange(runs, tops, number, canvas.size[1])
