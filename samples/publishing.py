"""One unit's reports from drafts to files and lines of truth; runs in any process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Final

from samples import html, keys, pdf_fpdf, pdf_typst
from samples.broken import broken_pdf
from samples.chance import keyed
from samples.draft import Draft, Fault, plain
from samples.habits import choose_habits, print_as
from samples.narrative import tell, work_of
from samples.page import Page, Paper
from samples.registry import Portal
from samples.site import Shelf
from samples.tables import build_form
from samples.units import Unit

#: How often each style occurs, in hundredths: about seventy pages to thirty PDFs.
_STYLES: Final = {
    "portal": 32,
    "wps": 22,
    "jsp": 16,
    "typst-official": 8,
    "typst-compact": 7,
    "fpdf-boxes": 8,
    "fpdf-bars": 7,
}
_DIRECT_SHARE: Final = 0.25
_BARE_SHARE: Final = 0.08


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of unit-years: readable reports (pages, PDFs), faulty and held ones, refused and missing documents."""

    html: int = 0
    pdf: int = 0
    faulty: int = 0
    held: int = 0
    refused: int = 0
    missing: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    @property
    def reports(self) -> int:
        """Readable reports."""
        return self.html + self.pdf


@dataclass(frozen=True, slots=True)
class Due:
    """What one year asks of a unit: its report (None: not published), or what of it no reader will have.

    `refusal` is a code of `form.errors.REASONS`; `overdue` are the findings on a report that is not there.
    """

    year: int
    draft: Draft | None
    refusal: str | None = None
    overdue: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """All that a process needs to write one unit."""

    unit: Unit
    dues: Sequence[Due]
    seed: int
    site: Path
    portal: Portal


@dataclass(frozen=True, slots=True)
class _Placed:
    style: str
    path: str
    article: str | None


def write_unit(job: Job) -> tuple[list[str], Tally]:
    """Writes the unit's lists, pages and files; gives its lines of truth, one a year, and what they count."""
    rng = keyed(job.seed, job.unit.id, "shelf")
    shelf = Shelf(job.site, job.unit.path, job.unit.name, rng)
    lines: list[str] = []
    tally = Tally()
    for due in job.dues:
        if due.draft is None:
            record = due_line(job.unit, due.year) | {"faults": [fault.as_json() for fault in due.overdue]}
            tally += Tally(missing=1)
        else:
            record, counted = _publish(job, shelf, due.draft, due.refusal)
            tally += counted
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    _other_notices(shelf, [due.year for due in job.dues], rng)
    shelf.write_lists(rng.choice((3, 4, 4, 15)))
    return lines, tally


def _publish(job: Job, shelf: Shelf, draft: Draft, refusal: str | None) -> tuple[dict[str, object], Tally]:
    paper, style, rng = set_up(draft, job.seed)
    published = paper.page.published
    if refusal is not None:
        placed = _place_pdf(shelf, paper, refusal, broken_pdf(refusal, paper), rng)
        record = due_line(draft.unit, draft.year) | _place(job.portal, placed, published)
        return record | {"no_report": refusal, "status": status_of(refusal)}, Tally(refused=1)
    if style in html.STYLES:
        path = shelf.add_article(paper.story.title, published, html.render_report(paper, style, rng))
        placed = _Placed(style, path, path)
    else:
        placed = _place_pdf(shelf, paper, style, render_pdf(paper, style), rng)
    record = due_line(draft.unit, draft.year) | _place(job.portal, placed, published) | content_of(draft)
    status = "published" if placed.article in (None, placed.path) else "attachment_only"
    return record | {"title": paper.story.title, "status": status}, counted(draft, style)


def set_up(draft: Draft, seed: int, *, bare: bool | None = None) -> tuple[Paper, str, Random]:
    """A report in words and tables, the style it is drawn in, and the stream for whatever is drawn by chance.

    A `bare` title names no unit; by default some are. The cells are printed in the publisher's way.
    """
    rng = keyed(seed, draft.unit.id, draft.year, "print")
    published = draft.published or date(draft.year + 1, 1, 20)
    # Zeros left blank are settled before: they decide what other reports can be held against.
    habits = replace(choose_habits(draft, rng), blank_zeros=False)
    print_as(habits, draft)
    style = rng.choices(tuple(_STYLES), tuple(_STYLES.values()))[0]
    drawn = style in ("portal", "wps") and rng.random() < _BARE_SHARE
    story = tell(draft, published, rng, bare=drawn if bare is None else bare, work=work_of(draft, seed))
    return Paper(Page(story.title, draft.unit.name, published), story, build_form(draft, habits)), style, rng


