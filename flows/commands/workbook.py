"""`gouji workbook`: a release as a spreadsheet, with a sheet for each report asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from flows.commands.runs import HOME
from flows.exits import DONE, UnusableError
from flows.home import Home

if TYPE_CHECKING:
    from notices.workbook_report import ReportRows

_REPORT_ID: Final = re.compile(r"[0-9A-Za-z_-]{1,80}-[0-9]{4}")
#: gate -> its tables; the quarantine holds the newest version of a report where it has one
_TABLES: Final = {"held": ("held_reports", "held_cells"), "released": ("reports", "cells")}


@click.command(epilog="Example: gouji workbook 620102-2023 620102-2022 --out chengguan.xlsx")
@click.argument("reports", nargs=-1, metavar="[REPORT]...")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="file to write [gouji-RELEASE.xlsx]")
@click.option("--as-of", metavar="RELEASE", help="a release (r0007) or a date (2026-10-31) [the current one]")
@HOME
def workbook(reports: tuple[str, ...], out: Path | None, as_of: str | None, home: Path | None) -> int:
    """A workbook (xlsx) of a release: findings to filter, coverage, every unit and year.

    Each REPORT (a report_id such as 620102-2023) gets a sheet: the statutory tables as printed, broken cells coloured
    and commented.
    """
    from flows.records import records
    from flows.reporting import names_of, province, site_address, tables_of, waivings
    from notices.workbook import About
    from notices.workbook import workbook as written
    from warehouse.errors import WarehouseError
    from warehouse.status import release_as_of

    place = Home.known(home)
    try:
        release = release_as_of(place.store, as_of)
        sheets = [_report(place, name, release.release_id) for name in dict.fromkeys(reports)]
        tables = tables_of(place, release.release_id)
    except WarehouseError as error:
        raise UnusableError(str(error)) from error
    names = names_of(tables.coverage)
    about = About(province(names), release.release_id, release.created_at, site=site_address())
    kept = records(place)
    waivers = waivings(place, kept.sources, kept.waivers)
    data = written(about, tables, names, waivers, sheets, limit=None)
    target = out or Path(f"gouji-{release.release_id}.xlsx")
    try:
        target.write_bytes(data)
    except OSError as error:
        raise UnusableError(f"{target}: {error.strerror or type(error).__name__}") from error
    click.echo(target)
    return DONE


def _report(home: Home, report_id: str, as_of: str) -> ReportRows:
    """The newest version of a report with its cells and findings. Raises UnusableError where there is none."""
    from notices.workbook_report import ReportRows

    if not _REPORT_ID.fullmatch(report_id):
        raise UnusableError(f"{report_id}: not the id of a report, such as 620102-2023")
    for gate, (reports, cells) in _TABLES.items():
        if found := _rows(home, reports, report_id, as_of):
            findings = _rows(home, "findings", report_id, as_of)
            findings.sort(key=lambda row: (row["severity"] != "critical", row["rule"], row["scope"]))
            return ReportRows(found[0], _rows(home, cells, report_id, as_of), findings, gate)
    raise UnusableError(f"{report_id}: no such report in release {as_of}")


def _rows(home: Home, table: str, report_id: str, as_of: str) -> list[dict[str, Any]]:
    from warehouse.query import query

    # The id has been matched against a pattern without quotes.
    sql = f"SELECT * FROM {table} WHERE report_id = '{report_id}'"  # noqa: S608
    rows: list[dict[str, Any]] = query(home.store, sql, as_of).to_pylist()
    return rows
