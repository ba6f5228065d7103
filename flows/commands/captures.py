"""`gouji captures`: what was received, as a list, as bytes, as a WARC file."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from flows.commands.runs import HOME
from flows.commands.warehouse import FORMAT, print_rows_as
from flows.exits import DONE, UnusableError
from flows.home import Home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portals.archive import Archive
    from portals.slices import Found, Slice

#: Dates are those of the portals.
CHINA = timezone(timedelta(hours=8))
COLUMNS = ("capture_id", "unit_id", "year", "received", "checked", "status", "media_type", "size", "address")
ROLES = ("document", "list", "robots", "evidence", "import", "all")


class Day(click.ParamType[date]):
    """`2024-03-01`."""

    name = "date"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day such as 2024-03-01", param, ctx)


@click.command(epilog="Example: gouji captures --unit 620102 --year 2023 --warc evidence.warc.gz")
@click.argument("capture_id", required=False, default="", metavar="[ID]")
@click.option("--unit", "units", multiple=True, help="id of a unit or its beginning; may be given again")
@click.option("--year", type=int, help="report year, as listed")
@click.option("--address", default="", help="a part of the address")
@click.option("--since", type=Day(), help="contents that still stood on this day or later")
@click.option("--until", type=Day(), help="contents first received on this day or before")
@click.option("--role", type=click.Choice(ROLES), default="document", show_default=True, help="what it was kept as")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), help="write one capture's bytes"
)
@click.option("--warc", type=click.Path(path_type=Path, dir_okay=False), help="write the captures, as a WARC file")
@FORMAT
@HOME
def captures(**chosen: Any) -> int:
    """List captures by unit, year and address; write one capture's bytes, or a slice as a WARC file.

    ID is a capture_id or its beginning, whatever its role. What is written is checked against its hash first.
    """
    from portals.archive import Archive, ArchiveError

    place = Home.at(chosen["home"])
    if not place.archive.is_dir():
        raise UnusableError(f"{place.archive}: no archive")
    try:
        with Archive(place.archive) as archive:
            found = list(archive.find(_slice(chosen)))
            if chosen["out"] is not None:
                _write_one(archive, found, chosen["out"])
            if chosen["warc"] is not None:
                _write_warc(archive, found, chosen["warc"])
    except ArchiveError as error:
        raise UnusableError(str(error)) from error
    if chosen["out"] is None and chosen["warc"] is None:
        rows = _rows(found, chosen["style"])
        columns = list(rows[0]) if rows else COLUMNS
        print_rows_as(columns, [list(row.values()) for row in rows], chosen["style"])
    return DONE


def _slice(chosen: dict[str, Any]) -> Slice:
    from portals.captures import ROLES as EVERY
    from portals.slices import Slice

    everything = chosen["role"] == "all" or chosen["capture_id"]
    return Slice(
        units=chosen["units"],
        year=chosen["year"],
        address=chosen["address"],
        since=chosen["since"],
        until=chosen["until"],
        roles=EVERY if everything else (chosen["role"],),
        capture_id=chosen["capture_id"],
    )


def _rows(found: list[Found], style: str) -> list[dict[str, Any]]:
    from dataclasses import asdict

    rows = []
    for capture, year in found:
        row = asdict(capture) | {"year": year}
        row["received"] = capture.fetched_at.astimezone(CHINA).date()
        row["checked"] = capture.checked_at.astimezone(CHINA).date()
        rows.append(row if style != "table" else {name: row[name] for name in COLUMNS})
    return rows


def _write_one(archive: Archive, found: list[Found], out: Path) -> None:
    if len(found) != 1:
        raise UnusableError(f"--out writes one capture, and {len(found)} fit; give its ID")
    body = archive.read(found[0].capture.capture_id)
    if str(out) == "-":
        sys.stdout.buffer.write(body)
        return
    with _written(out) as file:
        file.write(body)
    click.echo(out)


def _write_warc(archive: Archive, found: list[Found], out: Path) -> None:
    if not found:
        raise UnusableError("no capture fits; nothing written")
    with _written(out) as file:
        count = archive.export((one.capture for one in found), file, datetime.now(UTC))
    click.echo(f"{out}: {count} captures")


@contextmanager
def _written(out: Path) -> Iterator[BinaryIO]:
    """A new file, in place only once it is whole."""
    partial = out.with_name(out.name + ".partial")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(out)
    except OSError as error:
        raise UnusableError(f"{out}: {error.strerror or type(error).__name__}") from error
    finally:
        partial.unlink(missing_ok=True)
