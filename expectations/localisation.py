"""Which cells could be wrong: the smallest sets whose change satisfies everything that a report breaks.

Error localisation after Fellegi and Holt (1976). Asked are the critical relations within the report; counts stay
integers, and 0 or more where no sign is printed. A carry-over from the year before (X-CARRY) that holds must go on
holding; one that fails says which of several sets mends it too, and demands nothing itself: either year may be wrong.
One cell that explains all that is broken is found for all reports at once; several by a search a report
(`localisation_sets`). A suggestion, never a change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np

from expectations import layout, years
from expectations.answer import FAIL, PASS, SILENT, Answer
from expectations.arrays import Bools
from expectations.batch import Batch
from expectations.declaration import Rule
from expectations.localisation_exact import open_cells
from expectations.localisation_lines import Line, carries, coefficients, equations, relations
from expectations.localisation_sets import TooLargeError, smallest
from expectations.localisation_system import Changes, Equation, System, components, grouped
from expectations.localisation_wording import NONE_OPEN, TOO_LARGE, UNSOLVED, Open, ordered, said
from expectations.programme import UnsolvedError


class Located(NamedTuple):
    """The smallest sets that mend a broken relation and all that hangs together with it, each with its changes.

    `more` says that there are others; `unsolved` that they could not be found, and `large` that it was given up
    because too many cells would have to change. `open` has, by the cells of a set, those that may have other figures
    too: theirs are an example.
    """

    sets: tuple[Changes, ...] = ()
    more: bool = False
    open: Open = NONE_OPEN
    unsolved: bool = False
    large: bool = False


#: sets told
MOST: Final = 8
#: the position of the answer and the report -> what was found
Locations = dict[tuple[int, int], Located]


def localise(batch: Batch, asked: Sequence[tuple[Rule, Answer]]) -> Locations:
    """What mends every broken relation; reports and answers by position."""
    lines = [line for position, one in enumerate(asked) for line in relations(position, *one)]
    carried = [line for position, one in enumerate(asked) for line in carries(position, *one)]
    # A carry-over that fails is left out here.
    lines += [replace(line, outcome=np.where(line.outcome == PASS, PASS, SILENT)) for line in carried]
    found: Locations = {}
    for together in grouped(lines, [frozenset(line.keys) for line in lines]):
        broken = np.array([line.outcome == FAIL for line in together]).any(axis=0) & batch.subject
        reports = np.flatnonzero(broken)
        singles = _singles(batch, together, reports.tolist()) if len(reports) else {}
        for report in reports.tolist():
            asked_of = equations(batch, together, report)
            if report in singles:
                told = singles[report]
                located = _told(batch, report, told)
                found.update({(e.answer, report): located for e in asked_of if e.broken})
            else:
                found.update({(answer, report): item for answer, item in _searched(batch, report, asked_of)})
    return _carried(batch, carried, found)


def speak(batch: Batch, answers: Sequence[Answer], found: Locations) -> None:
    """Adds to the message of every broken relation what would mend it, or why that is not known."""
    for (position, report), located in found.items():
        words = answers[position].words.get(report)
        if words is None:
            continue
        if located.sets:
            more = said(batch, report, located.sets, located.more, located.open)
        else:
            more = TOO_LARGE if located.large else UNSOLVED
        answers[position].words[report] = words._replace(message=words.message + more)


def _told(batch: Batch, report: int, sets: Sequence[Changes], more: bool = False) -> Located:
    """The likeliest of several sets."""
    return Located(ordered(batch, report, sets)[:MOST], more or len(sets) > MOST)


def _opened(located: Located, system: System) -> Located:
    """The same with the cells that the system leaves open."""
    return located._replace(open={frozenset(cells): open_cells(system, cells) for cells in located.sets})


def _carried(batch: Batch, carried: Sequence[Line], found: Locations) -> Locations:
    """The findings; where sets mend a failing carry-over too, those alone remain, and the carry-over has them."""
    of_report: dict[int, list[int]] = defaultdict(list)
    for answer, report in found:
        of_report[report].append(answer)
    result = dict(found)
    for line in carried:
        for report in np.flatnonzero((line.outcome == FAIL) & batch.subject).tolist():
            equation = _carry(batch, line, report)
            for answer in of_report.get(report, ()):
                located = result[answer, report]
                sets = tuple(cells for cells in located.sets if equation.allows(equation.moved(cells)))
                if sets:
                    result[answer, report] = result[line.answer, report] = located._replace(sets=sets)
    return result


def _carry(batch: Batch, line: Line, report: int) -> Equation:
    relation = line.relation
    assert relation is not None
    residual = years.total(batch, relation.left, report) - years.total(batch, relation.right, report)
    return Equation(line.answer, coefficients(relation), residual)


def _singles(batch: Batch, lines: Sequence[Line], reports: Sequence[int]) -> dict[int, list[Changes]]:
    """By report the cells of which one alone mends all that is broken; reports without such a cell are not named.

    A cell can only if it stands in every broken line and in none that holds: counted for all reports at
    once, so that figures are looked at for few cells.
    """
    keys = list(dict.fromkeys(key for line in lines for key in line.keys))
    held = np.array([[key in line.keys for line in lines] for key in keys], dtype=np.int32)
    fails = np.array([line.outcome[reports] == FAIL for line in lines], dtype=np.int32)
    holds = np.array(
        [
            (line.outcome[reports] == PASS) & (line.relation is not None and line.relation.operator == "=")
            for line in lines
        ],
        dtype=np.int32,
    )
    able: Bools = (held @ fails == fails.sum(axis=0)) & (held @ holds == 0)
    found: dict[int, list[Changes]] = {}
    for position, at in zip(*np.nonzero(able.T), strict=True):
        report, key = reports[position], keys[at]
        system = _system(batch, report, [e for e in equations(batch, lines, report) if key in e.cells])
        change = _single(system, key)
        if change is not None:
            found.setdefault(report, []).append({key: change})
    return found


def _single(system: System, key: str) -> Fraction | None:
    """By how much one cell must change; None where no change of it will do, or where no equation says how much."""
    amounts = {-e.residual / e.coefficients[key] for e in system.equations if e.operator == "=" and e.cell is None}
    if len(amounts) != 1:
        return None
    (change,) = amounts
    return change if system.satisfied({key: change}) else None


def _system(batch: Batch, report: int, own: Sequence[Equation]) -> System:
    figures = {key: batch.exact(key, report) for equation in own for key in equation.cells}
    return System(tuple(own), figures, layout.SIGNED)


def _searched(batch: Batch, report: int, own: Sequence[Equation]) -> Iterator[tuple[int, Located]]:
    """The answers of the broken equations with what mends them, by the search."""
    figures = _system(batch, report, own).figures
    for system in components(own, figures, layout.SIGNED):
        try:
            groups = smallest(system)
        except TooLargeError:
            yield from ((e.answer, Located(unsolved=True, large=True)) for e in system.broken)
        except UnsolvedError:
            yield from ((e.answer, Located(unsolved=True)) for e in system.broken)
        else:
            for group in groups:
                located = _told(batch, report, group.sets, group.more)
                located = _opened(located, system.only(group.broken))
                yield from ((e.answer, located) for e in group.broken)
