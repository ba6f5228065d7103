"""An answer against the truth, cell by cell: exact, wrong, silently wrong, flagged, missing, altered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Final

from benchmarks.accuracy.answers import Answer, Figure, Found
from benchmarks.accuracy.truth import Truth

#: from this confidence on a figure is stated as certain
CERTAIN: Final = 0.9


@dataclass(slots=True)
class Score:
    """Counts over the cells of one document or of many.

    `silent` are wrong figures stated as certain, `altered` those of them where a publisher's slip was printed;
    `slips` are all slips, `kept` those read as printed. `invented` are figures under keys the report does not print.
    """

    cells: int = 0
    exact: int = 0
    wrong: int = 0
    silent: int = 0
    flagged: int = 0
    missing: int = 0
    invented: int = 0
    slips: int = 0
    kept: int = 0
    altered: int = 0
    breaks: int = 0
    breaks_found: int = 0
    false_alarms: int = 0
    identity: int = 0
    reports: int = 0
    details: list[str] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Adds another score to this one."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))


def score(truths: Sequence[Truth], answer: Answer) -> Score:
    """The score of one document; each truth takes the report that fits it best, none twice."""
    total = Score()
    left = list(answer.reports)
    for truth in truths:
        report = max(left, key=lambda r: _likeness(truth, r), default=None)
        if report is not None:
            left.remove(report)
        _compare(truth, report, total)
    for report in left:
        total.invented += sum(f.state == "printed" for f in report.figures.values())
    if answer.breaks is not None:
        wanted = {b for truth in truths for b in truth.breaks}
        total.breaks, total.breaks_found = len(wanted), len(wanted & set(answer.breaks))
        total.false_alarms = len(set(answer.breaks) - wanted)
        total.details += [f"break not found: {rule} {scope}" for rule, scope in sorted(wanted - set(answer.breaks))]
        total.details += [f"false alarm: {rule} {scope}" for rule, scope in sorted(set(answer.breaks) - wanted)]
    if not answer.reports:
        total.details.append(f"no report: {answer.error}")
    return total


def _likeness(truth: Truth, report: Found) -> tuple[bool, bool, int]:
    same = sum(k in report.figures and report.figures[k].value == v for k, v in truth.cells.items())
    return report.unit == truth.unit, report.year == truth.year, same


def _compare(truth: Truth, report: Found | None, total: Score) -> None:
    figures = report.figures if report else {}
    slips = {slip.key for slip in truth.slips}
    total.reports += 1
    total.slips += len(slips)
    total.cells += len(truth.cells)
    total.invented += sum(f.state == "printed" for key, f in figures.items() if key not in truth.cells)
    if report:
        same = (report.unit, report.year, report.edition) == (truth.unit, truth.year, truth.edition)
        total.identity += same
        if not same:
            total.details.append(f"identity: read {report.unit} {report.year} {report.edition}")
    for key, want in truth.cells.items():
        figure = figures.get(key)
        kind = _kind(want, figure)
        setattr(total, kind, getattr(total, kind) + 1)
        silent = kind == "wrong" and figure is not None and _silent(figure)
        total.silent += silent
        total.kept += key in slips and kind == "exact"
        total.altered += key in slips and silent
        if kind != "exact":
            read = figure and f"{figure.value} ({figure.state}, {figure.confidence})"
            total.details.append(f"{'SILENT' if silent else kind} {key}: truth {want}, read {read}")


def _kind(want: object, figure: Figure | None) -> str:
    if figure is None:
        return "missing"
    if figure.state == "unreadable":
        return "flagged"
    if want is None:
        return "exact" if figure.state == "blank" else "wrong"
    return "exact" if figure.state == "printed" and figure.value == want else "wrong"


def _silent(figure: Figure) -> bool:
    """A figure where another one, or none, is printed; a reader without confidence is taken at its word."""
    return figure.state == "printed" and (figure.confidence is None or figure.confidence >= CERTAIN)
