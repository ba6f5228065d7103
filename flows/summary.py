"""The end of a run: one record, kept in `runs/`, printed once, and the exit code."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from flows.exits import CRITICAL, DONE, INTERRUPTED
from flows.terminal import console, safe
from notices.text import visible

if TYPE_CHECKING:
    from expectations.waivers import Void
    from warehouse.batch import ReleaseBatch
    from warehouse.record import Release


#: troubles on Prefect's page
_LISTED: Final = 20
_MARKS: Final = re.compile(r"[\\`*_{}\[\]<>()#+!|~&]")


@dataclass(slots=True)
class Summary:
    """What a run did; counts are documents or reports, times ISO 8601 in UTC."""

    run_id: str
    flow: str
    home: str
    started: str
    finished: str = ""
    listed: int = 0
    fetched: int = 0
    unchanged: int = 0
    problems: list[dict[str, str]] = field(default_factory=list)
    read: int = 0
    unreadable: int = 0
    #: reports new or changed among those released, and among those held
    released: int = 0
    newly_held: int = 0
    #: of the reports judged: those that are held, of before or anew
    held: int = 0
    release_id: str | None = None
    #: the release that stands when the run is over, and what is in it: `reports`, `held`
    current_release: str | None = None
    standing: dict[str, int] = field(default_factory=dict)
    #: of the reports judged: by severity; by what became of them (`finding_events`); those that a waiver covers
    findings: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)
    waived: int = 0
    #: waivers that cover nothing: finding_id, report_id, rule, scope, reason
    void: list[dict[str, str]] = field(default_factory=list)
    coverage: list[dict[str, Any]] = field(default_factory=list)
    #: of the batch as a whole (`expectations.suites.population`): its measures, kept to be compared with the next
    #: ones, and what is unusual about them, a line each
    measures: dict[str, Any] | None = None
    population: list[str] = field(default_factory=list)
    #: of upkeep: what it kept and removed (`flows.housekeeping.Kept.record`)
    upkeep: dict[str, Any] | None = None
    mail: str | None = None
    mail_sent: bool = False
    #: where captures and releases are kept, if not in the home
    store: str | None = None
    #: the files that the run was given, where not those of the environment
    sources: list[str] = field(default_factory=list)
    waivers: str | None = None

    def judged(self, batch: ReleaseBatch, void: Sequence[Void], released: Release | None) -> None:
        """Take note of what was judged, and of the release that came of it."""
        counts = Counter(batch.findings["severity"].to_pylist())
        self.findings = {severity: counts[severity] for severity in ("critical", "warning", "info")}
        self.events = dict(sorted(Counter(batch.finding_events["event"].to_pylist()).items()))
        self.waived = batch.findings["status"].to_pylist().count("waived")
        self.void = [
            {name: getattr(one.waiver, name) for name in ("finding_id", "report_id", "rule", "scope")}
            | {"reason": one.reason}
            for one in void
        ]
        statuses = Counter(zip(batch.coverage["year"].to_pylist(), batch.coverage["status"].to_pylist(), strict=True))
        self.coverage = [
            {"year": year, "status": status, "units": number} for (year, status), number in sorted(statuses.items())
        ]
        self.held = batch.held_reports.num_rows
        if released:
            self.release_id = released.release_id
            self.released = released.counts["released"]
            self.newly_held = released.counts["held"]

    def stands(self, release: Release | None) -> None:
        """Take note of the release that stands."""
        if release:
            self.current_release = release.release_id
            self.standing = {"reports": release.counts["reports"], "held": release.counts["held_reports"]}

    def save(self, folder: Path) -> None:
        """Write the record, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{self.run_id}-{self.flow}.json"
        partial = target.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", "utf-8")
        partial.replace(target)


#: problems that may be over when the same command runs again; the others are states of the portals, in `coverage`
_PASSING: Final = frozenset({"timeout", "network", "server", "throttled", "batch", "mail"})


def failures(summary: dict[str, Any]) -> list[dict[str, str]]:
    """The problems of a run for which a new run may help."""
    return [problem for problem in summary["problems"] if problem["code"] in _PASSING]


