"""The picture of a cell's place in its source: read, placed, drawn and put under a caption."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flows.exits import UnusableError
from form.errors import DocumentError
from form.grid import BBox, Document
from form.reading import Reading, Report
from form.recognise import read_reports
from notices.evidence_caption import Item, Origin
from notices.evidence_places import Place, place_of, traced

if TYPE_CHECKING:
    from notices.evidence import Strip

#: what names a cell: see `notices.evidence_places.traced`
Trace = tuple[int | None, BBox | None]

#: rows shown above and below the row of a cell
MARGIN = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to show of one document.

    `readings` are the released or held cells, empty for a document that was never loaded: then the cells
    `keys` are read from it. `main` are the keys to mark before others (a finding's suspects; all where
    empty). `finding` has lines about the finding. `pictures` are files that a page shows and that were read with it.
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
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A cell to show, and where it stands: None where that cannot be told."""

    item: Item
    place: Place | None
    main: bool = True
    exact: bool = True

    @property
    def on_paper(self) -> bool:
        """Whether the cell stands on a page or in a picture."""
        return self.item.reading.page is not None and self.item.reading.bbox is not None


def draw(wanted: Wanted) -> bytes:
    """The evidence picture as PNG. For a process of its own: the document is hostile.

    Raises `DocumentError` where the document cannot be read or drawn, `UnusableError` where it prints none of
    the cells.
    """
    from notices.evidence import compose
    from notices.evidence_caption import caption

    found, strips = _strips(wanted)
    return compose(caption([one.item for one in found], wanted.origin, wanted.finding), strips)


def crop(wanted: Wanted) -> bytes:
    """The picture alone, without words, as a small PNG for a mail. For a process of its own; raises as `draw`."""
    from notices.evidence import stacked

    return stacked(_strips(wanted)[1])


def _strips(wanted: Wanted) -> tuple[list[Found], list[Strip]]:
    """The cells to show, numbered, and the pictures that show them."""
    document, reports = read_document(wanted)
    found = _numbered(
        list(stored(wanted, document, reports) if wanted.readings else _fresh(wanted, document, reports))
    )
    if not found:
        raise UnusableError("the document prints none of the cells asked for")
    strips = [
        *_page_strips(wanted, document, [one for one in found if one.on_paper]),
        *_table_strips(wanted, document, [one for one in found if not one.on_paper]),
    ]
    if not strips:
        raise UnusableError("no place in the document is known of the cells asked for")
    return found, strips


def read_document(wanted: Wanted) -> tuple[Document, tuple[Report, ...]]:
    """The document and its reports: by its text, else by its pictures. Raises `DocumentError`."""
    from extractors.read import read
    from flows.extraction import recognise

    try:
        document = read(wanted.data, name=wanted.name, charset=wanted.charset)
        return recognise(document, wanted.data, wanted.name, wanted.charset, wanted.pictures)
    except DocumentError as error:
        failure = error
    # Figures that stand in the warehouse have their place on paper, whatever today's readers say.
    if wanted.readings and all(reading.bbox is not None for reading in wanted.readings):
        return Document((), "", ""), ()
    raise failure


def _numbered(found: list[Found]) -> list[Found]:
    """The main cells first; with numbers where there are several."""
    if len(found) == 1:
        return found
    found.sort(key=lambda one: not one.main)
    return [replace(one, item=replace(one.item, number=number)) for number, one in enumerate(found, 1)]


def _fresh(wanted: Wanted, document: Document, reports: tuple[Report, ...]) -> Iterator[Found]:
    """The cells of a document that was never loaded, in each of its reports."""
    from flows.extraction import reconsider

    keys = frozenset(wanted.keys)
    # With what a second look and the arithmetic of the form have to say of each cell.
    looked = reconsider(reports, wanted.data, document, wanted.charset)
    for report, traces in zip(looked, _traces(document, reports), strict=True):
        for reading in report.readings:
            if reading.key in keys:
                item = Item(report.unit, report.year, reading, None)
                yield Found(item, place_of(document.grids, *traces[reading.key]))


def stored(wanted: Wanted, document: Document, reports: Sequence[Report]) -> Iterator[Found]:
    """The cells of the warehouse: on paper where they were read, in a table where the same text is read today."""
    main = frozenset(wanted.main or wanted.keys)
    number = next((n for n, report in enumerate(reports) if report.year == wanted.year), 0)
    traces = _traces(document, reports)[number] if reports else {}
    now = {reading.key: reading.printed for reading in reports[number].readings} if reports else {}
    for reading in wanted.readings:
        first = reading.key in main
        on_paper = reading.page is not None and reading.bbox is not None
        exact = on_paper or now.get(reading.key) == reading.printed
        remark = "" if exact else "今日读取结果与入库时不同，图中只显示该行，不标单元格"
        item = Item(wanted.unit, wanted.year, reading, None, remark)
        trace = (reading.page, reading.bbox) if on_paper else traces.get(reading.key, (None, None))
        yield Found(item, place_of(document.grids, *trace), first, exact)


def _traces(document: Document, reports: Sequence[Report]) -> list[Mapping[str, Trace]]:
    """For each report, key -> the page and box of the cell, as `traced` names them."""
    marked = traced(document)
    again = reports if marked is document else read_reports(marked)
    return [{reading.key: (reading.page, reading.bbox) for reading in report.readings} for report in again]


def _page_strips(wanted: Wanted, document: Document, found: Sequence[Found]) -> list[Strip]:
    from extractors.render import render_page
    from notices.evidence import Strip
    from notices.evidence_page import Mark, Sheet, cut, cuttings

    marks, places = [], []
    for one in found:
        reading = one.item.reading
        if reading.page is not None and reading.bbox is not None:
            marks.append(Mark(reading.page, reading.bbox, one.item.number, one.main))
            places.append(one.place)
    cut_out = cuttings(document.grids, marks, places, wanted.margin)
    pages = sorted({c.page for c in cut_out})
    sheets = {page: Sheet(*render_page(wanted.data, page, more=wanted.pictures)) for page in pages}
    return [Strip(f"第 {c.page} 页{'（表头）' if c.header else ''}", cut(sheets[c.page], c, marks)) for c in cut_out]


def _table_strips(wanted: Wanted, document: Document, found: Sequence[Found]) -> list[Strip]:
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
    return [
        Strip(f"第 {index + 1} 张表", draw_rows(grids[index], sorted(rows[index]), tags.get(index, {})), framed=False)
        for index in sorted(rows)
    ]
