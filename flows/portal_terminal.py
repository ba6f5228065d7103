"""A portal's check, and the registry, as a person reads them in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rich.table import Table

from flows.portal_check import Checked, PortalCheck, unmatched
from flows.terminal import console, safe
from portals.registry import Registry
from portals.units import PortalSource

#: Titles shown of each sort before the rest are only counted.
_SHOWN = 15


def print_check(found: PortalCheck) -> None:
    """The entry, the lists, who published what for which year, and what does not fit."""
    out = console()
    portal = found.portal
    out.print(
        f"[bold]{safe(portal.name)}[/] {safe(' '.join(portal.all_hosts))}  {_standing(portal)}",
        highlight=False,
    )
    seen = ", ".join(found.families) or "no family known here"
    style = "" if not found.families or portal.family in found.families else "[yellow]"
    out.print(f"family {portal.family}; its pages look like: {style}{seen}", highlight=False)
    for table in (_lists(found), _units(found)):
        out.print()
        out.print(table)
    titles = list(dict.fromkeys(title for group in found.groups for title in unmatched(group)))
    foreign = [
        f"{title}  ({unit or 'not in the registry'})" for group in found.groups for title, unit in group.foreign
    ]
    _print_titles("titles that were not taken for reports", titles)
    _print_titles("reports of other bodies: the documents will say whose they are", foreign)
    reports = sum(len(group.entries) for group in found.groups)
    lists = [column for group in found.groups for column in group.lists]
    troubled = sum(1 for column in lists if column.error)
    verdict = f"[red]{troubled} could not be read to the end[/]" if troubled else "all read to the end"
    out.print(f"\n{_plural(reports, 'report')} on {_plural(len(lists), 'list')}, {verdict}", highlight=False)


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def print_portals(registry: Registry) -> None:
    """The portals of a registry, a line each."""
    units = Counter(unit.portal for unit in registry.units.values())
    first = {unit.portal: unit for unit in reversed(list(registry.units.values()))}
    table = Table("name", "host", "family", "units", "start", "basis", "standing", box=None, header_style="bold")
    for portal in registry.portals.values():
        unit = first.get(portal.name)
        start, basis = (unit.path, unit.basis) if unit else ("", "")
        table.add_row(
            *(
                safe(text)
                for text in (portal.name, portal.host, portal.family, str(units[portal.name]), start, basis)
            ),
            _standing(portal),
        )
    console().print(table)


def _standing(portal: PortalSource) -> str:
    standing = "[green]verified[/]" if portal.verified else "[dim]not verified[/]"
    return f"{standing} [yellow]{safe(portal.doubt)}[/]" if portal.doubt else standing


def _lists(found: PortalCheck) -> Table:
    table = Table("list", "pages", "rows", "reports", "problem", box=None, header_style="bold")
    for group in found.groups:
        for column in group.lists:
            claimed = "" if column.claimed in (None, column.pages) else f" of {column.claimed}"
            table.add_row(
                ("" if column.given else "  └ ") + safe(column.address),
                f"{column.pages}{claimed}",
                str(len(column.rows)),
                str(len(column.entries)),
                f"[red]{safe(str(column.error))}[/]" if column.error else "",
            )
    return table


def _units(found: PortalCheck) -> Table:
    years = sorted({entry.year for group in found.groups for entry in group.entries if entry.year}, reverse=True)
    yearless = any(entry.year is None for group in found.groups for entry in group.entries)
    columns: list[int | None] = [*years, None] if yearless else [*years]
    heads = [str(year or "no year") for year in columns]
    table = Table("unit", "", *heads, box=None, header_style="bold")
    for group in found.groups:
        for row in _unit_rows(group, columns):
            table.add_row(*row)
    return table


def _unit_rows(group: Checked, years: Sequence[int | None]) -> Iterator[list[str]]:
    nothing = "[red]?[/]" if any(column.error for column in group.lists) else "[dim]-[/]"
    for unit in group.units:
        own = [entry for entry in group.entries if entry.unit_id == unit.id]
        plain = Counter(entry.year for entry in own if not entry.rank)
        others = Counter(entry.year for entry in own if entry.rank)
        cells = [_cell(plain[year], others[year]) or nothing for year in years]
        yield [safe(unit.id), safe(unit.name), *cells]


def _cell(plain: int, others: int) -> str:
    """How many reports, and other forms of one after a plus; '' for none."""
    return f"{plain}+{others}" if others else str(plain or "")


def _print_titles(what: str, titles: list[str]) -> None:
    if titles:
        out = console()
        out.print(f"\n[bold]{what}[/]: {len(titles)}", highlight=False)
        for title in titles[:_SHOWN]:
            out.print(f"  {safe(title)}", highlight=False)
        if len(titles) > _SHOWN:
            out.print(f"  … {len(titles) - _SHOWN} more; --format json has all", highlight=False)
