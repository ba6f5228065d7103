"""`gouji query`, `gouji releases`, `gouji status`: what stands in the warehouse."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.commands.runs import HOME
from flows.exits import DONE, UnusableError
from flows.home import Home

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = click.option(
    "--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
)

#: how far back to look for the last run that judged
_RECORDS = 50

SUMMARY = """
SELECT year, count(*) FILTER (gate = 'released') AS released, count(*) FILTER (gate = 'held') AS held,
       count(*) FILTER (status = 'unreadable' OR status = 'image_only') AS unreadable,
       count(*) FILTER (status = 'blocked') AS blocked,
       count(*) FILTER (status = 'not_published') AS not_published, count(*) FILTER (status = 'not_due') AS not_due,
       count(*) FILTER (status = 'merged') AS merged
FROM coverage GROUP BY year ORDER BY year
"""
#: what became of findings with the current release, and how many stand
EVENTS = """
SELECT severity, count(finding_id) AS findings, count(*) FILTER (status = 'waived') AS waived,
       coalesce(any_value(opened), 0) AS opened, coalesce(any_value(reopened), 0) AS reopened,
       coalesce(any_value(fixed), 0) AS fixed, coalesce(any_value(withdrawn), 0) AS withdrawn
FROM (SELECT severity, status, finding_id FROM findings)
FULL JOIN (
  SELECT severity, count(*) FILTER (event = 'opened') AS opened, count(*) FILTER (event = 'reopened') AS reopened,
         count(*) FILTER (event = 'fixed') AS fixed, count(*) FILTER (event = 'withdrawn') AS withdrawn
  FROM finding_events WHERE release_id = (SELECT arg_max(release_id, created_at) FROM releases) GROUP BY severity
) USING (severity)
GROUP BY severity ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END
"""
WORST = """
SELECT left(finding_id, 8) AS finding, unit_name, year, severity, rule, scope, gate, equation
FROM findings WHERE status = 'open'
ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END, unit_id, year, rule, scope LIMIT 10
"""


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
    _print(_query(Home.at(home), sql, as_of, published), style)
    return DONE


@click.command(epilog="Example: gouji releases --format csv")
@FORMAT
@HOME
def releases(style: str, home: Path | None) -> int:
    """All releases, oldest first."""
    _print(_query(Home.at(home), "SELECT * FROM releases ORDER BY created_at, release_id"), style)
    return DONE


@click.command(epilog="Example: gouji status --home /srv/gouji")
@HOME
def status(home: Path | None) -> int:
    """What stands: the last run, void waivers, coverage by year, what is new, fixed and waived, mail that waits."""
    place = Home.at(home)
    _print_last_run(place)
    _print(_query(place, SUMMARY), "table", "coverage")
    _print(_query(place, EVENTS), "table", "findings, and what the current release changed")
    _print(_query(place, WORST), "table", "worst open findings")
    waiting = sorted((place.outbox / "queued").glob("*.eml"))
    if waiting:
        click.echo(f"{len(waiting)} mails wait in {place.outbox / 'queued'}; `gouji report` sends them")
    return DONE


def _print_last_run(home: Home) -> None:
    from flows.summary import void_line

    for marker in sorted(home.runs.glob("*.unfinished")):
        click.echo(f"unfinished: {marker.stem}; the same command goes on where it stopped")
    records = [json.loads(path.read_text("utf-8")) for path in sorted(home.runs.glob("*.json"))[-_RECORDS:]]
    if records:
        last = records[-1]
        click.echo(
            f"last run: {last['flow']} {last['run_id']}, finished {last['finished']}, "
            f"release {last['release_id'] or 'unchanged'} (now {last['current_release']})"
        )
    # A digest judges nothing.
    judged = [record for record in records if record["flow"] != "digest"]
    for void in judged[-1].get("void", []) if judged else []:
        click.secho(f"void waiver: {void_line(void)}", fg="red")


def _query(home: Home, sql: str, as_of: str | None = None, published: str | None = None) -> pa.Table:
    from warehouse.errors import WarehouseError
    from warehouse.query import query as run

    try:
        return run(home.root, sql, as_of, published)
    except WarehouseError as error:
        raise UnusableError(str(error)) from error


def _print(table: pa.Table, style: str, title: str | None = None) -> None:
    print_rows_as(table.to_pylist(), style, title, table.column_names)


def print_rows_as(
    rows: Sequence[Mapping[str, Any]], style: str, title: str | None = None, columns: Sequence[str] = ()
) -> None:
    """Rows as table, csv or json; `columns` where there may be no row to tell them."""
    columns = columns or list(rows[0] if rows else ())
    if style == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1, default=_plain))
    elif style == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_safe(_cell(row[name])) for name in columns] for row in rows)
    else:
        from flows.terminal import print_rows

        print_rows(title, columns, ([_cell(row[name]) for name in columns] for row in rows))


def _cell(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else _plain(value)


def _safe(value: Any) -> Any:
    """A value for CSV; text that a spreadsheet would take for a formula gets a quote before it."""
    if not isinstance(value, str):
        return value
    formula = value[:1] in ("=", "@", "\t", "\r") or (value[:1] in ("+", "-") and not value[1:].isdigit())
    return f"'{value}" if formula else value


def _plain(value: Any) -> Any:
    from flows.output import plain

    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else str(value)