def exit_code(summary: dict[str, Any]) -> int:
    """0, 1 where this run held a report or met a void waiver, 3 where something failed and a new run may help."""
    if summary["held"] or summary["void"]:
        return CRITICAL
    return INTERRUPTED if failures(summary) else DONE


def markdown(summary: Summary) -> str:
    """The summary for Prefect's page: what was done, what went wrong, what to do next."""
    record = asdict(summary)
    lines = [f"| {name} | {_plain(value)} |" for name, value in _rows(record)]
    parts = [f"# {summary.flow} {summary.run_id}", "", "| | |", "| --- | --- |", *lines]
    troubles = [f"{it['code']}: {it['address']} {it['detail']}" for it in summary.problems]
    troubles += [f"void waiver {void_line(it)}" for it in summary.void]
    if troubles:
        parts += ["", "## Not right", "", *(f"- {_plain(line)}" for line in troubles[:_LISTED])]
        parts += [f"- … {len(troubles) - _LISTED} more"] * (len(troubles) > _LISTED)
    return "\n".join([*parts, "", "## Next", "", "```", _next(record), "```"])


def _plain(text: object) -> str:
    """Text that Markdown shows as it is: what comes from portals makes no link, no table, no HTML."""
    return _MARKS.sub(r"\\\g<0>", visible(str(text)))


def print_summary(summary: dict[str, Any]) -> None:
    """One table and what to look at next, on standard output."""
    out = console()
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in _rows(summary):
        table.add_row(f"[bold]{name}[/]", safe(str(value)))
    out.print(table)
    for problem in summary["problems"][:5]:
        out.print(f"[yellow]![/] {safe(problem['code'])}: {safe(problem['address'])} {safe(problem['detail'])}")
    if len(summary["problems"]) > 5:
        out.print(f"  … {len(summary['problems']) - 5} more in runs/{summary['run_id']}-{summary['flow']}.json")
    for void in summary["void"]:
        out.print(f"[bold red]void waiver[/] {safe(void_line(void))}")
    out.print(f"[bold]next[/]       {safe(_next(summary))}")


def void_line(void: dict[str, str]) -> str:
    """A void waiver of a record in one line."""
    return f"{void['finding_id']} ({void['report_id']} {void['rule']} {void['scope']}): {void['reason']}"


def _rows(summary: dict[str, Any]) -> list[tuple[str, str]]:
    fresh = summary["release_id"]
    rows = [("run", f"{summary['flow']} {summary['run_id']}")]
    if summary["listed"]:
        crawl = f"{summary['listed']} listed, {summary['fetched']} fetched, {summary['unchanged']} unchanged"
        lost = f", {len(summary['problems'])} not to be had" if summary["problems"] else ""
        rows.append(("crawl", crawl + lost))
    rows.append(("read", f"{summary['read']} reports, {summary['unreadable']} documents unusable"))
    if fresh:
        rows.append(("release", f"{fresh}: {summary['released']} released, {summary['newly_held']} held at the gate"))
    else:
        rows.append(("release", f"nothing new; {summary['current_release'] or 'no release'} stands"))
    if standing := summary["standing"]:
        rows.append(("in all", f"{standing['reports']} released, {standing['held']} held"))
    if summary["findings"]:
        counts = ", ".join(f"{count} {severity}" for severity, count in summary["findings"].items() if count)
        rows.append(("findings", f"{counts or 'none'} in what was judged"))
    became = [f"{count} {event.replace('_', ' ')}" for event, count in summary["events"].items()]
    became += [f"{summary['waived']} waived in all"] * bool(summary["waived"])
    if became:
        rows.append(("since then", ", ".join(became)))
    rows += [("population", line) for line in summary["population"]]
    if summary["mail"]:
        rows.append(("mail", f"{'sent' if summary['mail_sent'] else 'written'}: {summary['mail']}"))
    return rows


def _next(summary: dict[str, Any]) -> str:
    home = f"--home {summary['home']}" + (f" --store {summary['store']}" if summary["store"] else "")
    if summary["held"]:
        query = "SELECT unit_name, year, rule, equation FROM findings WHERE gate = 'held'"
    elif summary["unreadable"]:
        query = "SELECT unit_name, year, status, reason FROM coverage WHERE reason IS NOT NULL"
    else:
        return f"gouji status {home}"
    return f'gouji query {home} "{query}"'
