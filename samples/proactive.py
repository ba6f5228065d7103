"""Table two: documents, decisions, fees (2021) or items of power and procurement (2019)."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Final

from samples import keys, office
from samples.chance import vary
from samples.draft import Draft, decimals, in_ten_thousands, plain
from samples.ledger import Ledger, size
from samples.units import Unit

#: Each row's part of a unit's decisions; the same under both forms, so that no year jumps.
_DECISIONS: Final = {"licensing": 0.6, "other_services": 0.1, "penalties": 0.3, "coercive_measures": 0.02}


def fill_2019(draft: Draft, ledger: Ledger, rng: Random) -> None:
    """The table of the 2019 form."""
    cells: dict[str, int] = {}
    for kind in keys.DOCUMENTS:
        made = _made(draft.unit, kind, rng)
        published = made - rng.randint(0, made // 5)
        if (draft.unit.id, draft.year) == (office.UNIT, office.YEAR - 1):
            made = published = office.MADE_2019[kind]
        ledger.published[kind] += published
        cells[f"proactive.{kind}.newly_made"] = made
        cells[f"proactive.{kind}.newly_published"] = published
        cells[f"proactive.{kind}.total_published"] = ledger.published[kind]
    for row in keys.ITEM_ROWS:
        cells |= _items(draft, row, ledger, rng)
    draft.cells |= decimals(cells)
    _procurement(draft, rng)


def fill_2021(draft: Draft, ledger: Ledger, rng: Random) -> None:
    """The table of the 2021 form."""
    cells: dict[str, int] = {}
    for kind in keys.DOCUMENTS:
        issued = _made(draft.unit, kind, rng)
        repealed = rng.randint(0, min(ledger.in_force[kind], issued + 2))
        if kind == "regulations" and not draft.unit.makes_regulations:
            repealed = 0
        ledger.in_force[kind] += issued - repealed
        cells[f"proactive.{kind}.issued"] = issued
        cells[f"proactive.{kind}.repealed"] = repealed
        cells[f"proactive.{kind}.in_force"] = ledger.in_force[kind]
    for row in ("licensing", "penalties", "coercive_measures"):
        cells[f"proactive.{row}.decisions"] = _decisions(draft.unit, row, rng)
    draft.cells |= decimals(cells)
    # In fen: at most six decimals of 万元, as an honest amount has.
    amount = Decimal(vary(size(draft.unit).fees * 100, rng)) / 100
    draft.cells["proactive.fees.amount"] = amount
    draft.printed["proactive.fees.amount"] = in_ten_thousands(amount)


def _made(unit: Unit, kind: str, rng: Random) -> int:
    if kind == "regulations":
        return rng.randint(0, 3) if unit.makes_regulations else 0
    return vary(size(unit).documents, rng)


def _decisions(unit: Unit, row: str, rng: Random) -> int:
    return vary(size(unit).decisions * _DECISIONS[row], rng)


def _items(draft: Draft, row: str, ledger: Ledger, rng: Random) -> dict[str, int]:
    before = ledger.items[row]
    change = rng.randint(-min(before, 9), 14) if before else 0
    ledger.items[row] = before + change
    if change > 0 and rng.random() < 0.7:
        draft.printed[f"proactive.{row}.items_change"] = f"+{change}"
    cells = {f"proactive.{row}.items_previous": before, f"proactive.{row}.items_change": change}
    if keys.ITEM_ROWS[row]:
        cells[f"proactive.{row}.decisions"] = _decisions(draft.unit, row, rng)
    return cells


def _procurement(draft: Draft, rng: Random) -> None:
    items = vary(size(draft.unit).applications / 4 + 5, rng)
    if draft.unit.level == "township" and rng.random() < 0.5:
        items = 0
    amount = Decimal(items * rng.randint(900_000, 48_000_000)) / 100
    draft.cells["proactive.procurement.items"] = Decimal(items)
    draft.cells["proactive.procurement.amount"] = amount
    figure = in_ten_thousands(amount)
    prints = (f"{figure}万元", f"{figure} 万元", f"{plain(amount)}元") if items else ("0", "0元", "0 万元")
    draft.printed["proactive.procurement.amount"] = rng.choice(prints)
