"""`gouji query`, `gouji releases`, `gouji status`: what stands in the warehouse."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count, islice
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from flows.commands.runs import HOME
from flows.exits import DONE, UnusableError
from flows.home import Home

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = click.option(
    "--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)

#: what a spreadsheet takes for a formula; a number with a sign is none (`warehouse.plain_rows` does the same)
_FORMULA: Final = re.compile(r"[=@\t\r]|[+-](?![0-9.]+\Z)")


@click.command(
    epilog="Example: gouji query \"SELECT unit_name, year, rule FROM findings WHERE severity = 'critical'\""
)
@click.argument("sql", metavar="SELECT")
@click.option("--as-of", metavar="RELEASE", help="what was known: a release (r0007) or a date [the current one]")
@click.option("--published", metavar="DAY", help="reports and cells as the portals showed them on a day (2026-10-31)")
@FORMAT
@HOME
def query(sql: str, as_of: str | None, published: str | None, style: str, home: Path | None) -> int:
    """SQL over the published tables: reports, cells, findings, coverage, releases and more (docs/tables.md).

    With --published, reports, cells and claims show of each report the version that its page gave at the end of that
    day in China, released or held: from the day on which it was first received, or from the date of publication that
    it prints where that is earlier and new; a silent change may be older than the day on which it was received. All
    other tables are those of the release.
    """
    _print(_query(Home.known(home), sql, as_of, published), style)
    return DONE


@click.command(epilog="Example: gouji releases --format csv")
@FORMAT
@HOME
def releases(style: str, home: Path | None) -> int:
    """All releases, oldest first."""
    _print(_query(Home.known(home), "SELECT * FROM releases ORDER BY created_at, release_id"), style)
    return DONE


@click.command(epilog="Example: gouji status --format json | jq .unsent")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@HOME
def status(style: str, home: Path | None) -> int:
    """What stands: the last release and run, findings, what is held, portals that block, void waivers, unsent mail,
    coverage by year.
    """
    from flows.overview import overview
    from warehouse.errors import WarehouseError

    try:
        found = overview(Home.known(home), datetime.now(UTC))
    except WarehouseError as error:
        raise UnusableError(str(error)) from error
    if style == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        from flows.overview_view import print_overview

        print_overview(found)
    return DONE


def _query(home: Home, sql: str, as_of: str | None = None, published: str | None = None) -> pa.Table:
    from warehouse.errors import WarehouseError
    from warehouse.query import query as run
    from warehouse.record import current

    try:
        if current(home.store) is None:
            raise UnusableError(f"{home.store}: nothing has been released yet")
        return run(home.store, sql, as_of, published)
    except WarehouseError as error:
        raise UnusableError(str(error)) from error


def _print(table: pa.Table, style: str) -> None:
    print_rows_as(
        table.column_names, list(zip(*(column.to_pylist() for column in table.columns), strict=True)), style
    )


def print_rows_as(columns: Sequence[str], rows: Sequence[Sequence[Any]], style: str) -> None:
    """Rows, values in the order of `columns`, as table, csv or json; two columns may have one name."""
    if style == "json":
        names = _apart(columns)
        told = [dict(zip(names, map(_json, row), strict=True)) for row in rows]
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, default=_plain))
    elif style == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(map(_safe, columns))
        writer.writerows(map(_safe, row) for row in rows)
    else:
        from flows.terminal import print_rows

        print_rows(None, columns, ([_cell(value) for value in row] for row in rows))


def _apart(columns: Sequence[str]) -> list[str]:
    """The names of columns as keys: a name that stands before gets the first free number."""
    names: list[str] = []
    for column in columns:
        numbered = (f"{column}_{number}" for number in count(1) if f"{column}_{number}" not in columns)
        names.append(next(name for name in (column, *islice(numbered, len(columns))) if name not in names))
    return names


def _json(value: Any) -> Any:
    """A value that JSON has: neither NaN nor an infinity."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    return [_json(one) for one in value] if isinstance(value, list) else value


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else _plain(value)


def _safe(value: Any) -> Any:
    """A value for CSV; text that a spreadsheet would take for a formula gets a quote before it."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else _cell(value)


def _plain(value: Any) -> Any:
    from flows.output import plain_value

    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return plain_value(value)
