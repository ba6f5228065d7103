"""Findings and their history as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from form.catalogue import POSITION
from notices.render import BEIJING
from notices.site.model import RuleCard
from notices.text import plain
from notices.words import SEVERITIES

_EQUATION, _MESSAGE, _VALUE, _SCOPE = 600, 600, 200, 120
#: a rule may look at hundreds of cells of other reports; that many are named
_ELSEWHERE: Final = 12
_LAST: Final = "last"
RANK: Final = {severity: rank for rank, severity in enumerate(SEVERITIES)}

Row = Mapping[str, Any]


def finding(row: Row, rules: Mapping[str, RuleCard]) -> dict[str, Any]:
    """One finding; cells, suspects and alternatives as numbers of keys, cells of other reports apart."""
    own, elsewhere = _split(row["cells"] or [], row)
    data: dict[str, Any] = {
        "id": plain(row["finding_id"], 40),
        "rule": plain(row["rule"], 40),
        "severity": row["severity"],
        "scope": scope_label(row["rule"], row["scope"], rules),
        "message": plain(row["message"], _MESSAGE),
        "equation": plain(row["equation"], _EQUATION),
        "cells": own,
        "status": row["status"],
        "since": day(row["opened_at"]),
        "release": plain(row["opened_in"], 40),
    }
    optional: dict[str, Any] = {
        "expected": plain(row["expected"], _VALUE),
        "actual": plain(row["actual"], _VALUE),
        "elsewhere": elsewhere[:_ELSEWHERE],
        "suspects": _split(row["suspects"] or [], row)[0],
        "alternatives": [sets for cells in row["alternatives"] or [] if (sets := _split(cells, row)[0])],
        "attribution": row["attribution"] or "unattributed",
    }
    return data | {name: value for name, value in optional.items() if value}


def _split(keys: Iterable[str], row: Row) -> tuple[list[int], list[list[Any]]]:
    """The numbers of a report's own keys, and (report, number) of the cells of other reports."""
    own: list[int] = []
    elsewhere: list[list[Any]] = []
    for key in keys:
        name, _, other = key.partition("@")
        if name not in POSITION:
            continue
        if not other:
            own.append(POSITION[name])
        else:
            report = f"{row['unit_id']}-{row['year'] - 1}" if other == _LAST else other
            elsewhere.append([plain(report, 90), POSITION[name]])
    return own, elsewhere


def ranked(rows: Iterable[Row]) -> list[Row]:
    """What no waiver covers first, the gravest first, then by rule and scope."""

    def place(row: Row) -> tuple[Any, ...]:
        rank = RANK.get(row["severity"], 9)
        return (row["status"] == "waived", rank, row["rule"], row["scope"], row["finding_id"])

    return sorted(rows, key=place)


def scope_label(rule: str, scope: str, rules: Mapping[str, RuleCard]) -> str:
    """What a scope is called; its id where the catalogue has no name for it."""
    card = rules.get(rule)
    return plain(card.scopes.get(scope, scope) if card else scope, _SCOPE)


def history(rows: Iterable[Row], rules: Mapping[str, RuleCard]) -> list[list[Any]]:
    """Events of findings, newest first: day, event, rule, label of the scope, severity, year, release."""
    ordered = sorted(rows, key=lambda row: (row["at"], row["event"], row["finding_id"]), reverse=True)
    return [
        [
            day(row["at"]),
            row["event"],
            plain(row["rule"], 40),
            scope_label(row["rule"], row["scope"], rules),
            row["severity"],
            row["year"],
            plain(row["release_id"], 40),
        ]
        for row in ordered
    ]


def day(moment: datetime | None) -> str:
    """The day in Beijing; '' for None."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d}" if moment else ""


def counts(rows: Sequence[Row]) -> dict[str, int]:
    """How many findings of each severity, those that a waiver covers apart as `waived`."""
    found: dict[str, int] = {}
    for row in rows:
        name = "waived" if row["status"] == "waived" else row["severity"]
        found[name] = found.get(name, 0) + 1
    return found