def render_pdf(paper: Paper, style: str) -> bytes:
    """A report as a PDF in one of the styles that are no page."""
    if style in pdf_typst.LAYOUTS:
        return pdf_typst.render_report(paper, style)
    return pdf_fpdf.render_report(paper, style)


def status_of(refusal: str) -> str:
    """What the ledger says of a document that no reader will have: a login is a site's refusal, wherever it lies."""
    return "blocked" if refusal == "mislabelled" else "unreadable"


def counted(draft: Draft, style: str) -> Tally:
    """What a readable report counts for."""
    page = style in html.STYLES
    return Tally(int(page), int(not page), int(bool(draft.faults)), int(draft.held))


def _place_pdf(shelf: Shelf, paper: Paper, style: str, data: bytes, rng: Random) -> _Placed:
    """Most PDFs hang on an article; some are linked from the list itself."""
    title, published = paper.story.title, paper.page.published
    if rng.random() < _DIRECT_SHARE:
        return _Placed(style, shelf.add_file(title, published, data), None)
    name = shelf.file_name(published)
    body = html.attachment_body(title, f"./{name}")
    article = shelf.add_article(title, published, html.render_page(paper.page, body))
    return _Placed(style, shelf.add_attachment(article, name, published, data), article)


def _other_notices(shelf: Shelf, years: Sequence[int], rng: Random) -> None:
    """What else such a list holds: pictures of reports, plans, notices. None of it is a report."""
    year = rng.choice(years)
    topics = [
        (f"关于印发《{year + 1}年政务公开工作要点》的通知", "<p>各单位：现将工作要点印发给你们，请认真落实。</p>"),
        (f"【图解】{shelf.source}{year}年政府信息公开工作年度报告", '<p><img src="./W020240131.jpg" alt="图解"></p>'),
        ("政府信息公开指南", "<p>为方便公众获取政府信息，编制本指南。</p>"),
    ]
    for title, body in rng.sample(topics, rng.randint(1, 3)):
        published = date(year + 1, rng.randint(1, 12), rng.randint(1, 28))
        page = Page(title, shelf.source, published)
        shelf.add_article(title, published, html.render_page(page, body))


def due_line(unit: Unit, year: int) -> dict[str, object]:
    """A line of `truth.jsonl` of which nothing is known but that the report is due."""
    record: dict[str, object] = {"unit_id": unit.id, "unit": unit.name, "code": unit.code}
    record |= {"level": unit.level, "kind": unit.kind, "year": year}
    record |= dict.fromkeys(("edition", "address", "article", "format", "style", "title", "published"))
    record |= {"cells": {}, "printed": {}, "faults": [], "held": False, "planted": [], "near_misses": []}
    return record | {"no_report": None, "status": "not_published"}


def _place(portal: Portal, placed: _Placed, published: date) -> dict[str, object]:
    """Where a document lies, and since when."""
    return {
        "address": portal.address(placed.path),
        "article": portal.address(placed.article) if placed.article else None,
        "format": placed.path.rpartition(".")[2],
        "style": placed.style,
        "published": published.isoformat(),
    }


def content_of(draft: Draft) -> dict[str, object]:
    """What a reader can have of a report, and what must be found in it: by its own, and beside the others."""
    return {
        "edition": draft.edition,
        "cells": dict(_cells(draft)),
        "printed": dict(_prints(draft)),
        "faults": [fault.as_json() for fault in draft.faults],
        "held": draft.held,
        "planted": list(draft.planted),
        "near_misses": [near.as_json() for near in draft.near],
    }


def _cells(draft: Draft) -> Iterator[tuple[str, str | None]]:
    """The figures in printed order."""
    for key in keys.all_keys(draft.edition, draft.one_other):
        value = draft.cells[key]
        yield key, None if value is None else plain(value)


def _prints(draft: Draft) -> Iterator[tuple[str, str]]:
    """The cells whose print is not the plain figure of `cells`."""
    for key, value in draft.cells.items():
        if value is not None and draft.text(key) != plain(value):
            yield key, draft.text(key)
