"""What a reader answers: reports with figures by key, as plain values that travel between processes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from form.reading import Report


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell as read; `confidence` is None for readers that state none."""

    value: Decimal | None
    state: Literal["printed", "blank", "unreadable"]
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """One report as read."""

    unit: str | None
    year: int | None
    edition: str
    figures: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Answer:
    """Reports of one document, or the reason why there are none; `breaks` are gouji's critical findings."""

    reports: tuple[Found, ...] = ()
    error: str = ""
    breaks: tuple[tuple[str, str], ...] | None = None


def found(report: Report, *, stated: bool) -> Found:
    """A report as an answer; `stated` says whether the reader's confidences are its own."""
    figures = {
        reading.key: Figure(reading.value, reading.state, reading.confidence if stated else None)
        for reading in report.readings
    }
    return Found(report.unit, report.year, report.edition, figures)
