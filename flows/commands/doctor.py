"""`gouji doctor`: is everything there, and is it what it was."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from flows.commands.runs import HOME
from flows.exits import CRITICAL, DONE, INTERRUPTED
from flows.home import Home


@click.command(epilog="Example: gouji doctor --format json | jq '.faults[] | select(.weight == \"lost\")'")
@click.option("--quick", is_flag=True, help="records, versions and references only: open no capture and no data file")
@click.option("--format", "style", type=click.Choice(["table", "json"]), default="table", show_default=True)
@HOME
def doctor(quick: bool, style: str, home: Path | None) -> int:
    """Check every hash, version and reference of the archive and the warehouse; change nothing.

    Each trouble is one line: what kind, where, what is wrong, what to do. Ends with 0 where all is well, with 1 where
    something received or released is lost or damaged, with 3 where something is only left over or waits for somebody.
    """
    from flows.doctor import examine
    from flows.progress import shown

    place = Home.known(home)
    found = []
    with shown():
        for fault in examine(place, datetime.now(UTC), quick):
            found.append(fault)
            if style == "table":
                click.echo(fault.line)
    if style == "json":
        told = {"home": str(place.root), "quick": quick, "faults": [asdict(fault) for fault in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    elif not found:
        click.echo(f"all is well{' as far as a quick look goes' if quick else ''}: {place.store}")
    if not found:
        return DONE
    return CRITICAL if any(fault.weight == "lost" for fault in found) else INTERRUPTED
