"""The reports of a sample province read as a night reads them: printed as pages, read back, put into Arrow tables."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from hashlib import sha256
from multiprocessing import get_context

import pyarrow as pa

from extractors.read import read
from form.reading import Report
from form.recognise import read_reports
from samples import html
from samples.chance import keyed
from samples.draft import Draft
from samples.habits import choose_habits, print_as
from samples.narrative import tell, work_of
from samples.page import Page, Paper
from samples.province import PORTAL
from samples.reports import Reports
from samples.tables import build_form
from warehouse.rows import Provenance, cell_rows, report_rows

_READER = "bench 1"
_AT_ONCE = 200
Tables = tuple[pa.Table, pa.Table]


def tables(reports: Reports, workers: int = 2) -> Tables:
    """`reports` and `cells` of all that can be read."""
    drafts = (reports.read(holder.unit.id, year) for holder, year in reports.slots())
    whole = [draft for draft in drafts if draft is not None]
    parts = [tuple(whole[first : first + _AT_ONCE]) for first in range(0, len(whole), _AT_ONCE)]
    seed = reports.figures.seed
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(_read_all, ((seed, part) for part in parts)))
    return pa.concat_tables(one for one, _ in made), pa.concat_tables(one for _, one in made)


def address(draft: Draft) -> str:
    """Where the report would lie."""
    return PORTAL.address(f"{draft.unit.path}{draft.year}.html")


def _read_all(work: tuple[int, tuple[Draft, ...]]) -> Tables:
    seed, drafts = work
    sources = list(_sources(seed, drafts))
    return report_rows(sources), cell_rows(sources)


def _sources(seed: int, drafts: tuple[Draft, ...]) -> Iterator[tuple[Provenance, Report]]:
    for draft in drafts:
        data = page(draft, seed)
        (report,) = read_reports(read(data))
        unit = draft.unit
        yield (
            Provenance(
                unit_id=unit.id,
                unit_name=unit.name,
                code=unit.code,
                level=unit.level,
                kind=unit.kind,
                parent_id=unit.parent,
                year=draft.year,
                address=address(draft),
                media_type="text/html",
                sha256=sha256(data).hexdigest(),
                capture_id=f"c-{unit.id}-{draft.year}",
                reader=_READER,
                published=draft.published,
            ),
            report,
        )


def page(draft: Draft, seed: int) -> bytes:
    """The report as one of the portals' pages; prints the draft as its publisher would."""
    rng = keyed(seed, draft.unit.id, draft.year, "print")
    habits = replace(choose_habits(draft, rng), blank_zeros=False)
    print_as(habits, draft)
    published = draft.published or date(draft.year + 1, 1, 20)
    story = tell(draft, published, rng, work=work_of(draft, seed))
    paper = Paper(Page(story.title, draft.unit.name, published), story, build_form(draft, habits))
    return html.render_report(paper, rng.choice(html.STYLES), rng)
