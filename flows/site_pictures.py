"""Pictures of the sources of reports with findings, the gravest first, as far as the site has room for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Final

from flows.evidence import Wanted
from flows.evidence_sheets import Sheet, draw_sheets
from flows.evidence_sources import pictures_of, reading_of
from flows.home import Home
from flows.site_tables import Suspect, Tables
from flows.workers import Readers, readers, worker_count
from form.catalogue import POSITION
from form.errors import DocumentError
from notices.evidence_caption import Origin
from notices.site.files import Folder, content_name, dump
from notices.site.model import Picture
from portals.archive import Archive, ArchiveError
from portals.captures import Capture

#: part of every name: another way of drawing gives other names
_DRAWING: Final = "1"
#: reports whose cells are read, and whose pictures are drawn, at once
_AT_ONCE: Final = 32
#: a picture higher than WebP can hold cannot be drawn
_UNDRAWN: Final = (DocumentError, ArchiveError, OSError, ValueError)


@dataclass(slots=True)
class Drawn:
    """The pictures of a site: by report, what they depend on, those that could not be drawn, bytes in all."""

    pictures: dict[str, tuple[Picture, ...]] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    size: int = 0
    wanted: int = 0

    def stamps(self) -> dict[str, str]:
        """unit_id -> what tells whether its pictures are the same."""
        return {unit: dump(sorted(names.items())) for unit, names in self.names.items()}


def draw_pictures(home: Home, folder: Folder, tables: Tables, most: int) -> Drawn:
    """Put the pictures into the folder of the site until they take `most` bytes; those already there are kept.

    A report whose source cannot be drawn goes without; the reason is kept beside the pictures, so that it is not
    tried again.
    """
    drawn = Drawn()
    suspects = tables.suspects()
    drawn.wanted = len(suspects)
    if not most or not suspects or not home.archive.is_dir():
        return drawn
    with Archive(home.archive) as archive, ExitStack() as stack:
        source = _Source(home, archive, archive.shelved(), stack)
        for start in range(0, len(suspects), _AT_ONCE):
            chosen = suspects[start : start + _AT_ONCE]
            for suspect, entry in _entries(folder, tables, source, chosen):
                if drawn.size + entry.size > most:
                    return drawn
                _take(folder, drawn, suspect, entry)
    return drawn


@dataclass
class _Source:
    """The archive, and the processes that draw: they are started when something has to be drawn."""

    home: Home
    archive: Archive
    captures: Mapping[str, Capture]
    stack: ExitStack

    @cached_property
    def pool(self) -> Readers:
        return self.stack.enter_context(readers())


@dataclass(frozen=True, slots=True)
class _Entry:
    """The pictures of one report under one name, new (`sheets`) or already in the folder."""

    name: str
    pictures: tuple[Picture, ...]
    size: int
    sheets: tuple[Sheet, ...] | None = None
    error: str | None = None

    @property
    def side(self) -> str:
        """The file that says where the cells stand."""
        return f"pictures/{self.name[:2]}/{self.name}.json"


def _take(folder: Folder, drawn: Drawn, suspect: Suspect, entry: _Entry) -> None:
    if entry.sheets is None:
        for path in (entry.side, *(f"pictures/{picture.file}" for picture in entry.pictures)):
            folder.keep(path)
    else:
        for picture, sheet in zip(entry.pictures, entry.sheets, strict=True):
            folder.put(f"pictures/{picture.file}", sheet.data)
        content = {"error": entry.error, "size": entry.size, "pictures": [asdict(one) for one in entry.pictures]}
        folder.put(entry.side, dump(content).encode())
    drawn.size += entry.size
    if entry.error:
        drawn.failed[suspect.report_id] = entry.error
    if entry.pictures:
        drawn.pictures[suspect.report_id] = entry.pictures
        drawn.names.setdefault(suspect.unit_id, {})[suspect.report_id] = entry.name


def _entries(
    folder: Folder, tables: Tables, source: _Source, chosen: Sequence[Suspect]
) -> Iterator[tuple[Suspect, _Entry]]:
    """The entries of some reports, in order; what has to be drawn is drawn by all workers at once."""
    kept = {suspect.report_id: _kept(folder, _name(suspect)) for suspect in chosen}
    missing = [suspect for suspect in chosen if kept[suspect.report_id] is None]
    made = _drawn(tables, source, missing) if missing else {}
    for suspect in chosen:
        yield suspect, kept[suspect.report_id] or made[suspect.report_id]


def _drawn(tables: Tables, source: _Source, missing: Sequence[Suspect]) -> dict[str, _Entry]:
    rows = tables.places(missing)
    pool = source.pool

    def draw(suspect: Suspect) -> _Entry:
        name = _name(suspect)
        try:
            sheets = pool.run(draw_sheets, _wanted(source, suspect, rows.get(suspect.report_id, [])))
        except _UNDRAWN as error:
            return _Entry(name, (), 0, (), " ".join(str(error).split())[:200] or type(error).__name__)
        return _Entry(name, tuple(_picture(name, *one) for one in enumerate(sheets)), _size(sheets), sheets)

    with ThreadPoolExecutor(worker_count()) as threads:
        return dict(zip((one.report_id for one in missing), threads.map(draw, missing), strict=True))


def _name(suspect: Suspect) -> str:
    return content_name(dump([_DRAWING, suspect.sha256, suspect.reader, sorted(suspect.keys)]).encode())


def _picture(name: str, number: int, sheet: Sheet) -> Picture:
    return Picture(f"{name[:2]}/{name}-{number + 1}.webp", sheet.width, sheet.height, sheet.label, sheet.boxes)


def _size(sheets: Iterable[Sheet]) -> int:
    return sum(len(sheet.data) for sheet in sheets)


def _kept(folder: Folder, name: str) -> _Entry | None:
    """The entry that the build before left in the folder."""
    entry = _Entry(name, (), 0)
    if not folder.known(entry.side):
        return None
    content = json.loads((folder.root / entry.side).read_text("utf-8"))
    pictures = tuple(
        Picture(**(one | {"boxes": {key: tuple(box) for key, box in one["boxes"].items()}}))
        for one in content["pictures"]
    )
    if not all(folder.known(f"pictures/{picture.file}") for picture in pictures):
        return None
    return _Entry(name, pictures, content["size"], None, content["error"])


def _wanted(source: _Source, suspect: Suspect, rows: Sequence[Mapping[str, Any]]) -> Wanted:
    """What is to be drawn of a report: all its cells placed, its findings' cells the ones that matter."""
    capture = source.captures.get(suspect.capture_id)
    if capture is None or capture.sha256 != suspect.sha256:
        raise DocumentError("unopened", "the archive does not hold the document that was read")
    readings = tuple(sorted(map(reading_of, rows), key=lambda reading: POSITION[reading.key]))
    # A PDF and a picture are their own pages; of a page of text they are the pictures that it shows.
    loose = any(reading.page is not None for reading in readings) and suspect.media_type.startswith("text/")
    return Wanted(
        data=source.archive.read(suspect.capture_id),
        name=suspect.address,
        origin=Origin(suspect.address, suspect.sha256, capture.fetched_at),
        keys=tuple(reading.key for reading in readings),
        charset=capture.charset or None,
        year=suspect.year,
        readings=readings,
        main=suspect.keys,
        pictures=pictures_of(source.home, suspect.capture_id) if loose else (),
    )
