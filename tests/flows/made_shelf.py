"""Runs without portals: staged parts made from figures, judged and released as the flows do it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from expectations.waivers import Waiver
from flows.archived import Archived
from flows.canonical import merge
from flows.home import Home
from flows.judging import Judge, Judged, evaluated, judge
from flows.plan import Plan
from flows.releasing import release_batch
from flows.standing import standing
from flows.surroundings import Scene, scene
from form.reading import Narrative, Reading, Report
from portals.captures import Capture, capture_id, stamp
from portals.presence import Presence, Spell
from portals.registry import Registry
from portals.shelved import Shelved
from portals.units import PortalSource, Unit
from warehouse.record import Release
from warehouse.release import publish
from warehouse.rows import Failure, Provenance, cell_rows, error_rows, report_rows
from warehouse.spec import TABLES
from warehouse.staging import Part, read_parts
from warehouse.status import read_table

HOST = "portal.example"
AT = datetime(2026, 6, 1, 18, tzinfo=UTC)


def unit(unit_id: str, parent: str | None = None, **other: Any) -> Unit:
    """A unit of some county, unless `other` says more."""
    first = Unit(unit_id, unit_id[:6], f"单位{unit_id}", (), "county", "department", parent, "p", "/", 2019, None)
    return replace(first, **other)


def registry(*units: Unit) -> Registry:
    return Registry({"p": PortalSource("p", HOST, "trs", 0, 1)}, {one.id: one for one in units})


@dataclass(frozen=True)
class Doc:
    """A document with a report whose figures agree, `off` apart: so much is too much in a total of table four."""

    unit_id: str
    year: int
    carried_in: int = 0
    carried_out: int = 0
    received: int = 50
    off: int = 0
    name: str = "a"
    media: str = "text/html"
    #: why there is no report in it after all
    error: str = ""
    #: what its page says beside the report
    template: str = ""
    #: how many contents of its address came before
    age: int = 0
    #: what stands in section one
    text: str = ""
    published: date | None = None
    #: what is read off by so much by the reader
    reader: str = "html/1"
    misread: int = 0
    #: why its figures are in doubt
    doubt: str = ""

    @property
    def report_id(self) -> str:
        return f"{self.unit_id}-{self.year}"

    @property
    def address(self) -> str:
        return f"http://{HOST}/{self.unit_id}/{self.year}/{self.name}.html"

    @property
    def sha256(self) -> str:
        return hashlib.sha256(repr(replace(self, reader="", misread=0, doubt="")).encode()).hexdigest()

    @property
    def capture(self) -> str:
        return capture_id(self.address, self.sha256)

    @property
    def cells(self) -> dict[str, int]:
        """The printed figures."""
        processed = self.received + self.carried_in - self.carried_out
        rows = {
            "received": self.received,
            "carried_in": self.carried_in,
            "granted": processed,
            "processed_total": processed,
            "carried_out": self.carried_out,
        }
        found = {f"applications.{row}.{c}": n for row, n in rows.items() for c in ("natural_person", "total")}
        ends = {"upheld": 3, "corrected": 1, "other": 0, "pending": 2, "total": 6 + self.off}
        return found | {f"disputes.reconsideration.{end}": n for end, n in ends.items()}


def part(units: Registry, *docs: Doc) -> Part:
    """The staged part of some documents."""
    sources = [(_origin(units.units[doc.unit_id], doc), _report(doc)) for doc in docs if not doc.error]
    failures = [
        Failure(d.unit_id, d.capture, d.address, d.sha256, "html/1", d.error, "坏", d.year) for d in docs if d.error
    ]
    return report_rows(sources), cell_rows(sources), error_rows(failures)


def _origin(one: Unit, doc: Doc) -> Provenance:
    return Provenance(
        unit_id=one.id,
        unit_name=one.name,
        code=one.code,
        level=one.level,
        kind=one.kind,
        parent_id=one.parent,
        year=doc.year,
        address=doc.address,
        media_type=doc.media,
        sha256=doc.sha256,
        capture_id=doc.capture,
        reader=doc.reader,
        published=doc.published or date(doc.year + 1, 1, 20),
    )


def _report(doc: Doc) -> Report:
    figures = ((key, n + doc.misread) for key, n in doc.cells.items())
    sure, why = (0.6, doc.doubt) if doc.doubt else (1.0, None)
    readings = tuple(Reading(key, str(n), Decimal(n), "printed", doc.reader, sure, note=why) for key, n in figures)
    sections = ("overview", "proactive", "applications", "disputes", "problems", "other_matters")
    title, text = f"{doc.unit_id} {doc.year} {doc.name}", Narrative(doc.text or None)
    return Report(None, doc.year, "2021", title, readings, narrative=text, sections=sections)


@dataclass
class Shelf:
    """A home, and the runs over it; all `captures` lie in the archive from the first one on."""

    home: Path
    registry: Registry
    captures: dict[str, Capture] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    day: date = date(2026, 6, 1)
    nights: int = 0
    #: address -> when a list showed it; of another one nothing is known, so that it stands
    shown: dict[str, Spell] = field(default_factory=dict)
    scene: Scene | None = None
    judged: Judged = field(default_factory=Judged)

    def archive(self, docs: Iterable[Doc], at: datetime = AT) -> None:
        """Have the documents captured, and last seen at that time."""
        for doc in docs:
            blank = dict.fromkeys(("final_address", "title", "media_type", "charset", "digest"), "")
            blank |= dict.fromkeys(("etag", "last_modified"), "")
            self.captures[doc.capture] = Capture(
                **blank,
                capture_id=doc.capture,
                address=doc.address,
                unit_id=doc.unit_id,
                published=None,
                parent_address=None,
                fetched_at=at,
                checked_at=at,
                status=200,
                sha256=doc.sha256,
                size=1,
                warc="a.warc.gz",
                offset=0,
                role="document",
                start=0,
                imported_by="",
            )

    def see(self, doc: Doc, at: datetime) -> None:
        """Have a document's address give it again."""
        self.captures[doc.capture] = replace(self.captures[doc.capture], checked_at=at)

    def list(self, doc: Doc, first: datetime, last: datetime, *, gone: bool) -> None:
        """Have a document's address stand on a list from the one time to the other."""
        self.shown[doc.address] = Spell(stamp(first), stamp(last), gone)

    def run(self, *docs: Doc, by: Judge = evaluated) -> Release | None:
        """A run that reads these documents, each staged by itself."""
        self.nights += 1
        at = AT + timedelta(days=self.nights)
        plan = Plan("nightly", Home(self.home), self.registry, self.registry.select(), (2019, 2024))
        shelved = Shelved.of(self.captures[key] for key in sorted(self.captures))
        archived = Archived(shelved, presence=Presence(self.shown))
        known = standing(self.home)
        parts = [read_parts([]), *(part(self.registry, doc) for doc in docs)]
        staged = merge(parts, known.newest, archived)
        self.scene = scene(plan, archived, known, staged, self.waivers, self.day, parts)
        self.judged = judge(known, self.scene, by)
        return publish(self.home, release_batch("nightly", archived, known, self.scene, self.judged, at), at)

    def rows(self, name: str, *columns: str) -> list[Any]:
        """A table, all of it or some columns, in the order of its key; single values where one column is asked."""
        table = read_table(self.home, name).sort_by([(key, "ascending") for key in TABLES[name].key])
        rows = table.to_pylist()
        if not columns:
            return rows
        return [row[columns[0]] if len(columns) == 1 else tuple(row[c] for c in columns) for row in rows]

    def released(self) -> list[str]:
        return self.rows("reports", "report_id")

    def held(self) -> list[str]:
        return self.rows("held_reports", "report_id")

    def content(self) -> dict[str, list[dict[str, Any]]]:
        """Every table but that of events, without the times."""
        found = {}
        for name in TABLES:
            if name == "finding_events":
                continue
            table: pa.Table = read_table(self.home, name)
            dropped = {"opened_at", "opened_in", *({"release_id", "gate"} if name == "versions" else ())}
            kept = [column for column in table.column_names if column not in dropped]
            found[name] = table.select(kept).sort_by([(key, "ascending") for key in TABLES[name].key]).to_pylist()
        return found
