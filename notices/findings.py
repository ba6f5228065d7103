"""Findings as a digest shows them: what is new, what is still open, what is gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.compute as pc

from notices import words
from notices.listing import Listing
from notices.text import link, plain

Status = Literal["new", "lapsed", "open"]
#: what became of a finding that is not there any more: the document was mended, readers or rules changed, its report
#: could not be read this time, or nothing is recorded
Fate = Literal["fixed", "withdrawn", "unread", "gone"]

_NEWS: Final = {news: rank for rank, news in enumerate(words.NEWS)}
_RANK: Final = {severity: rank for rank, severity in enumerate(words.SEVERITIES)}
#: a waiver that ends within this time is worth a word
SOON: Final = timedelta(days=30)
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
    """A finding of the reader's last report that is not there any more, and why."""

    unit: str
    year: int
    rule: str
    title: str
    severity: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Waiving:
    """Who accepts a finding, why, and until which day, that day included."""

    who: str
    why: str
    until: date


@dataclass(frozen=True, slots=True)
class Waived:
    """A finding that a waiver covers; `soon` where that ends within `SOON`. `until` is None where nobody knows."""

    unit: str
    year: int
    rule: str
    title: str
    severity: str
    who: str
    why: str
    until: date | None
    soon: bool


@dataclass(frozen=True, slots=True)
class Change:
    """How many findings of one severity are new, still open, and gone since the reader's last report.

    `lapsed` of those still open were covered by a waiver then.
    """

    severity: str
    new: int
    open: int
    gone: int
    lapsed: int = 0


def arranged(
    findings: pa.Table, before: frozenset[str], waived: frozenset[str] = frozenset()
) -> list[dict[str, Any]]:
    """Return the rows of `findings` that no waiver covers: criticals first, then new ones, then by unit and year.

    Each has `news`: open where its id is in `before`, lapsed where it is in `waived`, else new.
    """
    rows: list[dict[str, Any]] = [row for row in findings.to_pylist() if row["status"] != "waived"]
    for row in rows:
        name = row["finding_id"]
        row["news"] = "open" if name in before else "lapsed" if name in waived else "new"
    rows.sort(
        key=lambda row: (
            _rank(row["severity"]),
            _NEWS[row["news"]],
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


def identities(findings: pa.Table | None, status: str | None = None) -> frozenset[str]:
    """Return the finding_ids of a table, of one `status` alone if given; none for None."""
    if findings is None:
        return frozenset()
    columns = zip(findings["finding_id"].to_pylist(), findings["status"].to_pylist(), strict=True)
    return frozenset(finding for finding, found in columns if status is None or found == status)


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
        status=row["news"],
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
    before: pa.Table | None,
    now: frozenset[str],
    reports: frozenset[str],
    events: pa.Table | None,
    names: Names,
    limit: int,
) -> tuple[Listing[Gone], Counter[str]]:
    """Return the open findings of `before` that `now` does not hold, and their number by severity.

    `reports` are the ids of all reports that were read; `events` the rows of finding_events since `before`.
    """
    rows = [] if before is None else before.to_pylist()
    rows = [row for row in rows if row["finding_id"] not in now and row["status"] != "waived"]
    rows.sort(key=lambda row: (_rank(row["severity"]), row["unit_id"], row["year"], row["rule"], row["finding_id"]))
    told = _fates(events)
    items = tuple(
        Gone(*_subject(row, names), fate=told.get(row["finding_id"]) or _fate(row["report_id"] in reports))
        for row in rows[:limit]
    )
    return Listing(items, len(rows)), Counter(row["severity"] for row in rows)


def _fates(events: pa.Table | None) -> dict[str, Fate]:
    """finding_id -> the last end that the events tell of."""
    if events is None:
        return {}
    rows = sorted(events.select(["finding_id", "event", "at"]).to_pylist(), key=lambda row: row["at"])
    ends: dict[str, Fate] = {"fixed": "fixed", "withdrawn": "withdrawn"}
    return {row["finding_id"]: ends[row["event"]] for row in rows if row["event"] in ends}


def _fate(read: bool) -> Fate:
    return "gone" if read else "unread"


def _subject(row: Mapping[str, Any], names: Names) -> tuple[str, int, str, str, str]:
    """Unit, year, rule, its title, severity: for people."""
    title = plain(names.rules.get(row["rule"], ""), 60)
    return plain(row["unit_name"], 60), row["year"], plain(row["rule"], 40), title, row["severity"]


def waived(
    findings: pa.Table, waivers: Mapping[str, Waiving], today: date, names: Names, limit: int
) -> Listing[Waived]:
    """Return the findings that a waiver covers, those first whose waiver ends first."""
    rows = [row for row in findings.to_pylist() if row["status"] == "waived"]
    ends = {row["finding_id"]: waivers.get(row["finding_id"]) for row in rows}

    def order(row: Mapping[str, Any]) -> tuple[Any, ...]:
        found = ends[row["finding_id"]]
        return (found.until if found else date.max, row["unit_id"], row["year"], row["rule"], row["finding_id"])

    rows.sort(key=order)
    return Listing(tuple(_waived(row, ends[row["finding_id"]], today, names) for row in rows[:limit]), len(rows))


def _waived(row: Mapping[str, Any], found: Waiving | None, today: date, names: Names) -> Waived:
    return Waived(
        *_subject(row, names),
        who=plain(found.who, 60) if found else "",
        why=plain(found.why, 200) if found else "",
        until=found.until if found else None,
        soon=found is not None and found.until - today <= SOON,
    )


def changes(rows: Iterable[Mapping[str, Any]], gone_by_severity: Mapping[str, int]) -> tuple[Change, ...]:
    """Return one `Change` a severity, the worst first."""
    seen = Counter((row["severity"], row["news"]) for row in rows)
    return tuple(
        Change(
            severity,
            seen[severity, "new"],
            seen[severity, "open"] + seen[severity, "lapsed"],
            gone_by_severity.get(severity, 0),
            seen[severity, "lapsed"],
        )
        for severity in words.SEVERITIES
    )
