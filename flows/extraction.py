"""One document to its reports: reader and recogniser in a row, never an exception."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import metadata
from importlib.resources import files
from importlib.resources.abc import Traversable

from form.errors import DocumentError
from form.grid import Document
from form.reading import Report

#: libraries that decide what is read; a new version of one is a new reader
READING_LIBRARIES = (
    "camelot-py",
    "lxml",
    "onnxruntime",
    "playa-pdf",
    "pypdfium2",
    "python-calamine",
    "rapidocr",
    "selectolax",
)

#: rooms whose code decides what is read, with the modules of this one named in `reader_version`
READING_ROOMS = ("form", "extractors", "expectations")


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one document gave: reports, or the error that says why there are none.

    `published` is the day on which it says it came out.
    """

    sha256: str
    media_type: str | None
    reports: tuple[Report, ...]
    error: DocumentError | None
    published: date | None = None


def extract_bytes(data: bytes, name: str, charset: str | None = None, pictures: Sequence[bytes] = ()) -> Extraction:
    """Read and recognise one document; look again where there is doubt.

    `pictures` are files that a page shows: they are read with it where its text holds no report. Every failure
    comes back as `error`: a reader that breaks on hostile bytes must not break the run.
    """
    # Imported here: the parent process and `--help` need no readers.
    from extractors.read import read

    sha256 = hashlib.sha256(data).hexdigest()
    media_type = published = None
    try:
        document = read(data, name=name, charset=charset)
        media_type, published = document.media_type, _day(document.metadata.get("published", ""))
        shown, reports = recognise(document, data, name, charset, pictures)
        return Extraction(sha256, media_type, reconsider(reports, data, shown, charset), None, published)
    except DocumentError as error:
        return Extraction(sha256, media_type, (), _mislabelled(name, media_type) or error, published)
    except MemoryError:
        return Extraction(sha256, media_type, (), DocumentError("too_complex", "memory limit reached"))
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"
        return Extraction(sha256, media_type, (), DocumentError("crashed", detail))


def _day(printed: str) -> date | None:
    """A day in ISO form; None for none, and for one that is in no calendar."""
    try:
        return date.fromisoformat(printed)
    except ValueError:
        return None


def recognise(
    document: Document, data: bytes, name: str, charset: str | None, pictures: Sequence[bytes]
) -> tuple[Document, tuple[Report, ...]]:
    """The reports of a document and where they stand: in itself, or, where its text holds none, in its pictures.

    Raises `DocumentError` (not_a_report, with what is known of why).
    """
    from extractors.read import read_pictures
    from flows import absence
    from form.recognise import read_reports

    try:
        reports = _warned(read_reports(document, name), document.metadata)
        return document, tuple(absence.remarked(report, document) for report in reports)
    except DocumentError as error:
        if error.code != "not_a_report":
            raise
        failure = error
    try:
        shown = read_pictures(data, more=pictures, charset=charset)
    except DocumentError:
        shown = None  # what the text says of itself is the better reason
    try:
        if shown is not None:
            return shown, read_reports(shown, name)
    except DocumentError as error:
        failure = error
    raise absence.explained(document, failure, pictured=shown is not None)


def reconsider(
    reports: tuple[Report, ...], data: bytes, document: Document, charset: str | None
) -> tuple[Report, ...]:
    """A second reader for native text in doubt; for recognised cells, the form's own arithmetic.

    `document` is where the reports stand.
    """
    from expectations.proposals import propose
    from flows.second_reading import recognised, second_look

    looked = second_look(data, document.media_type, reports, charset, document)
    return tuple(propose(report) if recognised(report) else report for report in looked)


def _warned(reports: tuple[Report, ...], metadata: Mapping[str, str]) -> tuple[Report, ...]:
    """The reports, with a remark where the reader found printed characters of a table in none of its cells."""
    warning = metadata.get("pdf_warning")
    return tuple(report.remarked("text_outside_cells", warning) for report in reports) if warning else reports


def _mislabelled(name: str, media_type: str | None) -> DocumentError | None:
    """A page without a report under the name of a PDF is a login or error page that somebody saved."""
    if name.lower().endswith(".pdf") and media_type == "text/html":
        return DocumentError("mislabelled", "named .pdf, but a web page without a report")
    return None


@cache
def reader_version() -> str:
    """Eight hex digits that change when the code or a library that reads changes."""
    digest = hashlib.sha256()
    for library in READING_LIBRARIES:
        digest.update(f"{library}={metadata.version(library)}\n".encode())
    flows = files("flows")
    own = [flows / name for name in ("absence.py", "doubts.py", "extraction.py", "second_reading.py")]
    for source in (*own, *(each for package in READING_ROOMS for each in _sources(files(package)))):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:8]


def _sources(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            yield from _sources(entry)
        elif entry.name.endswith((".py", ".csv")):
            yield entry


def unread(code: str, detail: str) -> Extraction:
    """The extraction of a file that was not even read."""
    return Extraction("", None, (), DocumentError(code, detail))
