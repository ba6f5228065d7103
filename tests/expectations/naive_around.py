"""The rules across years and levels once more, one report at a time in plain Python.

Written from `domain/rules.md` and `docs/rules.md`, with nothing of `expectations` in it. A shelf holds reports
by unit and year; outcomes are by rule and scope.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from made_reports import BLOCKS, COLUMNS, ITEM_ROWS, LEAVES, RESULTS, UNREADABLE, Made, application

OTHERS = ("other", "other_correction_overdue", "other_fee_overdue", "other_remaining")
ROWS = ("received", "carried_in", *LEAVES, *OTHERS, "processed_total", "carried_out")
DOCUMENTS = ("regulations", "normative_documents")
TABLE_2019 = (
    *(f"proactive.{row}.{c}" for row in DOCUMENTS for c in ("newly_made", "newly_published", "total_published")),
    *(f"proactive.{row}.{c}" for row in ITEM_ROWS for c in ("items_previous", "items_change", "decisions")),
    "proactive.procurement.items",
    "proactive.procurement.amount",
)
TABLE_2021 = (
    *(f"proactive.{row}.{c}" for row in DOCUMENTS for c in ("issued", "repealed", "in_force")),
    *(f"proactive.{row}.decisions" for row in ("licensing", "penalties", "coercive_measures")),
    "proactive.fees.amount",
)
PROACTIVE = tuple(key for key in dict.fromkeys((*TABLE_2021, *TABLE_2019)) if key != "proactive.fees.decisions")
APPLICATIONS = tuple(application(row, column) for row in ROWS for column in COLUMNS)
DISPUTES = tuple(f"disputes.{block}.{result}" for block in BLOCKS for result in (*RESULTS, "total"))
STOCKS = ("in_force", "total_published", "items_previous", "items_change")
FLOWS = tuple(
    key
    for key in (*PROACTIVE, *APPLICATIONS)
    if not key.endswith(STOCKS) and not key.startswith(("applications.carried_in", "applications.carried_out"))
)


@dataclass(frozen=True)
class Unit:
    """A unit of the registry."""

    id: str
    kind: str = "aggregate"
    parent: str | None = None
    first: int = 2000
    last: int | None = None
    predecessors: tuple[str, ...] = ()
    complete: bool = False

    def existed(self, year: int) -> bool:
        return self.first <= year and (self.last is None or year <= self.last)


@dataclass(frozen=True)
class Shelf:
    """Units by id and their reports by unit and year."""

    units: Mapping[str, Unit]
    reports: Mapping[tuple[str, int], Made] = field(default_factory=dict)


def before(shelf: Shelf, unit_id: str, year: int) -> list[Made] | None:
    """The reports of the year before that a report goes on from; None where they cannot be told or are not there."""
    unit = shelf.units[unit_id]
    heirs = [other for other in shelf.units.values() if unit_id in other.predecessors and other.first == year]
    if year < 2020 or heirs:
        return None
    olds = unit.predecessors if unit.predecessors and unit.first == year else (unit_id,)
    if olds != (unit_id,):
        for old in olds:
            takers = [other for other in shelf.units.values() if old in other.predecessors]
            if len(takers) > 1 or shelf.units[old].existed(year):
                return None
    found = [shelf.reports.get((old, year - 1)) for old in olds]
    made = shelf.reports[unit_id, year]
    scopes = {made.facts.get("scope")}
    for one in found:
        if one is None or len({made.facts.get("scope"), one.facts.get("scope")} - {None}) > 1:
            return None
        scopes.add(one.facts.get("scope"))
    return [one for one in found if one is not None]


def figure(made: Made, key: str) -> Fraction | None:
    cell = made.cells.get(key)
    return None if cell is None or cell == UNREADABLE else Fraction(cell)


def earlier(olds: list[Made] | None, key: str) -> Fraction | None:
    figures = [figure(old, key) for old in olds or ()]
    return None if not figures or None in figures else sum((f for f in figures if f is not None), Fraction(0))


def equation(left: list[tuple[int, Fraction | None]], right: Fraction | None) -> str:
    if right is None or any(number is None for _, number in left):
        return "not_evaluable"
    return "pass" if sum(c * number for c, number in left if number is not None) == right else "fail"


def across_years(shelf: Shelf, unit_id: str, year: int) -> Iterator[tuple[str, str, str]]:
    """Rule, scope and outcome of X-CARRY, X-INFORCE, X-PUBLISHED, X-ITEMS and X-JUMP."""
    made, olds = shelf.reports[unit_id, year], before(shelf, unit_id, year)
    for column in COLUMNS:
        out = earlier(olds, application("carried_out", column))
        outcome = equation([(1, out)], figure(made, application("carried_in", column)))
        yield "X-CARRY", column, "not_applicable" if year < 2020 else outcome
    for row in ("regulations", "normative_documents"):
        key = f"proactive.{row}"
        issued, repealed = figure(made, f"{key}.issued"), figure(made, f"{key}.repealed")
        outcome = equation(
            [(1, earlier(olds, f"{key}.in_force")), (1, issued), (-1, repealed)], figure(made, f"{key}.in_force")
        )
        yield "X-INFORCE", row, outcome if fits(made, olds, "2021") and year >= 2020 else "not_applicable"
        outcome = equation(
            [(1, earlier(olds, f"{key}.total_published")), (1, figure(made, f"{key}.newly_published"))],
            figure(made, f"{key}.total_published"),
        )
        yield "X-PUBLISHED", row, outcome if fits(made, olds, "2019") and year >= 2020 else "not_applicable"
    for row in ITEM_ROWS:
        key = f"proactive.{row}"
        outcome = equation(
            [(1, earlier(olds, f"{key}.items_previous")), (1, earlier(olds, f"{key}.items_change"))],
            figure(made, f"{key}.items_previous"),
        )
        yield "X-ITEMS", row, outcome if fits(made, olds, "2019") and year >= 2020 else "not_applicable"
    yield from _jumps(made, olds, year)


def fits(made: Made, olds: list[Made] | None, edition: str) -> bool:
    return made.edition == edition and all(old.edition == edition for old in olds or [])


def _jumps(made: Made, olds: list[Made] | None, year: int) -> Iterator[tuple[str, str, str]]:
    if year < 2020:
        yield "X-JUMP", "cells", "not_applicable"
        return
    spoken = compared = False
    for key in (*PROACTIVE, *APPLICATIONS, *DISPUTES):
        if key.endswith("items_change") or not olds:
            continue
        if key in PROACTIVE and not fits(made, olds, made.edition):
            continue
        unread = made.cells.get(key) == UNREADABLE or (
            any(old.cells.get(key) == UNREADABLE for old in olds) and all(key in old.cells for old in olds)
        )
        now, then = figure(made, key), earlier(olds, key)
        if unread:
            spoken = True
            yield "X-JUMP", key, "not_evaluable"
        elif now is not None and then is not None:
            compared = True
            large = 1_000_000 if key.endswith(".amount") else 100
            if min(now, then) >= 0 and max(now, then) >= large and max(now, then) >= 10 * min(now, then):
                spoken = True
                yield "X-JUMP", key, "fail"
    if not spoken:
        yield "X-JUMP", "cells", "pass" if compared else "not_evaluable"


def copied(made: Made, olds: list[Made] | None, keys: tuple[str, ...]) -> bool:
    """Whether a table (all cells readable, one report before) is that of the year before."""
    if not olds or len(olds) != 1:
        return False
    pairs = [(figure(made, key) or 0, figure(olds[0], key) or 0) for key in keys]
    return all(a == b for a, b in pairs) and sum(1 for a, _ in pairs if a) >= 3


def common(one: str, other: str) -> float:
    """Twice the longest common subsequence over both lengths."""
    last = [0] * (len(other) + 1)
    for a in one:
        row = [0]
        for place, b in enumerate(other):
            row.append(last[place] + 1 if a == b else max(row[-1], last[place + 1]))
        last = row
    return 2 * last[-1] / (len(one) + len(other))


def across_levels(shelf: Shelf, unit_id: str, year: int) -> Iterator[tuple[str, str, str]]:
    """Rule, scope and outcome of R-PART and R-SUM."""
    yield from _part(shelf, unit_id, year)
    yield from _sum(shelf, unit_id, year)


def parent_of(shelf: Shelf, unit_id: str, year: int) -> Made | None:
    """The aggregate report that a unit's is a part of; None where there is none, or the scopes forbid it."""
    unit, made = shelf.units[unit_id], shelf.reports[unit_id, year]
    above = shelf.reports.get((unit.parent or "", year))
    if above is None or shelf.units[str(unit.parent)].kind != "aggregate" or above.facts.get("scope") == "own":
        return None
    return None if unit.kind != "aggregate" and made.facts.get("scope") == "aggregate" else above


