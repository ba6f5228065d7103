"""A small province on sites of every family: short reports, every quirk by turns, and what should be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from samples.sites.publication import QUIRKS, Body, Corner, File, Publication, Site, Truth
from samples.sites.style import numbered
from samples.sites.writer import STYLES, write_sites
from samples.units import choose_units

Document = Callable[[Body, int], bytes]

#: Some of a corner's units share its list with others, as a government, its office and its departments do.
_SHARING: Final = 4
_PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_LIST_OBSTACLES: Final = ("challenge", "shell", "dead")


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
    return write_sites(
        directory, _sites(choose_units(units), years, quirks, (document or short_document, pdf or empty_pdf)), years
    )


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


def _sites(
    units: Sequence[Body], years: tuple[int, int], quirks: Sequence[str], makers: tuple[Document, Document]
) -> Iterator[Site]:
    families = list(STYLES)
    # An odd number of turns: each quirk comes to every place of a shared list.
    turns = [quirk for one in quirks for quirk in ("", one)] + [""]
    groups = [units[start : start + _SHARING] for start in range(0, len(units), _SHARING)]
    turn = 0
    for place, family in enumerate(families):
        corners: list[Corner] = []
        for count, group in enumerate(groups[place :: len(families)]):
            publications: list[Publication] = []
            for unit in group:
                for year in range(years[0], years[1] + 1):
                    publications.append(_publication(unit, year, turns[turn % len(turns)], makers, turn, group))
                    turn += 1
            obstacle = _LIST_OBSTACLES[place % 3] if count == 1 and place < 3 else ""
            variant = count % STYLES[family].variants
            name = f"lb{place}{count:03d}"
            notices = tuple(_notices(years, len(group)))
            corners.append(Corner(name, tuple(group), tuple(publications), notices, variant, obstacle))
        yield Site(f"{family.replace('_', '-')}.gansu.example", family, tuple(corners))


def _publication(
    unit: Body, year: int, quirk: str, makers: tuple[Document, Document], turn: int, group: Sequence[Body]
) -> Publication:
    titled = f"{unit.name}{year}年政府信息公开工作年度报告"
    # A title that names nobody is the list's keeper's: the government's, else the office's, else the first's.
    keeper = min(group, key=lambda one: (one.kind != "aggregate", one.kind != "office", one.id))
    untitled = quirk == "untitled" and unit is keeper
    title = f"{year}年政府信息公开工作年度报告" if untitled else titled
    published = date(year + 1, 1, 10) + timedelta(days=turn % 70)
    if quirk == "" and turn % 7 == 0:
        data = makers[1](unit, year)
        return Publication(unit, year, title, published, data, "application/pdf", direct=turn % 2 == 0)
    body = makers[0](unit, year)
    attached = (File("附表.pdf", _PDF + unit.id.encode(), "application/pdf"),) if turn % 11 == 5 else ()
    later = body.replace(b"<p>", "<p>（更正）".encode(), 1)
    return Publication(unit, year, title, published, body, "text/html", attached, quirk, later=later)


def _notices(years: tuple[int, int], count: int) -> Iterator[tuple[str, date]]:
    """What else such a list holds."""
    for number in range(count + 1):
        yield (
            f"关于印发{years[0] + number}年政务公开工作要点的通知",
            date(years[0], 4, 1) + timedelta(days=40 * number),
        )
    yield "政府信息公开指南", date(years[0], 1, 5)
