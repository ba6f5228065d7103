"""Every document of the bench: which report, drawn how, by whom, and spoilt how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from benchmarks.accuracy.reports import Wish
from benchmarks.accuracy.scanning import SPOILINGS

GROUPS: Final = ("native PDF", "native PDF, no rules", "HTML", "docx, doc, xlsx", "scan ≥ 150 dpi", "scan 100 dpi")
#: slips planted in documents by turns: most have some, every fourth is clean
_SLIPS: Final = (2, 3, 0, 3)
_FORMS: Final = ("2021", "2019", "2021", "one-row", "2021", "old-tables")


@dataclass(frozen=True, slots=True)
class Item:
    """One document: `producer` and `layout` name how the pages are made, `scan` how they are spoilt."""

    name: str
    group: str
    kind: str
    producer: str
    layout: tuple[tuple[str, object], ...]
    wish: Wish
    way: str = ""
    reports: int = 1
    dpi: int = 0
    spoiling: str = ""

    @property
    def file(self) -> str:
        """The document's file name."""
        return f"{self.name}.{self.kind}"

    @property
    def settings(self) -> dict[str, object]:
        """The layout as keyword arguments."""
        return dict(self.layout)


@dataclass(frozen=True, slots=True)
class _Draft:
    name: str
    group: str
    kind: str
    producer: str
    layout: tuple[tuple[str, object], ...] = ()
    prints: tuple[str, ...] = ()
    form: str = ""
    order: str = "usual"
    way: str = ""
    reports: int = 1
    dpi: int = 0
    spoiling: str = ""


def _layout(**settings: object) -> tuple[tuple[str, object], ...]:
    return tuple(settings.items())


def all_items() -> tuple[Item, ...]:
    """All documents, always in the same order."""
    slips, forms = cycle(_SLIPS), cycle(_FORMS)
    items = []
    drafts = (
        *_drawn(),
        *_typeset(),
        *_other_pdf(),
        *_printed(),
        *_turned(),
        *_bare(),
        *_html(),
        *_office(),
        *_scans(),
    )
    for draft in drafts:
        wish = Wish(draft.form or next(forms), draft.prints, next(slips), draft.order)
        items.append(
            Item(
                draft.name, draft.group, draft.kind, draft.producer, draft.layout, wish,
                draft.way, draft.reports, draft.dpi, draft.spoiling,
            )
        )  # fmt: skip
    if len({item.name for item in items}) != len(items):
        raise ValueError("two documents of one name")
    return tuple(items)


def _native(name: str, producer: str, **more: object) -> _Draft:
    return _Draft(f"pdf-{name}", "native PDF", "pdf", producer, **more)  # type: ignore[arg-type]


_PENS: Final = (
    "ruled", "hairline", "thick", "bars", "thick-bars", "double", "dash-pattern", "dash-pieces", "dots",
    "separate", "per-cell", "open-sides", "open-all", "shaded",
)  # fmt: skip


def _drawn() -> Iterator[_Draft]:
    for index, pen in enumerate(_PENS):
        look = ("roomy", "cut", "small", "tall")[index % 4]
        yield _native(f"fpdf-{pen}-{look}", "fpdf2", layout=_layout(pen=pen, look=look))
    for index, pen in enumerate(("ruled", "dash-pattern", "separate", "bars", "open-sides", "shaded")):
        look = ("cut", "roomy", "tall", "small")[index % 4]
        yield _native(f"reportlab-{pen}-{look}", "reportlab", layout=_layout(pen=pen, look=look, by="reportlab"))
    for repeat, landscape in ((True, False), (False, False), (True, True)):
        name = f"reportlab-table{'-repeated' if repeat else ''}{'-landscape' if landscape else ''}"
        yield _native(name, "reportlab table", layout=_layout(repeat=repeat, landscape=landscape))


def _typeset() -> Iterator[_Draft]:
    for stroke in ("solid", "dashed", "dotted", "grey", "no-outer"):
        yield _native(f"typst-{stroke}", "typst", layout=_layout(stroke=stroke))
    yield _native("typst-repeated", "typst", layout=_layout(repeat=True, shaded=True))
    yield _native("typst-landscape", "typst", layout=_layout(wide=True, size=10.0))
    yield _native("typst-large", "typst", layout=_layout(size=11.0, font="Liberation Serif"))


def _other_pdf() -> Iterator[_Draft]:
    for number, digits in enumerate(("Liberation Serif", "Liberation Sans", "Liberation Serif", "DejaVu Sans")):
        size = (9.0, 8.0, 10.5, 7.5)[number]
        yield _native(f"writer-{number + 1}", "LibreOffice", layout=_layout(digits=digits, size=size))
    for style in ("portal", "wps", "jsp"):
        yield _native(f"chromium-{style}", "Chromium", layout=_layout(style=style))


