"""JSON of the contract (`contract/cli.md`) from the core's values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flows.extraction import Extraction
from form.claim import Claim
from form.reading import Reading, Report


def plain(value: Decimal | None) -> str | None:
    """A decimal as a plain string without exponent or trailing zeros; None stays None."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain_value(value: Any) -> str:
    """A value of a table that JSON has no word for: a decimal plainly, dates and times as ISO 8601, bytes as hex."""
    if isinstance(value, Decimal):
        return plain(value) or ""
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, date) else str(value)


def document_json(path: str, extraction: Extraction) -> dict[str, Any]:
    """One member of `documents`."""
    return {
        "path": path,
        "sha256": extraction.sha256,
        "media_type": extraction.media_type,
        "error": str(extraction.error) if extraction.error else None,
        "reports": [report_json(report) for report in extraction.reports],
    }


def report_json(report: Report) -> dict[str, Any]:
    """One member of `reports`."""
    narrative = report.narrative
    return {
        "unit": report.unit,
        "year": report.year,
        "edition": report.edition,
        "title": report.title,
        "period": [day.isoformat() if day else None for day in report.period] if report.period else None,
        "sections": list(report.sections),
        "cells": [reading_json(reading) for reading in report.readings],
        "leftovers": [{"table": left.table, "printed": left.printed, "page": left.page} for left in report.leftovers],
        "remarks": [{"code": remark.code, "text": remark.text} for remark in report.remarks],
        "narrative": {
            "overview": narrative.overview,
            "problems": narrative.problems,
            "other_matters": narrative.other_matters,
        },
        "scope": report.scope,
        "facts": [
            {"name": fact.name, "value": fact.value, "source": fact.source, "quote": fact.quote}
            for fact in report.facts
        ],
        "claims": [claim_json(claim) for claim in report.claims],
    }


def claim_json(claim: Claim) -> dict[str, Any]:
    """One member of `claims`; `start` and `end` are offsets in the text of the section, in characters."""
    return {
        "kind": claim.kind,
        "number": plain(claim.number),
        "unit": claim.unit,
        "subject": claim.subject,
        "of": claim.of,
        "whole": claim.whole,
        "scope": claim.scope,
        "scope_words": claim.scope_words,
        "period": claim.period,
        "approximate": claim.approximate,
        "section": claim.section,
        "start": claim.start,
        "end": claim.end,
        "quote": claim.quote,
    }


def reading_json(reading: Reading) -> dict[str, Any]:
    """One member of `cells`."""
    return {
        "key": reading.key,
        "value": plain(reading.value),
        "printed": reading.printed,
        "state": reading.state,
        "page": reading.page,
        "bbox": [round(edge, 2) for edge in reading.bbox] if reading.bbox else None,
        "reader": reading.reader,
        "confidence": reading.confidence,
        "note": reading.note,
        "second": reading.second,
        "proposed": plain(reading.proposed),
        "reason": reading.reason,
    }
