"""The gate: what recognition itself doubted, and the figures it saw there, each with its price.

Only these cells can change. A price is a negative log-likelihood beside the likeliest figure of the cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from math import exp, log
from typing import Final

from form.catalogue import cell
from form.numbers import read_figure
from form.reading import Reading, Report, State

#: from here on recognition counts as sure
SURE: Final = 0.9
#: The price of a broken equation, and of the dearest figure that still competes: a twentieth as likely as the first.
BROKEN: Final = 3.0
#: alternatives looked at in one cell, whatever a reader hands over
MAX_ALTERNATIVES: Final = 8
_LEAST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Candidate:
    """One content of a cell that recognition saw; `value` is None where that is a blank."""

    state: State
    value: Decimal | None
    price: float
    text: str

    @property
    def figure(self) -> Decimal:
        """What it counts as in a sum."""
        return Decimal(0) if self.value is None else self.value


@dataclass(frozen=True, slots=True)
class Doubt:
    """A doubted cell: its candidates, the likeliest first; none where recognition saw no figure at all."""

    reading: Reading
    candidates: tuple[Candidate, ...]

    @property
    def contested(self) -> bool:
        """Whether recognition saw more than one content."""
        return len(self.candidates) > 1

    @property
    def split(self) -> bool:
        """Whether a second pass read something else."""
        second = self.reading.second
        return second is not None and _content(second, self.reading.key) != _content(
            self.reading.printed, self.reading.key
        )

    def is_reading(self, candidate: Candidate) -> bool:
        """Whether the candidate is what stands in the reading already."""
        return (candidate.state, candidate.value) == (self.reading.state, self.reading.value)

    def beyond_sums(self, candidate: Candidate) -> bool:
        """Whether no sum can confirm the candidate: a blank counts as 0, and is not the same."""
        return candidate.value is None or any(
            other is not candidate and other.figure == candidate.figure for other in self.candidates
        )


def recognised(report: Report) -> bool:
    """Whether the report was read by recognition that doubted something: only recognition has alternatives."""
    return any(reading.alternatives for reading in report.readings)


def surest(report: Report) -> dict[str, float]:
    """The confidence of the surest cell of each row: doubt about a label or a layout is the whole row's."""
    best: dict[str, float] = {}
    for reading in report.readings:
        best[row_of(reading)] = max(best.get(row_of(reading), 0.0), reading.confidence)
    return best


def row_of(reading: Reading) -> str:
    """Table and row of a reading's key."""
    return reading.key.rsplit(".", 1)[0]


def doubts(report: Report) -> dict[str, Doubt]:
    """The doubted cells by key, in the order of the readings.

    A cell is doubted when nothing could be read in it, when another content is at least a twentieth as likely
    as the first, or when its confidence is below both `SURE` and the surest cell of its row.
    """
    best = surest(report)
    found = {}
    for reading in report.readings:
        doubt = Doubt(reading, _candidates(reading))
        low = reading.confidence < min(SURE, best[row_of(reading)])
        if reading.state == "unreadable" or doubt.contested or doubt.split or low:
            found[reading.key] = doubt
    return found


def _candidates(reading: Reading) -> tuple[Candidate, ...]:
    likelihood: dict[tuple[State, Decimal | None], float] = {}
    texts: dict[tuple[State, Decimal | None], str] = {}
    for content, text, confidence in _seen(reading):
        likelihood[content] = max(likelihood.get(content, _LEAST), confidence)
        texts.setdefault(content, text)
    if not likelihood:
        return ()
    most = max(likelihood.values())
    priced = [Candidate(*content, log(most / given), texts[content]) for content, given in likelihood.items()]
    # Sorting is stable: among equals what stands in the reading comes first.
    return tuple(sorted((c for c in priced if c.price <= BROKEN), key=lambda c: c.price))


def _seen(reading: Reading) -> Iterator[tuple[tuple[State, Decimal | None], str, float]]:
    """The reading itself, then the contents that its alternatives and a second pass plainly say."""
    if reading.state != "unreadable":
        yield (reading.state, reading.value), reading.printed, reading.confidence
    others = reading.alternatives[:MAX_ALTERNATIVES]
    if reading.second is not None and reading.state != "unreadable":
        others = (*others, (reading.second, reading.confidence))
    # Most cells have only alternatives too unlikely to compete; they are not even parsed.
    least = exp(-BROKEN) * max(
        (reading.confidence if reading.state != "unreadable" else 0.0, *(c for _, c in others))
    )
    for text, confidence in others:
        if confidence < least:
            continue
        content = _content(text, reading.key)
        if content is not None:
            yield content, text, min(confidence, 1.0)


def _content(text: str, key: str) -> tuple[State, Decimal | None] | None:
    """What a text plainly says as the content of a cell; None for anything that needs interpretation."""
    unit = cell(key).unit
    # The unit of a header is not known here; texts of one cell share it, so that any will do to compare them.
    figure = read_figure(text, unit, "元")
    whole = figure.value is None or unit == "元" or figure.value == figure.value.to_integral_value()
    plain = figure.certain and figure.note is None and whole
    return (figure.state, figure.value) if plain and figure.state != "unreadable" else None
