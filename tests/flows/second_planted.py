"""Reports of sample units with errors planted in them, drawn in every style of the sample province."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from extractors.read import read
from form.reading import Report
from form.recognise import read_reports
from samples import html, keys, pdf_fpdf, pdf_typst
from samples.draft import Draft
from samples.faults import KINDS
from samples.figures import unit_reports
from samples.habits import choose_habits, print_as
from samples.narrative import tell
from samples.page import Page, Paper
from samples.tables import build_form
from samples.units import choose_units

STYLES = (*pdf_typst.LAYOUTS, *pdf_fpdf.LAYOUTS, *html.STYLES)
#: kinds of faults that break a critical rule, by name
_KINDS = [kind for kind in KINDS if kind.name in {"T3-IDENT", "T3-DETAIL", "T3-ROW", "T4-SUM"}]


@dataclass(frozen=True)
class Planted:
    """A document, the draft that it prints, and the keys in which an error was planted digit by digit."""

    draft: Draft
    data: bytes
    media_type: str
    changed: tuple[str, ...]


def first_reading(data: bytes) -> tuple[Report, ...]:
    """The reports as the first reader sees them, before any second look."""
    return read_reports(read(data))


def planted(style: str, count: int, errors: int, seed: int = 0) -> Iterator[Planted]:
    """`count` documents in a style, each with `errors` wrong figures and, if any, one fault of a kind besides."""
    for number, unit in enumerate(choose_units(count)):
        rng = Random(f"{seed} {style} {number}")
        year = 2019 + number % 5
        (draft,) = unit_reports(unit, (year, year), seed)
        changed = _mistype(draft, rng, errors)
        if errors:
            _KINDS[number % len(_KINDS)].plant(draft, rng)
        yield Planted(
            draft, _draw(draft, style, rng), "text/html" if style in html.STYLES else "application/pdf", changed
        )


def _mistype(draft: Draft, rng: Random, errors: int) -> tuple[str, ...]:
    """Other figures in cells of different rows and columns: a digit more, a digit changed, a 0 filled in."""
    rows = rng.sample(keys.rows(draft.one_other), errors)
    changed = []
    for row, column in zip(rows, rng.sample((*keys.COLUMNS, keys.TOTAL), errors), strict=True):
        key = keys.application(row, column)
        value = int(draft.value(key))
        draft.cells[key] = Decimal(rng.choice((value * 10 + rng.randint(1, 9), value + rng.randint(1, 9))))
        draft.printed.pop(key, None)
        changed.append(key)
    return tuple(changed)


def _draw(draft: Draft, style: str, rng: Random) -> bytes:
    habits = choose_habits(draft, rng)
    print_as(habits, draft)
    published = date(draft.year + 1, 1, 20)
    story = tell(draft, published, rng)
    paper = Paper(Page(story.title, draft.unit.name, published), story, build_form(draft, habits))
    if style in html.STYLES:
        return html.render_report(paper, style, rng)
    renderer = pdf_typst if style in pdf_typst.LAYOUTS else pdf_fpdf
    return renderer.render_report(paper, style)
