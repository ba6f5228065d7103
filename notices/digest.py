"""The digest of a release: everything a quality report says, computed once for both parts of the mail."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from notices import coverage, findings, words
from notices.coverage import Matrix, Tally, Unread
from notices.findings import Change, Finding, Gone, Names, Waived, Waiving
from notices.listing import Listing
from notices.tasks import Task, tasks
from notices.text import link, plain

#: Findings that a mail lists; the workbook has them all. Some mail clients cut a message at 100 KB.
LIMIT: Final = 30


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What ran. Times are aware; `release_id` is None where the run released nothing new.

    The run `started`, and its report was written, `finished`, before it ended. `released_at` is the time in the
    release's own record (not of the run that reports it), and `previous_release_id` the release before it there, or
    the current one where nothing is new. `fetched`, `unchanged` and `failed` count documents captured anew, found as
    before, and not to be had, where the run `crawled` at all. `void` names the waivers that cover nothing any more,
    each with its reason (Chinese, one line).
    """

    province: str
    run_id: str
    flow: str
    started: datetime
    finished: datetime
    release_id: str | None
    released_at: datetime | None
    previous_release_id: str | None
    fetched: int
    unchanged: int
    failed: int
    crawled: bool = True
    void: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tables:
    """Arrow tables of a release with the columns of docs/architecture.md.

    `cells` may be a part of the released and held cells, as long as it has those of reports with
    findings. `previous_findings` are those of the reader's last report (of the current release where the run
    released nothing new); None for a first release. `events` are the rows of finding_events since then; None where
    nobody kept them. `doubted` are the cells of whose reading nobody is sure, with unit, year, gate and address of
    their report; None where nobody asked.
    """

    reports: pa.Table
    held_reports: pa.Table
    findings: pa.Table
    coverage: pa.Table
    cells: pa.Table
    previous_findings: pa.Table | None
    events: pa.Table | None = None
    doubted: pa.Table | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a digest is for: what of the province it shows, and the waivers by finding_id as they stand `today`.

    `last` is the release that their last report was of; `site` the address of the published site, without a slash at
    its end. Both are None where there is none.
    """

    today: date
    scope: str = ""
    waivers: Mapping[str, Waiving] = field(default_factory=dict)
    site: str | None = None
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A report in quarantine, and the rules that keep it there: (rule, title, times).

    `stands` where the version before it is still among the released reports.
    """

    unit: str
    year: int
    rules: tuple[tuple[str, str, int], ...]
    link: str | None
    stands: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """One quality report; lists hold what the mail shows and say how many there are.

    `released` and `held` are counted in the ledger (coverage), as chart and workbook are: a report whose new version
    is held counts once, though the tables of released reports still have its old one.
    """

    run: RunFacts
    reader: Reader
    headline: str
    first: bool
    released: int
    changes: tuple[Change, ...]
    tasks: tuple[Task, ...]
    held: Listing[Held]
    grave: Listing[Finding]
    lesser: Listing[Finding]
    gone: Listing[Gone]
    waived: Listing[Waived]
    matrix: Matrix
    unread: Listing[Unread]

    @property
    def critical(self) -> Change:
        """The change of the critical findings."""
        return self.changes[0]

    @property
    def changed(self) -> bool:
        """Whether anything is new or gone for the reader, or no longer waived."""
        return self.first or any(it.new or it.gone or it.lapsed for it in self.changes)

    @property
    def key(self) -> str:
        """What this digest is about, the same for every run that reports the same release."""
        if self.run.release_id is None or self.run.released_at is None:
            return self.run.run_id
        return f"{self.run.release_id} {self.run.released_at.isoformat()}"


def build(run: RunFacts, tables: Tables, names: Names, reader: Reader, limit: int = LIMIT) -> Digest:
    """Return the digest of a run for a reader, over the tables of its release.

    `limit` caps the findings shown (criticals first), and half of it each list of held reports, gone and waived
    findings and unread documents.
    """
    short = -(-limit // 2)
    before = tables.previous_findings
    rows = findings.arranged(
        tables.findings, findings.identities(before, "open"), findings.identities(before, "waived")
    )
    grave = [row for row in rows if row["severity"] == "critical"]
    read = frozenset(tables.reports["report_id"].to_pylist()) | frozenset(
        tables.held_reports["report_id"].to_pylist()
    )
    lost, lost_by_severity = findings.gone(
        before, findings.identities(tables.findings), read, tables.events, names, short
    )
    first = before is None
    stand = coverage.stand(tables.coverage)
    doubted = [] if tables.doubted is None else tables.doubted.to_pylist()
    waived = findings.waived(tables.findings, reader.waivers, reader.today, names, short)
    return Digest(
        run=run,
        reader=reader,
        headline=_headline(run, stand, grave, first),
        first=first,
        released=stand.released,
        changes=findings.changes(rows, lost_by_severity),
        tasks=tasks(rows, tables.coverage, doubted, [it for it in waived.items if it.soon]),
        held=_held(tables, grave, names, short),
        grave=findings.listed(grave, tables.cells, names, limit),
        lesser=findings.listed(rows[len(grave) :], tables.cells, names, max(0, min(short, limit - len(grave)))),
        gone=lost,
        waived=waived,
        matrix=coverage.matrix(tables.coverage, names.places),
        unread=coverage.unread(tables.coverage, short),
    )


def _headline(run: RunFacts, stand: Tally, grave: Sequence[Mapping[str, Any]], first: bool) -> str:
    held = f"暂扣 {stand.held} 份" if stand.held else "没有暂扣"
    # Whether it is the first, the releases say: a reader may have come later.
    fresh = "首次发布" if run.previous_release_id is None else "新一期发布"
    opening = f"{'没有新内容' if run.release_id is None else fresh}：已放行 {stand.released} 份，{held}"
    if not grave:
        return f"{opening}，没有严重问题。"
    units = len({row["unit_id"] for row in grave})
    return f"{opening}；{units} 个单位共有严重问题 {len(grave)} 项{'' if first else _news(grave)}。"


def _news(grave: Sequence[Mapping[str, Any]]) -> str:
    counts = Counter(row["news"] for row in grave)
    told = [f"{words.NEWS[it]} {counts[it]} 项" for it in ("new", "lapsed") if counts[it]]
    return f"，其中{'、'.join(told)}" if told else "，没有新增"


def _held(tables: Tables, grave: Sequence[Mapping[str, Any]], names: Names, limit: int) -> Listing[Held]:
    rules: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in grave:
        rules[row["report_id"]][row["rule"]] += 1
    columns = ["report_id", "unit_id", "unit_name", "year", "address"]
    ledger = tables.coverage
    reports = ledger.select(columns).filter(pc.equal(coverage.kinds(ledger), "held")).to_pylist()
    released = frozenset(tables.reports["report_id"].to_pylist())
    reports.sort(key=lambda row: (row["unit_id"], row["year"]))
    items = tuple(
        Held(
            plain(row["unit_name"], 60),
            row["year"],
            tuple(
                (plain(rule, 40), plain(names.rules.get(rule, ""), 60), times)
                for rule, times in sorted(rules[row["report_id"]].items())
            ),
            link(row["address"]),
            row["report_id"] in released,
        )
        for row in reports[:limit]
    )
    return Listing(items, len(reports))
