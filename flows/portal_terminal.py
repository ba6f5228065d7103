"""A portal's check, and the registry, as a person reads them in the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.markup import escape
from rich.table import Table

from flows.portal_check import Checked, PortalCheck, unmatched
from flows.terminal import console
from portals.registry import Registry
from portals.units import PortalSource

#: Titles shown of each sort before the rest are only counted.
_SHOWN = 15


def print_check(found: PortalCheck) -> None:
    """The entry, the lists, who published what for which year, and what does not fit."""
    out = console()
    portal = found.portal
    out.print(
        f"[bold]{escape(portal.name)}[/] {escape(' '.join(portal.all_hosts))}  {_standing(portal)}", highlight=False
    )
    seen = ", ".join(found.families) or "no family known here"
    style = "" if not found.families or portal.family in found.families else "[yellow]"
    out.print(f"family {portal.family}; its pages look like: {style}{seen}", highlight=False)
    out.print(_lists(found))
    out.print(_units(found))
    reports = sum(len(group.entries) for group in found.groups)
    troubled = sum(1 for group in found.groups for column in group.lists if column.error)
    for group in found.groups:
        _print_titles("titles that are no reports", unmatched(group))
        _print_titles(
            "of another body", [f"{title}  ({unit or 'not in the registry'})" for title, unit in group.foreign]
        )
    out.print(f"{reports} reports listed; {troubled} lists with a problem", highlight=False)


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
                escape(text)
                for text in (portal.name, portal.host, portal.family, str(units[portal.name]), start, basis)
            ),
            _standing(portal),
        )
    console().print(table)


def _standing(portal: PortalSource) -> str:
    standing = "[green]verified[/]" if portal.verified else "[dim]not verified[/]"
    return f"{standing} [yellow]{escape(portal.doubt)}[/]" if portal.doubt else standing


def _lists(found: PortalCheck) -> Table:
    table = Table("list", "pages", "rows", "reports", "", box=None, header_style="bold", title_justify="left")
    for group in found.groups:
        for column in group.lists:
            claimed = "" if column.claimed in (None, column.pages) else f" of {column.claimed}"
            table.add_row(
                escape(column.address if column.given else f"  └ {column.address}"),
                f"{column.pages}{claimed}",
                str(len(column.rows)),
                str(len(column.entries)),
                f"[red]{escape(str(column.error))}[/]" if column.error else "",
            )
    return table


def _units(found: PortalCheck) -> Table:
    years = sorted({entry.year for group in found.groups for entry in group.entries if entry.year}, reverse=True)
    table = Table("unit", "", *map(str, years), "no year", box=None, header_style="bold")
    for group in found.groups:
        for row in _unit_rows(group, years):
            table.add_row(*row)
    return table


def _unit_rows(group: Checked, years: Iterable[int]) -> Iterable[list[str]]:
    for unit in group.units:
        own = [entry for entry in group.entries if entry.unit_id == unit.id]
        plain = Counter(entry.year for entry in own if not entry.rank)
        others = Counter(entry.year for entry in own if entry.rank)
        cells = [_cell(plain[year], others[year]) for year in (*years, None)]
        yield [escape(unit.id), escape(unit.name), *cells]


def _cell(plain: int, others: int) -> str:
    """How many reports, and other forms of one after a plus."""
    if not plain and not others:
        return "[dim]-[/]"
    return f"{plain}+{others}" if others else str(plain)


def _print_titles(what: str, titles: list[str]) -> None:
    if titles:
        out = console()
        out.print(f"[bold]{what}[/]: {len(titles)}", highlight=False)
        for title in titles[:_SHOWN]:
            out.print(f"  {escape(title)}", highlight=False)
        if len(titles) > _SHOWN:
            out.print(f"  … {len(titles) - _SHOWN} more; --format json has all", highlight=False)
