"""The linear rules once more, report by report in plain Python: what the evaluator must agree with.

Written from `domain/rules.md` and the definition of blanks in `docs/rules.md`, with nothing of
`expectations` in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from made_reports import APPLICANTS, BLOCKS, COLUMNS, ITEM_ROWS, LEAVES, RESULTS, UNREADABLE, Made, application

OTHER_THREE = ("other_correction_overdue", "other_fee_overdue", "other_remaining")


def outcomes(made: Made) -> dict[tuple[str, str], str]:
    """Outcome by rule and scope, of T3-IDENT, -DETAIL, -ROW, T4-SUM, T2-STOCK, T2-FLOW and T2-ITEMS."""
    return {(rule, scope): outcome for rule, scope, outcome in _all(made)}


def _all(made: Made) -> Iterator[tuple[str, str, str]]:
    one = any(application("other", c) in made.cells for c in COLUMNS)
    three = any(application(row, c) in made.cells for row in OTHER_THREE for c in COLUMNS)
    as_one = not three and (one or made.edition == "2019")
    other = ["other"] if as_one else list(OTHER_THREE)
    for column in COLUMNS:
        names = [application(row, column) for row in ("received", "carried_in", "processed_total", "carried_out")]
        yield "T3-IDENT", column, _equal(made, names[:2], names[2:], names[2])
        total = application("processed_total", column)
        leaves = [application(row, column) for row in (*LEAVES, *other)]
        outcome = _equal(made, leaves, [total], total)
        if not as_one and outcome in {"pass", "fail"} and _ambiguous(made, column):
            outcome = "not_evaluable"
        yield "T3-DETAIL", column, outcome
    for row in ("received", "carried_in", *LEAVES, "processed_total", "carried_out"):
        yield "T3-ROW", row, _row(made, row)
    yield "T3-ROW", "other", _row(made, "other") if one or as_one else "not_applicable"
    for row in OTHER_THREE:
        yield "T3-ROW", row, "not_applicable" if as_one else _row(made, row)
    for block in BLOCKS:
        parts = [f"disputes.{block}.{result}" for result in RESULTS]
        yield "T4-SUM", block, _equal(made, parts, [f"disputes.{block}.total"], f"disputes.{block}.total")
    yield from _table_two(made)


def _table_two(made: Made) -> Iterator[tuple[str, str, str]]:
    def form(keys: list[str]) -> bool:
        return made.edition == "2019" or any(key in made.cells for key in keys)

    for row in ("regulations", "normative_documents"):
        made_, published, total = (
            f"proactive.{row}.{name}" for name in ("newly_made", "newly_published", "total_published")
        )
        for rule, less, more in (("T2-FLOW", published, made_), ("T2-STOCK", published, total)):
            outcome = "not_applicable"
            if form([less, more]):
                both = _figure(made, less), _figure(made, more)
                outcome = "not_evaluable" if None in both else _verdict(both[0] <= both[1])
            yield rule, row, outcome
    for row in ITEM_ROWS:
        before, change = f"proactive.{row}.items_previous", f"proactive.{row}.items_change"
        outcome = "not_applicable"
        if form([before, change]):
            outcome = "not_evaluable"
            if _figure(made, before) is not None and _readable(made, change):
                outcome = _verdict(_figure(made, before) + (_figure(made, change) or 0) >= 0)
        yield "T2-ITEMS", row, outcome


def _row(made: Made, row: str) -> str:
    total = application(row, "total")
    return _equal(made, [application(row, column) for column in APPLICANTS], [total], total)


def _equal(made: Made, left: list[str], right: list[str], total: str) -> str:
    if not all(_readable(made, key) for key in (*left, *right)):
        return "not_evaluable"
    if _figure(made, total) is None:
        return "not_evaluable"
    for side in (left, right):
        if all(_figure(made, key) is None for key in side):
            return "not_evaluable"
    for key in (*left, *right):
        if key != total and key.startswith("applications") and key.endswith(".total") and _hollow(made, key):
            return "not_evaluable"
    sums = [sum(_figure(made, key) or Fraction(0) for key in side) for side in (left, right)]
    return _verdict(sums[0] == sums[1])


def _hollow(made: Made, total: str) -> bool:
    """A blank 总计 of a row in which something other than 0 stands."""
    if _figure(made, total) is not None:
        return False
    row = total.split(".")[1]
    parts = [application(row, column) for column in APPLICANTS]
    return any(made.cells.get(key) == UNREADABLE or _figure(made, key) for key in parts)


def _ambiguous(made: Made, column: str) -> bool:
    key = application("other", column)
    if made.cells.get(key) == UNREADABLE:
        return True
    own = _figure(made, key) or Fraction(0)
    three = sum(_figure(made, application(row, column)) or Fraction(0) for row in OTHER_THREE)
    return own not in {Fraction(0), three}


def _readable(made: Made, key: str) -> bool:
    return key in made.cells and made.cells[key] != UNREADABLE


def _figure(made: Made, key: str) -> Fraction | None:
    cell = made.cells.get(key)
    return None if cell is None or cell == UNREADABLE else Fraction(cell)


def _verdict(holds: bool) -> str:
    return "pass" if holds else "fail"
