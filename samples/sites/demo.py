"""A small province on sites of every family: short reports, every quirk by turns, and what should be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from samples.sites.layout import Ground, Plot, Spot, lay_out
from samples.sites.publication import QUIRKS, Body, Corner, File, Publication, Site, Truth
from samples.sites.style import numbered
from samples.sites.writer import write_sites
from samples.units import choose_units

Document = Callable[[Body, int], bytes]

#: Some of a corner's units share its list with others, as a government, its office and its departments do.
_SHARING: Final = 4
_PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def write_demo(
    directory: Path,
    *,
    units: int = 420,
    years: tuple[int, int] = (2022, 2023),
    quirks: Sequence[str] = tuple(QUIRKS),
    document: Document | None = None,
    pdf: Document | None = None,
) -> list[Truth]:
    """Writes `units` units on one site a family, with `sources.toml` and `truth.jsonl`; gives the truth.

    Each quirk comes by turns, after as many plain reports; three lists are obstructed. `document` makes the HTML
    inside an article, by default a few words and the labels of one table; `pdf` makes the reports that are files,
    by default a file with no page.
    """
    grounds = lay_out(choose_units(units), years, quirks, _SHARING)
    return write_sites(directory, _sites(grounds, (document or short_document, pdf or empty_pdf)), years)


def short_document(unit: Body, year: int) -> bytes:
    """A report in a few words, with enough of a table to be known as one."""
    cells = "".join(
        f"<td>{label}</td>" for label in ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构")
    )
    return (
        f"<p>{unit.name}{year}年政府信息公开工作年度报告。</p>"
        f"<table><tr>{cells}</tr><tr>{f'<td>{numbered(unit.id, year) % 50}</td>' * 5}</tr></table>"
    ).encode()


def empty_pdf(unit: Body, year: int) -> bytes:
    """A file that is one, and different for each report."""
    return _PDF + f"% {unit.id} {year}\n".encode()


def _sites(grounds: Sequence[Ground], makers: tuple[Document, Document]) -> Iterator[Site]:
    for ground in grounds:
        yield Site(ground.host, ground.family, tuple(_corner(plot, makers) for plot in ground.plots))


def _corner(plot: Plot, makers: tuple[Document, Document]) -> Corner:
    publications = tuple(_publication(spot, makers, spot.unit is plot.keeper) for spot in plot.spots)
    return Corner(plot.name, plot.units, publications, plot.notices, plot.variant, plot.obstacle)


def _publication(spot: Spot, makers: tuple[Document, Document], keeper: bool) -> Publication:
    unit, year, quirk, turn = spot.unit, spot.year, spot.quirk, spot.turn
    titled = f"{unit.name}{year}年政府信息公开工作年度报告"
    title = f"{year}年政府信息公开工作年度报告" if quirk == "untitled" and keeper else titled
    published = date(year + 1, 1, 10) + timedelta(days=turn % 70)
    if quirk == "" and turn % 7 == 0:
        data = makers[1](unit, year)
        return Publication(unit, year, title, published, data, "application/pdf", direct=turn % 2 == 0)
    body = makers[0](unit, year)
    attached = (File("附表.pdf", _PDF + unit.id.encode(), "application/pdf"),) if turn % 11 == 5 else ()
    later = body.replace(b"<p>", "<p>（更正）".encode(), 1)
    return Publication(unit, year, title, published, body, "text/html", attached, quirk, later=later)
