"""The rules as a soft error-correcting code for recognised cells.

A cell may change only where recognition itself doubted it, only to what recognition itself saw, and only where
every equation of the cell then holds. Equations are soft: breaking one has a price, so that an error the
publisher printed stays. See docs/decisions/0011-proposals.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from expectations import proposal_wording as wording
from expectations.proposal_doubt import Candidate, Doubt, doubts, recognised, row_of, surest
from expectations.proposal_equations import REDUNDANT, Contents, Equation, equations
from expectations.proposal_programme import CLEAR, choose
from form.reading import Reading, Report, State

#: A choice stands when every other one is at least seven times less likely.
_SETTLED: Final = 2.0
#: how sure a cell is that one equation confirms, and one that two or more do
_ONCE: Final = 0.85
_TWICE: Final = 0.95
#: below this a cell that nothing confirms is unreadable
_LEGIBLE: Final = 0.5
_MAX_DIGITS: Final = 18


@dataclass(frozen=True, slots=True)
class _Finding:
    """What became of a doubted cell: its candidate, the equations that confirm it, and whether it stands alone.

    `candidate` is None where nothing was seen. `confirming` is 0 where the cell is not settled.
    """

    doubt: Doubt
    candidate: Candidate | None
    confirming: int = 0
    clear: bool = False
    suggestion: Decimal | None = None
    mending: int = 0


def propose(report: Report) -> Report:
    """The report with its doubted cells settled by the equations of the form, where they can be.

    `printed` and `alternatives` never change. A settled cell has `proposed`, `reason` and the value; a contested
    cell that is not settled is unreadable, perhaps with a suggestion in `proposed`. All other cells, and any
    report without alternatives (native text), come back as they are. Pure and deterministic; raises nothing
    for a report as `form.recognise` makes them.
    """
    if not recognised(report):
        return report
    doubted = doubts(report)
    if not doubted:
        return report
    findings = _findings(report, doubted)
    limits = surest(report)
    readings = tuple(
        _reading(findings[reading.key], limits[row_of(reading)]) if reading.key in findings else reading
        for reading in report.readings
    )
    return replace(report, readings=readings)


def _findings(report: Report, doubted: Mapping[str, Doubt]) -> dict[str, _Finding]:
    contents: dict[str, tuple[State, Decimal | None]] = {r.key: (r.state, r.value) for r in report.readings}
    chosen: dict[str, Candidate] = {}
    for key, doubt in doubted.items():
        # A cell in which nothing was seen takes part as an unknown amount; 0 only makes its equations evaluable.
        contents[key] = ("printed", Decimal(0))
        if doubt.candidates:
            chosen[key] = doubt.candidates[0]
            contents[key] = (chosen[key].state, chosen[key].value)
    choices = {}
    if doubted.keys() & REDUNDANT:
        choices = choose(doubted, equations(report.edition, contents), contents)
        for key, choice in choices.items():
            chosen[key] = doubted[key].candidates[choice.position]
            contents[key] = (chosen[key].state, chosen[key].value)
    for key in doubted.keys() - chosen.keys():
        contents[key] = ("unreadable", None)
    gaps = {key: choices[key].gap if key in choices else 0.0 for key, doubt in doubted.items() if doubt.contested}
    asked = equations(report.edition, contents)
    counts = _confirmed(doubted, chosen, gaps, asked)
    findings = {
        key: _Finding(doubt, chosen.get(key), counts.get(key, 0), gaps.get(key, CLEAR) >= CLEAR)
        for key, doubt in doubted.items()
    }
    return _suggest(report, contents, findings)


def _confirmed(
    doubted: Mapping[str, Doubt],
    chosen: Mapping[str, Candidate],
    gaps: Mapping[str, float],
    asked: Sequence[Equation],
) -> dict[str, int]:
    """How many equations confirm each settled cell.

    A cell is settled when its choice stands, no equation of it is broken, and one holds in which every other
    contested cell is settled too: what is not settled becomes unreadable and confirms nothing.
    """
    broken = {key for equation in asked if not equation.holds for key in equation.coefficients}
    settled = {
        key
        for key in chosen.keys() - broken
        if gaps.get(key, CLEAR) >= _SETTLED and not doubted[key].beyond_sums(chosen[key])
    }
    while True:
        counts = dict.fromkeys(settled, 0)
        for equation in asked:
            members = doubted.keys() & equation.coefficients.keys()
            if equation.holds and all(key in settled or _stays(doubted[key]) for key in members):
                for key in members & settled:
                    counts[key] += 1
        unconfirmed = {key for key, count in counts.items() if not count}
        if not unconfirmed:
            return counts
        settled -= unconfirmed


def _stays(doubt: Doubt) -> bool:
    """Whether a cell keeps its value even if no equation confirms it."""
    return doubt.reading.state != "unreadable" and not doubt.contested and doubt.reading.confidence >= _LEGIBLE


def _suggest(report: Report, contents: Contents, findings: Mapping[str, _Finding]) -> dict[str, _Finding]:
    """The findings, with the figure that the equations of an unsettled cell agree on, all other cells being known."""
    result = dict(findings)
    lost = {key for key, finding in findings.items() if not finding.confirming and not _stays(finding.doubt)}
    stand_in: Contents = {**contents, **dict.fromkeys(lost, ("printed", Decimal(0)))}
    asked = equations(report.edition, stand_in) if any(not f.confirming for f in findings.values()) else ()
    for key, finding in findings.items():
        if finding.confirming:
            continue
        around = [e for e in asked if key in e.coefficients and not lost & (e.coefficients.keys() - {key})]
        figures = {equation.mended(key, stand_in) for equation in around}
        figure = figures.pop() if len(figures) == 1 else Fraction(-1)
        if figure.denominator == 1 and 0 <= figure < 10**_MAX_DIGITS:
            result[key] = replace(finding, suggestion=Decimal(int(figure)), mending=len(around))
    return result


def _reading(finding: _Finding, limit: float) -> Reading:
    """The reading of a doubted cell; `limit` is what its row allows."""
    reading = finding.doubt.reading
    if finding.candidate is not None and finding.confirming:
        return _settled(finding, finding.candidate, limit)
    if reading.state == "unreadable" or _illegible(finding):
        return reading._replace(
            value=None,
            state="unreadable",
            proposed=finding.suggestion,
            reason=wording.unsettled(finding.suggestion, finding.mending),
            note="；".join(note for note in (reading.note, wording.DOUBTFUL) if note),
        )
    return reading._replace(
        confidence=min(reading.confidence, _ONCE),
        proposed=finding.suggestion,
        reason=wording.kept(finding.suggestion, finding.mending),
    )


def _illegible(finding: _Finding) -> bool:
    doubt = finding.doubt
    if doubt.reading.confidence < _LEGIBLE or doubt.split:
        return True
    # Blank or 0 is beyond arithmetic, as are the cells without equations: their low confidence says it.
    candidate = finding.candidate
    blank_or_zero = (
        candidate is not None and doubt.beyond_sums(candidate) and candidate.figure == (doubt.reading.value or 0)
    )
    return doubt.contested and doubt.reading.key in REDUNDANT and not blank_or_zero


def _settled(finding: _Finding, candidate: Candidate, limit: float) -> Reading:
    reading, count = finding.doubt.reading, finding.confirming
    twice = count >= 2 and finding.clear
    sure = min(limit, _TWICE if twice else _ONCE)
    if finding.doubt.is_reading(candidate):
        # Where another content competes, one equation is not enough to be sure, however sure recognition was.
        own = reading.confidence if twice or not finding.doubt.contested else 0.0
        return reading._replace(confidence=max(own, sure), proposed=reading.value, reason=wording.confirmed(count))
    return reading._replace(
        value=candidate.value,
        state=candidate.state,
        confidence=sure,
        proposed=candidate.value,
        reason=wording.changed(candidate.text, count),
    )