def _part(shelf: Shelf, unit_id: str, year: int) -> Iterator[tuple[str, str, str]]:
    made, above = shelf.reports[unit_id, year], parent_of(shelf, unit_id, year)
    spoken = compared = False
    for key in (*FLOWS, *DISPUTES) if above else ():
        assert above is not None
        mine, whole = figure(made, key), figure(above, key)
        if made.cells.get(key) == UNREADABLE:
            outcome = "not_evaluable"
        elif mine is None or key not in above.cells:
            continue
        elif whole is None:
            outcome = "not_evaluable" if mine > 0 else ""
        else:
            compared = True
            outcome = "fail" if mine > whole else ""
        if outcome:
            spoken = True
            yield "R-PART", key, outcome
    if not spoken:
        yield "R-PART", "cells", "pass" if compared else "not_evaluable"


def _sum(shelf: Shelf, unit_id: str, year: int) -> Iterator[tuple[str, str, str]]:
    unit, made = shelf.units[unit_id], shelf.reports[unit_id, year]
    if unit.kind != "aggregate" or made.facts.get("scope") == "own":
        yield "R-SUM", "cells", "not_applicable"
        return
    registered = [other for other in shelf.units.values() if other.parent == unit_id and other.existed(year)]
    below = [
        shelf.reports[other.id, year]
        for other in shelf.units.values()
        if other.parent == unit_id
        and (other.id, year) in shelf.reports
        and parent_of(shelf, other.id, year) is not None
        and not (other.kind == "aggregate" and shelf.reports[other.id, year].facts.get("scope") == "own")
    ]
    spoken = compared = False
    for key in FLOWS if below else ():
        figures = [figure(child, key) for child in below]
        known = [_known(child, key) for child in below]
        total, whole = sum((f for f in figures if f is not None), Fraction(0)), figure(made, key)
        complete = unit.complete and len(below) == len(registered) and None not in known
        outcome = ""
        if whole is not None and any(number is not None for number in known):
            compared = True
            outcome = "fail" if (total != whole if complete else total > whole) else ""
        elif whole is None and key in made.cells and total > 0:
            outcome = "not_evaluable"
        if outcome:
            spoken = True
            yield "R-SUM", key, outcome
    if not spoken:
        yield "R-SUM", "cells", "pass" if compared else "not_evaluable"


def _known(child: Made, key: str) -> Fraction | None:
    """A figure, or 0 for a blank in a row that has some figure."""
    row = key.rsplit(".", 1)[0]
    filled = any(figure(child, other) is not None for other in child.cells if other.rsplit(".", 1)[0] == row)
    if key in child.cells and child.cells[key] is None and filled:
        return Fraction(0)
    return figure(child, key)
