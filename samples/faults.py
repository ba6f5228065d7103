"""Planted faults: each breaks the rules it lists and no other rule within one report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Final

from samples import keys, office
from samples.draft import Draft, in_ten_thousands
from samples.editions import print_old_form, print_one_row
from samples.units import Unit

Plant = Callable[[Draft, Random], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to spoil a report: which form it needs, whether the unit suits, and the deed."""

    name: str
    plant: Plant
    forms: tuple[str, ...] = ("2019", "2021")
    suits: Callable[[Unit], bool] = lambda _unit: True

    def fits(self, unit: Unit, year: int) -> bool:
        """Whether the unit's report of that year can be spoilt so; the real one never is."""
        form = "2019" if year <= 2020 else "2021"
        return form in self.forms and self.suits(unit) and (unit.id, year) != (office.UNIT, office.YEAR)


def _column(column: str, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(keys.application(row, column) for row in names)


def _row(row: str) -> tuple[str, ...]:
    return tuple(keys.application(row, column) for column in (*keys.COLUMNS, keys.TOTAL))


def _two_columns(draft: Draft, row: str, column: str, by: int) -> None:
    """Changes a cell and its row's total alike: the row holds, two columns do not."""
    for name in (column, keys.TOTAL):
        draft.add(row, name, by)


def _identity(draft: Draft, rng: Random) -> None:
    column = rng.choice(keys.COLUMNS[:2])
    _two_columns(draft, "received", column, rng.randint(1, 9))
    for name in (column, keys.TOTAL):
        names = ("received", "carried_in", "processed_total", "carried_out")
        draft.fail("T3-IDENT", name, *_column(name, names))


def _detail(draft: Draft, rng: Random) -> None:
    column = rng.choice(keys.COLUMNS[:2])
    _two_columns(draft, rng.choice(("granted", "unavailable_not_held")), column, rng.randint(1, 9))
    for name in (column, keys.TOTAL):
        names = (*keys.leaves(draft.one_other), "processed_total")
        draft.fail("T3-DETAIL", name, *_column(name, names))


def _row_total(draft: Draft, rng: Random) -> None:
    """Two totals of rows off by opposite amounts, so that the column of totals still adds up."""
    count = rng.randint(1, 4)
    draft.book("granted", "natural_person", count)
    draft.add("granted", keys.TOTAL, -count)
    draft.add("unavailable_not_held", keys.TOTAL, count)
    for row in ("granted", "unavailable_not_held"):
        draft.fail("T3-ROW", row, *_row(row))


def _total_blank(draft: Draft, rng: Random) -> None:
    """Blanks the totals of empty rows: filled with 0 or derived, every sum stays what it is."""
    for row in rng.sample(("declined_publication", "declined_excessive", "denied_enforcement_file"), 2):
        for column in (*keys.COLUMNS, keys.TOTAL):
            moved = draft.value(keys.application(row, column))
            draft.add(row, column, -moved)
            draft.add("granted", column, moved)
        draft.blank([keys.application(row, keys.TOTAL)])
        draft.fail("T3-TOTAL-BLANK", row, *_row(row), severity="info")


def _shift(draft: Draft, by: Decimal) -> list[str]:
    """Moves `by` round a rectangle of four cells: no sum changes. Gives the four keys, minus first."""
    for leaf in ("granted", "unavailable_not_held"):
        for column in ("natural_person", "business"):
            draft.book(leaf, column, 3)
    corners = [
        ("granted", "business", -by),
        ("granted", "natural_person", by),
        ("unavailable_not_held", "business", by),
        ("unavailable_not_held", "natural_person", -by),
    ]
    for leaf, column, change in corners:
        draft.add(leaf, column, change)
    return [keys.application(leaf, column) for leaf, column, _ in corners]


def _fraction(draft: Draft, _rng: Random) -> None:
    for key in _shift(draft, Decimal("0.5")):
        draft.fail("T3-INTEGER", key, key)


def _negative(draft: Draft, rng: Random) -> None:
    below = draft.value(keys.application("granted", "business")) + 3 + rng.randint(1, 5)
    draft.book("unavailable_not_held", "natural_person", int(below))
    key = _shift(draft, below)[0]
    draft.fail("T3-INTEGER", key, key)


def _one_row(draft: Draft, _rng: Random) -> None:
    print_one_row(draft)
    draft.fail("T3-EDITION", "applications", *_row("other"), severity="warning")


def _old_form(draft: Draft, rng: Random) -> None:
    print_old_form(draft, rng.randrange(10**9))
    draft.fail("T3-EDITION", "applications", *_row("other"), severity="warning")


def _empty(draft: Draft, _rng: Random) -> None:
    cells = [key for row in keys.rows(draft.one_other) for key in _row(row)]
    draft.blank(cells)
    draft.fail("T3-EMPTY", "applications", *cells, severity="warning")


def _block(block: str) -> tuple[str, ...]:
    return tuple(f"disputes.{block}.{outcome}" for outcome in (*keys.OUTCOMES, keys.TOTAL))


def _cases(draft: Draft, rng: Random) -> None:
    block = rng.choice(keys.BLOCKS)
    total = f"disputes.{block}.{keys.TOTAL}"
    draft.cells[total] = draft.value(total) + rng.randint(1, 12)
    draft.fail("T4-SUM", block, *_block(block))


def _block_blank(draft: Draft, rng: Random) -> None:
    block = rng.choice(keys.BLOCKS)
    draft.blank(_block(block))
    draft.fail("T4-BLANK", block, *_block(block), severity="info")


def _documents(figures: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"proactive.normative_documents.{figure}" for figure in figures)


def _flow(draft: Draft, rng: Random) -> None:
    made, published = _documents(("newly_made", "newly_published"))
    draft.cells[made] = draft.value(published) - rng.randint(1, 2)
    draft.fail("T2-FLOW", "normative_documents", made, published, severity="warning")


def _stock(draft: Draft, rng: Random) -> None:
    published, total = _documents(("newly_published", "total_published"))
    draft.cells[total] = draft.value(published) - rng.randint(1, 2)
    draft.fail("T2-STOCK", "normative_documents", published, total)


def _items(draft: Draft, rng: Random) -> None:
    row = rng.choice(tuple(keys.ITEM_ROWS))
    before, change = f"proactive.{row}.items_previous", f"proactive.{row}.items_change"
    draft.cells[change] = -draft.value(before) - rng.randint(1, 40)
    draft.printed.pop(change, None)
    draft.fail("T2-ITEMS", row, before, change)


def _procurement(draft: Draft, rng: Random) -> None:
    items, amount = "proactive.procurement.items", "proactive.procurement.amount"
    if draft.value(items) and rng.random() < 0.5:
        draft.cells[items] = Decimal(0)
    else:
        draft.cells |= {items: max(draft.value(items), Decimal(3)), amount: Decimal(0)}
        draft.printed[amount] = "0万元"
    draft.fail("T2-PROCUREMENT", "procurement", items, amount, severity="warning")


def _in_force_negative(draft: Draft, rng: Random) -> None:
    cells = _documents(("issued", "repealed", "in_force"))
    below = rng.randint(1, 6)
    figures = Decimal(0), Decimal(below + 2), Decimal(-below)
    draft.cells |= dict(zip(cells, figures, strict=True))
    draft.fail("T2-INFORCE", "normative_documents", *cells)


def _in_force_short(draft: Draft, rng: Random) -> None:
    cells = _documents(("issued", "repealed", "in_force"))
    issued = draft.value(cells[0]) + 4
    figures = issued, Decimal(0), issued - rng.randint(1, 4)
    draft.cells |= dict(zip(cells, figures, strict=True))
    draft.fail("T2-INFORCE", "normative_documents", *cells, severity="warning")


def _level(draft: Draft, rng: Random) -> None:
    key = "proactive.regulations.in_force"
    draft.cells[key] = Decimal(rng.randint(2, 9))
    draft.fail("T2-LEVEL", "regulations", key, severity="warning")


def _fees(draft: Draft, rng: Random) -> None:
    key = "proactive.fees.amount"
    # Seven decimals of 万元: a tenth of a fen.
    amount = draft.value(key) + Decimal(rng.randint(1, 9)) / 1000
    draft.cells[key] = amount
    draft.printed[key] = in_ten_thousands(amount)
    draft.fail("T2-FEE", "fees", key, severity="warning")


def _period(draft: Draft, rng: Random) -> None:
    last = rng.choice((date(draft.year - 1, 12, 31), date(draft.year, 11, 30)))
    draft.period = (date(last.year, 1, 1), last)
    draft.fail("PERIOD", "period", severity="warning")


def _sections(draft: Draft, rng: Random) -> None:
    draft.missing_section = rng.choice(("problems", "other_matters"))
    draft.fail("SECTIONS", draft.missing_section, severity="warning")


def _leftover(draft: Draft, rng: Random) -> None:
    figures = (str(rng.randint(1, 400)) for _ in range(3))
    draft.extra_row = ("其他主动公开文件", *figures)
    draft.fail("LEFTOVER", "proactive", severity="warning")


def _has_documents(unit: Unit) -> bool:
    return unit.kind in ("aggregate", "office")


def _below_city(unit: Unit) -> bool:
    return unit.level in ("county", "township")


OLD: Final = ("2019",)
NEW: Final = ("2021",)
#: Every rule within one report, most with one kind of fault, some with two.
KINDS: Final = (
    Kind("T3-IDENT", _identity),
    Kind("T2-STOCK", _stock, OLD, _has_documents),
    Kind("T3-DETAIL", _detail),
    Kind("T2-ITEMS", _items, OLD),
    Kind("T3-ROW", _row_total),
    Kind("T2-FLOW", _flow, OLD, _has_documents),
    Kind("T3-TOTAL-BLANK", _total_blank),
    Kind("T2-PROCUREMENT", _procurement, OLD),
    Kind("T3-INTEGER fraction", _fraction),
    Kind("T3-INTEGER negative", _negative),
    Kind("T3-EDITION one row", _one_row, NEW),
    Kind("T3-EDITION old form", _old_form, NEW),
    Kind("T3-EMPTY", _empty),
    Kind("T4-SUM", _cases),
    Kind("T4-BLANK", _block_blank),
    Kind("T2-INFORCE negative", _in_force_negative, NEW),
    Kind("T2-INFORCE short", _in_force_short, NEW, _has_documents),
    Kind("T2-LEVEL", _level, NEW, _below_city),
    Kind("T2-FEE", _fees, NEW, lambda unit: unit.kind in ("aggregate", "department")),
    Kind("PERIOD", _period),
    Kind("SECTIONS", _sections),
    Kind("LEFTOVER", _leftover),
)
