"""The end of a run: one record, kept in `runs/`, printed once, and the exit code."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from flows.exits import CRITICAL, DONE, INTERRUPTED
from flows.terminal import console


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
    released: int = 0
    held: int = 0
    release_id: str | None = None
    current_release: str | None = None
    findings: dict[str, int] = field(default_factory=dict)
    coverage: list[dict[str, Any]] = field(default_factory=list)
    mail: str | None = None
    mail_sent: bool = False

    def save(self, folder: Path) -> None:
        """Write the record, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{self.run_id}-{self.flow}.json"
        partial = target.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", "utf-8")
        partial.replace(target)


def exit_code(summary: dict[str, Any]) -> int:
    """0, 1 where this run held a report, 3 where portals could not be read and a new run may help."""
    if summary["held"]:
        return CRITICAL
    return INTERRUPTED if summary["problems"] else DONE


def markdown(summary: Summary) -> str:
    """The summary for Prefect's page."""
    lines = [f"| {name} | {value} |" for name, value in _rows(asdict(summary))]
    return "\n".join([f"# {summary.flow} {summary.run_id}", "", "| | |", "| --- | --- |", *lines])


def print_summary(summary: dict[str, Any]) -> None:
    """One table and what to look at next, on standard output."""
    out = console()
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in _rows(summary):
        table.add_row(f"[bold]{name}[/]", escape(str(value)))
    out.print(table)
    for problem in summary["problems"][:5]:
        out.print(f"[yellow]![/] {escape(problem['code'])}: {escape(problem['address'])} {escape(problem['detail'])}")
    if len(summary["problems"]) > 5:
        out.print(f"  … {len(summary['problems']) - 5} more in runs/{summary['run_id']}-{summary['flow']}.json")
    out.print(f"[bold]next[/]       {escape(_next(summary))}")


def _rows(summary: dict[str, Any]) -> list[tuple[str, str]]:
    fresh = summary["release_id"]
    rows = [("run", f"{summary['flow']} {summary['run_id']}")]
    if summary["listed"]:
        crawl = f"{summary['listed']} listed, {summary['fetched']} fetched, {summary['unchanged']} unchanged"
        lost = f", {len(summary['problems'])} not to be had" if summary["problems"] else ""
        rows.append(("crawl", crawl + lost))
    rows.append(("read", f"{summary['read']} reports, {summary['unreadable']} documents unusable"))
    if fresh:
        rows.append(("release", f"{fresh}: {summary['released']} released, {summary['held']} held at the gate"))
    else:
        rows.append(("release", f"nothing new; {summary['current_release'] or 'no release'} stands"))
    counts = ", ".join(f"{count} {severity}" for severity, count in summary["findings"].items() if count)
    rows.append(("findings", counts or "none"))
    if summary["mail"]:
        rows.append(("mail", f"{'sent' if summary['mail_sent'] else 'written'}: {summary['mail']}"))
    return rows


def _next(summary: dict[str, Any]) -> str:
    home = f"--home {summary['home']}"
    if summary["held"]:
        query = "SELECT unit_name, year, rule, equation FROM findings WHERE gate = 'held'"
    elif summary["unreadable"]:
        query = "SELECT unit_name, year, status, reason FROM coverage WHERE reason IS NOT NULL"
    else:
        return f"gouji status {home}"
    return f'gouji query {home} "{query}"'