def _printed() -> Iterator[_Draft]:
    """Figures written in unusual ways."""
    pen = _layout(pen="ruled", look="roomy")
    for prints in ("full-width", "separators", "slash", "dash", "none", "hyphen", "empty", "annotated"):
        yield _native(f"figures-{prints}", "fpdf2", layout=pen, prints=(prints,))
    yield _native("figures-merged-zeros", "typst", layout=_layout(), prints=("merged-zeros",))
    yield _native("figures-spaced", "fpdf2", layout=_layout(pen="ruled", look="cut", spacing=2.5))
    yield _native("figures-spaced-wide", "fpdf2", layout=_layout(pen="bars", look="small", spacing=4.0))
    yield _native("figures-tracked", "typst", layout=_layout(tracking=3.0, size=7.5))
    yield _native("grid-skewed", "typst", layout=_layout(), prints=("skewed",))
    for order in ("disputes-first", "tables-only", "letter"):
        yield _native(f"order-{order}", "typst", layout=_layout(), order=order)


def _turned() -> Iterator[_Draft]:
    for index, way in enumerate(
        ("rotate-90", "rotate-180", "rotate-270", "sideways-upright", "crop-offset", "media-offset", "form")
    ):
        producer, layout = (
            ("fpdf2", _layout(pen="ruled", look="cut")) if index % 2 else ("typst", _layout(stroke="solid"))
        )
        yield _native(f"turned-{way}", producer, layout=layout, way=way)
    yield _native("two-reports-typst", "typst", layout=_layout(), reports=2)
    yield _native("two-reports-drawn", "fpdf2", layout=_layout(pen="per-cell", look="small"), reports=2)


def _bare() -> Iterator[_Draft]:
    group = "native PDF, no rules"
    yield _Draft("bare-none", group, "pdf", "fpdf2", _layout(pen="none", look="roomy"))
    yield _Draft("bare-none-tall", group, "pdf", "fpdf2", _layout(pen="none", look="tall"))
    yield _Draft("bare-gaps", group, "pdf", "fpdf2", _layout(pen="gaps", look="roomy"))
    yield _Draft("bare-gaps-cut", group, "pdf", "reportlab", _layout(pen="gaps", look="cut", by="reportlab"))


def _html() -> Iterator[_Draft]:
    def page(name: str, style: str, **more: object) -> _Draft:
        return _Draft(f"html-{name}", "HTML", "html", "HTML", _layout(style=style), **more)  # type: ignore[arg-type]

    for style in ("portal", "wps", "jsp"):
        for form in ("2021", "2019", "one-row"):
            yield page(f"{style}-{form}", style, form=form)
    for index, prints in enumerate(
        ("slash", "dash", "none", "annotated", "merged-zeros", "full-width", "separators")
    ):
        yield page(f"figures-{prints}", ("portal", "wps", "jsp")[index % 3], prints=(prints,))
    yield page("order-disputes-first", "portal", order="disputes-first")
    yield page("two-reports", "portal", reports=2)


def _office() -> Iterator[_Draft]:
    group = "docx, doc, xlsx"
    for number, prints in enumerate(((), (), ("slash",), ("annotated",), ("merged-zeros",), ("skewed",)), 1):
        yield _Draft(f"docx-{number}", group, "docx", "python-docx", _layout(size=9.0), prints=prints)
    for number in (1, 2, 3):
        yield _Draft(f"doc-{number}", group, "doc", "LibreOffice doc", _layout(size=9.0))
    yield _Draft("wps-1", group, "wps", "LibreOffice doc", _layout(size=9.0))
    for number, (sheets, numbers) in enumerate(((True, True), (False, True), (True, False), (False, False)), 1):
        yield _Draft(f"xlsx-{number}", group, "xlsx", "openpyxl", _layout(sheets=sheets, numbers=numbers))
    yield _Draft("xls-1", group, "xls", "LibreOffice xls", _layout(sheets=False, numbers=True))


#: what is scanned, by turns
_BASES: Final = (
    ("typst", _layout(stroke="solid", font="Liberation Serif", size=9.0)),
    ("fpdf2", _layout(pen="ruled", look="roomy")),
    ("typst", _layout(stroke="solid", size=8.5)),
    ("fpdf2", _layout(pen="bars", look="cut")),
    ("LibreOffice", _layout(digits="Liberation Serif", size=9.0)),
)


def _scans() -> Iterator[_Draft]:
    bases = cycle(_BASES)
    for dpi in (300, 200, 150, 100):
        group = "scan 100 dpi" if dpi == 100 else "scan ≥ 150 dpi"
        for spoiling in SPOILINGS:
            producer, layout = next(bases)
            name = f"scan-{dpi}-{spoiling}"
            yield _Draft(name, group, "pdf", producer, layout, dpi=dpi, spoiling=spoiling)
    group = "scan ≥ 150 dpi"
    for kind, dpi in (("png", 150), ("jpg", 200), ("tiff", 200)):
        producer, layout = next(bases)
        yield _Draft(f"picture-{kind}", group, kind, producer, layout, dpi=dpi, spoiling="skew-right")
    for way in ("garbage-text", "bilevel"):
        producer, layout = next(bases)
        yield _Draft(f"scan-200-{way}", group, "pdf", producer, layout, way=way, dpi=200, spoiling="skew-right")
