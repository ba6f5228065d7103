"""Near misses across years and levels: the legitimate exceptions that the rules must know."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Final

from samples import keys
from samples.deeds import Beside, Deed, Do
from samples.draft import Draft, in_ten_thousands
from samples.faults_around import block, figures_in, table

_NORMS: Final = "proactive.normative_documents"
_NEW: Final = ("2021",)
_OLD: Final = ("2019",)
_FEES: Final = "proactive.fees.amount"
_TOTAL_DEFINED: Final = "规范性文件对外公开总数量为{}年和{}年相关数据之和。"


def _renamed(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    return len(draft.unit.predecessors) == 1 and draft.unit.first_year == draft.year


def _merged(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    return len(draft.unit.predecessors) == 2 and draft.unit.first_year == draft.year


def _first_year(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    """Nothing of 2018 is comparable, whatever the report carries in."""
    return draft.year == 2019 and bool(draft.value(keys.application("carried_in", keys.TOTAL)))


def _first_items(draft: Draft, _beside: Beside, _rng: Random) -> bool:
    return draft.year == 2019 and any(draft.value(f"proactive.{row}.items_previous") for row in keys.ITEM_ROWS)


def _expired(draft: Draft, beside: Beside, rng: Random) -> bool:
    """Documents that lapsed of themselves are in force no more, and nobody repealed them."""
    key, count = f"{_NORMS}.in_force", rng.randint(1, 4)
    least = draft.value(f"{_NORMS}.issued") - draft.value(f"{_NORMS}.repealed")
    if beside.last is None or key not in beside.last.cells or draft.value(key) - count < max(least, Decimal(0)):
        return False
    _beside_figure(draft, key, -count, f"（含自然失效{count}件）", count)
    return True


def _revised(draft: Draft, beside: Beside, rng: Random) -> bool:
    """Revisions are counted as issued: they add nothing to what is in force."""
    count = rng.randint(1, 3)
    least = draft.value(f"{_NORMS}.issued") - draft.value(f"{_NORMS}.repealed") + count
    if beside.last is None or draft.value(f"{_NORMS}.in_force") < least:
        return False
    _beside_figure(draft, f"{_NORMS}.issued", count, f"（其中修订{count}件）", count)
    return True


def _another_quantity(draft: Draft, beside: Beside, _rng: Random) -> bool:
    """What was public in 2020 is not what is in force in 2021."""
    last = beside.last.cells.get(f"{_NORMS}.total_published") if beside.last else None
    if draft.year != 2021 or last is None:
        return False
    issued, repealed = draft.value(f"{_NORMS}.issued"), draft.value(f"{_NORMS}.repealed")
    return draft.value(f"{_NORMS}.in_force") != last + issued - repealed


def _defined(draft: Draft, beside: Beside, _rng: Random) -> bool:
    """The report says that its total is that of two years."""
    newly, total = f"{_NORMS}.newly_published", f"{_NORMS}.total_published"
    if beside.last is None or newly not in beside.last.cells:
        return False
    draft.cells[total] = beside.last.value(newly) + draft.value(newly)
    draft.said.append(("overview", _TOTAL_DEFINED.format(draft.year - 1, draft.year)))
    draft.defines_total = True
    return True


def _cleared(draft: Draft, beside: Beside, rng: Random) -> bool:
    key, count = f"{_NORMS}.total_published", rng.randint(1, 4)
    if beside.last is None or draft.value(key) - count < draft.value(f"{_NORMS}.newly_published"):
        return False
    _beside_figure(draft, key, -count, f"（清理{count}件）", count)
    return True


def _items_adjusted(draft: Draft, beside: Beside, rng: Random) -> bool:
    if beside.last is None or draft.year != 2020:
        return False
    count = rng.randint(1, 6)
    _beside_figure(draft, "proactive.licensing.items_previous", count, f"（调整{count}项）", count)
    return True


def _beside_figure(draft: Draft, key: str, by: int, aside: str, counted: int) -> None:
    draft.cells[key] = draft.value(key) + by
    draft.printed[key] = f"{draft.value(key)}{aside}"
    draft.asides[key] = counted


def _nearly_tenfold(draft: Draft, beside: Beside, _rng: Random) -> bool:
    key = "proactive.licensing.decisions"
    last = beside.last.value(key) if beside.last and beside.last.edition == draft.edition else Decimal(0)
    if last < 20:
        return False
    draft.cells[key] = last * 10 - 1
    return True


def _tenfold_of_little(draft: Draft, beside: Beside, _rng: Random) -> bool:
    key = "proactive.penalties.decisions"
    last = beside.last.value(key) if beside.last and beside.last.edition == draft.edition else Decimal(0)
    if not 1 <= last <= 9:
        return False
    draft.cells[key] = last * 10
    return True


def _few_figures_again(draft: Draft, beside: Beside, _rng: Random) -> bool:
    cells = table(beside.last, "disputes") if beside.last else {}
    if beside.last is None or beside.last.faults or not 1 <= figures_in(cells) <= 2:
        return False
    draft.cells |= cells
    return True


def _nothing_again(draft: Draft, beside: Beside, _rng: Random) -> bool:
    return beside.last is not None and not figures_in(table(beside.last, "disputes") | table(draft, "disputes"))


def _nearly_thousandfold(draft: Draft, beside: Beside, _rng: Random) -> bool:
    last = beside.last.value(_FEES) if beside.last and not beside.last.faults else Decimal(0)
    if not last:
        return False
    draft.cells[_FEES] = last * 999
    draft.printed[_FEES] = in_ten_thousands(draft.value(_FEES))
    return True


def _all_cases_here(draft: Draft, beside: Beside, rng: Random) -> bool:
    """The government above counts no cases but those of this unit."""
    cells = block(rng.choice(keys.BLOCKS))
    above = beside.parent
    if above is None or above.faults or any(above.cells.get(key) is None for key in cells):
        return False
    draft.cells |= {key: above.cells[key] for key in cells}
    return True


def _office_beside_whole(draft: Draft, beside: Beside, _rng: Random) -> bool:
    return beside.parent is not None and draft.unit.kind == "office"


def _counted_at_both_levels(draft: Draft, beside: Beside, rng: Random) -> bool:
    """Cases of the units below that are the same case: fewer in the whole than in its parts."""
    if not beside.whole:
        return False
    *parts, total = block(rng.choice(keys.BLOCKS))
    most = {key: max(child.value(key) for child in beside.children) for key in parts}
    if sum(child.value(total) for child in beside.children) <= sum(most.values()):
        return False
    draft.cells |= most
    draft.cells[total] = sum(most.values(), Decimal(0))
    return True


def _a_child_missing(draft: Draft, beside: Beside, _rng: Random) -> bool:
    return draft.unit.complete and not beside.whole and bool(beside.children)


def _registry_incomplete(draft: Draft, beside: Beside, _rng: Random) -> bool:
    return not draft.unit.complete and len(beside.children) > 1


def _deed(name: str, do: Do, forms: tuple[str, ...] = (*_OLD, *_NEW), kind: str = "") -> Deed:
    return Deed(name, do, forms, lambda unit: kind in ("", unit.kind), near=True)


NEAR_AROUND: Final = (
    _deed("X-CARRY after a merger", _merged),
    _deed("X-CARRY under a new name", _renamed),
    _deed("R-SUM a unit below is missing", _a_child_missing, kind="aggregate"),
    _deed("R-SUM cases counted at both levels", _counted_at_both_levels, kind="aggregate"),
    _deed("R-SUM not all units are listed", _registry_incomplete, kind="aggregate"),
    _deed("X-PUBLISHED total of two years, so defined", _defined, _OLD),
    _deed("X-PUBLISHED some were cleared away", _cleared, _OLD),
    _deed("X-ITEMS some were adjusted", _items_adjusted, _OLD),
    _deed("X-INFORCE some expired", _expired, _NEW),
    _deed("X-INFORCE revisions counted as issued", _revised, _NEW),
    _deed("X-INFORCE 2020 counts something else", _another_quantity, _NEW),
    _deed("X-CARRY nothing to compare in 2018", _first_year, _OLD),
    _deed("X-ITEMS nothing to compare in 2018", _first_items, _OLD),
    _deed("X-JUMP not quite tenfold", _nearly_tenfold),
    _deed("X-JUMP tenfold of little", _tenfold_of_little),
    _deed("X-COPY two figures again", _few_figures_again),
    _deed("X-COPY nothing, as last year", _nothing_again),
    _deed("T2-FEE not quite a thousandfold", _nearly_thousandfold, _NEW, "department"),
    _deed("R-PART all cases are this unit's", _all_cases_here),
    _deed("R-PART the office beside the whole", _office_beside_whole, kind="office"),
)
