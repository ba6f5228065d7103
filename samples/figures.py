"""Figures of a unit, year after year: every rule within one report holds, stocks and carry-over chain."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from random import Random
from typing import Final

from samples import keys, office, proactive
from samples.chance import keyed, split, vary
from samples.draft import Draft, Fault, decimals
from samples.ledger import Ledger, applicants, opening, size
from samples.units import Unit

_LEAF_WEIGHTS: Final = {
    "granted": 420,
    "partially_granted": 80,
    "unavailable_not_held": 190,
    "unavailable_requires_creation": 40,
    "unavailable_unclear": 25,
    "denied_third_party": 12,
    "denied_internal_affairs": 12,
    "denied_deliberative": 14,
    "denied_administrative_inquiry": 12,
    "denied_prohibited_by_law": 8,
    "declined_petition": 45,
    "declined_duplicate": 18,
    "other": 60,
    "other_correction_overdue": 34,
    "other_remaining": 28,
}
_RARE_LEAF: Final = 2
#: Cases for each application received, by block of table four, and how they end.
_DISPUTES: Final = {
    "reconsideration": 0.06,
    "litigation_direct": 0.03,
    "litigation_after_reconsideration": 0.012,
}
_ENDINGS: Final = (55, 9, 22, 14)


def unit_reports(unit: Unit, years: tuple[int, int], seed: int) -> Iterator[Draft]:
    """The unit's reports from the first to the last year, clean under the rules within one report.

    The exception is the real report of the Gansu government office, which leaves one block blank.
    """
    ledger = opening(unit, keyed(seed, unit.id, "opening"))
    for year in range(years[0], years[1] + 1):
        if (unit.id, year) == (office.UNIT, office.YEAR):
            yield _office_report(unit, ledger)
            continue
        rng = keyed(seed, unit.id, year, "figures")
        old = year <= 2020
        draft = Draft(unit, year, "2019" if old else "2021", old, {}, (date(year, 1, 1), date(year, 12, 31)))
        (proactive.fill_2019 if old else proactive.fill_2021)(draft, ledger, rng)
        _applications(draft, ledger, rng)
        _disputes(draft, rng)
        yield draft


def print_one_row(draft: Draft) -> None:
    """Prints （六）其他处理 as one row, the sum of its three."""
    draft.one_other = True
    for column in (*keys.COLUMNS, keys.TOTAL):
        parts = [
            draft.cells.pop(keys.application(row, column)) or Decimal(0)
            for row in ("other_correction_overdue", "other_fee_overdue", "other_remaining")
        ]
        draft.cells[keys.application("other", column)] = sum(parts, Decimal(0))


def print_old_form(draft: Draft, rng: Random) -> None:
    """Gives a report of 2021 or later the tables of 2019, as some publishers still print them."""
    print_one_row(draft)
    draft.edition = "2019"
    draft.printed.clear()
    for key in keys.proactive_keys("2021"):
        del draft.cells[key]
    proactive.fill_2019(draft, opening(draft.unit, rng), rng)


def _office_report(unit: Unit, ledger: Ledger) -> Draft:
    period = date(office.YEAR, 1, 1), date(office.YEAR, 12, 31)
    draft = Draft(unit, office.YEAR, "2019", True, office.cells(), period, office.printed())
    review = tuple(f"disputes.reconsideration.{outcome}" for outcome in (*keys.OUTCOMES, keys.TOTAL))
    draft.faults.append(Fault("T4-BLANK", "info", "reconsideration", review))
    ledger.carried = office.carried("carried_out")
    return draft


def _fill_row(cells: dict[str, int], row: str, values: list[int]) -> None:
    cells.update({keys.application(row, column): value for column, value in zip(keys.COLUMNS, values, strict=True)})
    cells[keys.application(row, keys.TOTAL)] = sum(values)


def _carried_out(draft: Draft, available: list[int], rng: Random) -> list[int]:
    if (draft.unit.id, draft.year + 1) == (office.UNIT, office.YEAR):
        return office.carried("carried_in")
    share = rng.uniform(0.0, 0.09)
    return [round(count * share) for count in available]


def _applications(draft: Draft, ledger: Ledger, rng: Random) -> None:
    """Table three: decided = received + carried in - carried out, column by column."""
    received = applicants(vary(size(draft.unit).applications, rng), rng)
    available = [new + old for new, old in zip(received, ledger.carried, strict=True)]
    carried_out = _carried_out(draft, available, rng)
    processed = [count - left for count, left in zip(available, carried_out, strict=True)]
    leaves = keys.leaves(draft.one_other)
    weights = [_LEAF_WEIGHTS.get(leaf, _RARE_LEAF) for leaf in leaves]
    by_column = [split(count, weights, rng) for count in processed]
    cells: dict[str, int] = {}
    _fill_row(cells, "received", received)
    _fill_row(cells, "carried_in", ledger.carried)
    for leaf, values in zip(leaves, zip(*by_column, strict=True), strict=True):
        _fill_row(cells, leaf, list(values))
    _fill_row(cells, "processed_total", processed)
    _fill_row(cells, "carried_out", carried_out)
    draft.cells |= decimals(cells)
    ledger.carried = carried_out


def _disputes(draft: Draft, rng: Random) -> None:
    received = int(draft.value(keys.application("received", keys.TOTAL)))
    cells: dict[str, int] = {}
    for block, share in _DISPUTES.items():
        parts = split(round(received * share * rng.uniform(0.3, 1.6)), _ENDINGS, rng)
        cells |= {f"disputes.{block}.{outcome}": count for outcome, count in zip(keys.OUTCOMES, parts, strict=True)}
        cells[f"disputes.{block}.{keys.TOTAL}"] = sum(parts)
    draft.cells |= decimals(cells)
