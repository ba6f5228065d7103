"""Reports to print: figures of a real unit's size, how they are written, and the slips planted in them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from random import Random
from typing import Final

from benchmarks.accuracy.arithmetic import broken
from benchmarks.accuracy.slips import plant
from benchmarks.accuracy.truth import Truth
from samples import keys, office
from samples.chance import keyed
from samples.draft import Draft
from samples.editions import print_old_form, print_one_row
from samples.figures import unit_reports
from samples.habits import Habits, choose_habits, print_as
from samples.narrative import Section, Story, tell
from samples.page import Page, Paper
from samples.tables import Form, Slot, Table, build_form, skewed
from samples.units import Unit, choose_units

_POOL: Final = 420
#: how often each kind of unit occurs: governments as a whole have the long figures
_KINDS: Final = {"aggregate": 60, "office": 15, "department": 20, "township": 5}
#: zeros of organisations printed as a mark: the cell is blank, not 0
MARKS: Final = {"slash": "/", "dash": "—", "none": "无", "hyphen": "-", "empty": ""}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a report is to be like: `form` is 2019, 2021, one-row or old-tables; `prints` are of `PRINTS`."""

    form: str = "2021"
    prints: tuple[str, ...] = ()
    slips: int = 0
    order: str = "usual"


@dataclass(frozen=True, slots=True)
class Made:
    """A report ready to be drawn, and its truth."""

    paper: Paper
    truth: Truth
    rng: Random = field(repr=False)


def make_report(seed: int, name: str, wish: Wish) -> Made:
    """The report of a document, the same for the same seed, name and wish."""
    rng = keyed(seed, name, "bench")
    draft = _draft(seed, wish.form, rng)
    marked = [mark for mark in MARKS if mark in wish.prints]
    if marked:
        _mark_zeros(draft, MARKS[marked[0]])
    slips = plant(draft, wish.slips, rng)
    if "annotated" in wish.prints:
        _annotate(draft)
    habits = _habits(draft, wish, rng)
    print_as(habits, draft)
    published = date(draft.year + 1, 1, rng.randint(9, 28))
    story = _ordered(tell(draft, published, rng), wish.order)
    form = _shaped(build_form(draft, habits), wish)
    paper = Paper(Page(story.title, draft.unit.name, published), story, form)
    cells = {key: draft.cells[key] for key in keys.all_keys(draft.edition, draft.one_other)}
    breaks = tuple(sorted(broken(cells)))
    unit = draft.unit
    return Made(paper, Truth(unit.name, unit.code, draft.year, draft.edition, cells, slips, breaks), rng)


@cache
def _units() -> tuple[Unit, ...]:
    """The units to choose from; not the office whose report for 2020 is real."""
    return tuple(unit for unit in choose_units(_POOL) if unit.id != office.UNIT)


def _draft(seed: int, form: str, rng: Random) -> Draft:
    kind = rng.choices(tuple(_KINDS), tuple(_KINDS.values()))[0]
    unit = rng.choice([unit for unit in _units() if unit.kind == kind])
    year = rng.choice((2019, 2020)) if form == "2019" else rng.choice((2021, 2022, 2023, 2024))
    draft = next(d for d in unit_reports(unit, (2019, year), seed) if d.year == year)
    if form == "one-row":
        print_one_row(draft)
    elif form == "old-tables":
        print_old_form(draft, rng.randrange(10**9))
    return draft


def _mark_zeros(draft: Draft, mark: str) -> None:
    for row in keys.rows(draft.one_other):
        for column in keys.COLUMNS[1:]:
            key = keys.application(row, column)
            if draft.cells[key] == 0:
                draft.cells[key] = None
                draft.printed[key] = mark


def _annotate(draft: Draft) -> None:
    """Notes beside figures of table two, as publishers add them."""
    names = ("issued", "in_force") if draft.edition == "2021" else ("newly_made", "total_published")
    for name, note in zip(names, ("（其中修订{}件）", "（其中废止{}件）"), strict=True):
        key = f"proactive.normative_documents.{name}"
        value = draft.value(key)
        draft.printed[key] = f"{value:f}{note.format(value // 2)}"


def _habits(draft: Draft, wish: Wish, rng: Random) -> Habits:
    habits = choose_habits(draft, rng)
    return replace(
        habits,
        blank_zeros=False,
        separators="separators" in wish.prints,
        full_width="full-width" in wish.prints,
    )


def _shaped(form: Form, wish: Wish) -> Form:
    if "merged-zeros" in wish.prints:
        form = replace(form, applications=_merged(form.applications))
    if "skewed" in wish.prints:
        form = Form(tuple(skewed(t) for t in form.proactive), skewed(form.applications), form.disputes)
    return form


def _merged(table: Table) -> Table:
    """Three zeros side by side in one merged cell `0 0 0`."""
    return Table(tuple(map(_merged_row, table.rows)), table.widths)


def _merged_row(row: tuple[Slot, ...]) -> tuple[Slot, ...]:
    figures = [index for index, slot in enumerate(row) if slot.figure]
    first = figures[2] if len(figures) == 7 else 0
    if first and all(row[index].text == "0" for index in range(first, first + 3)):
        return (*row[:first], Slot("0 0 0", 3, figure=True), *row[first + 3 :])
    return row


_NUMBERS: Final = "一二三四五六"


def _ordered(story: Story, order: str) -> Story:
    """Sections in another order, numbered anew; or the report inside a letter."""
    if order == "disputes-first":
        names = ["overview", "proactive", "disputes", "applications", "problems", "other_matters"]
        sections = sorted(story.sections, key=lambda section: names.index(section.name))
        return replace(story, sections=tuple(_numbered(i, s) for i, s in enumerate(sections)))
    if order == "tables-only":
        sections = [s for s in story.sections if s.name in ("proactive", "applications", "disputes")]
        return replace(story, sections=tuple(_numbered(i, s) for i, s in enumerate(sections)))
    if order == "letter":
        unit = story.signature[0]
        opening = ("甘肃省人民政府办公厅：", f"现将《{story.title}》报上，请审阅。", story.title, *story.opening)
        return replace(story, title=f"{unit}关于报送政府信息公开工作年度报告的函", opening=opening)
    return story


def _numbered(index: int, section: Section) -> Section:
    return replace(section, head=_NUMBERS[index] + section.head[1:])
