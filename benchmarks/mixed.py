"""A home whose archive holds a made province, mixed as portals mix it, without a portal and without HTTP.

    python -m benchmarks.mixed --into FOLDER --reports 3500 [--scans] [--workers 2]

About 70 % pages, 20 % native PDFs, 5 % Word files and 5 % scans, over 2019 to 2025, of reports-by-seven units with
their governments above them; the sample generator's figures, faults and wordings, each document with its own. Without
`--scans` those that would be scanned are the native PDFs that the scanner was given. FOLDER becomes a home
(`archive/`, with `sources.toml` beside it), the same for the same arguments but for the times of capture, which are
fixed; one that was made to the end is left as it is. Scans and DOC need the development environment and LibreOffice.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import ceil
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from portals.archive import Archive, Origin
from portals.exchange import Exchange, Fetched
from portals.families.base import Entry
from portals.links import Link
from samples import html
from samples.chance import keyed
from samples.draft import Draft
from samples.page import Paper
from samples.parallel import in_order
from samples.province import make_reports
from samples.publishing import render_pdf, set_up
from samples.registry import Portal, write_registry
from samples.reports import Reports

YEARS: Final = 2019, 2025
SEED: Final = 1
PORTAL: Final = Portal("bench", "bench.gansu.example")
#: how often each style occurs, in hundredths
STYLES: Final = {
    "portal": 32,
    "wps": 22,
    "jsp": 16,
    "typst-official": 6,
    "typst-compact": 6,
    "fpdf-boxes": 4,
    "fpdf-bars": 4,
    "docx": 4,
    "doc": 1,
    "scan": 5,
}
_SCANNED: Final = "typst-official"
_DPI: Final = 200
_DIRECT_SHARE: Final = 0.25
_AT: Final = datetime(2026, 6, 1, 18, tzinfo=UTC)
_MEDIA: Final = {
    "html": "text/html",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
}
#: units of one task: enough for LibreOffice to convert several files at a start
_CHUNK: Final = 60
#: units and years of which no report is published, or one that no reader will have
_SPARE: Final = 1.025
_DONE: Final = "made.json"


@dataclass(frozen=True, slots=True)
class Made:
    """A listed report: its entry, its page or file, and the file that hangs on the page, if any."""

    entry: Entry
    style: str
    body: bytes
    attached: tuple[str, bytes] | None


@dataclass(frozen=True, slots=True)
class Home:
    """A made home: its folder, the registry, and how many reports are listed in each style."""

    root: Path
    sources: Path
    listed: dict[str, int]

    @property
    def reports(self) -> int:
        """Listed reports."""
        return sum(self.listed.values())


def make(into: Path, reports: int, *, scans: bool = False, workers: int = 2) -> Home:
    """The home in a folder, of at least so many reports, made unless it was; ValueError for another one there."""
    asked = {"reports": reports, "scans": scans, "styles": STYLES, "seed": SEED}
    done = into / _DONE
    if done.is_file():
        known = json.loads(done.read_text("utf-8"))
        if known["asked"] != asked:
            raise ValueError(f"{into} holds {known['asked']}")
        return Home(into, into / "sources.toml", known["listed"])
    shutil.rmtree(into, ignore_errors=True)
    (into / PORTAL.serve).mkdir(parents=True)
    province = make_reports(ceil(reports * _SPARE / (YEARS[1] - YEARS[0] + 1)), YEARS, SEED)
    validity = ((h.unit, (h.unit.first_year or YEARS[0], h.unit.last_year or YEARS[1])) for h in province.holders)
    write_registry(into / "sources.toml", PORTAL, validity)
    listed = dict(_filled(into / "archive", province, scans, workers))
    done.write_text(json.dumps({"asked": asked, "listed": listed}), "utf-8")
    return Home(into, into / "sources.toml", listed)


def _filled(folder: Path, province: Reports, scans: bool, workers: int) -> Counter[str]:
    listed: Counter[str] = Counter()
    synced = os.fsync
    os.fsync = lambda fd: None  # nothing here would be missed after a power cut
    try:
        with Archive.writing(folder) as archive:
            for made in in_order(_drawn, _tasks(province, scans), workers):
                for one in made:
                    _keep(archive, one)
                    listed[one.style] += 1
    finally:
        os.fsync = synced
    return listed


def _tasks(province: Reports, scans: bool) -> Iterator[tuple[list[Draft], bool]]:
    """The drafts of some units at a time; reports that are not published, or that nobody can read, are left out."""
    holders = province.holders
    for start in range(0, len(holders), _CHUNK):
        units = [holder.unit for holder in holders[start : start + _CHUNK]]
        found = (province.read(unit.id, year) for unit in units for year in filter(unit.existed, range(2019, 2026)))
        yield [draft for draft in found if draft is not None], scans


def _drawn(task: tuple[Sequence[Draft], bool]) -> list[Made]:
    drafts, scans = task
    papers = [(*set_up(draft, SEED), _style(draft, scans)) for draft in drafts]
    words = _word_files({n: paper for n, (paper, _, _, style) in enumerate(papers) if style == "doc"})
    made = []
    for number, (draft, (paper, _, rng, style)) in enumerate(zip(drafts, papers, strict=True)):
        if style in html.STYLES:
            made.append(_listed(draft, paper, style, html.render_report(paper, style, rng), None))
            continue
        data = words.get(number) or _file(paper, style, draft)
        suffix = style if style.startswith("doc") else "pdf"
        if rng.random() < _DIRECT_SHARE:
            made.append(_listed(draft, paper, style, data, None, suffix))
            continue
        name = f"P0{paper.page.published:%Y%m%d}{draft.year}.{suffix}"
        page = html.render_page(paper.page, html.attachment_body(paper.story.title, f"./{name}"))
        made.append(_listed(draft, paper, style, page, (name, data)))
    return made


def _style(draft: Draft, scans: bool) -> str:
    drawn = keyed(SEED, draft.unit.id, draft.year, "mix").choices(tuple(STYLES), tuple(STYLES.values()))[0]
    return drawn if scans or drawn != "scan" else _SCANNED


def _file(paper: Paper, style: str, draft: Draft) -> bytes:
    if style == "docx":
        from benchmarks.accuracy.producers import office

        return office.docx(paper)
    if style != "scan":
        return render_pdf(paper, style)
    import numpy as np

    from benchmarks.accuracy import scanning

    rng = keyed(SEED, draft.unit.id, draft.year, "scan")
    how = scanning.SPOILINGS[rng.choice(("skew-right", "jpeg-40", "stamp", "office-copier"))]
    grain = np.random.default_rng(rng.getrandbits(64))
    pages = scanning.pages(render_pdf(paper, _SCANNED), _DPI)
    return scanning.as_pdf([scanning.spoil(page, how, _DPI, grain) for page in pages], _DPI)


def _word_files(papers: dict[int, Paper]) -> dict[int, bytes]:
    """Word 97 files, all in one run of LibreOffice."""
    if not papers:
        return {}
    from benchmarks.accuracy.producers import office

    files = office.convert({f"{n}.docx": office.docx(paper) for n, paper in papers.items()}, "doc:MS Word 97")
    return {int(name.partition(".")[0]): data for name, data in files.items()}


def _listed(
    draft: Draft, paper: Paper, style: str, body: bytes, attached: tuple[str, bytes] | None, suffix: str = "html"
) -> Made:
    published = paper.page.published
    address = PORTAL.address(f"{draft.unit.path}{published:%Y%m}/t{published:%Y%m%d}_{draft.year}.{suffix}")
    title = f"{draft.unit.name}{draft.year}年政府信息公开工作年度报告"
    return Made(Entry(address, title, published, draft.unit.id, draft.year), style, body, attached)


def _keep(archive: Archive, made: Made) -> None:
    """The listed report in the archive, as a crawl leaves it."""
    entry = made.entry
    base = entry.address.rpartition("/")[0]
    links = [Link(f"{base}/{made.attached[0]}", entry.title)] if made.attached else []
    archive.listed(entry.unit_id, [entry], _AT)
    origin = Origin(entry.unit_id, entry.title, entry.published, entry.year)
    archive.add(_fetched(entry.address, made.body, entry.published), origin, links)
    for link in links:
        assert made.attached is not None
        below = Origin(entry.unit_id, entry.title, entry.published, entry.year, entry.address)
        archive.add(_fetched(link.address, made.attached[1], entry.published), below)


def _fetched(address: str, body: bytes, published: date | None) -> Fetched:
    suffix = address.rpartition(".")[2]
    headers = (
        ("Server", "nginx"),
        ("Content-Type", _MEDIA[suffix]),
        ("Content-Length", str(len(body))),
        ("Last-Modified", f"{published:%a, %d %b %Y} 01:30:00 GMT"),
    )
    asked = (("Host", PORTAL.host), ("User-Agent", "gouji"))
    return Fetched(address, _AT, body, (Exchange(address, asked, "HTTP/1.1", 200, "OK", headers, body),))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--reports", type=int, default=3500, help="at least so many [3500]")
    parser.add_argument("--scans", action="store_true")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    asked = parser.parse_args()
    began = time.perf_counter()
    home = make(asked.into, asked.reports, scans=asked.scans, workers=asked.workers)
    size = sum(file.stat().st_size for file in (home.root / "archive").iterdir())
    print(f"{home.reports} reports, {size / 1e6:.0f} MB, {time.perf_counter() - began:.0f} s: {home.listed}")


if __name__ == "__main__":
    main()
