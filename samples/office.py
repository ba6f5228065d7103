"""The one report of the province that is real: the Gansu government office's, for 2020. Its figures are facts."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

from samples import keys

UNIT: Final = "620000-bgt"
YEAR: Final = 2020
#: What the report for 2019 must have said, as that for 2020 gives the sum of both years.
MADE_2019: Final = {"regulations": 2, "normative_documents": 31}


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (files("samples") / "gansu_office_2020.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def cells() -> dict[str, Decimal | None]:
    """Key -> figure, None where blank."""
    return {row["key"]: Decimal(row["value"]) if row["value"] else None for row in _rows()}


def printed() -> dict[str, str]:
    """Key -> print, where it is not the plain figure."""
    return {row["key"]: row["printed"] for row in _rows() if row["printed"] != row["value"]}


def carried(row: str) -> list[int]:
    """Row `carried_in` or `carried_out` of the six columns."""
    figures = cells()
    return [int(figures[keys.application(row, column)] or 0) for column in keys.COLUMNS]


def stock_before() -> dict[str, int]:
    """Documents published before 2020, so that the figures of 2020 follow."""
    figures = cells()
    return {
        kind: int(figures[f"proactive.{kind}.total_published"] or 0)
        - int(figures[f"proactive.{kind}.newly_published"] or 0)
        for kind in keys.DOCUMENTS
    }
