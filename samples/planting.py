"""What is done to the reports of a province: faults, near misses, words, late days; and what follows from them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from random import Random
from typing import Final

from samples import around, faults_text, office
from samples.chance import keyed
from samples.deeds import Beside, Deed
from samples.draft import Draft, Fault, Near
from samples.faults import KINDS, Kind
from samples.faults_around import AROUND
from samples.near_around import NEAR_AROUND
from samples.near_within import NEAR_WITHIN
from samples.reports import Reports, Slot
from samples.timing import DUE, last_day
from samples.units import Unit

#: Documents that are no reports: code of `form.errors.REASONS` -> what lies there instead.
REFUSALS: Final = ("mislabelled", "empty", "truncated", "encrypted")
_FAULTY_SHARE: Final = 0.08
_NEAR_SHARE: Final = 0.04
_WORDS_SHARE: Final = 0.01
_LATE_SHARE: Final = 0.01
_REFUSED_SHARE: Final = 0.005
_MISSING_SHARE: Final = 0.005


def _within(kind: Kind) -> Deed:
    def do(draft: Draft, _beside: Beside, rng: Random) -> bool:
        kind.plant(draft, rng)
        return True

    return Deed(kind.name, do, kind.forms, kind.suits)


def _each_rule_first(deeds: Sequence[Deed]) -> tuple[Deed, ...]:
    """One deed for every rule, then the others, so that a small province has some of all."""
    first = {deed.rule: deed for deed in reversed(deeds)}
    return (*(deed for deed in deeds if first[deed.rule] is deed), *(d for d in deeds if first[d.rule] is not d))


FAULTS: Final = _each_rule_first((*map(_within, KINDS), *AROUND))
NEAR: Final = _each_rule_first((*NEAR_AROUND, *NEAR_WITHIN))


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many reports get what: faults in figures, near misses; and those that are no reports.

    `words` and `late` are wrong sentences and late days; as many right ones that look wrong come beside them. Fewer
    where the province has no more reports that suit.
    """

    faults: int
    near: int
    words: int
    late: int
    refused: int
    missing: int


