"""`gouji outbox` and `gouji alert`: mail that waits, and telling the operator what is wrong."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from flows.commands.runs import HOME
from flows.exits import DONE, INTERRUPTED, UnusableError
from flows.home import Home


@click.command(epilog="Example: gouji outbox --resend gouji-r0007-5f2c…")
@click.option("--taken", metavar="NAME", help="the reader has this mail: do not send it again")
@click.option("--resend", metavar="NAME", help="the reader does not have this mail: send it with the next report")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@HOME
def outbox(taken: str | None, resend: str | None, style: str, home: Path | None) -> int:
    """All mails and what is known of each; settle those in doubt or given up.

    A mail is in doubt where a process died while the server had the whole of it: look for its Message-ID
    (<NAME@domain>) in the server's log or ask the reader, then say --taken or --resend.
    """
    from notices.outbox import Outbox

    box = Outbox(Home.known(home).outbox)
    if taken is not None and resend is not None:
        raise UnusableError("--taken and --resend: one of them")
    name = resend if taken is None else taken
    if name is not None and box.settle(name, taken is not None, datetime.now(UTC)) is None:
        raise UnusableError(f"{name}: no mail of this name is in doubt or given up")
    entries = [asdict(entry) for entry in box.entries()]
    if style == "json":
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
    else:
        from flows.terminal import print_rows

        columns = ("state", "changed", "reader", "kind", "about", "tries", "error", "name")
        rows = [[it[c] if c != "changed" else it[c][:16] for c in columns] for it in entries]
        print_rows(None, columns, rows)
    return DONE


@click.command(epilog="Example, hourly by cron: gouji alert --within 26 --home /srv/gouji")
@click.option("--within", type=click.IntRange(1), default=26, show_default=True, help="hours between nights at most")
@HOME
def alert(within: int, home: Path | None) -> int:
    """Tell the operator by mail what is wrong, each trouble once; exit code 3 where anything is.

    A night that failed, stalls or did not come; coverage that dropped; portals that could not be read; mail that its
    readers do not have. The operator stands in the file of subscriptions, or in GOUJI_MAIL_OPERATOR.
    """
    from flows.alerts import no_night, operator_of, tell, troubles
    from warehouse.errors import WarehouseError

    place, now = Home.at(home), datetime.now(UTC)
    if not place.root.is_dir():
        raise UnusableError(f"{place.root}: no such home")
    try:
        found = [*no_night(place), *troubles(place, now, timedelta(hours=within))]
        told = tell(place, found, now)
        known = "known" if operator_of(place) else "not told"
    except WarehouseError as error:
        raise UnusableError(str(error)) from error
    for trouble in found:
        mark = "told now" if trouble in told else known
        click.echo(f"{mark:<9} {trouble.title}: {trouble.text}; {trouble.todo}")
    if found and known == "not told":
        click.echo("no operator is named: [operator] in the subscriptions, or GOUJI_MAIL_OPERATOR", err=True)
    return INTERRUPTED if found else DONE
