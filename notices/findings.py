"""Findings as a digest shows them: what is new, what is still open, what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from notices import words
from notices.listing import Listing
from notices.text import link, plain

Status = Literal["new", "open"]

_RANK: Final = {severity: rank for rank, severity in enumerate(words.SEVERITIES)}
#: A rule may sum twenty cells; a mail names the suspects, or the first of them.
_PLACES: Final = 6


@dataclass(frozen=True, slots=True)
class Names:
    """What codes are called: rules by id, cells by key, places by GB/T 2260 code."""

    rules: Mapping[str, str]
    cells: Mapping[str, str]
    places: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Place:
    """A cell to look at: its printed label, what is printed there ('' where blank), the page if any."""

    label: str
    printed: str
    page: int | None
    suspect: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, ready to show; `places` are at most six of the `cells` cells the rule compares."""

    finding_id: str
    report_id: str
    unit: str
    year: int
    rule: str
    title: str
    severity: str
    status: Status
    outcome: str
    scope: str
    equation: str
    expected: str
    actual: str
    message: str
    attribution: str | None
    gate: str | None
    places: tuple[Place, ...]
    cells: int
    pages: tuple[int, ...]
    address: str
    link: str | None


@dataclass(frozen=True, slots=True)
class Gone:
    """A finding of the release before that is not there any more.

    `rechecked` is False where its report is not there either, so that nobody can say it was mended.
    """

    unit: str
    year: int
    rule: str
    title: str
    severity: str
    rechecked: bool


@dataclass(frozen=True, slots=True)
class Change:
    """How many findings of one severity are new, still open, and gone since the release before."""

    severity: str
    new: int
    open: int
    gone: int


def arranged(findings: pa.Table, before: frozenset[str]) -> list[dict[str, Any]]:
    """Return the rows of `findings`: criticals first, then new ones, then by unit and year."""
    rows: list[dict[str, Any]] = findings.to_pylist()
    for row in rows:
        row["status"] = "open" if row["finding_id"] in before else "new"
    rows.sort(
        key=lambda row: (
            _rank(row["severity"]),
            row["status"] != "new",
            row["unit_id"],
            row["year"],
            row["rule"],
            row["scope"] or "",
            row["finding_id"],
        )
    )
    return rows


def _rank(severity: str) -> int:
    return _RANK.get(severity, len(_RANK))


def identities(findings: pa.Table | None) -> frozenset[str]:
    """Return the finding_ids of a table; none for None."""
    return frozenset() if findings is None else frozenset(findings["finding_id"].to_pylist())


def listed(rows: Sequence[Mapping[str, Any]], cells: pa.Table, names: Names, limit: int) -> Listing[Finding]:
    """Return the first `limit` of the arranged `rows`, with what `cells` prints at their places."""
    shown = rows[:limit]
    wanted = pa.array({row["report_id"] for row in shown}, pa.string())
    # Delta readers may give string views, which `is_in` does not take.
    ids = cells["report_id"].cast(pa.string())
    near = cells.select(["report_id", "key", "printed", "page"]).filter(pc.is_in(ids, wanted))
    printed = {(row["report_id"], row["key"]): row for row in near.to_pylist()}
    return Listing(tuple(_finding(row, printed, names) for row in shown), len(rows))


def _finding(row: Mapping[str, Any], printed: Mapping[tuple[str, str], Mapping[str, Any]], names: Names) -> Finding:
    keys: list[str] = row["cells"] or []
    suspects: list[str] = row["suspects"] or []
    found = {key: printed[row["report_id"], key] for key in [*keys, *suspects] if (row["report_id"], key) in printed}
    places = tuple(
        Place(
            plain(names.cells.get(key, key), 60),
            plain(found[key]["printed"], 40),
            found[key]["page"],
            key in suspects,
        )
        for key in (suspects or keys)
        if key in found
    )
    return Finding(
        finding_id=row["finding_id"],
        report_id=row["report_id"],
        unit=plain(row["unit_name"], 60),
        year=row["year"],
        rule=plain(row["rule"], 40),
        title=plain(names.rules.get(row["rule"], ""), 60),
        severity=row["severity"],
        status=row["status"],
        outcome=row["outcome"],
        scope=plain(names.cells.get(row["scope"] or "", row["scope"]), 60),
        equation=plain(row["equation"], 2000),
        expected=plain(row["expected"], 200),
        actual=plain(row["actual"], 200),
        message=plain(row["message"], 600),
        attribution=row["attribution"],
        gate=row["gate"],
        places=places[:_PLACES],
        cells=len(keys),
        pages=tuple(sorted({cell["page"] for cell in found.values() if cell["page"] is not None})),
        address=plain(row["address"], 300),
        link=link(row["address"]),
    )


def gone(
    before: pa.Table | None, now: frozenset[str], reports: frozenset[str], names: Names, limit: int
) -> tuple[Listing[Gone], Counter[str]]:
    """Return the findings of `before` that `now` does not hold, and their number by severity.

    `reports` are the ids of all reports that were read.
    """
    rows = [] if before is None else [row for row in before.to_pylist() if row["finding_id"] not in now]
    rows.sort(key=lambda row: (_rank(row["severity"]), row["unit_id"], row["year"], row["rule"], row["finding_id"]))
    items = tuple(
        Gone(
            plain(row["unit_name"], 60),
            row["year"],
            plain(row["rule"], 40),
            plain(names.rules.get(row["rule"], ""), 60),
            row["severity"],
            row["report_id"] in reports,
        )
        for row in rows[:limit]
    )
    return Listing(items, len(rows)), Counter(row["severity"] for row in rows)


def changes(rows: Iterable[Mapping[str, Any]], gone_by_severity: Mapping[str, int]) -> tuple[Change, ...]:
    """Return one `Change` a severity, the worst first."""
    seen = Counter((row["severity"], row["status"]) for row in rows)
    return tuple(
        Change(severity, seen[severity, "new"], seen[severity, "open"], gone_by_severity.get(severity, 0))
        for severity in words.SEVERITIES
    )
