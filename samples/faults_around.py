"""Planted faults that only the year before, or another level, can show. What follows from them: `samples.around`."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Final

from samples import keys
from samples.deeds import Beside, Deed
from samples.draft import Draft, in_ten_thousands

_NORMS: Final = "proactive.normative_documents"
_NEW: Final = ("2021",)
_OLD: Final = ("2019",)
_FEES: Final = "proactive.fees.amount"
#: a figure and its last year's, both of the same form
_DECIDED: Final = ("licensing", "penalties")


def block(name: str) -> tuple[str, ...]:
    """The four results of one block of table four, then its total."""
    return tuple(f"disputes.{name}.{outcome}" for outcome in (*keys.OUTCOMES, keys.TOTAL))


def table(draft: Draft, name: str) -> dict[str, Decimal | None]:
    """The cells of one table of a report."""
    return {key: value for key, value in draft.cells.items() if key.startswith(f"{name}.")}


def figures_in(cells: dict[str, Decimal | None]) -> int:
    """How many cells have a figure other than 0."""
    return sum(bool(value) for value in cells.values())


def _carry_total(draft: Draft, beside: Beside, rng: Random) -> bool:
    """More carried in than last year carried out, and all of it granted: the report itself adds up."""
    if beside.last is None:
        return False
    count = rng.randint(1, 9)
    for row in ("carried_in", "granted", "processed_total"):
        for column in ("natural_person", keys.TOTAL):
            draft.add(row, column, count)
    return True


def _carry_columns(draft: Draft, beside: Beside, _rng: Random) -> bool:
    """One carried-over application is booked under another kind of applicant; the totals agree."""
    rows = {"carried_in": ("natural_person", "business"), "received": ("business", "natural_person")}
    if beside.last is None or any(not draft.value(keys.application(row, less)) for row, (less, _) in rows.items()):
        return False
    for row, (less, more) in rows.items():
        draft.add(row, less, -1)
        draft.add(row, more, 1)
    return True


def _grow(key: str, least: int, most: int) -> Deed:
    """A stock that is more than last year's and the changes give."""

    def do(draft: Draft, beside: Beside, rng: Random) -> bool:
        if beside.last is None or key not in beside.last.cells:
            return False
        draft.cells[key] = draft.value(key) + rng.randint(least, most)
        return True

    rule = {"in_force": "X-INFORCE", "total_published": "X-PUBLISHED"}.get(key.rpartition(".")[2], "X-ITEMS")
    return Deed(rule, do, _NEW if rule == "X-INFORCE" else _OLD)


def _jump(times: int, *, up: bool) -> Deed:
    def do(draft: Draft, beside: Beside, rng: Random) -> bool:
        key = f"proactive.{rng.choice(_DECIDED)}.decisions"
        last = beside.last.value(key) if beside.last and beside.last.edition == draft.edition else Decimal(0)
        if last < (10 if up else 200):
            return False
        draft.cells[key] = last * times + rng.randint(1, 9) if up else last // times
        return True

    return Deed("X-JUMP up" if up else "X-JUMP down", do)


def _copy(name: str) -> Deed:
    def do(draft: Draft, beside: Beside, _rng: Random) -> bool:
        last = beside.last
        # What is wrong there would be wrong here too, and nobody would have said so.
        if last is None or last.faults or (last.edition, last.one_other) != (draft.edition, draft.one_other):
            return False
        cells = table(last, name)
        if figures_in(cells) < 3 or cells == table(draft, name):
            return False
        draft.cells |= cells
        return True

    return Deed(f"X-COPY {name}", do)


def _copy_text(draft: Draft, beside: Beside, _rng: Random) -> bool:
    if beside.last is None or beside.last.copied or beside.last.unit.id != draft.unit.id:
        return False
    draft.copied = True
    return True


def _thousandfold(draft: Draft, beside: Beside, _rng: Random) -> bool:
    """元 printed where the form asks for 万元."""
    last = beside.last.value(_FEES) if beside.last else Decimal(0)
    if not last or draft.value(_FEES) * 10_000 < 1000 * last:
        return False
    draft.cells[_FEES] = draft.value(_FEES) * 10_000
    draft.printed[_FEES] = in_ten_thousands(draft.value(_FEES))
    return True


def _part_disputes(draft: Draft, beside: Beside, rng: Random) -> bool:
    """More cases pending than the government above counts in all."""
    if beside.parent is None:
        return False
    *_, pending, total = block(rng.choice(keys.BLOCKS))
    more = beside.parent.value(total) + rng.randint(1, 5) - draft.value(pending)
    draft.cells[pending] = draft.value(pending) + more
    draft.cells[total] = draft.value(total) + more
    return True


def _part_decisions(draft: Draft, beside: Beside, rng: Random) -> bool:
    key = f"proactive.{rng.choice(_DECIDED)}.decisions"
    if beside.parent is None or key not in beside.parent.cells:
        return False
    draft.cells[key] = beside.parent.value(key) + rng.randint(1, 20)
    return True


def _sum_of_all(draft: Draft, beside: Beside, rng: Random) -> bool:
    """A figure that is more than all units below have together."""
    if not beside.whole:
        return False
    key = f"proactive.{rng.choice(_DECIDED)}.decisions"
    draft.cells[key] = draft.value(key) + rng.randint(1, 9)
    return True


def _sum_of_known(draft: Draft, beside: Beside, rng: Random) -> bool:
    """A figure that is less than the units known below have together."""
    key = f"proactive.{rng.choice(_DECIDED)}.decisions"
    known = [child.value(key) for child in beside.children]
    if len(known) < 2 or beside.whole or sum(map(bool, known)) < 2:
        return False
    draft.cells[key] = sum(known, Decimal(0)) - 1
    return True


AROUND: Final = (
    Deed("R-SUM of all", _sum_of_all, suits=lambda unit: unit.complete),
    Deed("R-SUM of those known", _sum_of_known, suits=lambda unit: unit.kind == "aggregate"),
    _grow(f"{_NORMS}.total_published", 1, 6),
    _grow("proactive.licensing.items_previous", 1, 9),
    _grow(f"{_NORMS}.in_force", 1, 6),
    Deed("T2-FEE thousandfold", _thousandfold, _NEW, lambda unit: unit.kind == "department"),
    _copy("disputes"),
    Deed("X-CARRY total", _carry_total),
    Deed("X-CARRY columns", _carry_columns),
    Deed("R-PART disputes", _part_disputes),
    _jump(11, up=True),
    Deed("X-COPY text", _copy_text),
    _copy("applications"),
    _jump(20, up=False),
    Deed("R-PART decisions", _part_decisions),
)
