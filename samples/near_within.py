"""Near misses within one report: what a rule might take for a fault and must not."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Final

from samples import keys
from samples.deeds import Beside, Deed, Do
from samples.draft import Draft, plain
from samples.faults_around import block

_NORMS: Final = "proactive.normative_documents"
_NEW: Final = ("2021",)
_OLD: Final = ("2019",)


def _blank_columns(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    """Organisation columns without an application are left blank."""
    cells = [
        keys.application(row, column)
        for column in keys.COLUMNS[1:]
        for row in keys.rows(draft.one_other)
        if not any(draft.value(keys.application(other, column)) for other in keys.rows(draft.one_other))
    ]
    draft.blank(cells)
    return bool(cells)


def _blank_row(draft: Draft, rng: Random) -> bool:
    empty = [
        row
        for row in keys.leaves(draft.one_other)
        if not any(draft.value(keys.application(row, column)) for column in (*keys.COLUMNS, keys.TOTAL))
    ]
    if not empty:
        return False
    row = rng.choice(empty)
    draft.blank(keys.application(row, column) for column in (*keys.COLUMNS, keys.TOTAL))
    return True


def _minus(draft: Draft, _beside: Beside, rng: Random) -> bool:
    """A change of items may be negative, and a plus may stand before it."""
    falling = [key for key in draft.cells if key.endswith(".items_change") and draft.value(key) < 0]
    return bool(falling)


def _grouped(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    """1,234 is a whole number."""
    large = [key for key in draft.cells if draft.value(key) >= 1000 and not key.endswith(".amount")]
    draft.printed |= {key: f"{int(draft.value(key)):,}" for key in large}
    return bool(large)


def _all_zero(draft: Draft, beside: Beside, _rng: Random) -> bool:
    """No application in the whole year, and none left from the last."""
    cells = [key for key in draft.cells if key.startswith("applications.")]
    if draft.value(keys.application("received", keys.TOTAL)) > 2:
        return False
    if beside.last is not None and beside.last.value(keys.application("carried_out", keys.TOTAL)):
        return False
    draft.cells |= dict.fromkeys(cells, Decimal(0))
    return True


def _blank_results(draft: Draft, _beside: Beside, rng: Random) -> bool:
    """Results without a case are left blank, the total is filled."""
    name = rng.choice([name for name in keys.BLOCKS if draft.value(block(name)[-1])] or [""])
    if not name:
        return False
    empty = [key for key in block(name)[:-1] if not draft.value(key)]
    draft.blank(empty)
    return bool(empty)


def _all_blocks_blank(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    cells = [key for name in keys.BLOCKS for key in block(name)]
    if any(draft.value(key) for key in cells):
        return False
    draft.blank(cells)
    return True


def _equal(more: str, less: str) -> Do:
    """Two figures of which one may not be above the other are the same."""

    def do(draft: Draft, _beside: Beside, _rng: Random) -> bool:
        if not draft.value(f"{_NORMS}.{less}"):
            return False
        draft.cells[f"{_NORMS}.{more}"] = draft.value(f"{_NORMS}.{less}")
        return True

    return do


def _all_items_gone(draft: Draft, _beside: Beside, rng: Random) -> bool:
    row = rng.choice(tuple(keys.ITEM_ROWS))
    before, change = f"proactive.{row}.items_previous", f"proactive.{row}.items_change"
    if draft.year != 2020 or not draft.value(before):
        return False
    draft.cells[change] = -draft.value(before)
    draft.printed.pop(change, None)
    return True


def _amount_in_yuan(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    key = "proactive.procurement.amount"
    if not draft.value(key):
        return False
    draft.printed[key] = f"{plain(draft.value(key))}元"
    return True


def _just_enough_in_force(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    """All that is in force is this year's."""
    issued, repealed = (draft.value(f"{_NORMS}.{name}") for name in ("issued", "repealed"))
    if draft.year != 2021 or issued <= repealed:
        return False
    draft.cells[f"{_NORMS}.in_force"] = issued - repealed
    return True


def _makes_rules(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    return any(draft.value(key) for key in draft.cells if key.startswith("proactive.regulations."))


def _six_decimals(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    """万元 to the 分."""
    return len(draft.text("proactive.fees.amount").partition(".")[2]) == 6


def _oddity(name: str) -> Do:
    def do(draft: Draft, _beside: Beside, _rng: Random) -> bool:
        draft.oddities.add(name)
        return True

    return do


def _correct_old_form(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    """One （六） row is right in the years of the 2019 form."""
    return draft.one_other and draft.year == 2020


def _deed(name: str, do: Do, forms: tuple[str, ...] = (*_OLD, *_NEW), kinds: str = "") -> Deed:
    return Deed(name, do, forms, lambda unit: not kinds or unit.kind in kinds.split(), near=True)


NEAR_WITHIN: Final = (
    _deed("T2-STOCK all that is public is this year's", _equal("total_published", "newly_published"), _OLD),
    _deed("T2-FLOW all that was made was published", _equal("newly_made", "newly_published"), _OLD),
    _deed("T2-ITEMS none is left", _all_items_gone, _OLD),
    _deed("T2-PROCUREMENT the amount is in 元", _amount_in_yuan, _OLD),
    _deed("T3-INTEGER a change below 0", _minus, _OLD),
    _deed("T3-EDITION one row in 2020", _correct_old_form, _OLD),
    _deed("T2-LEVEL a government that makes 规章", _makes_rules, kinds="aggregate office"),
    _deed("T2-INFORCE just what was issued", _just_enough_in_force, _NEW),
    _deed("T2-FEE to the 分", _six_decimals, _NEW),
    _deed("T3-EMPTY all zero", _all_zero),
    _deed("T4-BLANK all blocks blank", _all_blocks_blank),
    _deed("T4-SUM blank results", _blank_results),
    _deed("T3-TOTAL-BLANK a row without a case is blank", lambda draft, _, rng: _blank_row(draft, rng)),
    _deed("T3-IDENT blank columns", _blank_columns),
    _deed("T3-DETAIL blank columns", _blank_columns),
    _deed("T3-ROW blank cells", _blank_columns),
    _deed("T3-INTEGER digits in groups", _grouped),
    _deed("PERIOD half a date", _oddity("period")),
    _deed("SECTIONS other headings", _oddity("heads")),
    _deed("LEFTOVER labels broken and misspelt", _oddity("labels")),
)
