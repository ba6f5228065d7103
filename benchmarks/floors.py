"""Readers against their floor and their peers, on the same documents in turn: `benchmarks.suite` prints its table.

    python -m benchmarks.floors HOME [--documents 40] [--rounds 3]

HOME is one that `benchmarks.mixed` made. The floor of a page is decoding and Lexbor's parse, that of a PDF is PDFium
opening it and giving each page's text; `of it Camelot` is the part of our reader that Camelot's Lattice parser has,
with putting its cells into a grid, on rules and runs that are ready. `reader` is bytes to document
(`extractors.read`), `recognised` with the form's readings, `whole` with the second look: what a run does. Times are
processor milliseconds a document, the median over rounds of the mean over documents; everything runs in this one
process, warm. Peers get the bytes too.
"""

from __future__ import annotations

import argparse
import copy
import io
import logging
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from extractors.pdf import lattice
from extractors.read import read
from flows.extraction import extract_bytes
from form.charset import decode
from form.recognise import read_reports
from portals.archive import Archive

Way = Callable[[bytes], Any]
#: what a reader may cost beside its floor (issue 7)
ALLOWED: Final = 2.5
#: readers so slow that they read fewer documents
_SLOW: Final = {"Camelot default": 6, "pdfplumber": 12}


def lexbor(data: bytes) -> object:
    """The floor of a page."""
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(decode(data))


def pdfium(data: bytes) -> int:
    """The floor of a PDF: its text, page by page."""
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    size = 0
    for page in document:
        text = page.get_textpage()
        size += len(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return size


class OfCamelot:
    """What Camelot does within our reader, by itself: what it was given is kept when a document is read first."""

    def __init__(self) -> None:
        self._given: dict[bytes, list[tuple[Any, ...]]] = {}

    def __call__(self, data: bytes) -> object:
        """Every layout of a document again."""
        if data not in self._given:
            self._given[data] = self._read(data)
        return [lattice.lay_out(*given) for given in self._given[data]]

    def _read(self, data: bytes) -> list[tuple[Any, ...]]:
        given: list[tuple[Any, ...]] = []

        def remembered(*arguments: Any) -> lattice.PageGrids:
            given.append(copy.deepcopy(arguments))
            return lattice.lay_out(*arguments)

        with mock.patch("extractors.pdf.tables.lay_out", remembered):
            read(data)
        return given


def pandas_html(data: bytes) -> object:
    """pandas.read_html."""
    import pandas as pd

    return pd.read_html(io.StringIO(decode(data)))


def camelot_default(data: bytes) -> object:
    """Camelot as it comes."""
    import camelot

    return [table.df for table in camelot.read_pdf(io.BytesIO(data), pages="all")]


def pdfplumber(data: bytes) -> object:
    """pdfplumber's tables."""
    import pdfplumber as plumber

    with plumber.open(io.BytesIO(data)) as pdf:
        return [table for page in pdf.pages for table in page.extract_tables()]


def python_docx(data: bytes) -> object:
    """The tables by python-docx."""
    import docx

    return [[[c.text for c in row.cells] for row in table.rows] for table in docx.Document(io.BytesIO(data)).tables]


_OURS: Final[Mapping[str, Way]] = {
    "reader": read,
    "recognised": lambda data: read_reports(read(data)),
    "whole": lambda data: extract_bytes(data, ""),
}
_WAYS: Final[Mapping[str, Mapping[str, Way]]] = {
    "html": {"floor": lexbor, **_OURS, "pandas.read_html": pandas_html},
    "pdf": {
        "floor": pdfium,
        "of it Camelot": OfCamelot(),
        **_OURS,
        "Camelot default": camelot_default,
        "pdfplumber": pdfplumber,
    },
    "docx": {**_OURS, "python-docx": python_docx},
}


def documents(home: Path, count: int) -> dict[str, list[bytes]]:
    """Reports of each format from a home's archive, evenly over it; pages that only carry a file are left out."""
    found: dict[str, list[bytes]] = {}
    with Archive(home / "archive") as archive:
        captures = list(archive.captures())
        for suffix in _WAYS:
            mine = [
                one for one in captures if one.address.endswith(f".{suffix}") and not archive.links(one.capture_id)
            ]
            found[suffix] = [archive.read(one.capture_id) for one in mine[:: max(1, len(mine) // count)][:count]]
    return found


def measured(files: Mapping[str, Sequence[bytes]], rounds: int) -> dict[str, dict[str, float]]:
    """Format -> way -> milliseconds a document."""
    return {suffix: _format(_WAYS[suffix], data, rounds) for suffix, data in files.items() if data}


def _format(ways: Mapping[str, Way], data: Sequence[bytes], rounds: int) -> dict[str, float]:
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds + 1):
        for name, way in ways.items():
            some = data[: _SLOW.get(name, len(data))]
            began = time.process_time()
            for one in some:
                way(one)
            if turn:  # the first is for warming up
                spent[name].append((time.process_time() - began) / len(some) * 1000)
    return {name: statistics.median(times) for name, times in spent.items()}


def table(found: Mapping[str, Mapping[str, float]]) -> str:
    """Markdown, with what each is beside the floor (or beside our reader where there is none)."""
    lines = ["| format | way | CPU ms a document | × floor |", "| --- | --- | ---: | ---: |"]
    for suffix, ways in found.items():
        for name, spent in ways.items():
            beside = f"{spent / ways['floor']:.1f}" if "floor" in ways else "–"
            lines.append(f"| {suffix} | {name} | {spent:.2f} | {beside} |")
    return "\n".join(lines)


def main() -> None:
    """The command line."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--documents", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(table(measured(documents(asked.home, asked.documents), asked.rounds)))


if __name__ == "__main__":
    main()
