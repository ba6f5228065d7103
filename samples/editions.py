"""Reports printed on a form that is not their year's, as some publishers still do."""

from __future__ import annotations

from decimal import Decimal

from samples import keys
from samples.draft import Draft
from samples.figures import unit_reports


def print_one_row(draft: Draft) -> None:
    """Prints （六）其他处理 as one row, the sum of its three."""
    draft.one_other = True
    for column in (*keys.COLUMNS, keys.TOTAL):
        parts = [
            draft.cells.pop(keys.application(row, column)) or Decimal(0)
            for row in ("other_correction_overdue", "other_fee_overdue", "other_remaining")
        ]
        draft.cells[keys.application("other", column)] = sum(parts, Decimal(0))


def print_old_form(draft: Draft, seed: int) -> None:
    """Gives a report of 2021 or later the tables of 2019; what only these ask for is drawn."""
    print_one_row(draft)
    draft.edition = "2019"
    draft.printed.clear()
    (old,) = unit_reports(draft.unit, (2019, 2019), seed)
    drawn = {key: old.cells[key] for key in keys.proactive_keys("2019") if key not in draft.cells}
    for key in keys.proactive_keys("2021"):
        if key not in keys.proactive_keys("2019"):
            del draft.cells[key]
    draft.cells |= drawn
    draft.printed |= {key: text for key, text in old.printed.items() if key in drawn}
