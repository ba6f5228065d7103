"""What every reader is to the bench, and the list of them."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from benchmarks.accuracy.answers import Answer

Breaks = tuple[tuple[str, str], ...]


class Reader(Protocol):
    """A reader, warm in a process of its own."""

    def read(self, path: Path) -> Answer:
        """The reports of a document; the time this takes is the reader's time."""

    def breaks(self) -> Breaks | None:
        """The critical rules that the document read last breaks, by the reader's own judgement; None: it has none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A reader of the bench: where it lives, what it needs, what it reads, and whether it is slow there.

    `contrib`: whether it needs the OpenCV with extra modules, which must not replace gouji's own.
    `takes` are file suffixes, or 'native' and 'scan' for PDFs with and without text; slow readers see a sample.
    """

    name: str
    module: str
    factory: str
    takes: frozenset[str]
    needs: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    slow: frozenset[str] = frozenset()
    contrib: bool = False

    def absent(self, contrib: Path | None) -> str:
        """What this machine lacks for it, '' if nothing; `contrib` is the folder of that OpenCV."""
        gone = [name for name in self.needs if importlib.util.find_spec(name) is None]
        gone += [name for name in self.programs if shutil.which(name) is None]
        if self.contrib and not (contrib and (contrib / "cv2").is_dir()):
            gone.append("opencv-contrib-python-headless in a folder given by --contrib")
        return ", ".join(gone)

    def load(self) -> Reader:
        """The reader itself, ready."""
        make: Callable[[], Reader] = getattr(import_module(self.module), self.factory)
        return make()


_HERE: Final = "benchmarks.accuracy.readers"
_OWN: Final = frozenset({"native", "scan", "html", "docx", "doc", "wps", "xlsx", "xls", "png", "jpg", "tiff"})
_TEXT: Final = frozenset({"native"})
_SEEN: Final = frozenset({"native", "scan", "png", "jpg", "tiff"})

ENTRIES: Final = (
    Entry("gouji", f"{_HERE}.own", "Gouji", _OWN),
    Entry("Camelot lattice `vector`", f"{_HERE}.text_layer", "camelot_vector", _TEXT, ("camelot",)),
    Entry("Camelot lattice default", f"{_HERE}.text_layer", "camelot_default", _TEXT, ("camelot",)),
    Entry("Camelot stream", f"{_HERE}.text_layer", "camelot_stream", _TEXT, ("camelot",)),
    Entry("pdfplumber", f"{_HERE}.text_layer", "pdfplumber", _TEXT, ("pdfplumber",)),
    Entry("PyMuPDF find_tables", f"{_HERE}.text_layer", "pymupdf", _TEXT, ("pymupdf",)),
    Entry(
        "img2table + Tesseract", f"{_HERE}.pictures", "img2table_tesseract", _SEEN,
        ("img2table",), ("tesseract",), slow=_SEEN - _TEXT, contrib=True,
    ),
    Entry(
        "img2table + RapidOCR", f"{_HERE}.pictures", "img2table_rapidocr", _SEEN,
        ("img2table", "rapidocr"), slow=_SEEN - _TEXT, contrib=True,
    ),
    Entry(
        "Tesseract whole page",
        f"{_HERE}.pictures",
        "tesseract",
        _SEEN - _TEXT,
        ("pytesseract",),
        ("tesseract",),
        slow=_SEEN,
    ),
    Entry("RapidOCR whole page", f"{_HERE}.pictures", "rapidocr", _SEEN - _TEXT, ("rapidocr",), slow=_SEEN),
    Entry("docling", f"{_HERE}.models", "docling", frozenset({"native", "html", "docx", "xlsx"}), ("docling",)),
)  # fmt: skip
