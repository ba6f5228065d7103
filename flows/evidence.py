"""The picture of a cell's place in its source: read, placed, drawn and put under a caption."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.exits import UnusableError
from form.errors import DocumentError
from form.grid import Document
from form.reading import Reading
from form.recognise import read_reports
from notices.evidence_caption import Item, Origin
from notices.evidence_places import Place, place_of, traced

if TYPE_CHECKING:
    from notices.evidence import Strip

#: rows shown above and below the row of a cell
MARGIN = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show of one document.

    `readings` are the released or held cells, empty for a document that was never loaded: then the cells
    `keys` are read from it. `main` are the keys to mark before others (a finding's suspects; all where
    empty). `finding` has lines about the finding.
    """

    data: bytes
    name: str
    origin: Origin
    keys: tuple[str, ...]
    charset: str | None = None
    unit: str | None = None
    year: int | None = None
    readings: tuple[Reading, ...] = ()
    main: tuple[str, ...] = ()
    finding: tuple[str, ...] = ()
    margin: int = MARGIN


@dataclass(frozen=True, slots=True)
class _Found:
    """A cell to show, and where it stands: None where that cannot be told."""

    item: Item
    place: Place | None
    main: bool
    exact: bool = True


def draw(wanted: Wanted) -> bytes:
    """The evidence picture as PNG. For a process of its own: the document is hostile.

    Raises `DocumentError` where the document cannot be read or drawn, `UnusableError` where it prints none of
    the cells.
    """
    from extractors.read import read
    from extractors.render import has_pages
    from notices.evidence import compose
    from notices.evidence_caption import caption

    paged = has_pages(wanted.data)
    try:
        document = traced(read(wanted.data, name=wanted.name, charset=wanted.charset))
    except DocumentError:
        # Figures that stand in the warehouse have their place on paper, whatever today's reader says.
        if not (paged and wanted.readings):
            raise
        document = Document((), "", "")
    found = _found(wanted, document, paged)
    if not found:
        raise UnusableError("the document prints none of the cells asked for")
    strips = _page_strips(wanted, document, found) if paged else _table_strips(wanted, document, found)
    return compose(caption([one.item for one in found], wanted.origin, wanted.finding), strips)


def _found(wanted: Wanted, document: Document, paged: bool) -> list[_Found]:
    """The cells to show with their places, numbered where there are several."""
    if wanted.readings:
        found = list(_stored(wanted, document, paged))
    else:
        keys = frozenset(wanted.keys)
        found = [
            _Found(Item(report.unit, report.year, reading, None), _place(document, reading), main=True)
            for report in read_reports(document)
            for reading in report.readings
            if reading.key in keys
        ]
    if len(found) == 1:
        return found
    found.sort(key=lambda one: not one.main)
    return [replace(one, item=replace(one.item, number=n)) for n, one in enumerate(found, 1)]


def _stored(wanted: Wanted, document: Document, paged: bool) -> Iterable[_Found]:
    main = frozenset(wanted.main or wanted.keys)
    again = {} if paged else _again(document, wanted.year)
    for reading in wanted.readings:
        item = Item(wanted.unit, wanted.year, reading, None)
        if paged:
            yield _Found(item, _place(document, reading), reading.key in main)
            continue
        now = again.get(reading.key)
        exact = now is not None and now.printed == reading.printed
        remark = "" if exact else "入库后读取程序已变，图中只标出该行"
        place = _place(document, now) if now else None
        yield _Found(replace(item, remark=remark), place, reading.key in main, exact)


def _again(document: Document, year: int | None) -> dict[str, Reading]:
    """What the document's report for a year prints, by key; the first report where no year fits."""
    reports = read_reports(document)
    chosen = next((report for report in reports if report.year == year), reports[0])
    return {reading.key: reading for reading in chosen.readings}


def _place(document: Document, reading: Reading) -> Place | None:
    return place_of(document.grids, reading.page, reading.bbox)


def _page_strips(wanted: Wanted, document: Document, found: Sequence[_Found]) -> list[Strip]:
    from extractors.render import render_page
    from notices.evidence import Strip
    from notices.evidence_page import Mark, Sheet, cut, cuttings

    marks, places = [], []
    for one in found:
        reading = one.item.reading
        if reading.page is not None and reading.bbox is not None:
            marks.append(Mark(reading.page, reading.bbox, one.item.number, one.main))
            places.append(one.place)
    if not marks:
        raise UnusableError("no place on paper is known of the cells asked for")
    cut_out = cuttings(document.grids, marks, places, wanted.margin)
    sheets = {page: Sheet(*render_page(wanted.data, page)) for page in sorted({c.page for c in cut_out})}
    return [Strip(f"第 {c.page} 页{'（表头）' if c.header else ''}", cut(sheets[c.page], c, marks)) for c in cut_out]


def _table_strips(wanted: Wanted, document: Document, found: Sequence[_Found]) -> list[Strip]:
    from notices.evidence import Strip
    from notices.evidence_places import header_of
    from notices.evidence_table import Tag, draw_rows

    grids = document.grids
    tags: dict[int, dict[tuple[int, int], Tag]] = {}
    rows: dict[int, set[int]] = {}
    for one in found:
        if one.place is None:
            continue
        cell, index = one.place.cell, one.place.grid
        rows.setdefault(index, set()).update(
            range(one.place.rows[0] - wanted.margin, one.place.rows[1] + wanted.margin)
        )
        header = header_of(grids, index, cell.row)
        if header:
            rows.setdefault(header[0], set()).update(range(*header[1]))
        if one.exact:
            tags.setdefault(index, {})[cell.row, cell.column] = Tag(one.item.number, one.main)
    if not rows:
        raise UnusableError("the cells asked for are not found in the document's tables")
    return [
        Strip(f"第 {index + 1} 张表", draw_rows(grids[index], sorted(rows[index]), tags.get(index, {})), framed=False)
        for index in sorted(rows)
    ]
