"""Peers that read a PDF's text layer: Camelot's stock engines, pdfplumber, PyMuPDF."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.accuracy.readers.grids import Peer, Placed, Table


def camelot_vector() -> Peer:
    """Ruled lines from the PDF."""
    return _camelot(flavor="lattice", engine="vector")


def camelot_default() -> Peer:
    """The lattice parser as it comes: lines from the PDF and from a rendered picture."""
    return _camelot(flavor="lattice")


def camelot_stream() -> Peer:
    """Columns guessed from white space."""
    return _camelot(flavor="stream")


def _camelot(**options: str) -> Peer:
    import camelot

    def tables(path: Path) -> Iterator[Table]:
        for table in camelot.read_pdf(str(path), pages="all", **options):
            yield int(table.page), _united(table.cells)

    return Peer(tables)


def _united(rows: Sequence[Sequence[Any]]) -> list[Placed]:
    """Camelot's cells, those without a border between them put together."""
    groups: dict[tuple[int, int], tuple[int, int]] = {}

    def head(place: tuple[int, int]) -> tuple[int, int]:
        while groups.setdefault(place, place) != place:
            place = groups[place]
        return place

    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if c and not cell.left and not row[c - 1].right:
                groups[head((r, c))] = head((r, c - 1))
            if r and not cell.top and not rows[r - 1][c].bottom:
                groups[head((r, c))] = head((r - 1, c))
    united: dict[tuple[int, int], list[Any]] = {}
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            united.setdefault(head((r, c)), []).append(cell)
    return [_hull(cells) for cells in united.values()]


def _hull(cells: Sequence[Any]) -> Placed:
    """One cell over several; Camelot counts upwards from the foot of the page."""
    text = "\n".join(cell.text.strip() for cell in cells if cell.text.strip())
    left, right = min(cell.x1 for cell in cells), max(cell.x2 for cell in cells)
    return left, -max(cell.y2 for cell in cells), right, -min(cell.y1 for cell in cells), text


def pdfplumber() -> Peer:
    """pdfplumber's tables by ruled lines."""
    import pdfplumber as plumber

    def tables(path: Path) -> Iterator[Table]:
        with plumber.open(path) as pdf:
            for page in pdf.pages:
                for table in page.find_tables():
                    yield page.page_number, _rows(table)

    return Peer(tables)


def pymupdf() -> Peer:
    """PyMuPDF's table finder."""
    import pymupdf as mupdf

    def tables(path: Path) -> Iterator[Table]:
        with mupdf.open(path) as pdf:
            for page in pdf:
                for table in page.find_tables().tables:
                    yield page.number + 1, _rows(table)

    return Peer(tables)


def _rows(table: Any) -> list[Placed]:
    """Cells of a table that gives rows of boxes and, in the same order, rows of texts."""
    cells: list[Placed] = []
    for row, texts in zip(table.rows, table.extract(), strict=False):
        for box, text in zip(row.cells, texts, strict=False):
            if box is not None:
                cells.append((*map(float, box), text or ""))  # type: ignore[arg-type]
    return cells