def usual(count: int) -> Amounts:
    """For `count` reports: each kind once if there is room, then in proportion."""
    return Amounts(
        faults=min(max(len(FAULTS), ceil(count * _FAULTY_SHARE)), 2 * count // 5),
        near=min(max(len(NEAR), ceil(count * _NEAR_SHARE)), count // 5),
        words=min(max(len(faults_text.RULES), ceil(count * _WORDS_SHARE)), count // 8),
        late=min(max(len(_TIMES), ceil(count * _LATE_SHARE)), count // 12),
        refused=min(max(len(REFUSALS), round(count * _REFUSED_SHARE)), count // 6),
        missing=min(max(1, round(count * _MISSING_SHARE)), count // 12),
    )


def plant(reports: Reports, amounts: Amounts) -> None:
    """Does it all; the real report stays as it is. The same figures and amounts give the same province.

    Nothing is done to reports that are `missing` or `lost` beforehand.
    """
    seed = reports.figures.seed
    taken = {(office.UNIT, office.YEAR)} | reports.missing | reports.lost
    free = [(holder.unit, year) for holder, year in reports.slots() if (holder.unit.id, year) not in taken]
    keyed(seed, "plan").shuffle(free)
    for number in range(amounts.refused):
        unit, year = free.pop()
        reports.refused[unit.id, year] = REFUSALS[number % len(REFUSALS)]
    for _ in range(amounts.missing):
        unit, year = free.pop()
        reports.missing.add((unit.id, year))
    _by_turns([_doing(reports, deed) for deed in FAULTS], free, amounts.faults)
    _by_turns([_telling(reports, rule, fault=True) for rule in faults_text.RULES], free, amounts.words)
    _by_turns([_doing(reports, deed) for deed in NEAR], free, amounts.near)
    _by_turns([_telling(reports, rule, fault=False) for rule in faults_text.RULES], _unspoilt(reports), amounts.words)
    days = [(holder.unit, year) for holder, year in reports.slots() if reports.read(holder.unit.id, year)]
    keyed(seed, "days").shuffle(days)
    for late in (True, False):
        _by_turns([_delaying(reports, rule, late=late) for rule in _TIMES], days, amounts.late)
    _settle(reports)


#: does something to the report of a unit and year, or says no
Doing = Callable[[Unit, int], bool]
_TIMES: Final = tuple(dict.fromkeys(rule for rule, _, _ in DUE.values()))


def _unspoilt(reports: Reports) -> list[tuple[Unit, int]]:
    """The reports with a near miss of figures, in which there is room for one of words, then those with none."""
    near = [(draft.unit, draft.year) for draft in reports.kept() if draft.near]
    taken = {(draft.unit.id, draft.year) for draft in reports.kept()} | {(office.UNIT, office.YEAR)}
    clean = [
        (holder.unit, year)
        for holder, year in reports.slots()
        if (holder.unit.id, year) not in taken and reports.read(holder.unit.id, year)
    ]
    keyed(reports.figures.seed, "words").shuffle(clean)
    return near + clean


def _by_turns(doings: Sequence[Doing], free: list[tuple[Unit, int]], wanted: int) -> None:
    """Each in its turn on the first that suits it, until enough is done; takes what it uses out of `free`."""
    turns, done = deque(doings), 0
    while turns and done < wanted:
        doing = turns.popleft()
        place = next((place for place, slot in enumerate(free) if doing(*slot)), None)
        if place is None:
            continue
        free.pop(place)
        turns.append(doing)
        done += 1


def _doing(reports: Reports, deed: Deed) -> Doing:
    def do(unit: Unit, year: int) -> bool:
        if not deed.fits(unit, year):
            return False
        draft = reports.fresh(unit.id, year)
        if not deed.do(draft, _beside(reports, unit, year), keyed(reports.figures.seed, unit.id, year, "fault")):
            return False
        if deed.near:
            draft.near.append(Near(deed.rule, deed.name.partition(" ")[2]))
        else:
            draft.planted.append(deed.name)
        reports.keep(draft)
        return True

    return do


def _beside(reports: Reports, unit: Unit, year: int) -> Beside:
    sources = reports.sources(unit, year)
    return Beside(
        last=sources[0] if len(sources) == 1 else None,
        parent=reports.parent(unit, year),
        children=reports.children(unit, year) if unit.kind == "aggregate" else (),
        whole=unit.complete and reports.all_listed(unit, year),
    )


def _telling(reports: Reports, rule: str, *, fault: bool) -> Doing:
    def tell(unit: Unit, year: int) -> bool:
        kept = next((draft for draft in (reports.read(unit.id, year),) if draft and draft.near), None)
        draft = kept or reports.fresh(unit.id, year)
        sources = reports.sources(unit, year)
        last = sources[0].cells if len(sources) == 1 else None
        rng = keyed(reports.figures.seed, unit.id, year, "words")
        said = faults_text.plant(rule, faults_text.figures_of(draft.cells, year, last), rng, fault=fault)
        if said is None:
            return False
        draft.said.append((said.wording.section, said.text))
        if fault:
            draft.planted.append(rule)
            draft.fail(rule, said.wording.scope, severity=said.severity)
        else:
            draft.near.append(Near(rule, said.text))
        reports.keep(draft)
        return True

    return tell


def _delaying(reports: Reports, rule: str, *, late: bool) -> Doing:
    def delay(unit: Unit, year: int) -> bool:
        # Asked first: reading a report makes it anew.
        draft = reports.read(unit.id, year) if DUE[unit.kind][0] == rule else None
        if draft is None:
            return False
        rng = keyed(reports.figures.seed, unit.id, year, "late")
        draft.published = last_day(unit, year) + timedelta(days=rng.randint(1, 60) if late else 0)
        if late:
            draft.planted.append(rule)
        else:
            draft.near.append(Near(rule, "on the last day"))
        reports.keep(draft)
        return True

    return delay


def _settle(reports: Reports) -> None:
    """Finds what follows from all that was done, in every report that stands beside."""
    touched = {(draft.unit.id, draft.year) for draft in reports.kept()}
    touched |= reports.missing | reports.lost | reports.refused.keys() | set(reports.coincidences())
    asked = sorted({slot for one in touched for slot in reports.around(*one)})
    found = [(slot, list(around.findings(reports, reports.unit(slot[0]), slot[1]))) for slot in asked]
    for slot, faults in found:
        _note(reports, slot, faults)
    for draft in reports.kept():
        failing = {fault.rule for fault in draft.faults}
        draft.near = [near for near in draft.near if near.rule not in failing]


def _note(reports: Reports, slot: Slot, faults: Sequence[Fault]) -> None:
    draft = reports.read(*slot)
    if not faults:
        return
    if draft is None:
        reports.overdue[slot] = list(faults)
    else:
        reports.keep(draft).faults.extend(faults)
