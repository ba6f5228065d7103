"""`gouji upkeep`: compaction, removal and tidying, in this process."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flows.commands.runs import HOME
from flows.exits import DONE, UnusableError
from flows.home import Home

if TYPE_CHECKING:
    from flows.housekeeping import Kept

_SHOWN = 6


@click.command(epilog="Example: gouji upkeep --keep-days 180 --dry-run")
@click.option("--keep-days", type=click.IntRange(0), default=90, show_default=True, help="days of which all stay")
@click.option("--keep-releases", type=click.IntRange(2), default=10, show_default=True, help="so many stay at least")
@click.option("--dry-run", is_flag=True, help="print what would go, and touch nothing")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@HOME
def upkeep(keep_days: int, keep_releases: int, dry_run: bool, style: str, home: Path | None) -> int:
    """Put small files together and remove what no kept release needs.

    Kept are all releases of the last --keep-days days, the last --keep-releases, the last one of each month, and the
    release of each reader's last report; --as-of of these gives what it always gave. A release that was removed stays
    in `gouji releases`, with the day on which it was. Captures are never removed: any release can be made again from
    them. Waits for nothing: while a run is under way it ends with 2.
    """
    from flows.housekeeping import keep_up, plan_upkeep
    from portals.warc import ArchiveError
    from warehouse.errors import WarehouseError
    from warehouse.keeping import Policy

    place, policy, now = Home.known(home), Policy(keep_days, keep_releases), datetime.now(UTC)
    try:
        kept = plan_upkeep(place, policy, now) if dry_run else keep_up(place, policy, now)
    except (ArchiveError, WarehouseError) as error:
        raise UnusableError(str(error)) from error
    if style == "json":
        click.echo(json.dumps(kept.record() | {"dry_run": dry_run}, ensure_ascii=False, indent=1))
    else:
        _print(kept, dry_run)
    return DONE


def _print(kept: Kept, dry_run: bool) -> None:
    record: dict[str, Any] = kept.record()
    goes = "would go" if dry_run else "went"
    gone = record["removed"]
    listed = ", ".join(gone[:_SHOWN]) + (f" and {len(gone) - _SHOWN} more" if len(gone) > _SHOWN else "")
    click.echo(f"releases   {len(record['kept'])} kept, {len(gone)} {goes}{': ' if gone else ''}{listed}")
    for name, waste in record["tables"].items():
        click.echo(
            f"{name:<14} {waste['files']} files, {waste['log_files']} of the log, {_size(waste['bytes'])} {goes}"
        )
    if record["compacted"]:
        click.echo(f"compacted  {', '.join(sorted(record['compacted']))}: the files before go with the next upkeep")
    click.echo(f"staging    {record['staged_parts']} parts, {_size(record['staged_bytes'])} {goes}")
    click.echo(f"in all     {_size(record['bytes'])} {goes}")


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
