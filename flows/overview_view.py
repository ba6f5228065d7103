"""What stands, in the terminal: the worst first, colours only beside words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from flows.summary import void_line
from flows.terminal import SEVERITY_STYLE, console, safe

_SHOWN: Final = 8
_BAR: Final = 24
#: columns of a terminal that has room for bars beside the figures
_WIDE: Final = 110


def print_overview(found: dict[str, Any]) -> None:
    """The whole of it, on standard output."""
    out = console()
    _heading(out, found)
    _troubles(out, found)
    if found["release"]:
        _findings(out, found)
        _worst(out, found["worst"])
        _held(out, found)
        _coverage(out, found["coverage"])


def _heading(out: Console, found: dict[str, Any]) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    release, run = found["release"], found["last_run"]
    if release:
        said = f"{release['release_id']}  {_day(release['created_at'])}  {release['reports']} reports"
        table.add_row("[bold]release[/]", safe(f"{said}, {release['cells']} cells"))
    else:
        table.add_row("[bold]release[/]", "nothing has been released yet")
    if run:
        style = {"done": "green", "partly failed": "bold red"}.get(run["outcome"], "yellow")
        when = _day(run["finished"] or run["started"])
        told = f"{run['flow']} {run['run_id']}  {when}  {run['fetched']} fetched, {run['read']} read"
        table.add_row("[bold]last run[/]", f"[{style}]{run['outcome']}[/]  {safe(told)}")
    table.add_row("[bold]home[/]", safe(found["home"]))
    if found["store"] != found["home"]:
        table.add_row("[bold]store[/]", safe(found["store"]))
    out.print(table)


#: a line of trouble: style, label, text
_Line = tuple[str, str, str]
_BAD, _POOR = "bold red", "yellow"


def _troubles(out: Console, found: dict[str, Any]) -> None:
    lines = [*_runs(found), *_waivers(found), *_portals(found), *_mails(found)]
    out.print()
    if not lines:
        lines = [("green", "no trouble", "no failure, no void waiver, no mail that waits")]
    _some(out, (f"[{style}]{label:<15}[/] {safe(text)}" for style, label, text in lines))


def _runs(found: dict[str, Any]) -> Iterator[_Line]:
    for it in found["failed"]:
        yield _BAD, "failed", f"{it['flow']} at {_day(it['at'])}; see runs/{it['flow']}.error.txt"
    for it in found["unfinished"]:
        yield (
            _POOR,
            "unfinished",
            f"{it['flow']} begun {_day(it['started'])}; the same command goes on",
        )


def _waivers(found: dict[str, Any]) -> Iterator[_Line]:
    for it in found["void_waivers"]:
        yield _BAD, "void waiver", void_line(it)
    for it in found["ending_waivers"]:
        yield _POOR, "waiver ends", f"{it['until']}  {it['finding_id']}  {it['who']}"


def _portals(found: dict[str, Any]) -> Iterator[_Line]:
    for it in found.get("blocked", []):
        yield _POOR, "blocked", f"{it['portal']}: {it['reports']} reports, {it['reason'] or 'no reason recorded'}"
    for it in found["problems"]:
        yield _POOR, "not to be had", f"{it['code']}: {it['address']} {it['detail']}"


def _mails(found: dict[str, Any]) -> Iterator[_Line]:
    for it in found["unsent"]:
        style = _POOR if it["state"] == "queued" else _BAD
        why = it["error"] or "not tried yet"
        yield (
            style,
            f"mail {it['state']}",
            f"{it['reader']}, {it['about']}: {it['tries']} tries, {why}  ({it['name']})",
        )


def _findings(out: Console, found: dict[str, Any]) -> None:
    changes = ("opened", "reopened", "fixed", "withdrawn")
    table = _table("findings", "open", "waived", *(f"[dim]{name}[/]" for name in changes))
    for row in found["findings"]:
        style = SEVERITY_STYLE.get(row["severity"], "")
        counts = (f"[dim]{row[name]}[/]" for name in changes)
        table.add_row(f"[{style}]{row['severity']}[/]", str(row["open"]), str(row["waived"]), *counts)
    out.print()
    out.print(table)
    out.print(f"[dim]the last four columns: what {found['release']['release_id']} changed[/]")


def _worst(out: Console, rows: Sequence[dict[str, Any]]) -> None:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("worst", "", "unit", "year", "rule", "gate", "equation"):
        table.add_column(name)
    for row in rows[:_SHOWN]:
        style = SEVERITY_STYLE.get(row["severity"], "")
        said = (safe(str(row[name] or "")) for name in ("unit_name", "year", "rule", "gate", "equation"))
        table.add_row(row["finding"], f"[{style}]{row['severity']}[/]", *said)
    if rows:
        out.print()
        out.print(table)


def _held(out: Console, found: dict[str, Any]) -> None:
    out.print()
    held = found["held"]
    out.print(f"[bold]held at the gate: {len(held)}[/]", highlight=False)
    table = Table(box=None, show_header=False, pad_edge=False)
    for it in held[:_SHOWN]:
        table.add_row(f"  {it['report_id']}", safe(it["unit_name"]), _rules(it["rules"]))
    out.print(table)
    if len(held) > _SHOWN:
        out.print(_more(len(held) - _SHOWN))


def _rules(rules: Sequence[str | None]) -> str:
    return f"[red]{safe(' '.join(filter(None, rules)))}[/]"


def _coverage(out: Console, rows: Sequence[dict[str, Any]]) -> None:
    names = ["due", "released", "held", "unreadable", "blocked", "not_published"]
    names += [name for name in ("not_due", "merged") if any(row[name] for row in rows)]
    table = _table("coverage", *(name.replace("_", " ") for name in names), "released of due")
    for row in rows:
        table.add_row(str(row["year"]), *(_count(row[name]) for name in names), _bar(row, wide=out.width >= _WIDE))
    out.print()
    out.print(table)


def _bar(row: dict[str, Any], *, wide: bool) -> str:
    """The share released and held as a bar, where there is room, and in figures."""
    if not row["due"]:
        return "[dim]–[/]"
    share = f"{row['released'] / row['due']:.0%}"
    if not wide:
        return share
    done, held = (round(_BAR * row[name] / row["due"]) for name in ("released", "held"))
    rest = max(0, _BAR - done - held)
    return f"[green]{'█' * done}[/][red]{'▒' * held}[/][dim]{'·' * rest}[/] {share}"


def _table(first: str, *columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first)
    for number, column in enumerate(columns):
        last = number == len(columns) - 1 and column.startswith("released of")
        table.add_column(column, justify="left" if last else "right")
    return table


def _count(number: int) -> str:
    return str(number) if number else "[dim]0[/]"


def _some(out: Console, lines: Iterable[str]) -> None:
    listed = list(lines)
    for line in listed[:_SHOWN]:
        out.print(line, highlight=False, overflow="ellipsis", no_wrap=True)
    if len(listed) > _SHOWN:
        out.print(_more(len(listed) - _SHOWN))


def _more(number: int) -> str:
    return f"[dim]  … {number} more; --format json has them all[/]"


def _day(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M %Z}"
