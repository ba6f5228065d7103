"""The plan carried out: files and truths in a folder, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from benchmarks.accuracy import scanning
from benchmarks.accuracy.plan import Item
from benchmarks.accuracy.producers import browser, drawn, flowing, office, turned, typeset
from benchmarks.accuracy.producers.fonts import has_chinese
from benchmarks.accuracy.reports import Made, make_report
from benchmarks.accuracy.truth import Truth, write_sidecar
from samples import html
from samples.chance import keyed

#: producers that need LibreOffice -> what it makes of which file
_CONVERTED: Final = {
    "LibreOffice": ("docx", "pdf"),
    "LibreOffice doc": ("docx", "doc:MS Word 97"),
    "LibreOffice xls": ("xlsx", "xls:MS Excel 97"),
}
#: those that draw with a library of the peers' environment
_REPORTLAB: Final = ("reportlab", "reportlab table")
_GARBAGE: Final = "(cid:12)(cid:88)(cid:7) lIl0O 1l1 ~~ 5S8B 6G " * 12


@dataclass(frozen=True, slots=True)
class Document:
    """A made document and what it truly says, one truth a report."""

    item: Item
    path: Path
    truths: tuple[Truth, ...]


def missing_producers() -> tuple[str, ...]:
    """Producers of the plan that this machine lacks, or for which it lacks Chinese fonts."""
    fonts = has_chinese()
    gone = [] if find_spec("reportlab") else list(_REPORTLAB)
    gone += [] if fonts and browser.program() else ["Chromium"]
    return tuple(gone if fonts and office.available() else [*gone, *_CONVERTED])


def make_documents(items: Sequence[Item], folder: Path, seed: int) -> list[Document]:
    """Writes every document and its sidecar into `folder`; items whose producer is absent are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    gone = missing_producers()
    items = [item for item in items if item.producer not in gone]
    made = {item.name: _reports(item, seed) for item in items}
    pages = {item.name: _source(item, made[item.name]) for item in items}
    for producer in _CONVERTED:
        _convert([item for item in items if item.producer == producer], producer, pages)
    documents = []
    for item in items:
        path = folder / item.file
        path.write_bytes(_finished(item, pages[item.name], seed))
        truths = tuple(report.truth for report in made[item.name])
        write_sidecar(path, truths)
        documents.append(Document(item, path, truths))
    return documents


def _reports(item: Item, seed: int) -> list[Made]:
    names = [item.name, *(f"{item.name} {number}" for number in range(2, item.reports + 1))]
    first, *others = names
    return [make_report(seed, first, item.wish), *(make_report(seed, n, replace(item.wish, slips=1)) for n in others)]


def _source(item: Item, reports: Iterable[Made]) -> bytes:
    """The bytes before LibreOffice and the scanner have their turn."""
    parts = [_PRODUCERS[item.producer](report, item.settings) for report in reports]
    if len(parts) == 1:
        return parts[0]
    return turned.joined(parts) if item.kind == "pdf" else b"\n".join(_bodies(parts))


def _bodies(pages: Sequence[bytes]) -> list[bytes]:
    """Two pages as one: what stands in the second's text is put behind the first's."""
    first, *others = pages
    close = b'</div>\n</td></tr></table>\n<table class="footer"'
    inner = [page.partition(b'<div class="TRS_Editor">')[2].partition(close)[0] for page in others]
    titles = [page.partition(b"<h1>")[2].partition(b"</h1>")[0] for page in others]
    added = b"".join(b"<h1>" + title + b"</h1>\n" + body for title, body in zip(titles, inner, strict=True))
    return [first.replace(close, added + close)]


def _html(made: Made, settings: dict[str, object]) -> bytes:
    return html.render_report(made.paper, str(settings["style"]), made.rng)


def _docx(made: Made, settings: dict[str, object]) -> bytes:
    return office.docx(made.paper, **settings)  # type: ignore[arg-type]


_PRODUCERS: Final[dict[str, Callable[[Made, dict[str, object]], bytes]]] = {
    "fpdf2": lambda made, s: drawn.draw(made.paper, drawn.Drawing(**s)),  # type: ignore[arg-type]
    "reportlab": lambda made, s: drawn.draw(made.paper, drawn.Drawing(**s)),  # type: ignore[arg-type]
    "reportlab table": lambda made, s: flowing.render(made.paper, **s),  # type: ignore[arg-type]
    "typst": lambda made, s: typeset.render(made.paper, typeset.Setting(**s)),  # type: ignore[arg-type]
    "Chromium": lambda made, s: browser.print_page(_html(made, s)),
    "HTML": _html,
    "python-docx": _docx,
    "LibreOffice": _docx,
    "LibreOffice doc": _docx,
    "LibreOffice xls": lambda made, s: office.xlsx(made.paper, **s),  # type: ignore[arg-type]
    "openpyxl": lambda made, s: office.xlsx(made.paper, **s),  # type: ignore[arg-type]
}


def _convert(items: Sequence[Item], producer: str, pages: dict[str, bytes]) -> None:
    if items:
        suffix, kind = _CONVERTED[producer]
        done = office.convert({f"{item.name}.{suffix}": pages[item.name] for item in items}, kind)
        pages.update({item.name: done[f"{item.name}.{suffix}"] for item in items})


def _finished(item: Item, data: bytes, seed: int) -> bytes:
    if not item.dpi:
        return turned.turned(data, item.way) if item.way else data
    rng = np.random.default_rng(keyed(seed, item.name, "scan").getrandbits(64))
    how = scanning.SPOILINGS[item.spoiling]
    pictures = [scanning.spoil(page, how, item.dpi, rng) for page in scanning.pages(data, item.dpi)]
    if item.kind != "pdf":
        return scanning.as_image(pictures, item.dpi, {"jpg": "jpeg"}.get(item.kind, item.kind))
    scan = scanning.as_pdf(pictures, item.dpi, bilevel=item.way == "bilevel")
    if item.way == "garbage-text":
        return scanning.with_text_layer(scan, [_GARBAGE] * len(pictures))
    return scan
