"""What a person sees in the terminal: results on standard output, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.extraction import Extraction
from flows.output import plain
from form.reading import Report
from notices.text import visible

SEVERITY_STYLE = {"critical": "bold red", "warning": "yellow", "info": "cyan"}
OUTCOMES = ("pass", "fail", "not_evaluable", "not_applicable")


def console() -> Console:
    """Standard output; as wide as the terminal, 160 columns in a pipe."""
    out = Console()
    return out if out.is_terminal else Console(width=160)


def safe(text: str) -> str:
    """Text that is not ours, as Rich prints it: no mark-up, nothing that moves the cursor or turns what follows."""
    return escape("\n".join(map(visible, text.splitlines())))


def print_extractions(results: Iterable[tuple[str, Extraction]]) -> None:
    """A heading and a table of cells for each report; the errors stand on standard error already."""
    out = console()
    for path, extraction in results:
        for report in extraction.reports:
            _print_report(out, path, report)


def _print_report(out: Console, path: str, report: Report) -> None:
    states = Counter(reading.state for reading in report.readings)
    counts = ", ".join(f"{states[state]} {state}" for state in ("printed", "blank", "unreadable") if states[state])
    out.print(
        f"[bold]{safe(report.unit or '?')}[/] {report.year or '?'}  form {report.edition}  {safe(path)}\n"
        f"{len(report.readings)} cells: {counts or 'none'}; {len(report.leftovers)} left over",
        highlight=False,
    )
    table = Table("key", "value", "printed", "state", "page", "conf.", box=None, header_style="dim")
    for reading in report.readings:
        table.add_row(
            reading.key,
            plain(reading.value) or "",
            safe(reading.printed),
            reading.state if reading.state != "printed" else "",
            str(reading.page or ""),
            f"{reading.confidence:.2f}" if reading.confidence < 1 else "",
        )
    out.print(table)
    for left in report.leftovers:
        out.print(f"[yellow]left over[/] in {left.table}: {safe(left.printed)}", highlight=False)


def print_findings(outcome: dict[str, Any]) -> None:
    """Findings, the worst first, and how many rules were evaluated."""
    out = console()
    for finding in outcome["findings"]:
        style = SEVERITY_STYLE[finding["severity"]]
        out.print(
            f"[{style}]{finding['severity']:<8}[/] {finding['rule']:<14} "
            f"{safe(finding['unit'] or '?')} {finding['year'] or '?'}  {safe(finding['scope'])}\n"
            f"         {safe(finding['message'])}",
            highlight=False,
        )
    evaluated = outcome["evaluated"]
    out.print(", ".join(f"{evaluated.get(name, 0)} {name}" for name in OUTCOMES), highlight=False)


def print_rows(title: str | None, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A plain table of query results."""
    table = Table(
        *map(safe, columns), title=safe(title) if title else None, title_justify="left", box=None, header_style="bold"
    )
    for row in rows:
        table.add_row(*("" if value is None else safe(str(value)) for value in row))
    console().print(table)
